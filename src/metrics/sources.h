#ifndef METRICS_SOURCES_H
#define METRICS_SOURCES_H

#include "metrics/metrics.h"
#include "metrics/writer.h"

/* Appends the families about the sources: their state and their counters. Failures stick in the
 * writer's buffer. Reads only; thread-safe for separate writers. */
void page_sources(struct writer *w, const struct exposition *exposition);

#endif
