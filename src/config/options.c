/*
 * The command line and the environment behind it (docs/configuration.md). Every mistake is
 * reported; the environment is looked at only for flags that are not given.
 */
#include "config/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "config/options/flags.h"
#include "config/options/help.h"
#include "config/setting.h"
#include "config/suggest.h"
#include "config/version.h"

#define TEXT_MAX 65536

struct command_line {
	struct options *options;
	struct buf faults; /* lines for stderr */
	size_t fault_count;
	bool given[FLAGS_MAX];
	bool help;
	bool version;
};

static void fault(struct command_line *c, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void fault(struct command_line *c, const char *format, ...)
{
	struct buf line;
	va_list args;

	buf_init(&line, TEXT_MAX);
	va_start(args, format);
	buf_vprintf(&line, format, args);
	va_end(args);
	buf_puts(&c->faults, PROGRAM_NAME ": error: ");
	text_printable(&c->faults, buf_text(&line), line.len);
	buf_putc(&c->faults, '\n');
	buf_release(&line);
	c->fault_count++;
}

/* Appends the choices with commas between them; returns the one that was probably meant, or NULL.
 */
static const char *list_choices(const struct key *key, const char *value, struct buf *names)
{
	struct suggestion suggestion;

	suggest_start(&suggestion, value);
	for (size_t i = 0; key->choices[i] != NULL; i++) {
		suggest_offer(&suggestion, key->choices[i]);
		buf_printf(names, "%s%s", i == 0 ? "" : ", ", key->choices[i]);
	}
	return suggest_best(&suggestion);
}

/* Reports a value that is none of the flag's type. */
static void refuse(struct command_line *c, const struct key *key, const char *shown,
		   const char *value)
{
	char low[DURATION_TEXT_SIZE];
	char high[DURATION_TEXT_SIZE];
	struct buf names;

	if (key->type == KEY_NUMBER) {
		fault(c, "%s: must be a whole number from %u to %u, not \"%s\"", shown, key->min,
		      key->max, value);
	} else if (key->type == KEY_DURATION) {
		text_duration(key->min, low);
		text_duration(key->max, high);
		fault(c, "%s: must be a duration from %s to %s with a unit (30s, 5m), not \"%s\"",
		      shown, low, high, value);
	} else if (key->type == KEY_CHOICE) {
		buf_init(&names, TEXT_MAX);
		const char *best = list_choices(key, value, &names);
		fault(c, "%s: must be one of %s, not \"%s\"%s%s%s", shown, buf_text(&names), value,
		      best != NULL ? "; did you mean " : "", best != NULL ? best : "",
		      best != NULL ? "?" : "");
		buf_release(&names);
	} else {
		fault(c, "%s: must be true or false, not \"%s\"", shown, value);
	}
}

/* `shown` is the name in messages: `--web.max-requests`, or the variable. */
static void set_value(struct command_line *c, const struct flag *flag, const char *shown,
		      const char *value)
{
	struct error error = { "" };

	switch (setting_put(&flag->key, value, strlen(value), NULL, c->options, &error)) {
	case SETTING_GOOD:
		break;
	case SETTING_EMPTY:
		fault(c, "%s: must not be empty", shown);
		break;
	case SETTING_CONTENT:
		fault(c, "%s: must be a name, not the content of a file", shown);
		break;
	case SETTING_TYPE:
		refuse(c, &flag->key, shown, value);
		break;
	case SETTING_CHECK:
		fault(c, "%s: \"%s\" %s", shown, value, error.text);
		break;
	case SETTING_MEMORY:
		fault(c, "out of memory");
		break;
	}
}

static size_t find_flag(const char *name, size_t len)
{
	for (size_t i = 0; option_flag(i) != NULL; i++) {
		const char *known = option_flag(i)->key.name;
		if (strlen(known) == len && memcmp(known, name, len) == 0)
			return i;
	}
	return FLAGS_MAX;
}

static void report_unknown(struct command_line *c, const char *name, size_t len)
{
	struct suggestion suggestion;
	char word[FLAG_NAME_MAX];

	if (len < sizeof(word)) {
		memcpy(word, name, len);
		word[len] = '\0';
		suggest_start(&suggestion, word);
		for (size_t i = 0; option_flag(i) != NULL; i++)
			suggest_offer(&suggestion, option_flag(i)->key.name);
		if (suggest_best(&suggestion) != NULL) {
			fault(c, "unknown flag --%s, did you mean --%s?", word,
			      suggest_best(&suggestion));
			return;
		}
	}
	fault(c, "unknown flag --%.*s", (int)(len < 100 ? len : 100), name);
}

static bool given_before(struct command_line *c, size_t i)
{
	const struct flag *flag = option_flag(i);
	bool twice = c->given[i] && flag->key.type != KEY_LIST;

	if (twice)
		fault(c, "--%s: given twice", flag->key.name);
	c->given[i] = true;
	return twice;
}

/* A flag without `=`: its value may be the next word. Returns how many words it took. */
static int read_bare(struct command_line *c, size_t i, const char *next)
{
	const struct flag *flag = option_flag(i);
	char shown[FLAG_NAME_MAX + 2];

	(void)snprintf(shown, sizeof(shown), "--%s", flag->key.name);
	if (flag->command) {
		*(strcmp(flag->key.name, "help") == 0 ? &c->help : &c->version) = true;
		return 1;
	}
	if (flag->alone != NULL) {
		set_value(c, flag, shown, flag->alone);
		return 1;
	}
	if (next == NULL || text_starts_with(next, "--")) {
		fault(c, "%s: needs a value", shown);
		return 1;
	}
	set_value(c, flag, shown, next);
	return 2;
}

/* `--name`, `--name=value`, `--name value`, `--no-name`. */
static int read_flag(struct command_line *c, const char *word, const char *next)
{
	const char *name = word + 2;
	const char *equals = strchr(name, '=');
	size_t len = equals != NULL ? (size_t)(equals - name) : strlen(name);
	size_t i = find_flag(name, len);
	char shown[FLAG_NAME_MAX + 2];

	if (i == FLAGS_MAX && text_starts_with(name, "no-")) {
		i = find_flag(name + 3, len - 3);
		if (i < FLAGS_MAX && option_flag(i)->negatable && equals == NULL) {
			if (!given_before(c, i))
				set_value(c, option_flag(i), word, "false");
			return 1;
		}
		i = FLAGS_MAX;
	}
	if (i == FLAGS_MAX) {
		report_unknown(c, name, len);
		return 1;
	}
	const struct flag *flag = option_flag(i);
	bool twice = given_before(c, i);
	if (equals == NULL)
		return read_bare(c, i, next);
	(void)snprintf(shown, sizeof(shown), "--%s", flag->key.name);
	if (flag->command)
		fault(c, "%s: takes no value", shown);
	else if (!twice)
		set_value(c, flag, shown, equals + 1);
	return 1;
}

static void read_words(struct command_line *c, int argc, char **argv)
{
	bool flags_end = false;

	for (int i = 1; i < argc;) {
		const char *word = argv[i];
		if (!flags_end && strcmp(word, "--") == 0) {
			flags_end = true;
			i++;
		} else if (!flags_end && strcmp(word, "-h") == 0) {
			c->help = true;
			i++;
		} else if (!flags_end && text_starts_with(word, "--")) {
			i += read_flag(c, word, i + 1 < argc ? argv[i + 1] : NULL);
		} else {
			fault(c, "unexpected word \"%.100s\"; flags begin with --", word);
			i++;
		}
	}
}

/* The comma-separated value of a list. */
static void read_env_list(struct command_line *c, const struct flag *flag, const char *shown,
			  const char *value)
{
	bool whole =
		strchr(value, '{') != NULL && text_is_content(value); /* refused in one piece */

	for (;;) {
		size_t len = whole ? strlen(value) : strcspn(value, ",");
		char *item = strndup(value, len);
		if (item == NULL) {
			fault(c, "out of memory");
			return;
		}
		set_value(c, flag, shown, text_trim(item));
		free(item);
		if (value[len] == '\0')
			return;
		value += len + 1;
	}
}

static void read_environment(struct command_line *c)
{
	char name[ENV_NAME_SIZE];

	for (size_t i = 0; option_flag(i) != NULL; i++) {
		const struct flag *flag = option_flag(i);
		if (c->given[i] || flag->command)
			continue;
		option_env_name(flag, name);
		const char *value = getenv(name);
		if (value == NULL || value[0] == '\0')
			continue;
		c->given[i] = true;
		if (flag->key.type == KEY_LIST)
			read_env_list(c, flag, name, value);
		else
			set_value(c, flag, name, value);
	}
}

static void set_defaults(struct command_line *c)
{
	for (size_t i = 0; option_flag(i) != NULL; i++) {
		const struct flag *flag = option_flag(i);
		if (flag->initial != NULL && !c->given[i])
			set_value(c, flag, flag->key.name, flag->initial);
	}
}

/* Checks what no single flag shows: flags that exclude each other. */
static void check_together(struct command_line *c)
{
	const struct options *o = c->options;
	const struct string_list *addresses = &o->listen_addresses;

	if (o->once == ONCE_OFF && o->once_days != ONCE_DAYS_ALL)
		fault(c, "--once.days: needs --once");
	if (o->once == ONCE_OFF && o->once_output != NULL)
		fault(c, "--once.output: needs --once");
	if (o->once == ONCE_METRICS && o->once_days != ONCE_DAYS_ALL)
		fault(c, "--once.days: not with --once=metrics, whose series are all or nothing");
	if (o->config_file != NULL && o->binding_files.count > 0)
		fault(c, "--config.file and --binding.file exclude each other; name the service "
			 "keys in the configuration file (binding_file)");
	for (size_t i = 0; i < addresses->count; i++) {
		const char *one = addresses->items[i];
		if (text_ends_with(one, ":0"))
			continue;
		bool twice = o->health_listen_address != NULL &&
			     strcmp(one, o->health_listen_address) == 0;
		if (twice)
			fault(c,
			      "--web.health-listen-address: \"%s\" is also a "
			      "--web.listen-address",
			      one);
		for (size_t k = 0; k < i; k++) {
			if (strcmp(one, addresses->items[k]) == 0)
				fault(c, "--web.listen-address: \"%s\" is given twice", one);
		}
	}
}

void options_release(struct options *options)
{
	for (size_t i = 0; option_flag(i) != NULL; i++) {
		if (!option_flag(i)->command)
			setting_release(&option_flag(i)->key, options);
	}
	memset(options, 0, sizeof(*options));
}

static enum options_result print_help(void)
{
	struct buf text;

	buf_init(&text, TEXT_MAX);
	option_help(&text);
	(void)fputs(buf_text(&text), stdout);
	buf_release(&text);
	return OPTIONS_EXIT_OK;
}

enum options_result options_parse(int argc, char **argv, struct options *ret_options)
{
	struct options options = { .once_days = ONCE_DAYS_ALL };
	struct command_line c = { .options = &options };
	enum options_result result = OPTIONS_RUN;

	buf_init(&c.faults, TEXT_MAX);
	read_words(&c, argc, argv);
	if (c.help) {
		result = print_help();
	} else if (c.version) {
		(void)fputs(version_text(), stdout);
		result = OPTIONS_EXIT_OK;
	} else {
		read_environment(&c);
		set_defaults(&c);
		check_together(&c);
		if (c.fault_count > 0) {
			(void)fprintf(stderr, "%sTry \"%s --help\".\n", buf_text(&c.faults),
				      PROGRAM_NAME);
			result = OPTIONS_EXIT_USAGE;
		}
	}
	buf_release(&c.faults);
	if (result != OPTIONS_RUN) {
		options_release(&options);
		return result;
	}
	*ret_options = options;
	return OPTIONS_RUN;
}
