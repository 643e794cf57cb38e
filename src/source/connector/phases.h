#ifndef SOURCE_CONNECTOR_PHASES_H
#define SOURCE_CONNECTOR_PHASES_H

#include "source/connector/run.h"

/* Makes all calls of a refresh. The session must have begun. Returns early when run->ended says
 * that no other call would be answered; without memory run->status says so. */
void scc_make_calls(struct scc_run *run);

#endif
