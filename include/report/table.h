#ifndef REPORT_TABLE_H
#define REPORT_TABLE_H

#include <stdbool.h>

#include "base/buf.h"
#include "inventory/snapshot.h"
#include "report/filter.h"
#include "report/judge.h"

struct report_table {
	struct report_judge judge;
	const struct report_filter *filter; /* of the certificates; NULL: all are shown */
	unsigned width;                     /* columns of the terminal; 0 = unlimited */
	bool colour;                        /* expired ones red, expiring ones yellow */
};

/*
 * The table of --once, for a person at a prompt: what one sees last matters most. First the
 * certificates that need nobody now; then stores that could not be read, references to what does
 * not exist, sources that failed; then the certificates that need attention; last a line with the
 * counts. The soonest expiry is always at the bottom. Texts of certificates are cut and columns
 * left out to fit the width; what must be fixed is never cut. Appends to `buf`,
 * reads only, thread-safe. The result is buf_status().
 */
enum status report_table(const struct snapshot *snapshot, const struct report_table *table,
			 struct buf *buf) MUST_CHECK;

#endif
