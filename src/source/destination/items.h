#ifndef SOURCE_DESTINATION_ITEMS_H
#define SOURCE_DESTINATION_ITEMS_H

#include "source/destination/run.h"

/*
 * Inside of the Destination service source: the stores of one level while they are read, one item
 * for each name. ds_stores.c lists and fetches, ds_decode.c turns answers into contents.
 */
enum ds_outcome {
	DS_PENDING,
	DS_READ,      /* fresh.content is set */
	DS_GONE,      /* listed, then 404 */
	DS_PROTECTED, /* public keys refused: to be fetched whole, or reported */
	DS_FAILED,    /* `state` and the issue say why */
};

struct ds_item {
	char *name;
	const struct ds_cached *old; /* of the last refresh, NULL if there is none */
	struct ds_cached fresh;      /* becomes the cache's entry */
	enum ds_outcome outcome;
	bool unasked;           /* its name is too long for a request */
	enum store_state state; /* DS_FAILED: forbidden, unavailable, too_large */
	char detail[160];
};

struct ds_items {
	struct ds_run *run;
	struct source_level *level;
	struct ds_cache *cache;
	struct ds_item *items;
	size_t count;
	size_t capacity;
	size_t nameless;    /* elements of the list that had no name */
	enum status status; /* STATUS_MEMORY: what concerns all could not be noted */
};

/* The answer of .../publicKeys with status 200 for one item. */
void ds_decode_public_keys(struct ds_items *items, struct ds_item *item,
			   const struct http_response *response);

/* The entity itself, `{"Name":…,"Content":…}`. */
void ds_decode_entity(struct ds_items *items, struct ds_item *item, const struct cJSON *entity);

/* A keystore whose public keys are refused and that may not be fetched whole. */
void ds_report_protected(struct ds_items *items, struct ds_item *item);

/* Content of the last refresh is taken over. */
void ds_take_over(struct ds_items *items, struct ds_item *item);

/* The state of an item that could not be read, with an issue of this stage. */
void ds_item_failed(struct ds_items *items, struct ds_item *item, enum store_state state,
		    enum stage stage, enum status reason, const char *text);

#endif
