/* The members of a source or of `defaults`: which key each one is, and what is wrong with it. */
#include "config/file/members.h"

#include <string.h>

#include "base/buf.h"
#include "config/suggest.h"
#include "config/values.h"

#define KINDS_MAX      32 /* in a list of choices */
#define KIND_NAMES_MAX 1024

static const char *nearest_key(const char *name)
{
	struct suggestion suggestion;

	suggest_start(&suggestion, name);
	for (size_t i = 0; config_key(i) != NULL; i++)
		suggest_offer(&suggestion, config_key(i)->name);
	return suggest_best(&suggestion);
}

/* Adds the names of the kinds of a key: "cloud-connector and directory". */
static void add_kinds(struct buf *text, const struct key *key)
{
	size_t before = text->len;

	for (size_t i = 0; registered_kinds[i] != NULL; i++) {
		if ((registered_kinds[i]->keys & key->group) != 0)
			buf_printf(text, "%s%s", text->len > before ? " and " : "",
				   registered_kinds[i]->name);
	}
}

const struct key *member_key(const struct place *place, const struct yaml_node *member,
			     unsigned keys)
{
	const struct key *key = config_key(config_key_index(member->name));
	struct place at = *place;

	if (member->first_line != 0) {
		value_report_twice(place, member);
		return NULL;
	}
	if (key == NULL) {
		value_report_unknown(place, member, nearest_key(member->name));
		return NULL;
	}
	if ((key->group & keys) == 0) {
		struct buf names;
		at.key = key->name;
		buf_init(&names, KIND_NAMES_MAX);
		add_kinds(&names, key);
		finding_add(&at, member->name_mark, "is only valid for kind %s", buf_text(&names));
		buf_release(&names);
		return NULL;
	}
	return key;
}

/* Guesses which kind was meant by another word; NULL: none of them comes to mind. */
static const char *kind_meant(const char *text)
{
	for (size_t i = 0; registered_kinds[i] != NULL; i++) {
		const char *const *word = registered_kinds[i]->words;
		for (; *word != NULL; word++) {
			if (strcasestr(text, *word) != NULL)
				return registered_kinds[i]->name;
		}
	}
	return NULL;
}

/* "destination-service, cloud-connector or directory" */
static void report_no_kind(const struct place *place, struct text_mark mark)
{
	struct buf names;

	buf_init(&names, KIND_NAMES_MAX);
	for (size_t i = 0; registered_kinds[i] != NULL; i++)
		buf_printf(&names, "%s%s",
			   i == 0                            ? ""
			   : registered_kinds[i + 1] == NULL ? " or "
							     : ", ",
			   registered_kinds[i]->name);
	finding_add(place, mark, "is missing: %s", buf_text(&names));
	buf_release(&names);
}

static void report_other_kind(const struct place *place, const struct yaml_node *node)
{
	const char *names[KINDS_MAX + 1] = { NULL };

	for (size_t i = 0; registered_kinds[i] != NULL && i < KINDS_MAX; i++)
		names[i] = registered_kinds[i]->name;
	value_refuse_choice(place, node, names, kind_meant(node->text));
}

const struct source_kind *member_kind(const struct place *place, const struct yaml_node *source)
{
	struct place at = *place;
	const struct yaml_node *node = yaml_member(source, "kind");

	at.key = "kind";
	if (node == NULL) {
		report_no_kind(&at, source->mark);
		return NULL;
	}
	const char *text = value_text(&at, node);
	if (text == NULL)
		return NULL;
	const struct source_kind *kind = source_kind_named(text);
	if (kind == NULL)
		report_other_kind(&at, node);
	return kind;
}
