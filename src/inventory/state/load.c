/*
 * Reads the state file: outside input like any other. A damaged file is refused as a whole, by its
 * checksum or because it is not as written; what a newer version wrote and this one does not know
 * is left out. The file may hold more than fits into one tree of JSON, so it is taken apart down to
 * the certificates: what can be written can be read, and takes the memory of its bytes and of what
 * they say.
 */
#include "inventory/state/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "inventory/state/format.h"
#include "inventory/state/read_store.h"
#include "inventory/state/reader.h"
#include "inventory/state/seal.h"
#include "source/kinds.h"

#define SET_ASIDE_SUFFIX ".bad"

/* -- levels ------------------------------------------------------------------------------ */

/* When each part was last listed whole; a part that is not known is left out. */
static void read_listed(struct state_reader *reader, struct source_level *level,
			const struct cJSON *object)
{
	static const char *const names[] = { "part", "time", NULL };
	unsigned part;

	json_each (item, json_member(object, "listed")) {
		state_check_members(reader, item, "member of a list", names);
		if (state_read_part(reader, item, &part) != STATUS_OK)
			continue;
		for (size_t i = 0; i < LEVEL_PARTS_MAX; i++) {
			if (part == 1u << i)
				level->listed_s[i] = state_time(item, "time");
		}
	}
}

static enum status add_reference(struct state_reader *reader, struct source_level *level,
				 const struct cJSON *object)
{
	static const char *const names[] = { "kind", "destination", "property", "name", NULL };
	const char *kind_name = state_text(object, "kind");
	enum reference_kind kind = REFERENCE_DESTINATION;

	state_check_members(reader, object, "member of a reference", names);
	if (strcmp(kind_name, reference_kind_name(REFERENCE_FRAGMENT)) == 0)
		kind = REFERENCE_FRAGMENT;
	else if (strcmp(kind_name, reference_kind_name(REFERENCE_DESTINATION)) != 0)
		return state_not_known(reader, "kind of a reference", kind_name);
	source_level_add_reference(level, kind, state_text(object, "destination"),
				   state_text(object, "property"), state_text(object, "name"));
	return STATUS_OK;
}

static enum status read_reference(struct state_reader *reader, void *into, struct json_span span)
{
	struct cJSON *object = NULL;
	enum status status = json_parse_span(span, &object, reader->error);

	if (status == STATUS_OK)
		status = add_reference(reader, into, object);
	json_free(object);
	return state_skip(reader, status);
}

/* A level of a name that is known; the source owns it. */
static enum status new_level(struct state_reader *reader, struct state_source *source,
			     const char *name, struct source_level **ret_level)
{
	const char *known = source_level_name(name);

	if (known == NULL)
		return state_not_known(reader, "level", name);
	if (source->level_count >= STATE_LEVELS_MAX)
		return STATUS_SYNTAX;
	*ret_level = source_level_new(known);
	if (*ret_level == NULL)
		return STATUS_MEMORY;
	source->levels[source->level_count++] = *ret_level;
	return STATUS_OK;
}

static enum status read_level(struct state_reader *reader, void *into, struct json_span span)
{
	static const char *const parts[] = { "references", "stores" };
	static const char *const names[] = { "name", "destinations", "fragments", "listed", NULL };
	struct source_level *level = NULL;
	struct json_span spans[2];
	struct cJSON *object = NULL;
	enum status status = json_parse_apart(span, parts, 2, spans, &object, reader->error);

	if (status == STATUS_OK) {
		state_check_members(reader, object, "member of a level", names);
		status = new_level(reader, into, state_text(object, "name"), &level);
	}
	if (status == STATUS_OK && level != NULL) {
		level->has_destinations =
			json_u64(json_member(object, "destinations"), &level->destinations);
		level->has_fragments =
			json_u64(json_member(object, "fragments"), &level->fragments);
		read_listed(reader, level, object);
		status = state_read_elements(reader, spans[0], read_reference, level);
	}
	if (status == STATUS_OK)
		status = state_read_elements(reader, spans[1], state_read_store, level);
	if (status == STATUS_OK)
		status = source_level_status(level);
	json_free(object);
	return state_skip(reader, status);
}

/* -- sources ----------------------------------------------------------------------------- */

static enum status describe_source(struct state_reader *reader, struct state_source *source,
				   const struct cJSON *object)
{
	static const char *const names[] = { "id",   "kind",          "last_success", "identity",
					     "host", "subaccount_id", "tenant_id",    NULL };
	const char *kind = state_text(object, "kind");

	state_check_members(reader, object, "member of a source", names);
	source->kind = source_kind_named(kind);
	if (source->kind == NULL)
		return state_not_known(reader, "kind of a source", kind);
	reader->kind = source->kind;
	source->id = strdup(state_text(object, "id"));
	source->identity = strdup(state_text(object, "identity"));
	source->host = strdup(state_text(object, "host"));
	source->subaccount_id = strdup(state_text(object, "subaccount_id"));
	source->tenant_id = strdup(state_text(object, "tenant_id"));
	if (source->id == NULL || source->identity == NULL || source->host == NULL ||
	    source->subaccount_id == NULL || source->tenant_id == NULL)
		return STATUS_MEMORY;
	source->has_success =
		json_double(json_member(object, "last_success"), &source->last_success_s);
	return STATUS_OK;
}

/*
 * Where something was left out no list counts as whole any more: a reference to a store that was
 * left out would be reported as one to a certificate that is missing.
 */
static void forget_lists(struct state_source *source)
{
	for (size_t l = 0; l < source->level_count; l++)
		memset(source->levels[l]->listed_s, 0, sizeof(source->levels[l]->listed_s));
}

static enum status add_source(struct state *state, const struct state_source *source)
{
	struct state_source *sources =
		reallocarray(state->sources, state->count + 1, sizeof(*sources));

	if (sources == NULL)
		return STATUS_MEMORY;
	state->sources = sources;
	sources[state->count++] = *source;
	return STATUS_OK;
}

static enum status read_source(struct state_reader *reader, void *into, struct json_span span)
{
	static const char *const parts[] = { "levels" };
	struct state_source source = { 0 };
	struct json_span levels;
	struct cJSON *object = NULL;
	enum status status = json_parse_apart(span, parts, 1, &levels, &object, reader->error);

	reader->skipped = false;
	if (status == STATUS_OK)
		status = describe_source(reader, &source, object);
	if (status == STATUS_OK)
		status = state_read_elements(reader, levels, read_level, &source);
	if (status == STATUS_OK && reader->skipped)
		forget_lists(&source);
	if (status == STATUS_OK)
		status = add_source(into, &source);
	if (status != STATUS_OK)
		state_source_release(&source);
	json_free(object);
	return state_skip(reader, status);
}

/* -- the document ------------------------------------------------------------------------ */

/* Whether this is a state file, and not one whose checksum was cut off. */
static enum status check_document(struct state_reader *reader, const struct cJSON *object,
				  struct json_span sources, enum state_seal seal)
{
	static const char *const names[] = { "format", "version", "checksum", NULL };
	uint64_t version = 0;

	if (strcmp(state_text(object, "format"), STATE_FORMAT) != 0 ||
	    !json_u64(json_member(object, "version"), &version) || version == 0 || sources.len == 0)
		return STATUS_SYNTAX;
	if (version >= STATE_VERSION_SEALED && seal == SEAL_NONE)
		return error_set(reader->error, STATUS_SYNTAX, "it does not end with its checksum");
	state_check_members(reader, object, "member", names);
	return STATUS_OK;
}

static enum status read_state(struct state_reader *reader, struct json_span document,
			      struct state *state)
{
	static const char *const parts[] = { "sources" };
	struct json_span sources;
	struct cJSON *object = NULL;
	enum state_seal seal;
	enum status status = state_seal_check(document.text, document.len, &seal);

	if (status != STATUS_OK)
		return status;
	if (seal == SEAL_BROKEN)
		return error_set(reader->error, STATUS_SYNTAX,
				 "its content is not that of its checksum");
	status = json_parse_apart(document, parts, 1, &sources, &object, reader->error);
	if (status == STATUS_OK)
		status = check_document(reader, object, sources, seal);
	json_free(object);
	if (status != STATUS_OK)
		return status;
	return state_read_elements(reader, sources, read_source, state);
}

enum status state_load(const char *path, struct state *ret_state, struct state_unknown *ret_unknown,
		       struct error *error)
{
	struct state_unknown unknown = { .count = 0 };
	struct error reason = { "" };
	struct state_reader reader = { .unknown = &unknown, .error = &reason };
	struct state state = { 0 };
	struct buf buf;

	buf_init(&buf, STATE_FILE_MAX);
	enum status status = file_read(path, &buf, NULL, error);
	if (status == STATUS_OK) {
		struct json_span document = { buf_text(&buf), buf.len };
		status = read_state(&reader, document, &state);
		if (status == STATUS_MEMORY)
			(void)error_set(error, status, "%s: out of memory", path);
		else if (status != STATUS_OK)
			(void)error_set(error, status, "%s: not a whole state file%s%s", path,
					reason.text[0] != '\0' ? ": " : "", reason.text);
	}
	buf_release(&buf);
	if (status != STATUS_OK) {
		state_release(&state);
		return status;
	}
	*ret_state = state;
	*ret_unknown = unknown;
	return STATUS_OK;
}

bool state_is_refused(enum status status)
{
	return status == STATUS_SYNTAX || status == STATUS_LIMIT || status == STATUS_TOO_LARGE;
}

char *state_set_aside(const char *path)
{
	struct buf target;

	buf_init(&target, strlen(path) + sizeof(SET_ASIDE_SUFFIX));
	buf_puts(&target, path);
	buf_puts(&target, SET_ASIDE_SUFFIX);
	char *name = buf_take(&target);
	if (name != NULL && rename(path, name) == 0)
		return name;
	free(name);
	return NULL;
}
