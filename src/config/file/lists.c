/* Lists: patterns, paths, levels, passwords of keystores. */
#include "config/file/lists.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "config/suggest.h"
#include "config/values.h"

#define PASSWORDS_MAX 1000
#define WHERE_MAX     256 /* `source "id"` is cut before */

/* The elements of a list, one by one, into a fresh list. */
static bool set_list(const struct reading *r, const struct key *key, const struct yaml_node *value,
		     bool (*add)(const struct reading *r, const struct yaml_node *item,
				 struct string_list *list),
		     struct string_list *field)
{
	struct string_list list = { 0 };
	bool ok = true;

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
	for (const struct yaml_node *item = value->first; item != NULL; item = item->next)
		ok = add(r, item, &list) && ok;
	if (!ok) {
		string_list_release(&list);
		return false;
	}
	string_list_release(field);
	*field = list;
	return true;
}

static const char *pattern_text(const struct reading *r, const struct yaml_node *item)
{
	const char *text = value_text(&r->place, item);

	if (text != NULL && text[0] == '\0') {
		finding_add(&r->place, item->mark, "has an empty pattern; `*` matches everything");
		return NULL;
	}
	return text;
}

static bool add_pattern(const struct reading *r, const struct yaml_node *item,
			struct string_list *list)
{
	const char *text = pattern_text(r, item);

	return text != NULL && (string_list_add(list, text) || value_out_of_memory(r, item->mark));
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

static bool add_path(const struct reading *r, const struct yaml_node *item,
		     struct string_list *list)
{
	const char *text = pattern_text(r, item);
	const char *fault = text != NULL ? path_fault(text) : NULL;

	if (fault != NULL)
		finding_add(&r->place, item->mark, "%s", fault);
	if (text == NULL || fault != NULL)
		return false;
	char *path = absolute_pattern(r->folder, text);
	bool ok = path != NULL && string_list_add(list, path);
	free(path);
	return ok || value_out_of_memory(r, item->mark);
}

static bool add_level(const struct reading *r, const struct yaml_node *item,
		      struct string_list *list)
{
	static const char *const levels[] = { "subaccount", "instance", NULL };
	const char *text = value_text(&r->place, item);

	if (text == NULL)
		return false;
	if (strcmp(text, levels[0]) != 0 && strcmp(text, levels[1]) != 0) {
		value_refuse_choice(&r->place, item, levels, NULL);
		return false;
	}
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->items[i], text) == 0) {
			finding_add(&r->place, item->mark, "names %s twice", text);
			return false;
		}
	}
	return string_list_add(list, text) || value_out_of_memory(r, item->mark);
}

static bool set_levels(const struct reading *r, const struct key *key,
		       const struct yaml_node *value, struct source_config *source)
{
	struct string_list list = { 0 };

	if (!set_list(r, key, value, add_level, &list))
		return false;
	source->level_subaccount = false;
	source->level_instance = false;
	for (size_t i = 0; i < list.count; i++) {
		source->level_subaccount |= strcmp(list.items[i], "subaccount") == 0;
		source->level_instance |= strcmp(list.items[i], "instance") == 0;
	}
	string_list_release(&list);
	return true;
}

static const char *const password_members[] = { "name", "password", "password_file" };

static bool is_password_member(const char *name)
{
	for (size_t i = 0; i < sizeof(password_members) / sizeof(password_members[0]); i++) {
		if (strcmp(password_members[i], name) == 0)
			return true;
	}
	return false;
}

static void report_unknown_member(const struct reading *r, const struct yaml_node *member)
{
	struct suggestion suggestion;
	struct place place = r->place;
	char where[WHERE_MAX];

	(void)snprintf(where, sizeof(where), "%s: %s", r->place.where, r->place.key);
	place.where = where;
	suggest_start(&suggestion, member->name);
	for (size_t i = 0; i < sizeof(password_members) / sizeof(password_members[0]); i++)
		suggest_offer(&suggestion, password_members[i]);
	value_report_unknown(&place, member, suggest_best(&suggestion));
}

static bool set_password_member(const struct reading *r, const struct yaml_node *member,
				struct keystore_password *password)
{
	if (member->first_line != 0) {
		finding_add(&r->place, member->name_mark, "%s: given twice, first on line %u",
			    value_shown_key(member->name) != NULL ? member->name : "a key",
			    member->first_line);
		return false;
	}
	if (strcmp(member->name, "name") == 0) {
		const char *text = pattern_text(r, member);
		password->name = text != NULL ? strdup(text) : NULL;
		if (text != NULL && password->name == NULL)
			return value_out_of_memory(r, member->mark);
		return text != NULL;
	}
	if (strcmp(member->name, "password") == 0) {
		bool ok = value_secret(r, member, false, true, &password->password);
		password->mark = member->name_mark;
		if (ok)
			value_warn_inline(r, member, "password");
		return ok;
	}
	if (strcmp(member->name, "password_file") == 0) {
		password->mark = member->name_mark;
		return value_secret(r, member, true, false, &password->password);
	}
	report_unknown_member(r, member);
	return false;
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
		ok = set_password_member(r, m, password) && ok;
	for (const struct yaml_node *m = item->first; m != NULL; m = m->next)
		unknown = unknown || !is_password_member(m->name);
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

static bool set_passwords(const struct reading *r, const struct yaml_node *value,
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

bool setting_put_list(const struct reading *r, const struct key *key, const struct yaml_node *value,
		      struct source_config *source)
{
	void *field = (char *)source + key->offset;

	switch (key->type) {
	case KEY_PATTERNS:
		return set_list(r, key, value, add_pattern, field);
	case KEY_PATHS:
		return set_list(r, key, value, add_path, field);
	case KEY_LEVELS:
		return set_levels(r, key, value, source);
	case KEY_PASSWORDS:
		return set_passwords(r, value, source);
	case KEY_TEXT:
	case KEY_FILE:
	case KEY_BOOL:
	case KEY_NUMBER:
	case KEY_DURATION:
	case KEY_CHOICE:
	case KEY_SECRET:
	case KEY_SECRET_FILE:
	case KEY_KIND:
		break;
	}
	return false;
}
