#ifndef SOURCE_CONNECTOR_PAIR_H
#define SOURCE_CONNECTOR_PAIR_H

#include "source/connector/run.h"

/* The role of a connector in a high availability pair, and the state of its side. */
scc_reader scc_read_ha_role;
scc_reader scc_read_has_master_role;
scc_reader scc_read_ha_master_state;
scc_reader scc_read_ha_shadow_state;

/* Sets run->role to what all answers so far say together. Call again when more came. */
void scc_find_role(struct scc_run *run);

/* Adds the samples of the role. */
void scc_add_role(struct scc_run *run);

#endif
