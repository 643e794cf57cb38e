#ifndef SOURCE_DESTINATION_STORES_H
#define SOURCE_DESTINATION_STORES_H

#include "source/destination/run.h"

/* Reads all certificates and keystores of a level and renews its cache. STATUS_OK or STATUS_MEMORY;
 * other failures are issues of the result and states of the stores. */
enum status ds_read_stores(struct ds_run *run, struct source_level *level,
			   struct ds_cache *cache) MUST_CHECK;

#endif
