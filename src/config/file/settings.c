/* From a YAML node into a field of a source: one function for each type of key. */
#include "config/file/settings.h"

#include <string.h>

#include "base/file.h"
#include "base/proxy.h"
#include "base/secret.h"
#include "base/text.h"
#include "config/file/lists.h"

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
		bool known = value_yaml11_bool(text, &meant);
		value_refuse_choice(&r->place, value, truths, known ? truths[meant ? 0 : 1] : NULL);
		return false;
	}
	*field = is_true;
	return true;
}

static bool set_duration(const struct reading *r, const struct key *key,
			 const struct yaml_node *value, uint32_t *field)
{
	const char *text = value_text(&r->place, value);
	char low[DURATION_TEXT_SIZE];
	char high[DURATION_TEXT_SIZE];
	char wrong[NOT_THIS_SIZE];
	uint64_t seconds;

	if (text == NULL)
		return false;
	if (parse_duration(text, key->max, &seconds) != STATUS_OK || seconds < key->min) {
		text_duration(key->min, low);
		text_duration(key->max, high);
		value_not_this(text, wrong);
		finding_add(&r->place, value->mark,
			    "must be a duration from %s to %s, with a unit (90s, 15m, 1h, 1d)%s",
			    low, high, wrong);
		return false;
	}
	*field = (uint32_t)seconds;
	return true;
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

static bool set_inline_secret(const struct reading *r, const struct key *key,
			      const struct yaml_node *value, struct secret_setting *setting)
{
	if (!value_secret(r, value, false, false, setting))
		return false;
	if ((key->flags & KEY_INLINE_FINE) == 0)
		value_warn_inline(r, value, key->name);
	return true;
}

bool setting_put(const struct reading *r, const struct key *key, const struct yaml_node *value,
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
		return setting_put_list(r, key, value, source);
	case KEY_KIND:
		return true;
	}
	return false;
}
