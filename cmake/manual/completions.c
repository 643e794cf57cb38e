/*
 * What a shell offers behind the program's name: the flags, their choices, and files where a flag
 * takes one. All of it follows from the table of flags.
 */
#include "completions.h"

#include <string.h>

#include "config/options/flags.h"

#define HEAD "made from the program's table of flags, as its --help is"

static bool takes_file(const struct flag *flag)
{
	return flag->value != NULL && strcmp(flag->value, "FILE") == 0;
}

/* `--once` and `--config.check` may stand alone; their value only follows a `=`. */
static bool is_optional(const struct flag *flag)
{
	return flag->value != NULL && flag->alone != NULL;
}

static bool is_help(const struct flag *flag)
{
	return strcmp(flag->key.name, "help") == 0;
}

static void choices(struct buf *buf, const struct flag *flag)
{
	for (size_t i = 0; flag->key.choices != NULL && flag->key.choices[i] != NULL; i++)
		buf_printf(buf, "%s%s", i > 0 ? " " : "", flag->key.choices[i]);
}

/* The first sentence, without its full stop; `special` characters get a backslash, and a quote is
 * one inside of single quotes. */
static void summary(struct buf *buf, const struct flag *flag, const char *special,
		    const char *quote)
{
	const char *end = strstr(flag->help, ". ");
	size_t len = end != NULL ? (size_t)(end - flag->help) : strlen(flag->help);

	if (len > 0 && flag->help[len - 1] == '.')
		len--;
	for (size_t i = 0; i < len; i++) {
		char c = flag->help[i];
		if (c == '\'')
			buf_puts(buf, quote);
		else if (strchr(special, c) != NULL)
			buf_printf(buf, "\\%c", c);
		else
			buf_putc(buf, c);
	}
}

/* -- bash ------------------------------------------------------------------------------------ */

static void bash_words(struct buf *buf)
{
	for (size_t i = 0; option_flag(i) != NULL; i++) {
		const struct flag *flag = option_flag(i);
		if (flag->value == NULL || is_optional(flag))
			buf_printf(buf, " --%s", flag->key.name);
		if (flag->value != NULL)
			buf_printf(buf, " --%s=", flag->key.name);
		if (flag->negatable)
			buf_printf(buf, " --no-%s", flag->key.name);
	}
}

/* The value of a flag: behind `=`, and where it is not optional as the next word, too. */
static void bash_value(struct buf *buf, const struct flag *flag)
{
	if (flag->value == NULL)
		return;
	buf_printf(buf, "\t--%s=%s%s)\n", flag->key.name, is_optional(flag) ? "" : "|--",
		   is_optional(flag) ? "" : flag->key.name);
	if (flag->key.choices != NULL) {
		buf_puts(buf, "\t\tCOMPREPLY=($(compgen -W '");
		choices(buf, flag);
		buf_puts(buf, "' -- \"$word\"))\n");
	} else if (takes_file(flag)) {
		buf_puts(buf, "\t\tcompopt -o filenames 2>/dev/null\n"
			      "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n");
	}
	buf_puts(buf, "\t\treturn\n\t\t;;\n");
}

void completions_bash(struct buf *buf)
{
	buf_puts(buf, "# bash completion for " PROGRAM_NAME ", " HEAD "\n"
		      "_" PROGRAM_NAME "()\n{\n"
		      "\tlocal word=${COMP_WORDS[COMP_CWORD]} flag=${COMP_WORDS[COMP_CWORD - 1]}\n"
		      "\tCOMPREPLY=()\n"
		      "\tif [[ $word == = ]]; then\n"
		      "\t\tflag+==\n\t\tword=''\n"
		      "\telif [[ $flag == = && $COMP_CWORD -gt 1 ]]; then\n"
		      "\t\tflag=${COMP_WORDS[COMP_CWORD - 2]}=\n"
		      "\tfi\n"
		      "\tcase $flag in\n");
	for (size_t i = 0; option_flag(i) != NULL; i++)
		bash_value(buf, option_flag(i));
	buf_puts(buf, "\tesac\n\tCOMPREPLY=($(compgen -W '");
	bash_words(buf);
	buf_puts(buf, "' -- \"$word\"))\n"
		      "\t[[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace 2>/dev/null\n"
		      "}\n"
		      "complete -F _" PROGRAM_NAME " " PROGRAM_NAME "\n");
}

/* -- zsh ------------------------------------------------------------------------------------- */

static void zsh_summary(struct buf *buf, const struct flag *flag)
{
	buf_putc(buf, '[');
	summary(buf, flag, "[]:\\", "'\\''");
	buf_putc(buf, ']');
}

static void zsh_value(struct buf *buf, const struct flag *flag)
{
	if (flag->value == NULL)
		return;
	buf_puts(buf, is_optional(flag) ? "::value:" : ":value:");
	if (flag->key.choices != NULL) {
		buf_putc(buf, '(');
		choices(buf, flag);
		buf_putc(buf, ')');
	} else {
		buf_puts(buf, takes_file(flag) ? "_files" : " ");
	}
}

static void zsh_flag(struct buf *buf, const struct flag *flag)
{
	const char *before = flag->key.type == KEY_LIST ? "*" : "";

	if (is_help(flag))
		before = "(-h)";
	buf_printf(buf, " \\\n\t'%s--%s%s", before, flag->key.name,
		   flag->value == NULL ? ""
		   : is_optional(flag) ? "=-"
				       : "=");
	zsh_summary(buf, flag);
	zsh_value(buf, flag);
	buf_putc(buf, '\'');
	if (flag->negatable) {
		buf_printf(buf, " \\\n\t'--no-%s", flag->key.name);
		zsh_summary(buf, flag);
		buf_putc(buf, '\'');
	}
}

void completions_zsh(struct buf *buf)
{
	buf_puts(buf, "#compdef " PROGRAM_NAME "\n# " HEAD
		      "\n_arguments -S -s \\\n\t'(--help)-h[Show this help and exit]'");
	for (size_t i = 0; option_flag(i) != NULL; i++)
		zsh_flag(buf, option_flag(i));
	buf_putc(buf, '\n');
}

/* -- fish ------------------------------------------------------------------------------------ */

static void fish_flag(struct buf *buf, const struct flag *flag)
{
	buf_printf(buf, "complete -c " PROGRAM_NAME " -l %s", flag->key.name);
	if (is_help(flag))
		buf_puts(buf, " -s h");
	if (takes_file(flag))
		buf_puts(buf, " -r -F");
	else if (flag->value != NULL && !is_optional(flag))
		buf_puts(buf, " -x");
	if (flag->key.choices != NULL) {
		buf_puts(buf, " -a '");
		choices(buf, flag);
		buf_putc(buf, '\'');
	}
	buf_puts(buf, " -d '");
	summary(buf, flag, "\\", "\\'");
	buf_puts(buf, "'\n");
	if (flag->negatable)
		buf_printf(buf, "complete -c " PROGRAM_NAME " -l no-%s\n", flag->key.name);
}

void completions_fish(struct buf *buf)
{
	buf_puts(buf, "# fish completion for " PROGRAM_NAME ", " HEAD "\n"
		      "complete -c " PROGRAM_NAME " -f\n");
	for (size_t i = 0; option_flag(i) != NULL; i++)
		fish_flag(buf, option_flag(i));
}
