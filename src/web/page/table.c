/* The tables of the page. Every text of a source passes html_text(). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "inventory/figures.h"
#include "web/html.h"
#include "web/page/page.h"

#define USERS_SHOWN 5  /* destinations of one store; the API has them all */
#define NOTES_MAX   20 /* sources of which it is said why something is not known */

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

/* `before`: "as of ", or "". */
static void put_ago(const struct page *page, struct freshness freshness, const char *before,
		    struct buf *buf)
{
	char exact[RFC3339_SIZE];
	char age[TEXT_AGE_SIZE];

	text_rfc3339((int64_t)freshness.as_of_s, exact);
	text_age(freshness_age_s(freshness, page->now_s), age);
	buf_printf(buf, "<time datetime=\"%s\" title=\"%s\">%s%s ago</time>", exact, exact, before,
		   age);
}

void page_put_age(const struct page *page, struct freshness freshness, struct buf *buf)
{
	if (freshness.as_of_s > 0)
		put_ago(page, freshness, "as of ", buf);
	else
		buf_puts(buf, "of an unknown time");
}

/* Marks older knowledge; nothing for what the last attempt read. */
static void put_stale(const struct page *page, struct freshness freshness, struct buf *buf)
{
	if (!freshness.stale)
		return;
	buf_puts(buf, "<small class=\"old\">");
	page_put_age(page, freshness, buf);
	buf_puts(buf, "</small>");
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

/* The section stays open. */
static void end_table(struct buf *buf, size_t left_out)
{
	buf_puts(buf, "</tbody>\n</table>\n");
	if (left_out > 0)
		buf_printf(buf,
			   "<p class=\"note\">%zu more are not shown here; the API has them."
			   "</p>\n",
			   left_out);
}

static void close_table(struct buf *buf, size_t left_out)
{
	end_table(buf, left_out);
	buf_puts(buf, "</section>\n");
}

static void put_note(struct buf *buf, const char *text)
{
	buf_printf(buf, "<p class=\"note\">%s</p>\n", text);
}

static void open_section(struct buf *buf, const char *id, const char *title)
{
	buf_printf(buf, "<section aria-labelledby=\"%s\">\n<h2 id=\"%s\">%s</h2>\n", id, id, title);
}

static void put_nothing(struct buf *buf, const char *id, const char *title, const char *text)
{
	open_section(buf, id, title);
	put_note(buf, text);
	buf_puts(buf, "</section>\n");
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
		   "</time></td><td class=\"n\" data-l=\"Days\" data-v=\"%lld\">%lld</td>",
		   (long long)certificate->not_after_s, time, time, time,
		   (long long)certificate->not_after_s,
		   (long long)certificate_whole_days(certificate, page->now_s));
}

/* The oldest of the lists that name the users of a store. */
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

	cell(buf, "Used by");
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
		put_stale(page, users_freshness(row->view, row->store), buf);
	buf_puts(buf, "</td>");
}

static void put_certificate(const struct page *page, const struct page_row *row, struct buf *buf)
{
	const struct inventory_certificate *certificate = row->certificate;
	struct badge badge = status_badge(row->status);

	buf_printf(buf, "<tr data-s=\"%s\"><td data-l=\"Status\" data-v=\"%d\">",
		   certificate_status_name(row->status), (int)row->status);
	put_badge(buf, badge.class, badge.text);
	put_stale(page, row->store->freshness, buf);
	buf_puts(buf, "</td>");
	put_ends(page, certificate, buf);
	cell(buf, "Certificate");
	buf_puts(buf, "<b>");
	html_path(buf, row->store->name);
	buf_puts(buf, "</b><small>");
	if (*certificate->entry != '\0') {
		html_text(buf, certificate->entry);
		buf_puts(buf, " &middot; ");
	}
	buf_printf(buf, "#%u %s</small></td>", certificate->position,
		   certificate_role_name(certificate->role));
	double_cell(buf, "Source", row->view->name, row->store->level);
	put_users(page, row, buf);
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
	struct inventory_counts counts = snapshot_count(page->snapshot, page->now_s);

	if (counts.sources_unknown > 0)
		return "None is known, but not every source could be read yet.";
	if (counts.sources_stale > 0)
		return "None is known, but not every source could be read now.";
	return text;
}

/* A number; nothing known is not zero. */
static void count_cell(struct buf *buf, const char *label, bool known, size_t count)
{
	if (known)
		buf_printf(buf, "<td class=\"n\" data-l=\"%s\">%zu</td>", label, count);
	else
		buf_printf(buf, "<td class=\"n\" data-l=\"%s\" data-v=\"-1\">&ndash;</td>", label);
}

static const char *store_badge(enum store_state state)
{
	switch (state) {
	case STORE_OK:
		return "good";
	case STORE_PARTIAL:
	case STORE_TOO_LARGE:
		return "warn";
	case STORE_EMPTY:
		return "info";
	case STORE_LOCKED:
	case STORE_UNPARSABLE:
	case STORE_UNSUPPORTED:
	case STORE_FORBIDDEN:
	case STORE_UNAVAILABLE:
		break;
	}
	return "bad";
}

static void put_store(const struct page *page, const struct source_view *view,
		      const struct inventory_store *store, struct buf *buf)
{
	buf_puts(buf, "<tr><td data-l=\"State\">");
	put_badge(buf, store_badge(store->state), store_state_name(store->state));
	if (store->freshness.stale && store->certificate_count > 0 &&
	    (store->state == STORE_UNAVAILABLE || store->state == STORE_FORBIDDEN)) {
		/* the state is newer than that */
		buf_puts(buf, "<small class=\"old\">content ");
		page_put_age(page, store->freshness, buf);
		buf_puts(buf, "</small>");
	} else {
		put_stale(page, store->freshness, buf);
	}
	buf_puts(buf, "</td>");
	cell(buf, "Store");
	html_path(buf, store->name);
	buf_puts(buf, "</td>");
	double_cell(buf, "Source", view->name, store->level);
	count_cell(buf, "References", store_users_are_known(view, store), store->reference_count);
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
			if (!store_has_problem(&view->stores[k]))
				continue;
			if (count++ == 0)
				open_table(buf, "stores", "Stores with problems", columns);
			if (count <= PAGE_ROWS_MAX)
				put_store(page, view, &view->stores[k], buf);
		}
	}
	if (count > 0)
		close_table(buf, count > PAGE_ROWS_MAX ? count - PAGE_ROWS_MAX : 0);
	else
		put_nothing(buf, "stores", "Stores with problems",
			    none(page, "None: every store could be read."));
}

static void put_missing(const struct page *page, const struct source_view *view,
			const struct inventory_missing *missing, struct buf *buf)
{
	buf_puts(buf, "<tr><td data-l=\"Missing certificate\">");
	html_path(buf, missing->name);
	put_stale(page, missing->freshness, buf);
	buf_puts(buf, "</td>");
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

/* Only one of the two levels is configured: whether a certificate is on neither is never known. */
static const char *only_level(const struct source_view *view)
{
	const char *only = NULL;

	for (size_t i = 0; i < view->level_count; i++) {
		const char *name = view->levels[i].name;
		if (strcmp(name, LEVEL_SUBACCOUNT) != 0 && strcmp(name, LEVEL_INSTANCE) != 0)
			continue;
		if (only != NULL)
			return NULL;
		only = name;
	}
	return only;
}

/* Why it is not known what is missing of a source, and what was missing when it was known. */
static void put_unknown_missing(const struct page *page, const struct source_view *view,
				struct buf *buf)
{
	struct freshness then = { true, view->missing_as_of_s };
	const char *only = only_level(view);

	buf_puts(buf, "<p class=\"note old\">What is missing of ");
	html_text(buf, view->name);
	if (view->missing_as_of_s > 0) {
		buf_puts(buf, " cannot be said now: its certificates and destinations were last "
			      "read as a whole ");
		put_ago(page, then, "", buf);
		if (view->older_missing_count > 0)
			buf_printf(buf, "; %zu %s missing then.</p>\n", view->older_missing_count,
				   view->older_missing_count == 1 ? "was" : "were");
		else
			buf_puts(buf, "; nothing else was missing then.</p>\n");
	} else if (only != NULL && view->has_attempt) {
		buf_printf(buf,
			   " cannot be known: only its level %s is configured, and a certificate "
			   "may be on the other one.</p>\n",
			   only);
	} else {
		buf_puts(buf, " is not known: its certificates and destinations were never read "
			      "as a whole.</p>\n");
	}
}

static void put_unknown_sources(const struct page *page, size_t count, struct buf *buf)
{
	size_t shown = 0;

	for (size_t i = 0; i < page->snapshot->view_count && shown < NOTES_MAX; i++) {
		const struct source_view *view = page->snapshot->views[i];
		if (!source_view_has_references(view) || view->missing_known)
			continue;
		put_unknown_missing(page, view, buf);
		shown++;
	}
	if (count > shown)
		buf_printf(buf, "<p class=\"note old\">The same is so of %zu more.</p>\n",
			   count - shown);
}

/* What is certain, and then what was missing before. */
static size_t put_missing_rows(const struct page *page, struct buf *buf)
{
	static const char *const columns[] = { "Missing certificate", "Referred to by", "Property",
					       "Source", NULL };
	size_t count = 0;

	for (size_t i = 0; i < page->snapshot->view_count; i++) {
		const struct source_view *view = page->snapshot->views[i];
		size_t certain = view->missing_count;
		for (size_t k = 0; k < certain + view->older_missing_count; k++) {
			const struct inventory_missing *row =
				k < certain ? &view->missing[k] : &view->older_missing[k - certain];
			if (count++ == 0)
				open_table(buf, "missing", "Missing references", columns);
			if (count <= PAGE_ROWS_MAX)
				put_missing(page, view, row, buf);
		}
	}
	return count;
}

void page_missing(const struct page *page, struct buf *buf)
{
	struct inventory_counts counts = snapshot_count(page->snapshot, page->now_s);
	size_t count = put_missing_rows(page, buf);

	if (count > 0)
		end_table(buf, count > PAGE_ROWS_MAX ? count - PAGE_ROWS_MAX : 0);
	else
		open_section(buf, "missing", "Missing references");
	if (count == 0 && counts.missing_unknown_sources == 0)
		put_note(buf, "None: every certificate that a destination refers to exists.");
	else if (count == 0 && counts.missing_known_sources > 0)
		put_note(buf, "None where it is known.");
	put_unknown_sources(page, counts.missing_unknown_sources, buf);
	buf_puts(buf, "</section>\n");
}

/* -- sources ------------------------------------------------------------------------------------
 */

/* A time in the past or future as people say it, with the exact one to look at. */
static void time_cell(const struct page *page, const char *label, double time_s, struct buf *buf)
{
	double distance_s = page->now_s - time_s;
	char exact[RFC3339_SIZE];
	char distance[TEXT_AGE_SIZE];

	if (!(time_s > 0)) {
		text_cell(buf, label, "never");
		return;
	}
	text_rfc3339((int64_t)time_s, exact);
	text_age(fabs(distance_s), distance);
	cell(buf, label);
	buf_printf(buf, "<time datetime=\"%s\" title=\"%s\">%s%s%s</time></td>", exact, exact,
		   distance_s < 0 ? "in " : "", distance, distance_s < 0 ? "" : " ago");
}

static struct badge source_badge(const struct page *page, const struct source_view *view)
{
	if (!view->has_attempt)
		return (struct badge){ "dim", "Not tried yet" };
	if (source_view_is_down(view))
		return (struct badge){ "bad", "Down" };
	if (page->now_s - view->last_success_s > 2.5 * view->poll_interval_s)
		return (struct badge){ "warn", "Stale" };
	return (struct badge){ "good", "Up" };
}

static void put_source(const struct page *page, const struct source_view *view, struct buf *buf)
{
	struct badge badge = source_badge(page, view);

	buf_puts(buf, "<tr><td data-l=\"State\">");
	put_badge(buf, badge.class, badge.text);
	put_stale(page, view->freshness, buf);
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
