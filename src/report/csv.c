/*
 * The certificates as CSV (RFC 4180): CRLF, a header line, cells quoted where needed. Texts come
 * from certificates and services, so a cell that a spreadsheet would take for a formula is defused
 * with an apostrophe; numbers and times are ours and stay as they are.
 */
#include "report/csv.h"

#include <string.h>

#include "base/text.h"
#include "inventory/expiry.h"
#include "inventory/figures.h"

static const char header_before_texts[] =
	"source,system_id,level,name,entry,position,type,role,format,";
static const char header_after_texts[] = "not_before,not_after,days_until_expiry,status,renewal,"
					 "renewal_due,destinations,labels,stale,as_of,"
					 "destinations_stale\r\n";

/* Texts that start like this are run by spreadsheets. */
static bool starts_formula(const char *text)
{
	return *text != '\0' && strchr("=+-@\t\r", *text) != NULL;
}

static void put_quoted(struct buf *buf, const char *text)
{
	for (;;) {
		size_t plain = strcspn(text, "\"");
		buf_append(buf, text, plain);
		text += plain;
		if (*text == '\0')
			return;
		buf_puts(buf, "\"\"");
		text++;
	}
}

static void put_text(struct buf *buf, const char *text)
{
	size_t len = strlen(text);
	bool edge_blank = len > 0 && (text[0] == ' ' || text[len - 1] == ' ');
	bool quote = edge_blank || strpbrk(text, "\",;\r\n\t'") != NULL || starts_formula(text);

	if (!quote) {
		buf_append(buf, text, len);
		return;
	}
	buf_putc(buf, '"');
	if (starts_formula(text))
		buf_putc(buf, '\'');
	put_quoted(buf, text);
	buf_putc(buf, '"');
}

static void put_time(struct buf *buf, bool known, int64_t time_s)
{
	char text[RFC3339_SIZE] = "";

	if (known)
		text_rfc3339(time_s, text);
	buf_puts(buf, text);
}

/* Several texts in one cell, which is always quoted: name;name or key=value;key=value. */
static void put_destinations(struct buf *buf, const struct inventory_certificate *certificate)
{
	bool nobody = certificate->destination_count == 1 && *certificate->destinations[0] == '\0';

	if (nobody || certificate->destination_count == 0)
		return;
	buf_putc(buf, '"');
	if (starts_formula(certificate->destinations[0]))
		buf_putc(buf, '\'');
	for (size_t i = 0; i < certificate->destination_count; i++) {
		if (i > 0)
			buf_putc(buf, ';');
		put_quoted(buf, certificate->destinations[i]);
	}
	buf_putc(buf, '"');
}

static void put_labels(struct buf *buf, const struct inventory_store *store)
{
	if (store->label_count == 0)
		return;
	buf_putc(buf, '"');
	if (starts_formula(store->labels[0].key) || *store->labels[0].key == '\0')
		buf_putc(buf, '\'');
	for (size_t i = 0; i < store->label_count; i++) {
		if (i > 0)
			buf_putc(buf, ';');
		put_quoted(buf, store->labels[i].key);
		buf_putc(buf, '=');
		put_quoted(buf, store->labels[i].value);
	}
	buf_putc(buf, '"');
}

static void put_texts(struct buf *buf, const char *const *texts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		put_text(buf, texts[i]);
		buf_putc(buf, ',');
	}
}

static void put_header(struct buf *buf)
{
	buf_puts(buf, header_before_texts);
	for (size_t i = 0; i < CERTIFICATE_TEXT_COUNT; i++) {
		buf_puts(buf, certificate_texts[i].name);
		buf_putc(buf, ',');
	}
	buf_puts(buf, header_after_texts);
}

static void put_line(struct buf *buf, const struct source_view *view,
		     const struct inventory_certificate *certificate, double now_s)
{
	const struct inventory_store *store = &view->stores[certificate->store];
	const char *const identity[] = { view->id, view->system_id, store->level, store->name,
					 certificate->entry };
	const char *const facts[] = { store->type, certificate_role_name(certificate->role),
				      store_format_name(store->format) };

	put_texts(buf, identity, sizeof(identity) / sizeof(identity[0]));
	buf_printf(buf, "%u,", (unsigned)certificate->position);
	put_texts(buf, facts, sizeof(facts) / sizeof(facts[0]));
	put_texts(buf, certificate->texts, CERTIFICATE_TEXT_COUNT);
	put_time(buf, certificate->has_not_before, certificate->not_before_s);
	buf_putc(buf, ',');
	put_time(buf, certificate->has_not_after, certificate->not_after_s);
	buf_putc(buf, ',');
	if (certificate->has_not_after)
		buf_printf(buf, "%.6f", certificate_days_left(certificate, now_s));
	buf_printf(buf, ",%s,%s,",
		   certificate_status_name(certificate_status_at(certificate, now_s)),
		   renewal_name(certificate->renewal));
	put_time(buf, certificate->has_renewal_due, certificate->renewal_due_s);
	buf_putc(buf, ',');
	put_destinations(buf, certificate);
	buf_putc(buf, ',');
	put_labels(buf, store);
	buf_puts(buf, store->freshness.stale ? ",true," : ",false,");
	put_time(buf, store->freshness.as_of_s > 0, (int64_t)store->freshness.as_of_s);
	bool users_stale = certificate->position == 0 && store_users_are_stale(view, store);
	buf_puts(buf, users_stale ? ",true\r\n" : ",false\r\n");
}

enum status report_certificates_csv(const struct snapshot *snapshot,
				    const struct report_filter *filter, double now_s,
				    struct buf *buf)
{
	put_header(buf);
	for (size_t i = 0; i < snapshot->view_count; i++) {
		const struct source_view *view = snapshot->views[i];
		for (size_t k = 0; k < view->certificate_count; k++) {
			if (report_wants(filter, view, &view->certificates[k], now_s))
				put_line(buf, view, &view->certificates[k], now_s);
		}
	}
	return buf_status(buf);
}
