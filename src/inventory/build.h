#ifndef INVENTORY_BUILD_H
#define INVENTORY_BUILD_H

#include "base/arena.h"
#include "inventory/view.h"
#include "source/level.h"

/* What view.c and join.c share while a view is made. */

/* A store before it has a row: sorted by level and raw name, the same index as its row. */
struct build_store {
	const struct source_level *level;
	const struct source_store *store;
};

struct build {
	struct arena *arena;
	struct source_view *view;
	const struct source_facts *facts;
	struct source_level *const *levels;
	size_t level_count;
	struct build_store *stores;
	size_t store_count;
};

#endif
