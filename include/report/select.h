#ifndef REPORT_SELECT_H
#define REPORT_SELECT_H

#include "report/report.h"

/* Which rows of the inventory a report shows. Thread-safe. */

/* `filter` may be NULL: everything. */
bool report_wants(const struct report_filter *filter, const struct source_view *view,
		  const struct inventory_certificate *certificate, double now_s);

/* What should have renewed itself by now, and has not. */
bool renewal_is_overdue(const struct inventory_certificate *certificate, double now_s);

/* A source that the last attempt did not read whole, or that was not tried yet. */
bool source_has_failed(const struct source_view *view);

#endif
