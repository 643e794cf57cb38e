#ifndef METRICS_INVENTORY_H
#define METRICS_INVENTORY_H

#include "metrics/metrics.h"
#include "metrics/writer.h"

/* Appends the families about certificates, stores and references. Each family is contiguous over
 * all sources. Failures stick in the writer's buffer. Reads only; thread-safe for separate writers.
 */
void page_inventory(struct writer *w, const struct exposition *exposition);

#endif
