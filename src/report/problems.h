#ifndef REPORT_PROBLEMS_H
#define REPORT_PROBLEMS_H

#include <stdbool.h>

#include "base/buf.h"
#include "inventory/snapshot.h"

/*
 * Appends the sections of the table of --once that say what is broken: stores with problems,
 * references to what does not exist, sources of which these are not known, sources that failed; an
 * empty one is left out. `width` as in struct report_table: nothing is cut for it, but columns are
 * not aligned where they do not fit. False without memory. Thread-safe.
 */
bool report_problems(const struct snapshot *snapshot, double now_s, unsigned width,
		     struct buf *buf) MUST_CHECK;

#endif
