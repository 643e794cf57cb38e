/* The members of a source or of `defaults`: which key each one is, and what is wrong with it. */
#include "config/file/members.h"

#include <stdio.h>
#include <string.h>

#include "config/suggest.h"
#include "config/values.h"

static const char *nearest_key(const char *name)
{
	struct suggestion suggestion;

	suggest_start(&suggestion, name);
	for (size_t i = 0; config_key(i) != NULL; i++)
		suggest_offer(&suggestion, config_key(i)->name);
	return suggest_best(&suggestion);
}

/* The names of the kinds of a key: "cloud-connector and directory". */
static void kinds_text(unsigned kinds, char *ret_text, size_t size)
{
	size_t used = 0;

	ret_text[0] = '\0';
	for (int kind = 0; kind < SOURCE_KIND_COUNT; kind++) {
		if ((kinds & KIND_BIT(kind)) == 0 || used >= size)
			continue;
		int n = snprintf(ret_text + used, size - used, "%s%s", used > 0 ? " and " : "",
				 source_kind_name((enum source_kind)kind));
		used += n > 0 ? (size_t)n : 0;
	}
}

const struct key *member_key(const struct place *place, const struct yaml_node *member,
			     unsigned kinds)
{
	const struct key *key = config_key(config_key_index(member->name));
	struct place at = *place;
	char names[96];

	if (member->first_line != 0) {
		value_report_twice(place, member);
		return NULL;
	}
	if (key == NULL) {
		value_report_unknown(place, member, nearest_key(member->name));
		return NULL;
	}
	if ((key->kinds & kinds) == 0) {
		at.key = key->name;
		kinds_text(key->kinds, names, sizeof(names));
		finding_add(&at, member->name_mark, "is only valid for kind %s", names);
		return NULL;
	}
	return key;
}

/* Guesses which kind was meant by another word; NULL: none of them comes to mind. */
static const char *kind_meant(const char *text)
{
	static const struct {
		const char *part;
		enum source_kind kind;
	} words[] = {
		{ "dest", SOURCE_DESTINATION_SERVICE },
		{ "connector", SOURCE_CLOUD_CONNECTOR },
		{ "scc", SOURCE_CLOUD_CONNECTOR },
		{ "sapcc", SOURCE_CLOUD_CONNECTOR },
		{ "dir", SOURCE_DIRECTORY },
		{ "folder", SOURCE_DIRECTORY },
		{ "file", SOURCE_DIRECTORY },
		{ "path", SOURCE_DIRECTORY },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcasestr(text, words[i].part) != NULL)
			return source_kind_name(words[i].kind);
	}
	return NULL;
}

bool member_kind(const struct place *place, const struct yaml_node *source,
		 enum source_kind *ret_kind)
{
	const char *names[SOURCE_KIND_COUNT + 1] = { NULL };
	struct place at = *place;
	const struct yaml_node *node = yaml_member(source, "kind");

	at.key = "kind";
	if (node == NULL) {
		finding_add(&at, source->mark,
			    "is missing: destination-service, cloud-connector or directory");
		return false;
	}
	const char *text = value_text(&at, node);
	if (text == NULL)
		return false;
	for (int kind = 0; kind < SOURCE_KIND_COUNT; kind++) {
		names[kind] = source_kind_name((enum source_kind)kind);
		if (strcmp(text, names[kind]) == 0) {
			*ret_kind = (enum source_kind)kind;
			return true;
		}
	}
	value_refuse_choice(&at, node, names, kind_meant(text));
	return false;
}
