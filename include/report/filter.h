#ifndef REPORT_FILTER_H
#define REPORT_FILTER_H

#include <stdbool.h>

#include "inventory/view.h"

/* Which certificates are wanted; a member that is NULL (false) lets all pass. Values are compared
 * exactly, so an unknown status or type gives none. */
struct report_filter {
	const char *source;
	const char *system_id;
	const char *status; /* name of a certificate status */
	const char *type;
	bool has_within;
	double within_s; /* expires within so many seconds from now, or has expired */
	bool or_unknown; /* with has_within: also when its expiry is not known */
};

/* Whether the certificate passes. `filter` may be NULL: everything. Thread-safe. */
bool report_wants(const struct report_filter *filter, const struct source_view *view,
		  const struct inventory_certificate *certificate, double now_s);

#endif
