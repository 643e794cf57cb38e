/* The table of stores with problems. */
#include "web/page/stores.h"

#include "inventory/figures.h"
#include "web/html.h"
#include "web/page/table.h"

static const char *class_of(enum store_state state)
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
	struct badge badge = { class_of(store->state), store_state_name(store->state) };

	buf_puts(buf, "<tr><td data-l=\"State\">");
	page_put_badge(buf, badge);
	if (store->freshness.stale && store->certificate_count > 0 &&
	    (store->state == STORE_UNAVAILABLE || store->state == STORE_FORBIDDEN)) {
		/* the state is of the last attempt, only the content is older */
		buf_puts(buf, "<small class=\"old\">content ");
		page_put_age(page, store->freshness, buf);
		buf_puts(buf, "</small>");
	} else {
		page_put_stale(page, store->freshness, buf);
	}
	buf_puts(buf, "</td>");
	page_cell(buf, "Store");
	html_path(buf, store->name);
	buf_puts(buf, "</td>");
	page_double_cell(buf, "Source", view->name, store->level);
	page_count_cell(buf, "References", store_users_are_known(view, store),
			store->reference_count);
	page_text_cell(buf, "Reason", store->detail);
	buf_puts(buf, "</tr>\n");
}

void page_put_stores(const struct page *page, struct buf *buf)
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
				page_open_table(buf, "stores", "Stores with problems", columns);
			if (count <= PAGE_ROWS_MAX)
				put_store(page, view, &view->stores[k], buf);
		}
	}
	if (count > 0)
		page_close_table(buf, count > PAGE_ROWS_MAX ? count - PAGE_ROWS_MAX : 0);
	else
		page_put_nothing(buf, "stores", "Stores with problems",
				 page_none(page, "None: every store could be read."));
}
