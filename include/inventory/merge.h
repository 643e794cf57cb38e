#ifndef INVENTORY_MERGE_H
#define INVENTORY_MERGE_H

#include "config/config.h"
#include "source/level.h"

/*
 * What is known of a level after a refresh: `fresh`, and of `old` (may be NULL) the parts that
 * `fresh` does not know whole, as far as `config` still wants them (NULL: all), and the content of
 * stores that are unavailable now. What is of `fresh` was read at `read_s`, the end of the attempt
 * (source_facts.last_attempt_s): the view recognises older knowledge by it. A new reference; NULL
 * without memory.
 */
struct source_level *level_merge(const struct source_config *config, struct source_level *old,
				 struct source_level *fresh, double read_s);

#endif
