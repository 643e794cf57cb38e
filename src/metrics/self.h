#ifndef METRICS_SELF_H
#define METRICS_SELF_H

#include "metrics/metrics.h"
#include "metrics/writer.h"

/* Appends the families about the exporter: its build, web server, configuration and process.
 * Failures stick in the writer's buffer. Reads only; thread-safe for separate writers. */
void page_self(struct writer *w, const struct exposition *exposition);

#endif
