#ifndef SOURCE_CONNECTOR_FAILURES_H
#define SOURCE_CONNECTOR_FAILURES_H

#include "source/connector/run.h"

/* Call when role and version are known. Turns failures of calls that this role or this version does
 * not offer into SCC_REFUSED or SCC_UNSUPPORTED. */
void scc_excuse_failures(struct scc_run *run);

/* Adds an issue for each failure, and decides when the source may be asked again. Without memory
 * run->status says so. */
void scc_report_failures(struct scc_run *run);

/* Adds samples that say which calls the connector offers, and which were answered. */
void scc_add_call_samples(struct scc_run *run);

#endif
