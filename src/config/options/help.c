/* The text of --help: the table of flags, wrapped to the width of a terminal. */
#include "config/options/help.h"

#include <stdio.h>
#include <string.h>

#include "config/options/flags.h"

#define WIDTH         90
#define HELP_COLUMN   36
#define FLAG_TEXT_MAX 128

/* Appends words, beginning at `column`, with later lines indented to HELP_COLUMN. */
static void wrap(struct buf *buf, const char *text, size_t indent)
{
	size_t column = indent;

	while (*text != '\0') {
		size_t len = strcspn(text, " ");
		if (column > indent && column + 1 + len > WIDTH) {
			buf_printf(buf, "\n%*s", (int)indent, "");
			column = indent;
		} else if (column > indent) {
			buf_putc(buf, ' ');
			column++;
		}
		buf_append(buf, text, len);
		column += len;
		text += len;
		text += strspn(text, " ");
	}
	buf_putc(buf, '\n');
}

/* `--[no-]web.enable-lifecycle`, `--log.level=LEVEL`, `--once[=table|...]`, `-h, --help`. */
static void flag_text(const struct flag *flag, char ret_text[FLAG_TEXT_MAX])
{
	const char *value = flag->value != NULL ? flag->value : "";
	const char *before = flag->value == NULL ? "" : flag->alone != NULL ? "[=" : "=";
	const char *behind = flag->value != NULL && flag->alone != NULL ? "]"
			     : flag->key.type == KEY_LIST               ? " ..."
									: "";

	(void)snprintf(ret_text, FLAG_TEXT_MAX, "  %s--%s%s%s%s%s",
		       strcmp(flag->key.name, "help") == 0 ? "-h, " : "    ",
		       flag->negatable ? "[no-]" : "", flag->key.name, before, value, behind);
}

static void flag_help(struct buf *buf, const struct flag *flag)
{
	char left[FLAG_TEXT_MAX];
	struct buf help;

	flag_text(flag, left);
	buf_puts(buf, left);
	if (strlen(left) + 1 < HELP_COLUMN)
		buf_printf(buf, "%*s", (int)(HELP_COLUMN - strlen(left)), "");
	else
		buf_printf(buf, "\n%*s", HELP_COLUMN, "");
	buf_init(&help, 4096);
	buf_puts(&help, flag->help);
	if (flag->initial != NULL)
		buf_printf(&help, " Default: %s.", flag->initial);
	wrap(buf, buf_text(&help), HELP_COLUMN);
	buf_release(&help);
}

void option_help(struct buf *buf)
{
	buf_puts(buf,
		 "usage: " PROGRAM_NAME " [--config.file=FILE | --binding.file=FILE] [flags]\n\n");
	wrap(buf,
	     "Exports to Prometheus when each certificate of an SAP BTP landscape expires, who "
	     "uses it, and whether that knowledge is fresh.",
	     0);
	buf_putc(buf, '\n');
	wrap(buf,
	     "Every flag can be given as an environment variable, " ENV_PREFIX
	     " and the name in upper case with _ for dots and dashes, for example " ENV_PREFIX
	     "WEB_LISTEN_ADDRESS=:9936 (lists with commas, switches as true or false). The flag "
	     "wins. Durations have a unit: 90s, 15m, 1h, 1d.",
	     0);
	for (size_t i = 0; option_flag(i) != NULL; i++) {
		const struct flag *flag = option_flag(i);
		if (flag->group != NULL)
			buf_printf(buf, "\n%s:\n", flag->group);
		flag_help(buf, flag);
	}
}
