#ifndef SOURCE_CONNECTOR_SUBACCOUNTS_H
#define SOURCE_CONNECTOR_SUBACCOUNTS_H

#include "source/connector/run.h"

/* The subaccounts that a connector is set up for (docs/reference/cloud-connector.md 7.3, 8.1,
 * 8.2): which exist, their certificates and tunnels. */
scc_reader scc_read_subaccounts;
scc_reader scc_read_subaccount;
scc_reader scc_read_monitoring_subaccounts;
scc_outcome_handler scc_subaccount_outcome; /* of the call for the details */

/* Call when the details were requested. If they answer 404 for every listed subaccount, the call
 * is missing and not the subaccounts: sets their outcome to SCC_UNSUPPORTED. */
void scc_doubt_removals(struct scc_run *run);

/* Adds the stores and samples of all subaccounts. Without memory run->status says so. */
void scc_add_subaccounts(struct scc_run *run);

#endif
