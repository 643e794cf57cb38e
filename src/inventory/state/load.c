/*
 * Reads the state file: outside input like any other, refused whole when a part is not as written.
 * It may hold more than fits into one tree of JSON, so it is taken apart down to the certificates:
 * what can be written can be read, and takes the memory of its bytes and of what they say.
 */
#include "inventory/state/load.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json_apart.h"
#include "inventory/state/format.h"

#define RENEWAL_LEAD_MAX_S (UINT64_C(40000) * 86400) /* a service tells at most 100 years */
#define READ_TIME_MAX_S    1e12

static const char *text_of(const struct cJSON *object, const char *name)
{
	const char *text = json_member_text(object, name);

	return text != NULL ? text : "";
}

/* A moment of the wall clock; 0, not known when, for what is absent or none. */
static double time_of(const struct cJSON *object, const char *name)
{
	double time_s;
	bool sane = json_double(json_member(object, name), &time_s) && time_s > 0 &&
		    time_s < READ_TIME_MAX_S;

	return sane ? time_s : 0;
}

/* Calls `read` for each element of an array. */
typedef enum status element_reader(void *into, struct json_span element, struct error *error);

static enum status read_elements(struct json_span array, element_reader *read, void *into,
				 struct error *error)
{
	struct json_span element;
	size_t at = 0;

	for (;;) {
		enum status status = json_next_element(array, &at, &element, error);
		if (status != STATUS_OK || element.len == 0)
			return status;
		status = read(into, element, error);
		if (status != STATUS_OK)
			return status;
	}
}

static enum status add_certificate(struct store_content *content, const struct cJSON *object)
{
	struct certificate facts = { 0 };
	struct certificate *certificate = NULL;
	uint64_t position;

	if (!json_u64(json_member(object, "position"), &position) || position > UINT32_MAX ||
	    certificate_role_parse(text_of(object, "role"), &facts.role) != STATUS_OK)
		return STATUS_SYNTAX;
	facts.has_not_before = json_i64(json_member(object, "not_before"), &facts.not_before_s) &&
			       facts.not_before_s > 0;
	facts.has_not_after = json_i64(json_member(object, "not_after"), &facts.not_after_s) &&
			      facts.not_after_s > 0;
	const char *fingerprint = text_of(object, "fingerprint_sha256");
	if (strlen(fingerprint) >= sizeof(facts.fingerprint_sha256))
		return STATUS_SYNTAX;
	memcpy(facts.fingerprint_sha256, fingerprint, strlen(fingerprint) + 1);
	struct {
		char **to;
		const char *name;
	} members[] = {
		{ &facts.subject, "subject" },
		{ &facts.issuer, "issuer" },
		{ &facts.serial_number, "serial_number" },
		{ &facts.public_key, "public_key" },
		{ &facts.signature_algorithm, "signature_algorithm" },
		{ &facts.san, "san" },
	};
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		*members[i].to = strdup(text_of(object, members[i].name));
		if (*members[i].to == NULL)
			break;
	}
	enum status status =
		facts.san != NULL ? certificate_copy(&facts, &certificate) : STATUS_MEMORY;
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		free(*members[i].to);
	if (status == STATUS_OK)
		status = store_add_certificate_take(content, (uint32_t)position, certificate);
	if (status != STATUS_OK && certificate != NULL)
		certificate_free(certificate);
	return status;
}

static enum status read_certificate(void *into, struct json_span span, struct error *error)
{
	struct cJSON *object = NULL;
	enum status status = json_parse_span(span, &object, error);

	if (status == STATUS_OK)
		status = add_certificate(into, object);
	json_free(object);
	return status;
}

static enum status read_entry(void *into, struct json_span span, struct error *error)
{
	static const char *const parts[] = { "certificates" };
	struct json_span certificates;
	struct cJSON *object = NULL;
	enum status status = json_parse_apart(span, parts, 1, &certificates, &object, error);

	if (status == STATUS_OK)
		status = store_add_entry(into, text_of(object, "alias"));
	json_free(object);
	return status == STATUS_OK ? read_elements(certificates, read_certificate, into, error)
				   : status;
}

static enum status read_described(const struct cJSON *object, struct json_span entries,
				  struct store_content **ret_content, struct error *error)
{
	struct store_content *content = NULL;
	enum store_format format;
	enum store_state state;

	if (store_format_parse(text_of(object, "format"), &format) != STATUS_OK ||
	    store_state_parse(text_of(object, "state"), &state) != STATUS_OK)
		return STATUS_SYNTAX;
	enum status status = store_content_new(format, &content);
	if (status == STATUS_OK)
		status = read_elements(entries, read_entry, content, error);
	if (status != STATUS_OK) {
		store_content_unref(content);
		return status;
	}
	store_content_finish(content);
	store_set_state(content, state, text_of(object, "detail"));
	*ret_content = content;
	return STATUS_OK;
}

static enum status read_content(struct json_span span, struct store_content **ret_content,
				struct error *error)
{
	static const char *const parts[] = { "entries" };
	struct json_span entries;
	struct cJSON *object = NULL;
	enum status status = json_parse_apart(span, parts, 1, &entries, &object, error);

	if (status == STATUS_OK)
		status = read_described(object, entries, ret_content, error);
	json_free(object);
	return status;
}

/* The static string for a type of the contract. */
static const char *known_type(const char *type)
{
	static const char *const types[] = {
		"",       "saml_trust", "binding",       "subaccount",  "ui",
		"system", "ca",         "backend_trust", "email_trust", "idp",
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(types[i], type) == 0)
			return types[i];
	}
	return NULL;
}

static enum status add_store(struct source_level *level, const struct cJSON *object,
			     struct store_content *content)
{
	const char *type = known_type(text_of(object, "type"));
	struct source_store *store;
	enum store_state state;
	enum status status;
	uint64_t part;
	uint64_t lead_s = 0;

	if (type == NULL || !json_u64(json_member(object, "part"), &part) || part > UINT32_MAX ||
	    store_state_parse(text_of(object, "state"), &state) != STATUS_OK)
		return STATUS_SYNTAX;
	status = source_level_add_store(level, (enum level_part)part, text_of(object, "name"), type,
					content, &store);
	if (status != STATUS_OK)
		return status;
	(void)json_bool(json_member(object, "auto_renewed"), &store->auto_renewed);
	(void)json_u64(json_member(object, "renewal_lead"), &lead_s);
	store->read_s = time_of(object, "read");
	store->renewal_lead_s = lead_s <= RENEWAL_LEAD_MAX_S ? (int64_t)lead_s : 0;
	json_each (label, json_member(object, "labels")) {
		if (status == STATUS_OK)
			status = source_store_add_label(store, text_of(label, "key"),
							text_of(label, "value"));
	}
	return status == STATUS_OK ? source_store_set_state(store, state, text_of(object, "detail"))
				   : status;
}

/* A part that this program does not know is left out. */
static void read_listed(struct source_level *level, const struct cJSON *object)
{
	uint64_t part;

	json_each (item, json_member(object, "listed")) {
		bool known = json_u64(json_member(item, "part"), &part);
		for (size_t i = 0; known && i < LEVEL_PART_COUNT; i++) {
			if (part == UINT64_C(1) << i)
				level->listed_s[i] = time_of(item, "time");
		}
	}
}

static enum status read_store(void *into, struct json_span span, struct error *error)
{
	static const char *const parts[] = { "content" };
	struct store_content *content = NULL;
	struct json_span content_span;
	struct cJSON *object = NULL;
	enum status status = json_parse_apart(span, parts, 1, &content_span, &object, error);

	if (status == STATUS_OK && content_span.len > 0)
		status = read_content(content_span, &content, error);
	if (status == STATUS_OK)
		status = add_store(into, object, content);
	store_content_unref(content);
	json_free(object);
	return status;
}

static enum status read_reference(void *into, struct json_span span, struct error *error)
{
	struct cJSON *item = NULL;
	enum status status = json_parse_span(span, &item, error);

	if (status == STATUS_OK) {
		bool fragment = strcmp(text_of(item, "kind"), "fragment") == 0;
		status = source_level_add_reference(
			into, fragment ? REFERENCE_FRAGMENT : REFERENCE_DESTINATION,
			text_of(item, "destination"), text_of(item, "property"),
			text_of(item, "name"));
	}
	json_free(item);
	return status;
}

static enum status read_level(void *into, struct json_span span, struct error *error)
{
	static const char *const parts[] = { "references", "stores" };
	struct state_source *source = into;
	struct source_level *level = NULL;
	struct json_span spans[2];
	struct cJSON *object = NULL;
	enum status status = json_parse_apart(span, parts, 2, spans, &object, error);
	const char *name = source_level_name(text_of(object, "name"));

	if (status == STATUS_OK && (name == NULL || source->level_count >= STATE_LEVELS_MAX))
		status = STATUS_SYNTAX;
	if (status == STATUS_OK) {
		level = source_level_new(name);
		status = level != NULL ? STATUS_OK : STATUS_MEMORY;
	}
	if (status == STATUS_OK) {
		source->levels[source->level_count++] = level;
		level->has_destinations =
			json_u64(json_member(object, "destinations"), &level->destinations);
		level->has_fragments =
			json_u64(json_member(object, "fragments"), &level->fragments);
		read_listed(level, object);
		status = read_elements(spans[0], read_reference, level, error);
	}
	if (status == STATUS_OK)
		status = read_elements(spans[1], read_store, level, error);
	json_free(object);
	return status;
}

static bool kind_of(const char *name, enum source_kind *ret_kind)
{
	for (int kind = 0; kind < SOURCE_KIND_COUNT; kind++) {
		if (strcmp(source_kind_name((enum source_kind)kind), name) == 0) {
			*ret_kind = (enum source_kind)kind;
			return true;
		}
	}
	return false;
}

static enum status describe_source(struct state_source *source, const struct cJSON *object)
{
	const struct cJSON *success = json_member(object, "last_success");

	source->id = strdup(text_of(object, "id"));
	source->identity = strdup(text_of(object, "identity"));
	source->host = strdup(text_of(object, "host"));
	source->subaccount_id = strdup(text_of(object, "subaccount_id"));
	source->tenant_id = strdup(text_of(object, "tenant_id"));
	if (source->id == NULL || source->identity == NULL || source->host == NULL ||
	    source->subaccount_id == NULL || source->tenant_id == NULL)
		return STATUS_MEMORY;
	if (!kind_of(text_of(object, "kind"), &source->kind))
		return STATUS_SYNTAX;
	source->has_success = json_double(success, &source->last_success_s);
	return STATUS_OK;
}

static enum status read_source(void *into, struct json_span span, struct error *error)
{
	static const char *const parts[] = { "levels" };
	struct state *state = into;
	struct json_span levels;
	struct cJSON *object = NULL;
	struct state_source *sources =
		reallocarray(state->sources, state->count + 1, sizeof(*sources));

	if (sources == NULL)
		return STATUS_MEMORY;
	state->sources = sources;
	struct state_source *source = &sources[state->count++];
	memset(source, 0, sizeof(*source));
	enum status status = json_parse_apart(span, parts, 1, &levels, &object, error);
	if (status == STATUS_OK)
		status = describe_source(source, object);
	if (status == STATUS_OK)
		status = read_elements(levels, read_level, source, error);
	json_free(object);
	return status;
}

static enum status read_state(struct json_span document, struct state *state, struct error *error)
{
	static const char *const parts[] = { "sources" };
	struct json_span sources;
	struct cJSON *object = NULL;
	uint64_t version = 0;
	enum status status = json_parse_apart(document, parts, 1, &sources, &object, error);

	if (status == STATUS_OK && (strcmp(text_of(object, "format"), STATE_FORMAT) != 0 ||
				    !json_u64(json_member(object, "version"), &version) ||
				    version != STATE_VERSION || sources.len == 0))
		status = STATUS_SYNTAX;
	json_free(object);
	return status == STATUS_OK ? read_elements(sources, read_source, state, error) : status;
}

enum status state_load(const char *path, struct state *ret_state, struct error *error)
{
	struct error reason = { "" };
	struct state state = { 0 };
	struct buf buf;

	buf_init(&buf, STATE_FILE_MAX);
	enum status status = file_read(path, &buf, NULL, error);
	if (status == STATUS_OK) {
		struct json_span document = { buf_text(&buf), buf.len };
		status = read_state(document, &state, &reason);
		if (status == STATUS_MEMORY)
			(void)error_set(error, status, "%s: out of memory", path);
		else if (status != STATUS_OK)
			(void)error_set(error, status, "%s: not a state file of this version%s%s",
					path, reason.text[0] != '\0' ? ": " : "", reason.text);
	}
	if (status == STATUS_OK)
		*ret_state = state;
	else
		state_release(&state);
	buf_release(&buf);
	return status;
}
