#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

/*
 * Memory that is filled step by step and freed in one go: the strings and rows of a snapshot.
 * Not thread-safe while it is filled; read-only use afterwards may be shared.
 */
struct arena;

/* NULL when memory is missing. */
struct arena *arena_new(void);
void arena_free(struct arena *arena);

/* `count` elements, zeroed, aligned for any type; NULL when memory is missing, or where that many
 * overflow. They live as long as the arena. */
void *arena_array(struct arena *arena, size_t count, size_t size);
/* NULL when memory is missing or `text` is NULL. */
char *arena_strdup(struct arena *arena, const char *text);

#endif
