/* Tables, cells and notes: every text of a source passes html_text(). */
#include "web/page/table.h"

#include <math.h>

#include "base/text.h"
#include "inventory/figures.h"
#include "web/html.h"

void page_put_badge(struct buf *buf, struct badge badge)
{
	buf_printf(buf, "<span class=\"badge %s\">", badge.class);
	html_text(buf, badge.text);
	buf_puts(buf, "</span>");
}

void page_cell(struct buf *buf, const char *label)
{
	buf_printf(buf, "<td data-l=\"%s\">", label);
}

void page_text_cell(struct buf *buf, const char *label, const char *text)
{
	page_cell(buf, label);
	html_long_text(buf, text);
	buf_puts(buf, "</td>");
}

void page_double_cell(struct buf *buf, const char *label, const char *text, const char *detail)
{
	page_cell(buf, label);
	buf_puts(buf, "<span>");
	html_long_text(buf, text);
	buf_puts(buf, "</span>");
	if (*detail != '\0') {
		buf_puts(buf, "<small>");
		html_long_text(buf, detail);
		buf_puts(buf, "</small>");
	}
	buf_puts(buf, "</td>");
}

void page_put_ago(const struct page *page, struct freshness freshness, const char *before,
		  struct buf *buf)
{
	char exact[RFC3339_SIZE];
	char age[TEXT_AGE_SIZE];

	text_rfc3339((int64_t)freshness.as_of_s, exact);
	text_age(freshness_age_s(freshness, page->now_s), age);
	buf_printf(buf, "<time datetime=\"%s\" title=\"%s\">%s%s ago</time>", exact, exact, before,
		   age);
}

void page_put_age(const struct page *page, struct freshness freshness, struct buf *buf)
{
	if (freshness.as_of_s > 0)
		page_put_ago(page, freshness, "as of ", buf);
	else
		buf_puts(buf, "of an unknown time");
}

void page_put_stale(const struct page *page, struct freshness freshness, struct buf *buf)
{
	if (!freshness.stale)
		return;
	buf_puts(buf, "<small class=\"old\">");
	page_put_age(page, freshness, buf);
	buf_puts(buf, "</small>");
}

void page_open_table(struct buf *buf, const char *id, const char *title, const char *const *columns)
{
	buf_printf(buf,
		   "<section aria-labelledby=\"%s\">\n<h2 id=\"%s\">%s</h2>\n"
		   "<table aria-labelledby=\"%s\" data-t=\"%s\">\n<thead><tr>",
		   id, id, title, id, id);
	for (; *columns != NULL; columns++) {
		bool number = **columns == '#';
		buf_printf(buf, "<th scope=\"col\"%s>%s</th>", number ? " class=\"n\"" : "",
			   *columns + (number ? 1 : 0));
	}
	buf_puts(buf, "</tr></thead>\n<tbody>\n");
}

void page_end_table(struct buf *buf, size_t left_out)
{
	buf_puts(buf, "</tbody>\n</table>\n");
	if (left_out > 0)
		buf_printf(buf,
			   "<p class=\"note\">%zu more are not shown here; the API has them."
			   "</p>\n",
			   left_out);
}

void page_close_table(struct buf *buf, size_t left_out)
{
	page_end_table(buf, left_out);
	buf_puts(buf, "</section>\n");
}

void page_put_note(struct buf *buf, const char *text)
{
	buf_printf(buf, "<p class=\"note\">%s</p>\n", text);
}

void page_open_section(struct buf *buf, const char *id, const char *title)
{
	buf_printf(buf, "<section aria-labelledby=\"%s\">\n<h2 id=\"%s\">%s</h2>\n", id, id, title);
}

void page_put_nothing(struct buf *buf, const char *id, const char *title, const char *text)
{
	page_open_section(buf, id, title);
	page_put_note(buf, text);
	buf_puts(buf, "</section>\n");
}

void page_count_cell(struct buf *buf, const char *label, bool known, size_t count)
{
	if (known)
		buf_printf(buf, "<td class=\"n\" data-l=\"%s\">%zu</td>", label, count);
	else
		buf_printf(buf, "<td class=\"n\" data-l=\"%s\" data-v=\"-1\">&ndash;</td>", label);
}

void page_time_cell(const struct page *page, const char *label, double time_s, struct buf *buf)
{
	double distance_s = page->now_s - time_s;
	char exact[RFC3339_SIZE];
	char distance[TEXT_AGE_SIZE];

	if (!(time_s > 0)) {
		page_text_cell(buf, label, "never");
		return;
	}
	text_rfc3339((int64_t)time_s, exact);
	text_age(fabs(distance_s), distance);
	page_cell(buf, label);
	buf_printf(buf, "<time datetime=\"%s\" title=\"%s\">%s%s%s</time></td>", exact, exact,
		   distance_s < 0 ? "in " : "", distance, distance_s < 0 ? "" : " ago");
}

const char *page_none(const struct page *page, const char *text)
{
	struct inventory_counts counts = snapshot_count(page->snapshot, page->now_s);

	if (counts.sources_unknown > 0)
		return "None is known, but not every source could be read yet.";
	if (counts.sources_stale > 0)
		return "None is known, but not every source could be read now.";
	return text;
}
