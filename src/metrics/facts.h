#ifndef METRICS_FACTS_H
#define METRICS_FACTS_H

#include "metrics/metrics.h"
#include "metrics/writer.h"

/* Appends the families of what services report of themselves. Failures stick in the writer's
 * buffer. Reads only; thread-safe for separate writers. */
void page_facts(struct writer *w, const struct exposition *exposition);

#endif
