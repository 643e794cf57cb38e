#ifndef WEB_PAGE_STORES_H
#define WEB_PAGE_STORES_H

#include "base/buf.h"
#include "web/page/page.h"

/* Appends the section of the stores that could not be read, or not whole. */
void page_put_stores(const struct page *page, struct buf *buf);

#endif
