/* Memory freed in one go: a list of growing chunks. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_FIRST 4096
#define CHUNK_MAX   ((size_t)1024 * 1024)

struct chunk {
	struct chunk *next;
	size_t used;
	size_t size;
	alignas(max_align_t) unsigned char data[];
};

struct arena {
	struct chunk *chunks;
	size_t next_size;
};

struct arena *arena_new(void)
{
	struct arena *arena = calloc(1, sizeof(*arena));

	if (arena != NULL)
		arena->next_size = CHUNK_FIRST;
	return arena;
}

void arena_free(struct arena *arena)
{
	if (arena == NULL)
		return;
	while (arena->chunks != NULL) {
		struct chunk *chunk = arena->chunks;
		arena->chunks = chunk->next;
		free(chunk);
	}
	free(arena);
}

/* Zeroed, aligned for any type. */
static void *alloc(struct arena *arena, size_t size)
{
	size_t align = alignof(max_align_t);

	if (size > SIZE_MAX / 2)
		return NULL;
	size = (size + align - 1) / align * align;
	struct chunk *chunk = arena->chunks;
	if (chunk == NULL || chunk->size - chunk->used < size) {
		size_t chunk_size = size > arena->next_size ? size : arena->next_size;
		chunk = malloc(sizeof(*chunk) + chunk_size);
		if (chunk == NULL)
			return NULL;
		chunk->next = arena->chunks;
		chunk->used = 0;
		chunk->size = chunk_size;
		arena->chunks = chunk;
		if (arena->next_size < CHUNK_MAX)
			arena->next_size *= 2;
	}
	void *data = chunk->data + chunk->used;
	chunk->used += size;
	memset(data, 0, size);
	return data;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / 2 / size)
		return NULL;
	return alloc(arena, count * size);
}

char *arena_strdup(struct arena *arena, const char *text)
{
	size_t size = text != NULL ? strlen(text) + 1 : 0;
	char *copy = text != NULL ? alloc(arena, size) : NULL;

	if (copy != NULL)
		memcpy(copy, text, size);
	return copy;
}
