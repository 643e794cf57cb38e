/* The table of sources. */
#include "web/page/sources.h"

#include "inventory/figures.h"
#include "web/page/table.h"

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
	page_put_badge(buf, badge);
	page_put_stale(page, view->freshness, buf);
	buf_puts(buf, "</td>");
	page_double_cell(buf, "Source", view->name, view->id);
	page_double_cell(buf, "Kind", view->kind->name, view->host);
	bool known = source_view_is_known(view);
	page_count_cell(buf, "Certificates", known, view->certificate_count);
	page_count_cell(buf, "Stores", known, view->store_count);
	page_time_cell(page, "Last success", view->has_success ? view->last_success_s : 0, buf);
	page_time_cell(page, "Last attempt", view->has_attempt ? view->last_attempt_s : 0, buf);
	if (view->next_attempt_s > page->now_s)
		page_time_cell(page, "Next attempt", view->next_attempt_s, buf);
	else
		page_text_cell(buf, "Next attempt", view->next_attempt_s > 0 ? "now" : "");
	page_text_cell(buf, "Last error", view->last_error);
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
		page_put_nothing(buf, "sources", "Sources", "No source has been read yet.");
		return;
	}
	size_t shown = count < PAGE_ROWS_MAX ? count : PAGE_ROWS_MAX;
	page_open_table(buf, "sources", "Sources", columns);
	for (size_t i = 0; i < shown; i++)
		put_source(page, page->snapshot->views[i], buf);
	page_close_table(buf, count - shown);
}
