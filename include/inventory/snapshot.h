#ifndef INVENTORY_SNAPSHOT_H
#define INVENTORY_SNAPSHOT_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "inventory/view.h"

/* All views, in the order of the configuration. Counted. */
struct snapshot {
	size_t view_count;
	struct source_view **views;
	uint64_t generation; /* grows with every snapshot of the process */
};

/* Takes references of its own. NULL without memory. */
struct snapshot *snapshot_new(struct source_view *const *views, size_t count);
void snapshot_unref(struct snapshot *snapshot);

/* The one pointer that collector and readers share. Thread-safe. */
struct snapshot_store;
struct snapshot_store *snapshot_store_new(void); /* holds an empty snapshot; NULL without memory */
void snapshot_store_free(struct snapshot_store *store);
/* Publishes `fresh`, which it takes, and hands the old one over to be freed where no lock is held.
 */
struct snapshot *snapshot_store_swap(struct snapshot_store *store,
				     struct snapshot *fresh) MUST_CHECK;
struct snapshot *snapshot_store_current(struct snapshot_store *store); /* a reference; never NULL */

#endif
