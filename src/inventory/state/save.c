/* Writes the state file; load.c reads it. docs/state-file.md describes the
 * format. */
#include "inventory/state/save.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json_writer.h"
#include "inventory/state/format.h"
#include "inventory/state/seal.h"
#include "source/kinds.h"

/* Only what differs from "unknown" is written. */
static void put_certificate(struct json_writer *w, const struct store_certificate *item)
{
	const struct certificate *facts = item->certificate;

	json_open_object(w, NULL);
	json_write_u64(w, "position", item->position);
	json_write_text(w, "role", certificate_role_name(facts->role));
	/* those that are too long ago to be shown are negative */
	if (facts->has_not_before || facts->not_before_s < 0)
		json_write_i64(w, "not_before", facts->not_before_s);
	if (facts->has_not_after || facts->not_after_s < 0)
		json_write_i64(w, "not_after", facts->not_after_s);
	json_write_text(w, "fingerprint_sha256", facts->fingerprint_sha256);
	for (size_t i = 0; i < CERTIFICATE_TEXT_COUNT; i++) {
		if (i != CERTIFICATE_FINGERPRINT) /* which has always been the first */
			json_write_text(w, certificate_texts[i].name, certificate_text(facts, i));
	}
	json_close_object(w);
}

static void put_content(struct json_writer *w, const struct store_content *content)
{
	json_open_object(w, "content");
	json_write_text(w, "format", store_format_name(content->format));
	json_write_text(w, "state", store_state_name(content->state));
	json_write_text(w, "detail", content->detail);
	json_open_array(w, "entries");
	for (size_t e = 0; e < content->entry_count; e++) {
		const struct store_entry *entry = &content->entries[e];
		json_open_object(w, NULL);
		json_write_text(w, "alias", entry->alias);
		json_open_array(w, "certificates");
		for (size_t c = 0; c < entry->count; c++)
			put_certificate(w, &entry->certificates[c]);
		json_close_array(w);
		json_close_object(w);
	}
	json_close_array(w);
	json_close_object(w);
}

static void put_store(struct json_writer *w, const struct source_kind *kind,
		      const struct source_store *store)
{
	json_open_object(w, NULL);
	json_write_text(w, "name", store->name);
	json_write_text(w, "type", store->type);
	json_write_text(w, "part", source_part_name(kind, store->part));
	json_write_text(w, "state", store_state_name(store->state));
	json_write_text(w, "detail", store->detail);
	if (store->auto_renewed)
		json_write_bool(w, "auto_renewed", true);
	if (store->read_s > 0)
		json_write_decimal(w, "read", store->read_s, 3);
	if (store->renewal_lead_s > 0)
		json_write_i64(w, "renewal_lead", store->renewal_lead_s);
	json_open_array(w, "labels");
	for (size_t i = 0; i < store->label_count; i++) {
		json_open_object(w, NULL);
		json_write_text(w, "key", store->labels[i].key);
		json_write_text(w, "value", store->labels[i].value);
		json_close_object(w);
	}
	json_close_array(w);
	if (store->content != NULL)
		put_content(w, store->content);
	json_close_object(w);
}

static void put_references(struct json_writer *w, const struct source_level *level)
{
	json_open_array(w, "references");
	for (size_t i = 0; i < level->reference_count; i++) {
		const struct source_reference *reference = &level->references[i];
		json_open_object(w, NULL);
		json_write_text(w, "kind", reference_kind_name(reference->kind));
		json_write_text(w, "destination", reference->destination);
		json_write_text(w, "property", reference->property);
		json_write_text(w, "name", reference->name);
		json_close_object(w);
	}
	json_close_array(w);
}

/* When each part was last listed whole. */
static void put_listed(struct json_writer *w, const struct source_kind *kind,
		       const struct source_level *level)
{
	json_open_array(w, "listed");
	for (size_t i = 0; i < LEVEL_PARTS_MAX; i++) {
		if (!(level->listed_s[i] > 0))
			continue;
		json_open_object(w, NULL);
		json_write_text(w, "part", source_part_name(kind, 1u << i));
		json_write_decimal(w, "time", level->listed_s[i], 3);
		json_close_object(w);
	}
	json_close_array(w);
}

static void put_level(struct json_writer *w, const struct source_kind *kind,
		      const struct source_level *level)
{
	json_open_object(w, NULL);
	json_write_text(w, "name", level->name);
	if (level->has_destinations)
		json_write_u64(w, "destinations", level->destinations);
	if (level->has_fragments)
		json_write_u64(w, "fragments", level->fragments);
	put_listed(w, kind, level);
	put_references(w, level);
	json_open_array(w, "stores");
	for (size_t i = 0; i < level->store_count; i++) {
		if (i > 0)
			json_break_line(w);
		put_store(w, kind, &level->stores[i]);
	}
	json_close_array(w);
	json_close_object(w);
}

static void put_source(struct json_writer *w, const struct state_source *source)
{
	json_open_object(w, NULL);
	json_write_text(w, "id", source->id);
	json_write_text(w, "kind", source->kind->name);
	if (source->has_success)
		json_write_decimal(w, "last_success", source->last_success_s, 3);
	json_write_text(w, "identity", source->identity);
	json_write_text(w, "host", source->host);
	json_write_text(w, "subaccount_id", source->subaccount_id);
	json_write_text(w, "tenant_id", source->tenant_id);
	json_open_array(w, "levels");
	for (size_t i = 0; i < source->level_count; i++)
		put_level(w, source->kind, source->levels[i]);
	json_close_array(w);
	json_close_object(w);
}

static void put_state(struct buf *buf, const struct state *state)
{
	struct json_writer w;

	json_writer_init(&w, buf);
	json_open_object(&w, NULL);
	json_write_text(&w, "format", STATE_FORMAT);
	json_write_u64(&w, "version", STATE_VERSION);
	json_open_array(&w, "sources");
	for (size_t i = 0; i < state->count; i++) {
		if (i > 0)
			json_break_line(&w);
		put_source(&w, &state->sources[i]);
	}
	json_close_array(&w);
	state_seal(buf); /* the last member, and the end of the document */
}

enum status state_save_limited(const char *path, const struct state *state, size_t bytes_max,
			       struct error *error)
{
	struct buf buf;

	buf_init(&buf, bytes_max);
	put_state(&buf, state);
	enum status status = buf_status(&buf);
	if (status == STATUS_OK)
		status = file_write_atomic(path, buf_text(&buf), buf.len, 0600, error);
	else if (status == STATUS_TOO_LARGE)
		(void)error_set(error, status,
				"%s: the state has more than %zu bytes, the older file is kept",
				path, bytes_max);
	else
		(void)error_set(error, status, "%s: no memory to write the state", path);
	buf_release(&buf);
	return status;
}

enum status state_save(const char *path, const struct state *state, struct error *error)
{
	return state_save_limited(path, state, STATE_FILE_MAX, error);
}
