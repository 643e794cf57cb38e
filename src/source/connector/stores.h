#ifndef SOURCE_CONNECTOR_STORES_H
#define SOURCE_CONNECTOR_STORES_H

#include "source/connector/run.h"

/* The stores of a connector's level: a store has one entry with one certificate, of which only a
 * description is known. */
#define SCC_STORES_MAX (SCC_SUBACCOUNTS_MAX + SCC_OWN_COUNT)

/* The best one of the descriptions of one certificate: of the preferred origin, but one that has a
 * time of expiry before one that has none. NULL if there is none. */
const struct certificate *scc_best(struct certificate *const certificates[SCC_ORIGIN_COUNT]);

/* Adds a store with a copy of `certificate`; *ret_store is what source_level_add_store() returns.
 * STATUS_OK, or STATUS_MEMORY: there is none for the copy, and no store. */
enum status scc_add_store(struct scc_run *run, unsigned part, const char *name, const char *type,
			  const struct certificate *certificate,
			  struct source_store **ret_store) MUST_CHECK;

/* Sets when each certificate of the level has to be renewed. Call when all stores were added. */
void scc_set_renewal(struct scc_run *run);

#endif
