#ifndef WEB_PAGE_CERTIFICATES_H
#define WEB_PAGE_CERTIFICATES_H

#include "base/buf.h"
#include "web/page/page.h"
#include "web/page/rows.h"

/* Appends the section with all certificates; `rows` are in the order of the table. */
void page_put_certificates(const struct page *page, const struct page_row *rows, size_t count,
			   struct buf *buf);

#endif
