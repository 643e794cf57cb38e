/*
 * The settings of a source in the configuration file: single values as anywhere, and its lists:
 * patterns, paths, words, passwords of keystores.
 */
#include "config/file/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/file.h"
#include "base/text.h"
#include "config/suggest.h"

#define PASSWORDS_MAX 1000
#define WHERE_MAX     256 /* `source "id"` is cut before */

static enum status check_pattern(const char *text, char **ret_text, struct error *error)
{
	(void)ret_text;
	if (text[0] == '\0')
		return error_set(error, STATUS_SYNTAX,
				 "has an empty pattern; `*` matches everything");
	return STATUS_OK;
}

/* NULL when a glob pattern can match a file. */
static const char *path_fault(const char *pattern)
{
	if (text_ends_with(pattern, "/"))
		return "ends with `/`, so it names no file; add `*` or `**`";
	for (const char *p = strstr(pattern, "**"); p != NULL; p = strstr(p, "**")) {
		bool begins = p == pattern || p[-1] == '/';
		p += 2;
		if (!begins || (*p != '/' && *p != '\0'))
			return "has `**` next to other characters; it stands alone between slashes";
	}
	return NULL;
}

static enum status check_path(const char *text, char **ret_text, struct error *error)
{
	const char *fault = path_fault(text);

	if (fault != NULL)
		return error_set(error, STATUS_SYNTAX, "%s", fault);
	return check_pattern(text, ret_text, error);
}

/* The elements of lists. An empty one is refused by its check. */
static const struct key pattern_item = { .type = KEY_LIST,
					 .flags = KEY_EMPTY,
					 .check = check_pattern };
static const struct key path_item = { .type = KEY_LIST, .flags = KEY_EMPTY, .check = check_path };

/* Whether there are elements to read; reports what is no list, or an empty one. */
static bool is_list(const struct reading *r, const struct key *key, const struct yaml_node *value)
{
	if (value->refused)
		return false;
	if (value->kind != YAML_LIST) {
		finding_add(&r->place, value->mark,
			    "must be a list, such as [\"a\", \"b\"], not %s%s",
			    yaml_kind_text(value),
			    value->kind == YAML_SCALAR && value->text[0] == '-'
				    ? "; a blank is missing behind the -"
				    : "");
		return false;
	}
	if (value->count == 0 && (key->flags & KEY_EMPTY) == 0) {
		finding_add(&r->place, value->mark, "is an empty list, nothing would be found");
		return false;
	}
	return true;
}

/* The pattern behind the file's folder, in which nothing is a wildcard. */
static char *absolute_pattern(const char *folder, const char *pattern)
{
	struct buf escaped;

	buf_init(&escaped, 65536);
	for (const char *p = folder; *p != '\0'; p++) {
		if (strchr("*?[]\\", *p) != NULL)
			buf_putc(&escaped, '\\');
		buf_putc(&escaped, *p);
	}
	char *joined = buf_status(&escaped) == STATUS_OK
			       ? file_path_join(buf_text(&escaped), pattern)
			       : NULL;
	buf_release(&escaped);
	return joined;
}

/* False without memory. */
static bool make_absolute(const char *folder, struct string_list *patterns)
{
	for (size_t i = 0; i < patterns->count; i++) {
		char *absolute = absolute_pattern(folder, patterns->items[i]);
		if (absolute == NULL)
			return false;
		free(patterns->items[i]);
		patterns->items[i] = absolute;
	}
	return true;
}

/* Patterns or paths. */
static bool read_patterns(const struct reading *r, const struct key *key,
			  const struct yaml_node *value, struct string_list *field)
{
	struct string_list list = { 0 };
	bool paths = key->type == KEY_PATHS;
	bool ok = true;

	if (!is_list(r, key, value))
		return false;
	for (const struct yaml_node *item = value->first; item != NULL; item = item->next)
		ok = value_put(r, paths ? &path_item : &pattern_item, item, &list) && ok;
	if (ok && paths && !make_absolute(r->folder, &list))
		ok = value_out_of_memory(r, value->mark);
	if (!ok) {
		string_list_release(&list);
		return false;
	}
	string_list_release(field);
	*field = list;
	return true;
}

/* Words that the key has, each at most once. */
static bool read_words(const struct reading *r, const struct key *key,
		       const struct yaml_node *value, uint32_t *field)
{
	const struct key word = { .type = KEY_CHOICE, .choices = key->choices };
	uint32_t named = 0;
	bool ok = true;

	if (!is_list(r, key, value))
		return false;
	for (const struct yaml_node *item = value->first; item != NULL; item = item->next) {
		uint32_t i = 0;
		if (!value_put(r, &word, item, &i)) {
			ok = false;
			continue;
		}
		if ((named >> i & 1) != 0) {
			finding_add(&r->place, item->mark, "names %s twice", key->choices[i]);
			ok = false;
		}
		named |= UINT32_C(1) << i;
	}
	if (ok)
		*field = named;
	return ok;
}

#define AT(field) offsetof(struct keystore_password, field)

static const struct key password_keys[] = {
	{ .name = "name",
	  .type = KEY_TEXT,
	  .flags = KEY_EMPTY,
	  .offset = AT(name),
	  .check = check_pattern },
	{ .name = "password", .type = KEY_SECRET, .flags = KEY_EMPTY, .offset = AT(password) },
	{ .name = "password_file", .type = KEY_SECRET_FILE, .offset = AT(password) },
};

static const struct key *password_key(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(password_keys); i++) {
		if (strcmp(password_keys[i].name, name) == 0)
			return &password_keys[i];
	}
	return NULL;
}

static void report_unknown_member(const struct reading *r, const struct yaml_node *member)
{
	struct suggestion suggestion;
	struct place place = r->place;
	char where[WHERE_MAX];

	(void)snprintf(where, sizeof(where), "%s: %s", r->place.where, r->place.key);
	place.where = where;
	suggest_start(&suggestion, member->name);
	for (size_t i = 0; i < COUNT_OF(password_keys); i++)
		suggest_offer(&suggestion, password_keys[i].name);
	value_report_unknown(&place, member, suggest_best(&suggestion));
}

static bool read_password_member(const struct reading *r, const struct yaml_node *member,
				 struct keystore_password *password)
{
	const struct key *key = password_key(member->name);

	if (member->first_line != 0) {
		finding_add(&r->place, member->name_mark, "%s: given twice, first on line %u",
			    value_shown_key(member->name) != NULL ? member->name : "a key",
			    member->first_line);
		return false;
	}
	if (key == NULL) {
		report_unknown_member(r, member);
		return false;
	}
	if (key->type != KEY_TEXT)
		password->mark = member->name_mark;
	return value_put(r, key, member, password);
}

static bool read_password(const struct reading *r, const struct yaml_node *item,
			  struct keystore_password *password)
{
	bool ok = true;
	bool unknown = false; /* it may be the one that is missed: one mistake, one message */

	if (item->refused)
		return false;
	if (item->kind != YAML_MAP) {
		finding_add(&r->place, item->mark,
			    "each item must be a mapping such as { name: \"*.p12\", "
			    "password_file: p12.txt }, not %s",
			    yaml_kind_text(item));
		return false;
	}
	for (const struct yaml_node *m = item->first; m != NULL; m = m->next)
		ok = read_password_member(r, m, password) && ok;
	for (const struct yaml_node *m = item->first; m != NULL; m = m->next)
		unknown = unknown || password_key(m->name) == NULL;
	if (unknown)
		return false;
	if (yaml_member(item, "name") == NULL) {
		finding_add(&r->place, item->mark, "name is missing: the pattern of the stores");
		ok = false;
	}
	bool inline_given = yaml_member(item, "password") != NULL;
	if (inline_given == (yaml_member(item, "password_file") != NULL)) {
		finding_add(&r->place, item->mark,
			    inline_given ? "password and password_file are two ways to give the "
					   "same thing; keep one"
					 : "password_file (or password) is missing");
		ok = false;
	}
	return ok;
}

static bool read_passwords(const struct reading *r, const struct yaml_node *value,
			   struct source_config *source)
{
	struct source_config read = { 0 };
	bool ok = true;

	if (value->refused)
		return false;
	if (value->kind != YAML_LIST || value->count > PASSWORDS_MAX) {
		finding_add(&r->place, value->mark, "must be a list of at most %d items, not %s",
			    PASSWORDS_MAX, yaml_kind_text(value));
		return false;
	}
	read.keystore_passwords = calloc(value->count + 1, sizeof(*read.keystore_passwords));
	if (read.keystore_passwords == NULL)
		return value_out_of_memory(r, value->mark);
	for (const struct yaml_node *item = value->first; item != NULL; item = item->next)
		ok = read_password(r, item,
				   &read.keystore_passwords[read.keystore_password_count++]) &&
		     ok;
	if (!ok) {
		keystore_passwords_release(&read);
		return false;
	}
	keystore_passwords_release(source);
	source->keystore_passwords = read.keystore_passwords;
	source->keystore_password_count = read.keystore_password_count;
	return true;
}

bool source_setting_read(const struct reading *r, const struct key *key,
			 const struct yaml_node *value, struct source_config *source)
{
	char *base = source_key_base(source, key);

	switch (key->type) {
	case KEY_LIST:
	case KEY_PATHS:
		return read_patterns(r, key, value, (void *)(base + key->offset));
	case KEY_WORDS:
		return read_words(r, key, value, (void *)(base + key->offset));
	case KEY_PASSWORDS:
		return read_passwords(r, value, source);
	case KEY_TEXT:
	case KEY_FILE:
	case KEY_BOOL:
	case KEY_NUMBER:
	case KEY_DURATION:
	case KEY_CHOICE:
	case KEY_SECRET:
	case KEY_SECRET_FILE:
		return value_put(r, key, value, base);
	case KEY_KIND:
		break; /* was read before */
	}
	return true;
}

void source_setting_try(const struct reading *r, const struct source_kind *kind,
			const struct key *key, const struct yaml_node *value)
{
	struct source_config *scratch = source_config_new(kind);

	if (scratch != NULL)
		(void)source_setting_read(r, key, value, scratch);
	else
		(void)value_out_of_memory(r, value->mark);
	source_config_free(scratch);
}
