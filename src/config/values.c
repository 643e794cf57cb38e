/* From a YAML node into a field of a source: one function per type of key. */
#include "config/values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/proxy.h"
#include "base/text.h"
#include "config/address.h"
#include "config/suggest.h"
#include "config/web/values.h"

#define SHOWN_MAX 32 /* bytes of a wrong value in a message */

void value_duration_text(uint32_t seconds, char ret_text[DURATION_TEXT_SIZE])
{
	static const struct {
		uint32_t seconds;
		char unit;
	} units[] = { { 86400, 'd' }, { 3600, 'h' }, { 60, 'm' }, { 1, 's' } };
	size_t i = 0;

	while (seconds % units[i].seconds != 0 || seconds < units[i].seconds) {
		if (units[i].unit == 's')
			break;
		i++;
	}
	/* the contract writes 60s, not 1m */
	if (units[i].unit == 'm' && seconds == 60)
		i++;
	(void)snprintf(ret_text, DURATION_TEXT_SIZE, "%u%c", seconds / units[i].seconds,
		       units[i].unit);
}

/* `name` when all of it is made of `allowed`, and short. */
static const char *shown_word(const char *name, const char *allowed)
{
	size_t len = strspn(name, allowed);

	return name[0] != '\0' && name[len] == '\0' && len <= SHOWN_MAX ? name : NULL;
}

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

const char *value_shown_key(const char *name)
{
	if (strcmp(name, "<<") == 0)
		return name;
	return strchr(LOWER, name[0]) != NULL ? shown_word(name, LOWER UPPER "_-.") : NULL;
}

const char *value_shown_word(const char *name)
{
	return shown_word(name, LOWER UPPER "0123456789_-.");
}

const char *value_text(const struct place *place, const struct yaml_node *value)
{
	if (value->refused)
		return NULL;
	if (value->kind == YAML_SCALAR)
		return value->text;
	if (value->kind == YAML_NOTHING)
		finding_add(place, value->mark, "has no value; give one or remove the key");
	else
		finding_add(place, value->mark, "must be a single value, not %s",
			    yaml_kind_text(value));
	return NULL;
}

/* `, not "value"` for a message; "" when the value is no single short word: a line that lost its
 * key can have added a secret to it. */
static void shown(const char *text, char ret_text[SHOWN_MAX + 16])
{
	const char *word = value_shown_word(text[0] == '-' ? text + 1 : text);

	ret_text[0] = '\0';
	if (word != NULL)
		(void)snprintf(ret_text, SHOWN_MAX + 16, ", not \"%s\"", text);
}

bool value_out_of_memory(const struct reading *r, struct text_mark mark)
{
	finding_add(&r->place, mark, "out of memory");
	*r->out_of_memory = true;
	return false;
}

static void replace_text(char **field, char *text)
{
	secret_free_text(*field);
	*field = text;
}

static bool set_text(const struct reading *r, const struct key *key, const struct yaml_node *value,
		     char **field)
{
	const char *text = value_text(&r->place, value);
	char *copy = NULL;
	struct error error = { "" };

	if (text == NULL)
		return false;
	if (text[0] == '\0' && (key->flags & KEY_EMPTY) == 0) {
		finding_add(&r->place, value->mark, "must not be empty");
		return false;
	}
	enum status status = key->check(text, &copy, &error);
	if (status == STATUS_MEMORY)
		return value_out_of_memory(r, value->mark);
	if (status != STATUS_OK) {
		finding_add(&r->place, value->mark, "%s", error.text);
		return false;
	}
	if ((key->flags & KEY_PROXY) != 0 && proxy_has_password(copy) && !value->from_environment)
		finding_warn(
			&r->place, value->mark,
			"a password is written in the file itself; a variable ${NAME} would keep "
			"it out");
	replace_text(field, copy);
	return true;
}

static bool set_file(const struct reading *r, const struct key *key, const struct yaml_node *value,
		     char **field)
{
	const char *text = value_text(&r->place, value);

	if (text == NULL)
		return false;
	if (text[0] == '\0' && (key->flags & KEY_EMPTY) == 0) {
		finding_add(&r->place, value->mark, "must not be empty");
		return false;
	}
	if (text_is_content(text)) {
		finding_add(&r->place, value->mark, "must be the name of a file, not its content");
		return false;
	}
	char *path = text[0] == '\0' ? strdup("") : file_path_join(r->folder, text);
	if (path == NULL)
		return value_out_of_memory(r, value->mark);
	replace_text(field, path);
	return true;
}

static bool set_bool(const struct reading *r, const struct yaml_node *value, bool *field)
{
	static const char *const truths[] = { "true", "false", NULL };
	const char *text = value_text(&r->place, value);
	bool meant = false;

	if (text == NULL)
		return false;
	bool is_true = strcmp(text, "true") == 0;
	if (!is_true && strcmp(text, "false") != 0) {
		bool known = yaml11_bool(text, &meant);
		value_refuse_choice(&r->place, value, truths, known ? truths[meant ? 0 : 1] : NULL);
		return false;
	}
	*field = is_true;
	return true;
}

bool value_number(const struct place *place, const struct yaml_node *value, uint32_t min,
		  uint32_t max, uint32_t *ret_number)
{
	const char *text = value_text(place, value);
	char wrong[SHOWN_MAX + 16];
	uint64_t number;

	if (text == NULL)
		return false;
	if (parse_u64(text, max, &number) != STATUS_OK || number < min) {
		shown(text, wrong);
		finding_add(place, value->mark, "must be a whole number from %u to %u%s", min, max,
			    wrong);
		return false;
	}
	*ret_number = (uint32_t)number;
	return true;
}

static bool set_duration(const struct reading *r, const struct key *key,
			 const struct yaml_node *value, uint32_t *field)
{
	const char *text = value_text(&r->place, value);
	char low[DURATION_TEXT_SIZE];
	char high[DURATION_TEXT_SIZE];
	char wrong[SHOWN_MAX + 16];
	uint64_t seconds;

	if (text == NULL)
		return false;
	if (parse_duration(text, key->max, &seconds) != STATUS_OK || seconds < key->min) {
		value_duration_text(key->min, low);
		value_duration_text(key->max, high);
		shown(text, wrong);
		finding_add(&r->place, value->mark,
			    "must be a duration from %s to %s, with a unit (90s, 15m, 1h, 1d)%s",
			    low, high, wrong);
		return false;
	}
	*field = (uint32_t)seconds;
	return true;
}

void value_refuse_choice(const struct place *place, const struct yaml_node *value,
			 const char *const *choices, const char *meant)
{
	char wrong[SHOWN_MAX + 16];
	struct suggestion suggestion;
	struct buf names;

	buf_init(&names, 1024);
	suggest_start(&suggestion, value->text);
	for (size_t i = 0; choices[i] != NULL; i++) {
		suggest_offer(&suggestion, choices[i]);
		buf_printf(&names, "%s%s",
			   i == 0                   ? ""
			   : choices[i + 1] == NULL ? " or "
						    : ", ",
			   choices[i]);
	}
	const char *best = meant != NULL ? meant : suggest_best(&suggestion);
	shown(value->text, wrong);
	finding_add(place, value->mark, "must be %s%s%s%s%s", buf_text(&names), wrong,
		    best != NULL ? "; did you mean \"" : "", best != NULL ? best : "",
		    best != NULL ? "\"?" : "");
	buf_release(&names);
}

static bool set_choice(const struct reading *r, const struct key *key,
		       const struct yaml_node *value, uint32_t *field)
{
	const char *text = value_text(&r->place, value);

	if (text == NULL)
		return false;
	for (uint32_t i = 0; key->choices[i] != NULL; i++) {
		if (strcmp(key->choices[i], text) == 0) {
			*field = i;
			return true;
		}
	}
	value_refuse_choice(&r->place, value, key->choices, NULL);
	return false;
}

bool value_secret(const struct reading *r, const struct yaml_node *value, bool is_file,
		  bool may_be_empty, struct secret_setting *setting)
{
	const char *text = value_text(&r->place, value);

	if (text == NULL)
		return false;
	if (text[0] == '\0' && !may_be_empty) {
		finding_add(&r->place, value->mark, "must not be empty");
		return false;
	}
	if (!is_file)
		return secret_set(&setting->value, text, value->text_len) == STATUS_OK ||
		       value_out_of_memory(r, value->mark);
	char *path = file_path_join(r->folder, text);
	if (path == NULL)
		return value_out_of_memory(r, value->mark);
	free(setting->file);
	setting->file = path;
	return true;
}

void value_warn_inline(const struct reading *r, const struct yaml_node *value, const char *name)
{
	if (!value->from_environment)
		finding_warn(&r->place, value->mark,
			     "the secret is written in the file itself; %s_file would keep it out",
			     name);
}

static bool set_inline_secret(const struct reading *r, const struct key *key,
			      const struct yaml_node *value, struct secret_setting *setting)
{
	if (!value_secret(r, value, false, false, setting))
		return false;
	if ((key->flags & KEY_INLINE_FINE) == 0)
		value_warn_inline(r, value, key->name);
	return true;
}

bool value_set(const struct reading *r, const struct key *key, const struct yaml_node *value,
	       struct source_config *source)
{
	void *field = (char *)source + key->offset;

	switch (key->type) {
	case KEY_TEXT:
		return set_text(r, key, value, field);
	case KEY_FILE:
		return set_file(r, key, value, field);
	case KEY_BOOL:
		return set_bool(r, value, field);
	case KEY_NUMBER:
		return value_number(&r->place, value, key->min, key->max, field);
	case KEY_DURATION:
		return set_duration(r, key, value, field);
	case KEY_CHOICE:
		return set_choice(r, key, value, field);
	case KEY_SECRET:
		return set_inline_secret(r, key, value, field);
	case KEY_SECRET_FILE:
		return value_secret(r, value, true, false, field);
	case KEY_PATTERNS:
	case KEY_PATHS:
	case KEY_LEVELS:
	case KEY_PASSWORDS:
		return value_set_list(r, key, value, source);
	case KEY_KIND:
		return true;
	}
	return false;
}
