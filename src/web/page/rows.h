#ifndef WEB_PAGE_ROWS_H
#define WEB_PAGE_ROWS_H

#include "inventory/expiry.h"
#include "web/page/page.h"

/* One certificate with what the page says about it. */
struct page_row {
	const struct source_view *view;
	const struct inventory_store *store;
	const struct inventory_certificate *certificate;
	enum certificate_status status;
};

/* All `count` certificates of the snapshot: what expires first comes first, what has no known
 * expiry comes last. NULL without memory. The caller frees. */
struct page_row *page_rows_collect(const struct page *page, size_t count);

#endif
