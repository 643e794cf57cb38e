#ifndef SOURCE_CONNECTOR_COMPLETENESS_H
#define SOURCE_CONNECTOR_COMPLETENESS_H

#include "source/connector/run.h"

/* Call last. Sets `whole` and `up` of the level, and adds issues for what is missing without a
 * failure that says why. */
void scc_finish_level(struct scc_run *run);

#endif
