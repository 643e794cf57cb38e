#ifndef INVENTORY_FRESHNESS_H
#define INVENTORY_FRESHNESS_H

#include "inventory/view.h"
#include "source/level.h"

/*
 * Inside of inventory/: which part of the knowledge of a source is of its last attempt, and how old
 * the rest is, by the times that level_merge() recorded. Pure functions, thread-safe.
 */

/* Whether the level is what the last attempt handed over, kept parts of it included. */
bool level_is_of_last_attempt(const struct source_facts *facts, const struct source_level *level);

/* Of the content of a store. */
struct freshness freshness_of_store(const struct source_facts *facts,
				    const struct source_level *level,
				    const struct source_store *store);

/* Of the lists of a level that the bits of `parts` name, taken together: fresh
 * when the last attempt listed all of them whole; otherwise as old as the oldest of them, and
 * as_of_s is 0 when one was never listed whole. `level` may be NULL: never listed. */
struct freshness freshness_of_parts(const struct source_facts *facts,
				    const struct source_level *level, unsigned parts);

/* Of two things that a finding rests on: stale when one is, as old as the older one. */
struct freshness freshness_oldest(struct freshness a, struct freshness b);

/* Of a level: stale when a part that was once listed whole was not in the last attempt. */
struct freshness freshness_of_level(const struct source_facts *facts,
				    const struct source_level *level);

#endif
