#ifndef SOURCE_DESTINATION_CACHE_H
#define SOURCE_DESTINATION_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cert/store.h"

/*
 * What is remembered of the stores of one level from one refresh to the next, so that a store that
 * did not change is neither sent nor decoded again.
 */
struct ds_cached {
	char *name;
	char *etag;            /* of the answer that `content` was read from; NULL: none */
	bool whole_body;       /* that answer was the full entity, not its public keys */
	bool is_protected;     /* public keys were refused: ask for the full entity at once */
	uint8_t digest[32];    /* of the bytes that `content` was read from */
	uint8_t passwords[32]; /* of the passwords that were tried */
	struct store_content *content; /* NULL: only the rest is known */
};

struct ds_cache {
	struct ds_cached *items; /* sorted by name */
	size_t count;
	unsigned labels_pause; /* refreshes that still skip the labels, because the service offers
				  none */
};

/* NULL when nothing is remembered of a store of this name. Valid until the cache changes. */
const struct ds_cached *ds_cache_find(const struct ds_cache *cache, char *name);

/* Forgets all stores; `labels_pause` stays. */
void ds_cache_release(struct ds_cache *cache);

#endif
