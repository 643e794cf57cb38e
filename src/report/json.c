/*
 * The inventory as JSON (RFC 8259). Member names are constants of this file, every text goes
 * through json_put_string(). The shapes are in the header.
 */
#include "report/json.h"

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "cert/san.h"
#include "inventory/expiry.h"
#include "inventory/figures.h"

/* -- members --------------------------------------------------------------------------- */

/* `"name":` with a comma in front unless it opens an object. */
static void put_name(struct buf *buf, const char *name)
{
	if (buf->len > 0 && buf->data[buf->len - 1] != '{')
		buf_putc(buf, ',');
	buf_putc(buf, '"');
	buf_puts(buf, name);
	buf_puts(buf, "\":");
}

static void open_list(struct buf *buf, const char *name)
{
	put_name(buf, name);
	buf_putc(buf, '[');
}

static void close_list(struct buf *buf)
{
	buf_putc(buf, ']');
}

/* An element of a list. */
static void open_object(struct buf *buf)
{
	if (buf->len > 0 && buf->data[buf->len - 1] != '[')
		buf_putc(buf, ',');
	buf_putc(buf, '{');
}

static void close_object(struct buf *buf)
{
	buf_putc(buf, '}');
}

static void put_text(struct buf *buf, const char *name, const char *value)
{
	put_name(buf, name);
	json_put_string(buf, value);
}

static void put_text_or_null(struct buf *buf, const char *name, const char *value)
{
	put_name(buf, name);
	if (*value != '\0')
		json_put_string(buf, value);
	else
		buf_puts(buf, "null");
}

static void put_null(struct buf *buf, const char *name)
{
	put_name(buf, name);
	buf_puts(buf, "null");
}

static void put_count(struct buf *buf, const char *name, bool known, uint64_t value)
{
	put_name(buf, name);
	if (known)
		buf_printf(buf, "%llu", (unsigned long long)value);
	else
		buf_puts(buf, "null");
}

static void put_bool(struct buf *buf, const char *name, bool known, bool value)
{
	put_name(buf, name);
	buf_puts(buf, !known ? "null" : value ? "true" : "false");
}

static void put_time(struct buf *buf, const char *name, bool known, int64_t time_s)
{
	char text[RFC3339_SIZE] = "";

	if (known)
		text_rfc3339(time_s, text);
	put_text_or_null(buf, name, text);
}

/* A moment of the wall clock; unknown when it is not a time after 1970. */
static void put_moment(struct buf *buf, const char *name, bool known, double time_s)
{
	bool sane = time_s > 0 && time_s < 1e12;

	put_time(buf, name, known && sane, sane ? (int64_t)floor(time_s) : 0);
}

/* Whether it is older knowledge, and when it was read. */
static void put_freshness(struct buf *buf, struct freshness freshness)
{
	put_bool(buf, "stale", true, freshness.stale);
	put_moment(buf, "as_of", true, freshness.as_of_s);
}

static void put_document(struct buf *buf, double now_s, const char *name)
{
	buf_putc(buf, '{');
	put_moment(buf, "generated_at", true, now_s);
	open_list(buf, name);
}

static enum status end_document(struct buf *buf)
{
	buf_puts(buf, "]}\n");
	return buf_status(buf);
}

/* -- parts of stores -------------------------------------------------------------------- */

/* Who uses a store. Nobody is an empty list only when every list that could name somebody was read;
 * otherwise null. */
static void put_destinations(struct buf *buf, const struct source_view *view,
			     const struct inventory_store *store)
{
	if (!store_users_are_known(view, store)) {
		put_null(buf, "destinations");
		return;
	}
	open_list(buf, "destinations");
	for (size_t i = 0; i < store->reference_count; i++) {
		const struct inventory_reference *reference =
			&view->references[store->first_reference + i];
		open_object(buf);
		put_text(buf, "name", reference->destination);
		put_text(buf, "level", reference->destination_level);
		put_text(buf, "kind", reference_kind_name(reference->kind));
		put_text(buf, "property", reference->property);
		put_freshness(buf, reference->freshness);
		close_object(buf);
	}
	close_list(buf);
}

/* Where a store is. */
static void put_place(struct buf *buf, const struct source_view *view,
		      const struct inventory_store *store)
{
	put_text(buf, "source", view->id);
	put_text(buf, "system_id", view->system_id);
	put_text(buf, "level", store->level);
	put_text(buf, "name", store->name);
}

/* Labels are sorted by key, so the values of a key are neighbours. */
static void put_labels(struct buf *buf, const struct inventory_store *store)
{
	put_name(buf, "labels");
	buf_putc(buf, '{');
	for (size_t i = 0; i < store->label_count; i++) {
		const struct inventory_label *label = &store->labels[i];
		bool first = i == 0 || strcmp(label->key, store->labels[i - 1].key) != 0;
		if (first && i > 0)
			buf_puts(buf, "],");
		if (first) {
			json_put_string(buf, label->key);
			buf_puts(buf, ":[");
		} else {
			buf_putc(buf, ',');
		}
		json_put_string(buf, label->value);
	}
	buf_puts(buf, store->label_count > 0 ? "]}" : "}");
}

/* -- certificates ----------------------------------------------------------------------- */

/* Subject alternative names: all of them, each by itself. */
static void put_names(struct buf *buf, const char *member, const char *list)
{
	struct buf name;

	buf_init(&name, SAN_LIST_MAX);
	open_list(buf, member);
	for (const char *at = list; san_next(&at, &name); buf_release(&name)) {
		if (buf->len > 0 && buf->data[buf->len - 1] != '[')
			buf_putc(buf, ',');
		json_put_string(buf, buf_text(&name));
		if (buf_status(&name) != STATUS_OK)
			buf->status = buf_status(&name);
	}
	close_list(buf);
}

static void put_certificate(struct buf *buf, const struct source_view *view,
			    const struct inventory_certificate *certificate, double now_s)
{
	const struct inventory_store *store = &view->stores[certificate->store];

	open_object(buf);
	put_place(buf, view, store);
	put_text(buf, "entry", certificate->entry);
	put_count(buf, "position", true, certificate->position);
	put_text(buf, "type", store->type);
	put_text(buf, "role", certificate_role_name(certificate->role));
	put_text(buf, "format", store_format_name(store->format));
	for (size_t i = 0; i < CERTIFICATE_TEXT_COUNT; i++) {
		if (i == CERTIFICATE_SAN)
			put_names(buf, certificate_texts[i].name, certificate->san_list);
		else
			put_text(buf, certificate_texts[i].name, certificate->texts[i]);
	}
	put_time(buf, "not_before", certificate->has_not_before, certificate->not_before_s);
	put_time(buf, "not_after", certificate->has_not_after, certificate->not_after_s);
	put_name(buf, "days_until_expiry");
	if (certificate->has_not_after)
		buf_printf(buf, "%.6f", certificate_days_left(certificate, now_s));
	else
		buf_puts(buf, "null");
	put_text(buf, "status", certificate_status_name(certificate_status_at(certificate, now_s)));
	put_text_or_null(buf, "renewal", renewal_name(certificate->renewal));
	put_time(buf, "renewal_due", certificate->has_renewal_due, certificate->renewal_due_s);
	if (certificate->position == 0) {
		put_destinations(buf, view, store);
	} else { /* as in the metrics, those of an entry stand at its first certificate */
		open_list(buf, "destinations");
		close_list(buf);
	}
	put_labels(buf, store);
	put_freshness(buf, store->freshness);
	close_object(buf);
}

enum status report_certificates_json(const struct snapshot *snapshot,
				     const struct report_filter *filter, double now_s,
				     struct buf *buf)
{
	put_document(buf, now_s, "certificates");
	for (size_t i = 0; i < snapshot->view_count; i++) {
		const struct source_view *view = snapshot->views[i];
		for (size_t k = 0; k < view->certificate_count; k++) {
			if (report_wants(filter, view, &view->certificates[k], now_s))
				put_certificate(buf, view, &view->certificates[k], now_s);
		}
	}
	return end_document(buf);
}

/* -- stores ----------------------------------------------------------------------------- */

static void put_store(struct buf *buf, const struct source_view *view,
		      const struct inventory_store *store)
{
	open_object(buf);
	put_place(buf, view, store);
	put_text(buf, "type", store->type);
	put_text(buf, "format", store_format_name(store->format));
	put_text(buf, "state", store_state_name(store->state));
	put_text(buf, "detail", store->detail);
	put_time(buf, "earliest_expiry", store->has_earliest, store->earliest_s);
	put_count(buf, "certificates", true, store->certificate_count);
	put_destinations(buf, view, store);
	put_labels(buf, store);
	put_freshness(buf, store->freshness);
	close_object(buf);
}

enum status report_stores_json(const struct snapshot *snapshot, double now_s, struct buf *buf)
{
	put_document(buf, now_s, "stores");
	for (size_t i = 0; i < snapshot->view_count; i++) {
		const struct source_view *view = snapshot->views[i];
		for (size_t k = 0; k < view->store_count; k++)
			put_store(buf, view, &view->stores[k]);
	}
	return end_document(buf);
}

/* -- sources ---------------------------------------------------------------------------- */

static void put_levels(struct buf *buf, const struct source_view *view)
{
	open_list(buf, "levels");
	for (size_t i = 0; i < view->level_count; i++) {
		const struct inventory_level *level = &view->levels[i];
		bool known = inventory_level_is_known(level);
		open_object(buf);
		put_text(buf, "level", level->name);
		put_bool(buf, "up", level->has_up, level->up);
		put_count(buf, "certificates", known, level->certificates);
		put_count(buf, "stores", known, level->stores);
		put_count(buf, "destinations", level->has_destinations, level->destinations);
		put_count(buf, "fragments", level->has_fragments, level->fragments);
		put_freshness(buf, level->freshness);
		close_object(buf);
	}
	close_list(buf);
}

static void put_missing_rows(struct buf *buf, const struct inventory_missing *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		open_object(buf);
		put_text(buf, "name", rows[i].name);
		put_text(buf, "destination_level", rows[i].destination_level);
		put_text(buf, "destination", rows[i].destination);
		put_text(buf, "kind", reference_kind_name(rows[i].kind));
		put_text(buf, "property", rows[i].property);
		put_freshness(buf, rows[i].freshness);
		close_object(buf);
	}
}

/* What is certain, and what was missing when that was last known; null rather than an empty list
 * while it is not known that nothing is missing. */
static void put_missing(struct buf *buf, const struct source_view *view)
{
	if (view->missing_known || view->missing_count + view->older_missing_count > 0) {
		open_list(buf, "missing");
		put_missing_rows(buf, view->missing, view->missing_count);
		put_missing_rows(buf, view->older_missing, view->older_missing_count);
		close_list(buf);
	} else {
		put_null(buf, "missing");
	}
	put_bool(buf, "missing_stale", true, !view->missing_known);
	put_moment(buf, "missing_as_of", true, view->missing_as_of_s);
}

static void put_source(struct buf *buf, const struct source_view *view, double now_s)
{
	bool known = source_view_is_known(view);
	struct inventory_counts counts = { 0 };

	source_view_count(view, now_s, &counts);
	open_object(buf);
	put_text(buf, "source", view->id);
	put_text(buf, "name", view->name);
	put_text(buf, "kind", source_kind_name(view->kind));
	put_text(buf, "system_id", view->system_id);
	put_text(buf, "host", view->host);
	put_text(buf, "subaccount_id", view->subaccount_id);
	put_text(buf, "tenant_id", view->tenant_id);
	put_bool(buf, "up", view->has_attempt, view->up);
	put_moment(buf, "last_attempt", view->has_attempt, view->last_attempt_s);
	put_moment(buf, "last_success", view->has_success, view->last_success_s);
	put_text_or_null(buf, "last_error", view->last_error);
	put_moment(buf, "next_attempt", true, view->next_attempt_s);
	put_count(buf, "poll_interval_seconds", true, view->poll_interval_s);
	put_bool(buf, "tls_verification_disabled", true, view->tls_verification_disabled);
	put_count(buf, "certificates", known, counts.certificates);
	put_count(buf, "stores", known, counts.stores);
	put_count(buf, "stores_not_ok", known, counts.problem_stores);
	put_freshness(buf, view->freshness);
	put_levels(buf, view);
	put_missing(buf, view);
	close_object(buf);
}

enum status report_sources_json(const struct snapshot *snapshot, double now_s, struct buf *buf)
{
	put_document(buf, now_s, "sources");
	for (size_t i = 0; i < snapshot->view_count; i++)
		put_source(buf, snapshot->views[i], now_s);
	return end_document(buf);
}
