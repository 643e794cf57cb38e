/* The tables of the page. Every text of a source passes html_text(). */
#include <math.h>
#include <stdio.h>

#include "base/text.h"
#include "web/html.h"
#include "web/page.h"

#define USERS_SHOWN 5 /* destinations of one store; the API has them all */

struct badge {
	const char *class;
	const char *text;
};

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

static void put_badge(struct buf *buf, const char *class, const char *text)
{
	buf_printf(buf, "<span class=\"badge %s\">", class);
	html_text(buf, text);
	buf_puts(buf, "</span>");
}

/* A cell with its column's name for narrow screens. */
static void cell(struct buf *buf, const char *label)
{
	buf_printf(buf, "<td data-l=\"%s\">", label);
}

static void text_cell(struct buf *buf, const char *label, const char *text)
{
	cell(buf, label);
	html_long_text(buf, text);
	buf_puts(buf, "</td>");
}

/* `text` and under it, smaller, `detail` (may be ""). */
static void double_cell(struct buf *buf, const char *label, const char *text, const char *detail)
{
	cell(buf, label);
	buf_puts(buf, "<span>");
	html_long_text(buf, text);
	buf_puts(buf, "</span>");
	if (*detail != '\0') {
		buf_puts(buf, "<small>");
		html_long_text(buf, detail);
		buf_puts(buf, "</small>");
	}
	buf_puts(buf, "</td>");
}

/* The start of a section with a table; `columns` ends with NULL, those of numbers begin with `#`.
 */
static void open_table(struct buf *buf, const char *id, const char *title,
		       const char *const *columns)
{
	buf_printf(buf,
		   "<section aria-labelledby=\"%s\">\n<h2 id=\"%s\">%s</h2>\n"
		   "<table aria-labelledby=\"%s\" data-t=\"%s\">\n<thead><tr>",
		   id, id, title, id, id);
	for (; *columns != NULL; columns++) {
		bool number = **columns == '#';
		buf_printf(buf, "<th scope=\"col\"%s>%s</th>", number ? " class=\"n\"" : "",
			   *columns + (number ? 1 : 0));
	}
	buf_puts(buf, "</tr></thead>\n<tbody>\n");
}

static void close_table(struct buf *buf, size_t left_out)
{
	buf_puts(buf, "</tbody>\n</table>\n");
	if (left_out > 0)
		buf_printf(buf,
			   "<p class=\"note\">%zu more are not shown here; the API has them."
			   "</p>\n",
			   left_out);
	buf_puts(buf, "</section>\n");
}

static void put_nothing(struct buf *buf, const char *id, const char *title, const char *text)
{
	buf_printf(buf,
		   "<section aria-labelledby=\"%s\">\n<h2 id=\"%s\">%s</h2>\n<p class=\"note\">%s"
		   "</p>\n</section>\n",
		   id, id, title, text);
}

/* -- certificates -------------------------------------------------------------------------------
 */

static void put_ends(const struct page *page, const struct inventory_certificate *certificate,
		     struct buf *buf)
{
	char time[RFC3339_SIZE];

	if (!certificate->has_not_after) {
		buf_puts(buf, "<td data-l=\"Ends\" data-v=\"99999999999999\">unknown</td>"
			      "<td data-l=\"Days\" data-v=\"99999999999999\"></td>");
		return;
	}
	text_rfc3339(certificate->not_after_s, time);
	buf_printf(buf,
		   "<td data-l=\"Ends\" data-v=\"%lld\"><time datetime=\"%s\" title=\"%s\">%.10s"
		   "</time></td><td class=\"n\" data-l=\"Days\" data-v=\"%lld\">%.0f</td>",
		   (long long)certificate->not_after_s, time, time, time,
		   (long long)certificate->not_after_s,
		   floor(certificate_days_left(certificate, page->now_s)));
}

static void put_users(const struct inventory_certificate *certificate, struct buf *buf)
{
	size_t shown = 0;

	cell(buf, "Used by");
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
	buf_puts(buf, "</td>");
}

static void put_certificate(const struct page *page, const struct page_row *row, struct buf *buf)
{
	const struct inventory_certificate *certificate = row->certificate;
	struct badge badge = status_badge(row->status);

	buf_printf(buf, "<tr data-s=\"%s\"><td data-l=\"Status\" data-v=\"%d\">",
		   certificate_status_name(row->status), (int)row->status);
	put_badge(buf, badge.class, badge.text);
	buf_puts(buf, "</td>");
	put_ends(page, certificate, buf);
	cell(buf, "Certificate");
	buf_puts(buf, "<b>");
	html_long_text(buf, row->store->name);
	buf_puts(buf, "</b><small>");
	if (*certificate->entry != '\0') {
		html_text(buf, certificate->entry);
		buf_puts(buf, " &middot; ");
	}
	buf_printf(buf, "#%u %s</small></td>", certificate->position,
		   certificate_role_name(certificate->role));
	double_cell(buf, "Source", row->view->name, row->store->level);
	put_users(certificate, buf);
	text_cell(buf, "Subject", certificate->subject);
	text_cell(buf, "Issuer", certificate->issuer);
	buf_puts(buf, "</tr>\n");
}

void page_certificates(const struct page *page, const struct page_row *rows, size_t count,
		       struct buf *buf)
{
	static const char *const columns[] = { "Status",      "Ends",   "#Days",
					       "Certificate", "Source", "Used by",
					       "Subject",     "Issuer", NULL };

	if (count == 0) {
		put_nothing(buf, "certificates", "All certificates",
			    "No certificate is known yet.");
		return;
	}
	size_t shown = count < PAGE_ROWS_MAX ? count : PAGE_ROWS_MAX;
	open_table(buf, "certificates", "All certificates", columns);
	for (size_t i = 0; i < shown; i++)
		put_certificate(page, &rows[i], buf);
	close_table(buf, count - shown);
}

/* -- stores and references ----------------------------------------------------------------------
 */

/* What is said where a table would be empty: nothing known is not "none". */
static const char *none(const struct page *page, const char *text)
{
	for (size_t i = 0; i < page->snapshot->view_count; i++) {
		if (!source_view_is_known(page->snapshot->views[i]))
			return "None is known, but not every source could be read yet.";
	}
	return text;
}

bool page_store_is_broken(const struct inventory_store *store)
{
	return store->state != STORE_OK && store->state != STORE_EMPTY;
}

static void put_store(const struct source_view *view, const struct inventory_store *store,
		      struct buf *buf)
{
	buf_puts(buf, "<tr><td data-l=\"State\">");
	put_badge(buf,
		  store->state == STORE_PARTIAL || store->state == STORE_TOO_LARGE ? "warn" : "bad",
		  store_state_name(store->state));
	buf_puts(buf, "</td>");
	text_cell(buf, "Store", store->name);
	double_cell(buf, "Source", view->name, store->level);
	buf_printf(buf, "<td class=\"n\" data-l=\"References\">%zu</td>", store->reference_count);
	text_cell(buf, "Reason", store->detail);
	buf_puts(buf, "</tr>\n");
}

void page_stores(const struct page *page, struct buf *buf)
{
	static const char *const columns[] = { "State",       "Store",  "Source",
					       "#References", "Reason", NULL };
	size_t count = 0;

	for (size_t i = 0; i < page->snapshot->view_count; i++) {
		const struct source_view *view = page->snapshot->views[i];
		for (size_t k = 0; k < view->store_count; k++) {
			if (!page_store_is_broken(&view->stores[k]))
				continue;
			if (count++ == 0)
				open_table(buf, "stores", "Stores with problems", columns);
			if (count <= PAGE_ROWS_MAX)
				put_store(view, &view->stores[k], buf);
		}
	}
	if (count > 0)
		close_table(buf, count > PAGE_ROWS_MAX ? count - PAGE_ROWS_MAX : 0);
	else
		put_nothing(buf, "stores", "Stores with problems",
			    none(page, "None: every store could be read."));
}

static void put_missing(const struct source_view *view, const struct inventory_missing *missing,
			struct buf *buf)
{
	buf_puts(buf, "<tr>");
	text_cell(buf, "Missing certificate", missing->name);
	cell(buf, "Referred to by");
	buf_puts(buf, "<b>");
	html_long_text(buf, missing->destination);
	buf_puts(buf, "</b><small>");
	html_text(buf, reference_kind_name(missing->kind));
	buf_puts(buf, ", ");
	html_text(buf, missing->destination_level);
	buf_puts(buf, "</small></td>");
	text_cell(buf, "Property", missing->property);
	text_cell(buf, "Source", view->name);
	buf_puts(buf, "</tr>\n");
}

void page_missing(const struct page *page, struct buf *buf)
{
	static const char *const columns[] = { "Missing certificate", "Referred to by", "Property",
					       "Source", NULL };
	size_t count = 0;

	for (size_t i = 0; i < page->snapshot->view_count; i++) {
		const struct source_view *view = page->snapshot->views[i];
		for (size_t k = 0; k < view->missing_count; k++) {
			if (count++ == 0)
				open_table(buf, "missing", "Missing references", columns);
			if (count <= PAGE_ROWS_MAX)
				put_missing(view, &view->missing[k], buf);
		}
	}
	if (count > 0)
		close_table(buf, count > PAGE_ROWS_MAX ? count - PAGE_ROWS_MAX : 0);
	else
		put_nothing(buf, "missing", "Missing references",
			    none(page, "None: every certificate that a destination refers to is "
				       "there."));
}

/* -- sources ------------------------------------------------------------------------------------
 */

/* A time in the past or future as people say it, with the exact one to look at. */
static void time_cell(const struct page *page, const char *label, double time_s, struct buf *buf)
{
	static const struct {
		double seconds;
		const char *unit;
	} units[] = { { 172800, "d" }, { 7200, "h" }, { 120, "min" }, { 0, "s" } };
	static const double divisors[] = { 86400, 3600, 60, 1 };
	double distance_s = page->now_s - time_s;
	char exact[RFC3339_SIZE];
	size_t i = 0;

	if (!(time_s > 0)) {
		text_cell(buf, label, "never");
		return;
	}
	text_rfc3339((int64_t)time_s, exact);
	while (fabs(distance_s) < units[i].seconds)
		i++;
	cell(buf, label);
	buf_printf(buf, "<time datetime=\"%s\" title=\"%s\">%s%.0f %s%s</time></td>", exact, exact,
		   distance_s < 0 ? "in " : "", fabs(distance_s) / divisors[i], units[i].unit,
		   distance_s < 0 ? "" : " ago");
}

static struct badge source_badge(const struct page *page, const struct source_view *view)
{
	if (!view->has_attempt)
		return (struct badge){ "dim", "Not tried yet" };
	if (!view->up)
		return (struct badge){ "bad", "Down" };
	if (page->now_s - view->last_success_s > 2.5 * view->poll_interval_s)
		return (struct badge){ "warn", "Stale" };
	return (struct badge){ "good", "Up" };
}

/* A number; nothing known is not zero. */
static void count_cell(struct buf *buf, const char *label, bool known, size_t count)
{
	if (known)
		buf_printf(buf, "<td class=\"n\" data-l=\"%s\">%zu</td>", label, count);
	else
		buf_printf(buf, "<td class=\"n\" data-l=\"%s\" data-v=\"-1\">&ndash;</td>", label);
}

static void put_source(const struct page *page, const struct source_view *view, struct buf *buf)
{
	struct badge badge = source_badge(page, view);

	buf_puts(buf, "<tr><td data-l=\"State\">");
	put_badge(buf, badge.class, badge.text);
	buf_puts(buf, "</td>");
	double_cell(buf, "Source", view->name, view->id);
	double_cell(buf, "Kind", source_kind_name(view->kind), view->host);
	bool known = source_view_is_known(view);
	count_cell(buf, "Certificates", known, view->certificate_count);
	count_cell(buf, "Stores", known, view->store_count);
	time_cell(page, "Last success", view->has_success ? view->last_success_s : 0, buf);
	time_cell(page, "Last attempt", view->has_attempt ? view->last_attempt_s : 0, buf);
	if (view->next_attempt_s > page->now_s)
		time_cell(page, "Next attempt", view->next_attempt_s, buf);
	else
		text_cell(buf, "Next attempt", view->next_attempt_s > 0 ? "now" : "");
	text_cell(buf, "Last error", view->last_error);
	buf_puts(buf, "</tr>\n");
}

void page_put_sources(const struct page *page, struct buf *buf)
{
	static const char *const columns[] = {
		"State",        "Source",       "Kind",         "#Certificates", "#Stores",
		"Last success", "Last attempt", "Next attempt", "Last error",    NULL
	};
	size_t count = page->snapshot->view_count;

	if (count == 0) {
		put_nothing(buf, "sources", "Sources", "No source has been read yet.");
		return;
	}
	size_t shown = count < PAGE_ROWS_MAX ? count : PAGE_ROWS_MAX;
	open_table(buf, "sources", "Sources", columns);
	for (size_t i = 0; i < shown; i++)
		put_source(page, page->snapshot->views[i], buf);
	close_table(buf, count - shown);
}
