/* From a text to the value of a setting: one function for each type. */
#include "config/setting.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/file.h"
#include "base/text.h"

bool setting_bool(const char *text, unsigned flags, bool *ret_bool)
{
	static const struct {
		const char *yes;
		const char *no;
		unsigned flags; /* one of which must be given; 0: known to all */
	} words[] = {
		{ "true", "false", 0 },          { "1", "0", KEY_SWITCH },
		{ "True", "False", KEY_YAML11 }, { "TRUE", "FALSE", KEY_YAML11 },
		{ "yes", "no", KEY_YAML11 },     { "Yes", "No", KEY_YAML11 },
		{ "YES", "NO", KEY_YAML11 },     { "on", "off", KEY_YAML11 },
		{ "On", "Off", KEY_YAML11 },     { "ON", "OFF", KEY_YAML11 },
		{ "y", "n", KEY_YAML11 },        { "Y", "N", KEY_YAML11 },
	};

	for (size_t i = 0; i < COUNT_OF(words); i++) {
		bool is_yes = strcmp(text, words[i].yes) == 0;
		if ((words[i].flags == 0 || (words[i].flags & flags) != 0) &&
		    (is_yes || strcmp(text, words[i].no) == 0)) {
			*ret_bool = is_yes;
			return true;
		}
	}
	return false;
}

static enum setting_fault put_bool(const struct key *key, const char *text, bool *field)
{
	return setting_bool(text, key->flags, field) ? SETTING_GOOD : SETTING_TYPE;
}

static enum setting_fault put_number(const struct key *key, const char *text, uint32_t *field)
{
	uint64_t number;
	enum status status = key->type == KEY_DURATION ? parse_duration(text, key->max, &number)
						       : parse_u64(text, key->max, &number);

	if (status != STATUS_OK || number < key->min)
		return SETTING_TYPE;
	*field = (uint32_t)number;
	return SETTING_GOOD;
}

static enum setting_fault put_choice(const struct key *key, const char *text, uint32_t *field)
{
	bool on = false;

	for (uint32_t i = 0; key->choices[i] != NULL; i++) {
		if (strcmp(key->choices[i], text) == 0) {
			*field = key->min + i;
			return SETTING_GOOD;
		}
	}
	if ((key->flags & KEY_SWITCH) == 0 || !setting_bool(text, key->flags, &on))
		return SETTING_TYPE;
	*field = on ? key->min : 0;
	return SETTING_GOOD;
}

/* The text in its form, or joined with the folder: a copy for the caller. */
static enum setting_fault copy_text(const struct key *key, const char *text, const char *folder,
				    char **ret_copy, struct error *error)
{
	bool is_file = key->type == KEY_FILE || key->type == KEY_SECRET_FILE;
	char *copy = NULL;

	if (text[0] == '\0' && (key->flags & KEY_EMPTY) == 0)
		return SETTING_EMPTY;
	if ((key->type == KEY_FILE || (key->flags & KEY_NAME) != 0) && text_is_content(text))
		return SETTING_CONTENT;
	enum status status = key->check != NULL ? key->check(text, &copy, error) : STATUS_OK;
	if (status != STATUS_OK)
		return status == STATUS_MEMORY ? SETTING_MEMORY : SETTING_CHECK;
	if (copy == NULL)
		copy = is_file && folder != NULL && text[0] != '\0' ? file_path_join(folder, text)
								    : strdup(text);
	*ret_copy = copy;
	return copy != NULL ? SETTING_GOOD : SETTING_MEMORY;
}

static enum setting_fault put_text(const struct key *key, const char *text, const char *folder,
				   char **field, struct error *error)
{
	char *copy = NULL;
	enum setting_fault fault = copy_text(key, text, folder, &copy, error);

	if (fault == SETTING_GOOD) {
		secret_free_text(*field); /* a proxy may hold a password */
		*field = copy;
	}
	return fault;
}

static enum setting_fault add_text(const struct key *key, const char *text, const char *folder,
				   struct string_list *list, struct error *error)
{
	char *copy = NULL;
	enum setting_fault fault = copy_text(key, text, folder, &copy, error);

	if (fault == SETTING_GOOD && !string_list_add(list, copy))
		fault = SETTING_MEMORY;
	free(copy);
	return fault;
}

static enum setting_fault put_secret(const struct key *key, const char *text, size_t len,
				     struct secret_setting *setting)
{
	if (len == 0 && (key->flags & KEY_EMPTY) == 0)
		return SETTING_EMPTY;
	return secret_set(&setting->value, text, len) == STATUS_OK ? SETTING_GOOD : SETTING_MEMORY;
}

enum setting_fault setting_put(const struct key *key, const char *text, size_t len,
			       const char *folder, void *base, struct error *error)
{
	void *field = (char *)base + key->offset;

	switch (key->type) {
	case KEY_TEXT:
	case KEY_FILE:
		return put_text(key, text, folder, field, error);
	case KEY_SECRET_FILE:
		return put_text(key, text, folder, &((struct secret_setting *)field)->file, error);
	case KEY_SECRET:
		return put_secret(key, text, len, field);
	case KEY_LIST:
		return add_text(key, text, folder, field, error);
	case KEY_BOOL:
		return put_bool(key, text, field);
	case KEY_NUMBER:
	case KEY_DURATION:
		return put_number(key, text, field);
	case KEY_CHOICE:
		return put_choice(key, text, field);
	case KEY_PATHS:
	case KEY_WORDS:
	case KEY_PASSWORDS:
	case KEY_KIND:
		break;
	}
	return SETTING_TYPE;
}

void setting_release(const struct key *key, void *base)
{
	void *field = (char *)base + key->offset;

	if (key->type == KEY_TEXT || key->type == KEY_FILE) {
		secret_free_text(*(char **)field);
		*(char **)field = NULL;
	} else if (key->type == KEY_LIST) {
		string_list_release(field);
	}
}
