/* What is remembered of the stores of a level from one refresh to the next. */
#include "source/destination/cache.h"

#include <stdlib.h>
#include <string.h>

static void cached_release(struct ds_cached *cached)
{
	free(cached->name);
	free(cached->etag);
	store_content_unref(cached->content);
}

void ds_cache_release(struct ds_cache *cache)
{
	for (size_t i = 0; i < cache->count; i++)
		cached_release(&cache->items[i]);
	free(cache->items);
	cache->items = NULL;
	cache->count = 0;
}

static int compare_cached(const void *a, const void *b)
{
	return strcmp(((const struct ds_cached *)a)->name, ((const struct ds_cached *)b)->name);
}

const struct ds_cached *ds_cache_find(const struct ds_cache *cache, char *name)
{
	struct ds_cached key = { .name = name };

	if (cache->count == 0)
		return NULL;
	return bsearch(&key, cache->items, cache->count, sizeof(*cache->items), compare_cached);
}
