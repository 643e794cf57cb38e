#ifndef WEB_PAGE_PAGE_H
#define WEB_PAGE_PAGE_H

#include "base/buf.h"
#include "inventory/view.h"

/*
 * The inventory as one HTML page: which certificates expire next, what is broken, who uses it.
 * The page loads nothing and works without JavaScript (which adds search, sorting and filters).
 * Read-only on its inputs; thread-safe.
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

#endif
