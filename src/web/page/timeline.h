#ifndef WEB_PAGE_TIMELINE_H
#define WEB_PAGE_TIMELINE_H

#include "base/buf.h"
#include "web/page/page.h"
#include "web/page/rows.h"

/* Appends the section that shows how many certificates expire in each of the next twelve months. */
void page_put_timeline(const struct page *page, const struct page_row *rows, size_t count,
		       struct buf *buf);

#endif
