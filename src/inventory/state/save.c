/* Writes the state file; load.c reads it. docs/state-file.md describes the
 * format. */
#include "inventory/state/save.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "inventory/state/format.h"
#include "inventory/state/seal.h"
#include "source/kinds.h"

static void put_member(struct buf *buf, const char *name, const char *value)
{
	buf_printf(buf, ",\"%s\":", name);
	json_put_string(buf, value);
}

/* Only what differs from "unknown" is written. */
static void put_certificate(struct buf *buf, const struct store_certificate *item)
{
	const struct certificate *facts = item->certificate;

	buf_printf(buf, "{\"position\":%u", item->position);
	put_member(buf, "role", certificate_role_name(facts->role));
	/* those that are too long ago to be shown are negative */
	if (facts->has_not_before || facts->not_before_s < 0)
		buf_printf(buf, ",\"not_before\":%lld", (long long)facts->not_before_s);
	if (facts->has_not_after || facts->not_after_s < 0)
		buf_printf(buf, ",\"not_after\":%lld", (long long)facts->not_after_s);
	put_member(buf, "fingerprint_sha256", facts->fingerprint_sha256);
	for (size_t i = 0; i < CERTIFICATE_TEXT_COUNT; i++) {
		if (i != CERTIFICATE_FINGERPRINT) /* which has always been the first */
			put_member(buf, certificate_texts[i].name, certificate_text(facts, i));
	}
	buf_putc(buf, '}');
}

static void put_content(struct buf *buf, const struct store_content *content)
{
	buf_puts(buf, "{\"format\":");
	json_put_string(buf, store_format_name(content->format));
	put_member(buf, "state", store_state_name(content->state));
	put_member(buf, "detail", content->detail);
	buf_puts(buf, ",\"entries\":[");
	for (size_t e = 0; e < content->entry_count; e++) {
		const struct store_entry *entry = &content->entries[e];
		buf_puts(buf, e > 0 ? ",{\"alias\":" : "{\"alias\":");
		json_put_string(buf, entry->alias);
		buf_puts(buf, ",\"certificates\":[");
		for (size_t c = 0; c < entry->count; c++) {
			if (c > 0)
				buf_putc(buf, ',');
			put_certificate(buf, &entry->certificates[c]);
		}
		buf_puts(buf, "]}");
	}
	buf_puts(buf, "]}");
}

static void put_store(struct buf *buf, const struct source_store *store)
{
	buf_puts(buf, "{\"name\":");
	json_put_string(buf, store->name);
	put_member(buf, "type", store->type);
	put_member(buf, "part", level_part_name(store->part));
	put_member(buf, "state", store_state_name(store->state));
	put_member(buf, "detail", store->detail);
	if (store->auto_renewed)
		buf_puts(buf, ",\"auto_renewed\":true");
	if (store->read_s > 0)
		buf_printf(buf, ",\"read\":%.3f", store->read_s);
	if (store->renewal_lead_s > 0)
		buf_printf(buf, ",\"renewal_lead\":%lld", (long long)store->renewal_lead_s);
	buf_puts(buf, ",\"labels\":[");
	for (size_t i = 0; i < store->label_count; i++) {
		buf_puts(buf, i > 0 ? ",{\"key\":" : "{\"key\":");
		json_put_string(buf, store->labels[i].key);
		put_member(buf, "value", store->labels[i].value);
		buf_putc(buf, '}');
	}
	buf_putc(buf, ']');
	if (store->content != NULL) {
		buf_puts(buf, ",\"content\":");
		put_content(buf, store->content);
	}
	buf_putc(buf, '}');
}

static void put_references(struct buf *buf, const struct source_level *level)
{
	buf_puts(buf, ",\"references\":[");
	for (size_t i = 0; i < level->reference_count; i++) {
		const struct source_reference *reference = &level->references[i];
		buf_puts(buf, i > 0 ? ",{\"kind\":" : "{\"kind\":");
		json_put_string(buf, reference_kind_name(reference->kind));
		put_member(buf, "destination", reference->destination);
		put_member(buf, "property", reference->property);
		put_member(buf, "name", reference->name);
		buf_putc(buf, '}');
	}
	buf_putc(buf, ']');
}

/* When each part was last listed whole. */
static void put_listed(struct buf *buf, const struct source_level *level)
{
	const char *separator = "";

	buf_puts(buf, ",\"listed\":[");
	for (size_t i = 0; i < LEVEL_PART_COUNT; i++) {
		if (!(level->listed_s[i] > 0))
			continue;
		buf_printf(buf, "%s{\"part\":\"%s\",\"time\":%.3f}", separator,
			   level_part_name(1u << i), level->listed_s[i]);
		separator = ",";
	}
	buf_putc(buf, ']');
}

static void put_level(struct buf *buf, const struct source_level *level)
{
	buf_puts(buf, "{\"name\":");
	json_put_string(buf, level->name);
	if (level->has_destinations)
		buf_printf(buf, ",\"destinations\":%llu", (unsigned long long)level->destinations);
	if (level->has_fragments)
		buf_printf(buf, ",\"fragments\":%llu", (unsigned long long)level->fragments);
	put_listed(buf, level);
	put_references(buf, level);
	buf_puts(buf, ",\"stores\":[");
	for (size_t i = 0; i < level->store_count; i++) {
		if (i > 0)
			buf_puts(buf, ",\n");
		put_store(buf, &level->stores[i]);
	}
	buf_puts(buf, "]}");
}

static void put_source(struct buf *buf, const struct state_source *source)
{
	buf_puts(buf, "{\"id\":");
	json_put_string(buf, source->id);
	put_member(buf, "kind", source_kind_name(source->kind));
	if (source->has_success)
		buf_printf(buf, ",\"last_success\":%.3f", source->last_success_s);
	put_member(buf, "identity", source->identity);
	put_member(buf, "host", source->host);
	put_member(buf, "subaccount_id", source->subaccount_id);
	put_member(buf, "tenant_id", source->tenant_id);
	buf_puts(buf, ",\"levels\":[");
	for (size_t i = 0; i < source->level_count; i++) {
		if (i > 0)
			buf_putc(buf, ',');
		put_level(buf, source->levels[i]);
	}
	buf_puts(buf, "]}");
}

enum status state_save_limited(const char *path, const struct state *state, size_t bytes_max,
			       struct error *error)
{
	struct buf buf;

	buf_init(&buf, bytes_max);
	buf_printf(&buf, "{\"format\":\"%s\",\"version\":%d,\"sources\":[", STATE_FORMAT,
		   STATE_VERSION);
	for (size_t i = 0; i < state->count; i++) {
		if (i > 0)
			buf_puts(&buf, ",\n");
		put_source(&buf, &state->sources[i]);
	}
	buf_putc(&buf, ']');
	state_seal(&buf);
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
