/* The timeline of the page: bars that need neither script nor style attributes. */
#include "web/page/timeline.h"

#include <time.h>

#include "inventory/expiry.h"

#define MONTHS 12

static const char *const month_names[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

/* The month of a time in UTC, counted from January 1900; -1 for a time that has none. */
static int month_of(int64_t time_s)
{
	time_t time = (time_t)time_s;
	struct tm tm;

	return gmtime_r(&time, &tm) != NULL ? tm.tm_year * 12 + tm.tm_mon : -1;
}

static void put_month(struct buf *buf, int month, size_t count, size_t most, int first)
{
	size_t height = count > 0 ? 4 + count * 92 / most : 0; /* a single one is visible, too */

	buf_printf(buf,
		   "<li><b>%zu</b><svg viewBox=\"0 0 10 100\" preserveAspectRatio=\"none\" "
		   "aria-hidden=\"true\"><rect class=\"%s\" x=\"0\" y=\"%zu\" width=\"10\" "
		   "height=\"%zu\"/></svg><span>%s",
		   count, month <= first + 1 ? "soon" : "later", 100 - height, height,
		   month_names[month % 12]);
	if (month == first || month % 12 == 0)
		buf_printf(buf, "<br>%d", 1900 + month / 12);
	buf_puts(buf, "</span></li>\n");
}

void page_put_timeline(const struct page *page, const struct page_row *rows, size_t count,
		       struct buf *buf)
{
	size_t counts[MONTHS] = { 0 };
	size_t most = 1;
	int first = month_of((int64_t)page->now_s);

	if (first < 0)
		return;
	for (size_t i = 0; i < count; i++) {
		const struct inventory_certificate *certificate = rows[i].certificate;
		if (!certificate->has_not_after || rows[i].status == CERTIFICATE_EXPIRED)
			continue;
		int month = month_of(certificate->not_after_s) - first;
		if (month < 0 || month >= MONTHS)
			continue;
		counts[month]++;
		if (counts[month] > most)
			most = counts[month];
	}
	buf_puts(buf,
		 "<section aria-labelledby=\"timeline\">\n<h2 id=\"timeline\">Expiring per month"
		 "</h2>\n<ol class=\"months\">\n");
	for (int i = 0; i < MONTHS; i++)
		put_month(buf, first + i, counts[i], most, first);
	buf_puts(buf, "</ol>\n</section>\n");
}
