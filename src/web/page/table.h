#ifndef WEB_PAGE_TABLE_H
#define WEB_PAGE_TABLE_H

#include "base/buf.h"
#include "inventory/view.h"
#include "web/page/page.h"

/*
 * What sections of the page are made of. `label` is the name of the column, which narrow screens
 * show in each cell; it is one of ours and not escaped. Texts of a source are escaped here.
 */

/* A section with a heading; page_close_table() or the caller ends it. `id` is its anchor. */
void page_open_section(struct buf *buf, const char *id, const char *title);

/* A section that begins with a table; `columns` ends with NULL, those of numbers begin with `#`. */
void page_open_table(struct buf *buf, const char *id, const char *title,
		     const char *const *columns);
/* Ends the table and says how many rows are left out; the section stays open. */
void page_end_table(struct buf *buf, size_t left_out);
/* Ends the section, too. */
void page_close_table(struct buf *buf, size_t left_out);

/* A paragraph of ours. */
void page_put_note(struct buf *buf, const char *text);

/* A section that has a note in place of a table. */
void page_put_nothing(struct buf *buf, const char *id, const char *title, const char *text);

/* The text for an empty table: `text`, unless some source is not known, which is not "none". */
const char *page_none(const struct page *page, const char *text);

/* Opens a cell. */
void page_cell(struct buf *buf, const char *label);
void page_text_cell(struct buf *buf, const char *label, const char *text);
/* `text` and below it, smaller, `detail` (may be ""). */
void page_double_cell(struct buf *buf, const char *label, const char *text, const char *detail);
/* A number, or a dash when it is not known: that is not zero. */
void page_count_cell(struct buf *buf, const char *label, bool known, size_t count);
/* A time in the past or future as people say it, with the exact one as its title; 0: never. */
void page_time_cell(const struct page *page, const char *label, double time_s, struct buf *buf);

/* A word on a ground of its own colour. */
struct badge {
	const char *class; /* bad, warn, good, info or dim */
	const char *text;
};
void page_put_badge(struct buf *buf, struct badge badge);

/* "2 h ago" behind `before`, with the exact time as its title. */
void page_put_ago(const struct page *page, struct freshness freshness, const char *before,
		  struct buf *buf);
/* "as of 2 h ago"; also for knowledge of which the time is not known. */
void page_put_age(const struct page *page, struct freshness freshness, struct buf *buf);
/* Marks older knowledge with its age; appends nothing for what the last attempt has read. */
void page_put_stale(const struct page *page, struct freshness freshness, struct buf *buf);

#endif
