/*
 * The inventory as JSON (RFC 8259). The shapes are in the header.
 */
#include "report/json.h"

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "cert/san.h"
#include "inventory/expiry.h"
#include "inventory/figures.h"

/* -- values that may be unknown: null --------------------------------------------------- */

static void put_text_or_null(struct json_writer *w, const char *name, const char *value)
{
	if (*value != '\0')
		json_write_text(w, name, value);
	else
		json_write_null(w, name);
}

static void put_count(struct json_writer *w, const char *name, bool known, uint64_t value)
{
	if (known)
		json_write_u64(w, name, value);
	else
		json_write_null(w, name);
}

static void put_bool(struct json_writer *w, const char *name, bool known, bool value)
{
	if (known)
		json_write_bool(w, name, value);
	else
		json_write_null(w, name);
}

static void put_time(struct json_writer *w, const char *name, bool known, int64_t time_s)
{
	char text[RFC3339_SIZE] = "";

	if (known)
		text_rfc3339(time_s, text);
	put_text_or_null(w, name, text);
}

/* A moment of the wall clock; unknown when it is not a time after 1970. */
static void put_moment(struct json_writer *w, const char *name, bool known, double time_s)
{
	bool sane = time_s > 0 && time_s < 1e12;

	put_time(w, name, known && sane, sane ? (int64_t)floor(time_s) : 0);
}

/* Whether it is older knowledge, and when it was read. */
static void put_freshness(struct json_writer *w, struct freshness freshness)
{
	json_write_bool(w, "stale", freshness.stale);
	put_moment(w, "as_of", true, freshness.as_of_s);
}

static struct json_writer begin_document(struct buf *buf, double now_s, const char *name)
{
	struct json_writer w;

	json_writer_init(&w, buf);
	json_open_object(&w, NULL);
	put_moment(&w, "generated_at", true, now_s);
	json_open_array(&w, name);
	return w;
}

static enum status end_document(struct json_writer *w)
{
	json_close_array(w);
	json_close_object(w);
	buf_putc(w->buf, '\n');
	return buf_status(w->buf);
}

/* -- parts of stores -------------------------------------------------------------------- */

/* Who uses a store. Nobody is an empty list only when every list that could name somebody was read;
 * otherwise null. */
static void put_destinations(struct json_writer *w, const struct source_view *view,
			     const struct inventory_store *store)
{
	if (!store_users_are_known(view, store)) {
		json_write_null(w, "destinations");
		return;
	}
	json_open_array(w, "destinations");
	for (size_t i = 0; i < store->reference_count; i++) {
		const struct inventory_reference *reference =
			&view->references[store->first_reference + i];
		json_open_object(w, NULL);
		json_write_text(w, "name", reference->destination);
		json_write_text(w, "level", reference->destination_level);
		json_write_text(w, "kind", reference_kind_name(reference->kind));
		json_write_text(w, "property", reference->property);
		put_freshness(w, reference->freshness);
		json_close_object(w);
	}
	json_close_array(w);
}

/* Where a store is. */
static void put_place(struct json_writer *w, const struct source_view *view,
		      const struct inventory_store *store)
{
	json_write_text(w, "source", view->id);
	json_write_text(w, "system_id", view->system_id);
	json_write_text(w, "level", store->level);
	json_write_text(w, "name", store->name);
}

/* Labels are sorted by key, so the values of a key are neighbours. Keys come from outside, and the
 * writer escapes values only: so the members are written past it. */
static void put_labels(struct json_writer *w, const struct inventory_store *store)
{
	struct buf *buf = w->buf;

	json_open_object(w, "labels");
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
	if (store->label_count > 0)
		buf_putc(buf, ']');
	json_close_object(w);
}

/* -- certificates ----------------------------------------------------------------------- */

/* Subject alternative names: all of them, each by itself. */
static void put_names(struct json_writer *w, const char *member, const char *list)
{
	struct buf name;

	buf_init(&name, SAN_LIST_MAX);
	json_open_array(w, member);
	for (const char *at = list; san_next(&at, &name); buf_release(&name)) {
		json_write_text(w, NULL, buf_text(&name));
		if (buf_status(&name) != STATUS_OK)
			w->buf->status = buf_status(&name);
	}
	json_close_array(w);
}

static void put_certificate(struct json_writer *w, const struct source_view *view,
			    const struct inventory_certificate *certificate, double now_s)
{
	const struct inventory_store *store = &view->stores[certificate->store];

	json_open_object(w, NULL);
	put_place(w, view, store);
	json_write_text(w, "entry", certificate->entry);
	json_write_u64(w, "position", certificate->position);
	json_write_text(w, "type", store->type);
	json_write_text(w, "role", certificate_role_name(certificate->role));
	json_write_text(w, "format", store_format_name(store->format));
	for (size_t i = 0; i < CERTIFICATE_TEXT_COUNT; i++) {
		if (i == CERTIFICATE_SAN)
			put_names(w, certificate_texts[i].name, certificate->san_list);
		else
			json_write_text(w, certificate_texts[i].name, certificate->texts[i]);
	}
	put_time(w, "not_before", certificate->has_not_before, certificate->not_before_s);
	put_time(w, "not_after", certificate->has_not_after, certificate->not_after_s);
	if (certificate->has_not_after)
		json_write_decimal(w, "days_until_expiry",
				   certificate_days_left(certificate, now_s), 6);
	else
		json_write_null(w, "days_until_expiry");
	json_write_text(w, "status",
			certificate_status_name(certificate_status_at(certificate, now_s)));
	put_text_or_null(w, "renewal", renewal_name(certificate->renewal));
	put_time(w, "renewal_due", certificate->has_renewal_due, certificate->renewal_due_s);
	if (certificate->position == 0) {
		put_destinations(w, view, store);
	} else { /* as in the metrics, those of an entry stand at its first certificate */
		json_open_array(w, "destinations");
		json_close_array(w);
	}
	put_labels(w, store);
	put_freshness(w, store->freshness);
	json_close_object(w);
}

enum status report_certificates_json(const struct snapshot *snapshot,
				     const struct report_filter *filter, double now_s,
				     struct buf *buf)
{
	struct json_writer w = begin_document(buf, now_s, "certificates");

	for (size_t i = 0; i < snapshot->view_count; i++) {
		const struct source_view *view = snapshot->views[i];
		for (size_t k = 0; k < view->certificate_count; k++) {
			if (report_wants(filter, view, &view->certificates[k], now_s))
				put_certificate(&w, view, &view->certificates[k], now_s);
		}
	}
	return end_document(&w);
}

/* -- stores ----------------------------------------------------------------------------- */

static void put_store(struct json_writer *w, const struct source_view *view,
		      const struct inventory_store *store)
{
	json_open_object(w, NULL);
	put_place(w, view, store);
	json_write_text(w, "type", store->type);
	json_write_text(w, "format", store_format_name(store->format));
	json_write_text(w, "state", store_state_name(store->state));
	json_write_text(w, "detail", store->detail);
	put_time(w, "earliest_expiry", store->has_earliest, store->earliest_s);
	json_write_u64(w, "certificates", store->certificate_count);
	put_destinations(w, view, store);
	put_labels(w, store);
	put_freshness(w, store->freshness);
	json_close_object(w);
}

enum status report_stores_json(const struct snapshot *snapshot, double now_s, struct buf *buf)
{
	struct json_writer w = begin_document(buf, now_s, "stores");

	for (size_t i = 0; i < snapshot->view_count; i++) {
		const struct source_view *view = snapshot->views[i];
		for (size_t k = 0; k < view->store_count; k++)
			put_store(&w, view, &view->stores[k]);
	}
	return end_document(&w);
}

/* -- sources ---------------------------------------------------------------------------- */

static void put_levels(struct json_writer *w, const struct source_view *view)
{
	json_open_array(w, "levels");
	for (size_t i = 0; i < view->level_count; i++) {
		const struct inventory_level *level = &view->levels[i];
		bool known = inventory_level_is_known(level);
		json_open_object(w, NULL);
		json_write_text(w, "level", level->name);
		put_bool(w, "up", level->has_up, level->up);
		put_count(w, "certificates", known, level->certificates);
		put_count(w, "stores", known, level->stores);
		put_count(w, "destinations", level->has_destinations, level->destinations);
		put_count(w, "fragments", level->has_fragments, level->fragments);
		put_freshness(w, level->freshness);
		json_close_object(w);
	}
	json_close_array(w);
}

static void put_missing_rows(struct json_writer *w, const struct inventory_missing *rows,
			     size_t count)
{
	for (size_t i = 0; i < count; i++) {
		json_open_object(w, NULL);
		json_write_text(w, "name", rows[i].name);
		json_write_text(w, "destination_level", rows[i].destination_level);
		json_write_text(w, "destination", rows[i].destination);
		json_write_text(w, "kind", reference_kind_name(rows[i].kind));
		json_write_text(w, "property", rows[i].property);
		put_freshness(w, rows[i].freshness);
		json_close_object(w);
	}
}

/* What is certain, and what was missing when that was last known; null rather than an empty list
 * while it is not known that nothing is missing. */
static void put_missing(struct json_writer *w, const struct source_view *view)
{
	if (view->missing_known || view->missing_count + view->older_missing_count > 0) {
		json_open_array(w, "missing");
		put_missing_rows(w, view->missing, view->missing_count);
		put_missing_rows(w, view->older_missing, view->older_missing_count);
		json_close_array(w);
	} else {
		json_write_null(w, "missing");
	}
	json_write_bool(w, "missing_stale", !view->missing_known);
	put_moment(w, "missing_as_of", true, view->missing_as_of_s);
}

static void put_source(struct json_writer *w, const struct source_view *view, double now_s)
{
	bool known = source_view_is_known(view);
	struct inventory_counts counts = { 0 };

	source_view_count(view, now_s, &counts);
	json_open_object(w, NULL);
	json_write_text(w, "source", view->id);
	json_write_text(w, "name", view->name);
	json_write_text(w, "kind", view->kind->name);
	json_write_text(w, "system_id", view->system_id);
	json_write_text(w, "host", view->host);
	json_write_text(w, "subaccount_id", view->subaccount_id);
	json_write_text(w, "tenant_id", view->tenant_id);
	put_bool(w, "up", view->has_attempt, view->up);
	put_moment(w, "last_attempt", view->has_attempt, view->last_attempt_s);
	put_moment(w, "last_success", view->has_success, view->last_success_s);
	put_text_or_null(w, "last_error", view->last_error);
	put_moment(w, "next_attempt", true, view->next_attempt_s);
	json_write_u64(w, "poll_interval_seconds", view->poll_interval_s);
	json_write_bool(w, "tls_verification_disabled", view->tls_verification_disabled);
	put_count(w, "certificates", known, counts.certificates);
	put_count(w, "stores", known, counts.stores);
	put_count(w, "stores_not_ok", known, counts.problem_stores);
	put_freshness(w, view->freshness);
	put_levels(w, view);
	put_missing(w, view);
	json_close_object(w);
}

enum status report_sources_json(const struct snapshot *snapshot, double now_s, struct buf *buf)
{
	struct json_writer w = begin_document(buf, now_s, "sources");

	for (size_t i = 0; i < snapshot->view_count; i++)
		put_source(&w, snapshot->views[i], now_s);
	return end_document(&w);
}
