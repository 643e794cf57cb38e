/* The manual page in mdoc(7): prose from a template, the options from the table of flags. */
#include "mdoc.h"

#include <string.h>

#include "config/options/flags.h"

#define OPTIONS_LINE ".\\\" @OPTIONS@"
#define LINE_MAX_LEN 72 /* some words grow by backslashes */

/* Dashes become minuses, which can be copied; roff reads no request at the beginning of a line. */
static void word(struct buf *buf, const char *text, size_t len)
{
	if (text[0] == '.' || text[0] == '\'')
		buf_puts(buf, "\\&");
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\\')
			buf_puts(buf, "\\e");
		else if (text[i] == '-')
			buf_puts(buf, "\\-");
		else
			buf_putc(buf, text[i]);
	}
}

/* Text as mdoc wants it: short lines, and each sentence begins on a line of its own. */
static void prose(struct buf *buf, const char *text)
{
	size_t line = buf->len; /* where the line begins */

	while (*text != '\0') {
		size_t len = strcspn(text, " ");
		bool sentence_ended = buf->len > line && buf->data[buf->len - 1] == '.';
		if (sentence_ended || buf->len - line + len >= LINE_MAX_LEN) {
			buf_putc(buf, '\n');
			line = buf->len;
		} else if (buf->len > line) {
			buf_putc(buf, ' ');
		}
		word(buf, text, len);
		text += len;
		text += strspn(text, " ");
	}
	buf_putc(buf, '\n');
}

static void flag_item(struct buf *buf, const struct flag *flag)
{
	const char *name = flag->key.name;

	if (strcmp(name, "help") == 0)
		buf_printf(buf, ".It Fl h , Fl \\-%s\n", name);
	else if (flag->value != NULL && flag->alone != NULL && flag->negatable)
		buf_printf(buf, ".It Fl \\-%s Ns Oo = Ns Ar %s Oc , Fl \\-no\\-%s\n", name,
			   flag->value, name);
	else if (flag->value != NULL && flag->alone != NULL)
		buf_printf(buf, ".It Fl \\-%s Ns Op = Ns Ar %s\n", name, flag->value);
	else if (flag->value != NULL)
		buf_printf(buf, ".It Fl \\-%s Ns = Ns Ar %s\n", name, flag->value);
	else if (flag->negatable)
		buf_printf(buf, ".It Fl \\-%s , Fl \\-no\\-%s\n", name, name);
	else
		buf_printf(buf, ".It Fl \\-%s\n", name);
}

static void options_list(struct buf *buf)
{
	bool open = false;

	for (size_t i = 0; option_flag(i) != NULL; i++) {
		const struct flag *flag = option_flag(i);
		if (flag->group != NULL) {
			buf_printf(buf, "%s.Ss %s\n.Bl -tag -width Ds\n", open ? ".El\n" : "",
				   flag->group);
			open = true;
		}
		flag_item(buf, flag);
		prose(buf, flag->help);
		if (flag->initial != NULL)
			buf_printf(buf, "Default:\n.Ql %s .\n", flag->initial);
	}
	buf_puts(buf, open ? ".El\n" : "");
}

void mdoc_page(struct buf *buf, const char *template)
{
	for (const char *line = template; *line != '\0';) {
		size_t len = strcspn(line, "\n");
		if (len == strlen(OPTIONS_LINE) && memcmp(line, OPTIONS_LINE, len) == 0) {
			options_list(buf);
		} else {
			buf_append(buf, line, len);
			buf_putc(buf, '\n');
		}
		line += len + (line[len] == '\n');
	}
}
