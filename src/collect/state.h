#ifndef COLLECT_STATE_H
#define COLLECT_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "collect/parts.h"

/* The state file as the collector uses it: read at a start, written while the program runs. */
#define STATE_GAP_MS 5000 /* it is written at most so often */

/* Before anything is shared: reads the file into collector->state and logs why it cannot be used.
 */
void collector_load_state(struct collector *collector, const char *path);

/* Under the lock: an error of the state file concerns every source. */
void collector_count_state_error(struct collector *collector, enum status status);

/* Under the lock: whether there is something to write, and it is time. */
bool collector_state_is_due(const struct collector *collector, uint64_t now_ms);

/* Called with the lock, which is released while the file is written. */
void collector_write_state(struct collector *collector);

#endif
