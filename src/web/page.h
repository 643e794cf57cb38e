#ifndef WEB_PAGE_H
#define WEB_PAGE_H

#include "base/buf.h"
#include "inventory/expiry.h"

/*
 * The inventory as one HTML page: what ends next, what is broken, who uses it. It needs nothing
 * from elsewhere and no JavaScript (which adds search, sorting and filters). Read-only on its
 * inputs; thread-safe.
 */
struct page {
	const struct snapshot *snapshot;
	double now_s;
	const char *telemetry_path; /* for the link */
};

/* Rows of a table that are shown; a note says how many are left out. */
#define PAGE_ROWS_MAX 5000
#define PAGE_MAX      ((size_t)64 * 1024 * 1024)

/* The result is buf_status(), or STATUS_MEMORY. */
enum status page_write(const struct page *page, struct buf *buf) MUST_CHECK;

/* The value of Content-Security-Policy: nothing but the page's own style and script, by their
 * hashes. The caller frees; NULL without memory. */
char *page_content_security_policy(void);

/* -- its parts, for the files of the page only ----------------------------------------------------
 */

/* page_assets.c */
extern const char page_style[];
extern const char page_script[];

/* One certificate with what the page says about it. */
struct page_row {
	const struct source_view *view;
	const struct inventory_store *store;
	const struct inventory_certificate *certificate;
	enum certificate_status status;
};

/* page_rows.c: the tables */
void page_certificates(const struct page *page, const struct page_row *rows, size_t count,
		       struct buf *buf);
void page_stores(const struct page *page, struct buf *buf);
void page_missing(const struct page *page, struct buf *buf);
void page_put_sources(const struct page *page, struct buf *buf);
/* "as of 2 h ago", with the exact time to look at; also for what is not known when. */
void page_put_age(const struct page *page, struct freshness freshness, struct buf *buf);

/* page_timeline.c: how many end in each of the next twelve months */
void page_timeline(const struct page *page, const struct page_row *rows, size_t count,
		   struct buf *buf);

#endif
