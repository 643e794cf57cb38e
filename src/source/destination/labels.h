#ifndef SOURCE_DESTINATION_LABELS_H
#define SOURCE_DESTINATION_LABELS_H

#include "source/destination/run.h"

/* Adds their labels to the certificates of a level. When the service offers none, the cache
 * remembers not to ask for a while. STATUS_OK or STATUS_MEMORY; other failures are issues. */
enum status ds_read_labels(struct ds_run *run, struct source_level *level,
			   struct ds_cache *cache) MUST_CHECK;

#endif
