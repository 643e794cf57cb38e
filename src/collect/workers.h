#ifndef COLLECT_WORKERS_H
#define COLLECT_WORKERS_H

#include <stdbool.h>
#include <stdint.h>

#include "collect/parts.h"

/* The pool of threads that refresh the slots when they are due. */

/* Under the lock: `count` workers (at most WORKERS_MAX) refresh from now on. Starts those that are
 * missing; those above the number end after what they are doing. False when not one could be
 * started. */
bool workers_want(struct collector *collector, uint32_t count) MUST_CHECK;

/* Without the lock, with `stopping` set: waits until every worker has ended. */
void workers_join(struct collector *collector);

#endif
