#ifndef METRICS_PAGE_H
#define METRICS_PAGE_H

#include "metrics/metrics.h"
#include "metrics/writer.h"

/*
 * The four parts of the page, in its order. Each appends its families to the writer; failures
 * stick in the writer's buffer. Read-only on the exposition; thread-safe for separate writers.
 */

/* inventory.c: certificates, stores, references. Families are contiguous over all sources. */
void page_inventory(struct writer *w, const struct exposition *exposition);
/* sources.c: state and counters of the sources. */
void page_sources(struct writer *w, const struct exposition *exposition);
/* facts.c: what services tell about themselves. */
void page_facts(struct writer *w, const struct exposition *exposition);
/* self.c: build, web server, configuration, process. */
void page_self(struct writer *w, const struct exposition *exposition);

#endif
