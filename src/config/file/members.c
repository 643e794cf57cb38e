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
	const struct key *key;

	suggest_start(&suggestion, name);
	for (size_t k = 0; registered_kinds[k] != NULL; k++) {
		for (size_t i = 0; (key = source_key(registered_kinds[k], i)) != NULL; i++)
			suggest_offer(&suggestion, key->name);
	}
	return suggest_best(&suggestion);
}

/* "is only valid for kind cloud-connector and directory" */
static void report_other_kinds(const struct place *place, const struct yaml_node *member)
{
	struct place at = *place;
	struct buf names;

	buf_init(&names, KIND_NAMES_MAX);
	for (size_t i = 0; registered_kinds[i] != NULL; i++) {
		if (kind_key(registered_kinds[i], member->name) != NULL)
			buf_printf(&names, "%s%s", names.len > 0 ? " and " : "",
				   registered_kinds[i]->name);
	}
	at.key = member->name;
	finding_add(&at, member->name_mark, "is only valid for kind %s", buf_text(&names));
	buf_release(&names);
}

static const struct source_kind *owner_of(const struct source_kind *first, const char *name)
{
	if (kind_key(first, name) != NULL)
		return first;
	for (size_t i = 0; registered_kinds[i] != NULL; i++) {
		if (kind_key(registered_kinds[i], name) != NULL)
			return registered_kinds[i];
	}
	return NULL;
}

const struct source_kind *member_owner(const struct place *place, const struct yaml_node *member,
				       const struct source_kind *kind, bool other_kinds)
{
	const struct source_kind *owner = owner_of(kind, member->name);

	if (member->first_line != 0) {
		value_report_twice(place, member);
		return NULL;
	}
	if (owner == NULL) {
		value_report_unknown(place, member, nearest_key(member->name));
		return NULL;
	}
	if (owner != kind && !other_kinds) {
		report_other_kinds(place, member);
		return NULL;
	}
	return owner;
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

	for (size_t i = 0; i < KINDS_MAX && registered_kinds[i] != NULL; i++)
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

const struct source_kind *member_nearest_kind(const struct yaml_node *source)
{
	const struct source_kind *best = registered_kinds[0];
	size_t most = 0;

	for (size_t i = 0; registered_kinds[i] != NULL; i++) {
		size_t known = 0;
		for (const struct yaml_node *m = source->first; m != NULL; m = m->next)
			known += kind_key(registered_kinds[i], m->name) != NULL;
		if (known > most) {
			most = known;
			best = registered_kinds[i];
		}
	}
	return best;
}
