/*
 * Reads the stores of a state file: what is known of each, its labels, its content down to the
 * certificates. Their lists are taken apart before they are parsed, since one store may hold more
 * values than one tree.
 */
#include "inventory/state/read_store.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "source/kinds.h"

#define RENEWAL_LEAD_MAX_S (UINT64_C(40000) * 86400) /* a service reports at most 100 years */

/* -- certificates ------------------------------------------------------------------------ */

static enum status read_facts(struct state_reader *reader, const struct cJSON *object,
			      struct certificate *ret_facts)
{
	const char *role = state_text(object, "role");

	if (certificate_role_parse(role, &ret_facts->role) != STATUS_OK)
		return state_not_known(reader, "role", role);
	ret_facts->has_not_before =
		json_i64(json_member(object, "not_before"), &ret_facts->not_before_s) &&
		ret_facts->not_before_s > 0;
	ret_facts->has_not_after =
		json_i64(json_member(object, "not_after"), &ret_facts->not_after_s) &&
		ret_facts->not_after_s > 0;
	if (strlen(state_text(object, "fingerprint_sha256")) >= FINGERPRINT_SIZE)
		return STATUS_SYNTAX;
	return STATUS_OK;
}

/* Completes `facts` with the texts and makes a certificate of them. */
static enum status copy_with_texts(const struct cJSON *object, struct certificate *facts,
				   struct certificate **ret_certificate)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < CERTIFICATE_TEXT_COUNT; i++) {
		char *text = strdup(state_text(object, certificate_texts[i].name));
		if (text == NULL)
			status = STATUS_MEMORY;
		*certificate_text_at(facts, i) = text;
	}
	if (status == STATUS_OK)
		status = certificate_copy(facts, ret_certificate);
	for (size_t i = 0; i < CERTIFICATE_TEXT_COUNT; i++)
		free(*certificate_text_at(facts, i));
	return status;
}

static enum status add_certificate(struct state_reader *reader, struct store_content *content,
				   const struct cJSON *object)
{
	static const char *const others[] = { "position", "role", "not_before", "not_after" };
	const char *names[COUNT_OF(others) + CERTIFICATE_TEXT_COUNT + 1] = { NULL };
	struct certificate facts = { 0 };
	struct certificate *certificate = NULL;
	uint64_t position;

	for (size_t i = 0; i < COUNT_OF(others); i++)
		names[i] = others[i];
	for (size_t i = 0; i < CERTIFICATE_TEXT_COUNT; i++)
		names[COUNT_OF(others) + i] = certificate_texts[i].name;
	state_check_members(reader, object, "member of a certificate", names);
	if (!json_u64(json_member(object, "position"), &position) || position > UINT32_MAX)
		return STATUS_SYNTAX;
	enum status status = read_facts(reader, object, &facts);
	if (status == STATUS_OK)
		status = copy_with_texts(object, &facts, &certificate);
	if (status != STATUS_OK)
		return status;
	status = store_add_certificate_take(content, (uint32_t)position, certificate);
	if (status != STATUS_OK)
		certificate_free(certificate);
	return status;
}

static enum status read_certificate(struct state_reader *reader, void *into, struct json_span span)
{
	struct cJSON *object = NULL;
	enum status status = json_parse_span(span, &object, reader->error);

	if (status == STATUS_OK)
		status = add_certificate(reader, into, object);
	json_free(object);
	return status;
}

/* -- content ----------------------------------------------------------------------------- */

static enum status read_entry(struct state_reader *reader, void *into, struct json_span span)
{
	static const char *const parts[] = { "certificates" };
	static const char *const names[] = { "alias", NULL };
	struct json_span certificates;
	struct cJSON *object = NULL;
	enum status status =
		json_parse_apart(span, parts, 1, &certificates, &object, reader->error);

	if (status == STATUS_OK) {
		state_check_members(reader, object, "member of an entry", names);
		status = store_add_entry(into, state_text(object, "alias"));
	}
	json_free(object);
	if (status != STATUS_OK)
		return status;
	return state_read_elements(reader, certificates, read_certificate, into);
}

static enum status read_described(struct state_reader *reader, const struct cJSON *object,
				  struct json_span entries, struct store_content **ret_content)
{
	static const char *const names[] = { "format", "state", "detail", NULL };
	const char *format_name = state_text(object, "format");
	const char *state_name = state_text(object, "state");
	struct store_content *content = NULL;
	enum store_format format;
	enum store_state state;

	state_check_members(reader, object, "member of a content", names);
	if (store_format_parse(format_name, &format) != STATUS_OK)
		return state_not_known(reader, "format", format_name);
	if (store_state_parse(state_name, &state) != STATUS_OK)
		return state_not_known(reader, "state", state_name);
	enum status status = store_content_new(format, &content);
	if (status == STATUS_OK)
		status = state_read_elements(reader, entries, read_entry, content);
	if (status != STATUS_OK) {
		store_content_unref(content);
		return status;
	}
	store_content_finish(content);
	store_set_state(content, state, state_text(object, "detail"));
	*ret_content = content;
	return STATUS_OK;
}

static enum status read_content(struct state_reader *reader, struct json_span span,
				struct store_content **ret_content)
{
	static const char *const parts[] = { "entries" };
	struct json_span entries;
	struct cJSON *object = NULL;
	enum status status = json_parse_apart(span, parts, 1, &entries, &object, reader->error);

	if (status == STATUS_OK)
		status = read_described(reader, object, entries, ret_content);
	json_free(object);
	return status;
}

/* -- stores ------------------------------------------------------------------------------ */

/* The words of a store that have to be known. */
struct kept_store {
	const char *type;
	unsigned part;
	enum store_state state;
};

static enum status read_words(struct state_reader *reader, const struct cJSON *object,
			      struct kept_store *ret_words)
{
	const char *type = state_text(object, "type");
	const char *state = state_text(object, "state");

	ret_words->type = source_type_name(type);
	if (ret_words->type == NULL)
		return state_not_known(reader, "type", type);
	if (store_state_parse(state, &ret_words->state) != STATUS_OK)
		return state_not_known(reader, "state", state);
	return state_read_part(reader, object, &ret_words->part);
}

static void add_labels(struct state_reader *reader, struct source_store *store,
		       const struct cJSON *labels)
{
	static const char *const names[] = { "key", "value", NULL };

	json_each (label, labels) {
		state_check_members(reader, label, "member of a label", names);
		source_store_add_label(store, state_text(label, "key"), state_text(label, "value"));
	}
}

static void add_store(struct state_reader *reader, struct source_level *level,
		      const struct cJSON *object, const struct kept_store *words,
		      struct store_content *content)
{
	uint64_t lead_s = 0;
	struct source_store *store = source_level_add_store(
		level, words->part, state_text(object, "name"), words->type, content);

	(void)json_bool(json_member(object, "auto_renewed"), &store->auto_renewed);
	(void)json_u64(json_member(object, "renewal_lead"), &lead_s);
	store->read_s = state_time(object, "read");
	store->renewal_lead_s = lead_s <= RENEWAL_LEAD_MAX_S ? (int64_t)lead_s : 0;
	add_labels(reader, store, json_member(object, "labels"));
	source_store_set_state(store, words->state, state_text(object, "detail"));
}

enum status state_read_store(struct state_reader *reader, void *into, struct json_span span)
{
	static const char *const parts[] = { "content" };
	static const char *const names[] = { "name",   "type", "part",         "state",
					     "detail", "read", "auto_renewed", "renewal_lead",
					     "labels", NULL };
	struct store_content *content = NULL;
	struct json_span content_span;
	struct kept_store words = { .type = "" };
	struct cJSON *object = NULL;
	enum status status =
		json_parse_apart(span, parts, 1, &content_span, &object, reader->error);

	if (status == STATUS_OK) {
		state_check_members(reader, object, "member of a store", names);
		status = read_words(reader, object, &words);
	}
	if (status == STATUS_OK && content_span.len > 0)
		status = read_content(reader, content_span, &content);
	if (status == STATUS_OK)
		add_store(reader, into, object, &words, content);
	store_content_unref(content);
	json_free(object);
	return state_skip(reader, status);
}
