#ifndef WEB_PAGE_SOURCES_H
#define WEB_PAGE_SOURCES_H

#include "base/buf.h"
#include "web/page/page.h"

/* Appends the section of the sources: state, times of the attempts, last error. */
void page_put_sources(const struct page *page, struct buf *buf);

#endif
