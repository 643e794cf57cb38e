#ifndef INVENTORY_NAMES_H
#define INVENTORY_NAMES_H

#include <stddef.h>

#include "base/arena.h"

/*
 * Texts that become label values, and identities that stay unique after they were repaired and cut.
 * Not thread-safe.
 */

/* A copy of `text` in the arena: UTF-8 repaired, control characters escaped, at most
 * LABEL_VALUE_MAX bytes, cut at a whole character. NULL without memory. */
const char *label_text(struct arena *arena, const char *text);

/* A set of names in one scope. */
struct names;
struct names *names_new(void); /* NULL without memory */
void names_free(struct names *names);

/*
 * The cleaned `text`, unique among all names given before: the first one keeps its text, later ones
 * get `#2`, `#3`, ... (cut so that the limit holds). In the arena; NULL without memory.
 */
const char *names_add(struct names *names, struct arena *arena, const char *text);

#endif
