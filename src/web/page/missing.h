#ifndef WEB_PAGE_MISSING_H
#define WEB_PAGE_MISSING_H

#include "base/buf.h"
#include "web/page/page.h"

/* Appends the section of the references to certificates that do not exist. For a source whose lists
 * are not known as a whole it says why, and what was missing when they were known. */
void page_put_missing(const struct page *page, struct buf *buf);

#endif
