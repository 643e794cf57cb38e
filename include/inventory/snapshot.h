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
struct snapshot *snapshot_ref(struct snapshot *snapshot);
void snapshot_unref(struct snapshot *snapshot);

/* The one pointer that collector and readers share. Thread-safe. */
struct snapshot_store;
struct snapshot_store *snapshot_store_new(void); /* holds an empty snapshot; NULL without memory */
void snapshot_store_free(struct snapshot_store *store);
void snapshot_store_publish(struct snapshot_store *store,
			    struct snapshot *fresh); /* takes `fresh` */
/* The same, but hands the old one over: for those who hold a lock and free it later. */
struct snapshot *snapshot_store_swap(struct snapshot_store *store,
				     struct snapshot *fresh) MUST_CHECK;
struct snapshot *snapshot_store_current(struct snapshot_store *store); /* a reference; never NULL */

#endif
