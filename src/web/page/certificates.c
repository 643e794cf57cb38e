/* The table of all certificates. */
#include "web/page/certificates.h"

#include "base/text.h"
#include "inventory/figures.h"
#include "web/html.h"
#include "web/page/table.h"

#define USERS_SHOWN 5 /* destinations of one store; the API has them all */

static struct badge status_badge(enum certificate_status status)
{
	switch (status) {
	case CERTIFICATE_EXPIRED:
		return (struct badge){ "bad", "Expired" };
	case CERTIFICATE_EXPIRING:
		return (struct badge){ "warn", "Expiring" };
	case CERTIFICATE_VALID:
		return (struct badge){ "good", "Valid" };
	case CERTIFICATE_NOT_YET_VALID:
		return (struct badge){ "info", "Not yet valid" };
	case CERTIFICATE_STATUS_UNKNOWN:
		break;
	}
	return (struct badge){ "dim", "Unknown" };
}

static void put_expiry(const struct page *page, const struct inventory_certificate *certificate,
		       struct buf *buf)
{
	char time[RFC3339_SIZE];

	if (!certificate->has_not_after) {
		buf_puts(buf, "<td data-l=\"Expires\" data-v=\"99999999999999\">unknown</td>"
			      "<td data-l=\"Days\" data-v=\"99999999999999\"></td>");
		return;
	}
	text_rfc3339(certificate->not_after_s, time);
	buf_printf(buf,
		   "<td data-l=\"Expires\" data-v=\"%lld\"><time datetime=\"%s\" title=\"%s\">%.10s"
		   "</time></td><td class=\"n\" data-l=\"Days\" data-v=\"%lld\">%lld</td>",
		   (long long)certificate->not_after_s, time, time, time,
		   (long long)certificate->not_after_s,
		   (long long)certificate_whole_days(certificate, page->now_s));
}

/* The freshness of the oldest list that names users of a store. */
static struct freshness users_freshness(const struct source_view *view,
					const struct inventory_store *store)
{
	struct freshness oldest = { false, 0 };

	for (size_t i = 0; i < store->reference_count; i++) {
		struct freshness list = view->references[store->first_reference + i].freshness;
		if (list.stale && (!oldest.stale || list.as_of_s < oldest.as_of_s))
			oldest = list;
	}
	return oldest;
}

static void put_users(const struct page *page, const struct page_row *row, struct buf *buf)
{
	const struct inventory_certificate *certificate = row->certificate;
	size_t shown = 0;

	page_cell(buf, "Used by");
	if (certificate->position == 0 && !store_users_are_known(row->view, row->store)) {
		buf_puts(buf, "<small class=\"old\">not known now</small></td>");
		return;
	}
	for (size_t i = 0; i < certificate->destination_count; i++) {
		const char *name = certificate->destinations[i];
		if (*name == '\0')
			continue;
		if (shown == USERS_SHOWN) {
			buf_printf(buf, " and %zu more", certificate->destination_count - i);
			break;
		}
		buf_puts(buf, shown++ > 0 ? ", " : "");
		html_long_text(buf,
			       *name == '*' && name[1] == '\0' ? "very many destinations" : name);
	}
	if (shown > 0)
		page_put_stale(page, users_freshness(row->view, row->store), buf);
	buf_puts(buf, "</td>");
}

static void put_certificate(const struct page *page, const struct page_row *row, struct buf *buf)
{
	const struct inventory_certificate *certificate = row->certificate;
	struct badge badge = status_badge(row->status);

	buf_printf(buf, "<tr data-s=\"%s\"><td data-l=\"Status\" data-v=\"%d\">",
		   certificate_status_name(row->status), (int)row->status);
	page_put_badge(buf, badge);
	page_put_stale(page, row->store->freshness, buf);
	buf_puts(buf, "</td>");
	put_expiry(page, certificate, buf);
	page_cell(buf, "Certificate");
	buf_puts(buf, "<b>");
	html_path(buf, row->store->name);
	buf_puts(buf, "</b><small>");
	if (*certificate->entry != '\0') {
		html_text(buf, certificate->entry);
		buf_puts(buf, " &middot; ");
	}
	buf_printf(buf, "#%u %s</small></td>", certificate->position,
		   certificate_role_name(certificate->role));
	page_double_cell(buf, "Source", row->view->name, row->store->level);
	put_users(page, row, buf);
	page_text_cell(buf, "Subject", certificate->texts[CERTIFICATE_SUBJECT]);
	page_text_cell(buf, "Issuer", certificate->texts[CERTIFICATE_ISSUER]);
	buf_puts(buf, "</tr>\n");
}

void page_put_certificates(const struct page *page, const struct page_row *rows, size_t count,
			   struct buf *buf)
{
	static const char *const columns[] = { "Status",      "Expires", "#Days",
					       "Certificate", "Source",  "Used by",
					       "Subject",     "Issuer",  NULL };

	if (count == 0) {
		page_put_nothing(buf, "certificates", "All certificates",
				 "No certificate is known yet.");
		return;
	}
	size_t shown = count < PAGE_ROWS_MAX ? count : PAGE_ROWS_MAX;
	page_open_table(buf, "certificates", "All certificates", columns);
	for (size_t i = 0; i < shown; i++)
		put_certificate(page, &rows[i], buf);
	page_close_table(buf, count - shown);
}
