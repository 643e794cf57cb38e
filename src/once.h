#ifndef ONCE_H
#define ONCE_H

#include <stdbool.h>
#include <stdint.h>

#include "collect/collector.h"
#include "config/options.h"
#include "inventory/snapshot.h"
#include "telemetry/telemetry.h"

/* The command --once: every source is refreshed once, the inventory is printed or written. */
struct once {
	const struct options *options;
	struct telemetry *telemetry;
	struct snapshot_store *snapshots;
	struct collector *collector; /* with its sources, not started */
	uint32_t workers;
};

/* Returns the exit code (report_exit_code()); 2 also after --once.timeout, or when the output could
 * not be written. Messages go to stderr. */
int once_run(const struct once *once);

/* Whether somebody sees a table, so that log lines about the same things would be in its way. With
 * --log.level=debug all of them are wanted. */
bool once_prints_table(const struct options *options);

#endif
