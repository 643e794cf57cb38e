#ifndef REPORT_CHECK_TABLE_H
#define REPORT_CHECK_TABLE_H

#include <stdbool.h>

#include "base/buf.h"
#include "inventory/snapshot.h"

/*
 * The table of --config.check=online: a row for each source with what came of asking it ("ok";
 * "partly": some of its levels; "failed"; "not asked": there was no time), how long that took, what
 * was found, and why it is not ok; then one line with the counts. `colour`: failed ones are red,
 * those that were read in part yellow. Texts are never cut. Appends to `buf`, reads only,
 * thread-safe. The result is buf_status().
 */
enum status report_check_table(const struct snapshot *snapshot, bool colour,
			       struct buf *buf) MUST_CHECK;
/* The exit code of --config.check=online: 2 when a source is not ok, else 0. */
int report_check_exit_code(const struct snapshot *snapshot);

#endif
