/*
 * Writes one file that is made from the program's table of flags. The build runs it; it is neither
 * installed nor part of the program.
 *
 *   print_manual mdoc OUTPUT TEMPLATE    the manual page
 *   print_manual bash|zsh|fish OUTPUT    the completion for a shell
 */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "completions.h"
#include "mdoc.h"

#define TEXT_MAX (256UL * 1024)

static bool write_file(const char *path, const struct buf *text)
{
	FILE *file = fopen(path, "w");
	bool good = file != NULL;

	good = good && fwrite(buf_text(text), 1, text->len, file) == text->len;
	if (file != NULL && fclose(file) != 0)
		good = false;
	return good;
}

static bool add_page(struct buf *text, const char *path)
{
	struct error error = { "" };
	struct buf template;

	buf_init(&template, TEXT_MAX);
	bool good = file_read(path, &template, NULL, &error) == STATUS_OK;
	if (good)
		mdoc_page(text, buf_text(&template));
	else
		(void)fprintf(stderr, "print_manual: %s\n", error.text);
	buf_release(&template);
	return good;
}

static bool add_text(struct buf *text, int argc, char **argv)
{
	const char *form = argc > 2 ? argv[1] : "";

	if (argc == 4 && strcmp(form, "mdoc") == 0)
		return add_page(text, argv[3]);
	if (argc == 3 && strcmp(form, "bash") == 0)
		completions_bash(text);
	else if (argc == 3 && strcmp(form, "zsh") == 0)
		completions_zsh(text);
	else if (argc == 3 && strcmp(form, "fish") == 0)
		completions_fish(text);
	else
		(void)fprintf(stderr, "usage: print_manual mdoc OUTPUT TEMPLATE\n"
				      "       print_manual bash|zsh|fish OUTPUT\n");
	return text->len > 0;
}

int main(int argc, char **argv)
{
	struct buf text;

	buf_init(&text, TEXT_MAX);
	bool good = add_text(&text, argc, argv) && buf_status(&text) == STATUS_OK;
	if (good && !write_file(argv[2], &text)) {
		(void)fprintf(stderr, "print_manual: cannot write %s\n", argv[2]);
		good = false;
	}
	buf_release(&text);
	return good ? 0 : 1;
}
