/* The table of references to certificates that do not exist, and of which sources this is not
 * known. */
#include "web/page/missing.h"

#include <string.h>

#include "inventory/figures.h"
#include "inventory/usage.h"
#include "web/html.h"
#include "web/page/table.h"

#define NOTES_MAX 20 /* sources for which the page says why it is not known */

static void put_missing(const struct page *page, const struct source_view *view,
			const struct inventory_missing *missing, struct buf *buf)
{
	buf_puts(buf, "<tr><td data-l=\"Missing certificate\">");
	html_path(buf, missing->name);
	page_put_stale(page, missing->freshness, buf);
	buf_puts(buf, "</td>");
	page_cell(buf, "Referred to by");
	buf_puts(buf, "<b>");
	html_long_text(buf, missing->destination);
	buf_puts(buf, "</b><small>");
	html_text(buf, reference_kind_name(missing->kind));
	buf_puts(buf, ", ");
	html_text(buf, missing->destination_level);
	buf_puts(buf, "</small></td>");
	page_text_cell(buf, "Property", missing->property);
	page_text_cell(buf, "Source", view->name);
	buf_puts(buf, "</tr>\n");
}

/* Says why it is not known what is missing of a source, and what was missing when it was known. */
static void put_unknown_missing(const struct page *page, const struct source_view *view,
				struct buf *buf)
{
	struct freshness then = { true, view->missing_as_of_s };
	const char *only = source_view_only_level(view);

	buf_puts(buf, "<p class=\"note old\">What is missing of ");
	html_text(buf, view->name);
	if (view->missing_as_of_s > 0) {
		buf_puts(buf, " cannot be said now: its certificates and destinations were last "
			      "read as a whole ");
		page_put_ago(page, then, "", buf);
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

/* Appends what is certainly missing, and what was missing when that was last known. */
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
				page_open_table(buf, "missing", "Missing references", columns);
			if (count <= PAGE_ROWS_MAX)
				put_missing(page, view, row, buf);
		}
	}
	return count;
}

void page_put_missing(const struct page *page, struct buf *buf)
{
	struct inventory_counts counts = snapshot_count(page->snapshot, page->now_s);
	size_t count = put_missing_rows(page, buf);

	if (count > 0)
		page_end_table(buf, count > PAGE_ROWS_MAX ? count - PAGE_ROWS_MAX : 0);
	else
		page_open_section(buf, "missing", "Missing references");
	if (count == 0 && counts.missing_unknown_sources == 0)
		page_put_note(buf, "None: every certificate that a destination refers to exists.");
	else if (count == 0 && counts.missing_known_sources > 0)
		page_put_note(buf, "None where it is known.");
	put_unknown_sources(page, counts.missing_unknown_sources, buf);
	buf_puts(buf, "</section>\n");
}
