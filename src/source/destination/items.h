#ifndef SOURCE_DESTINATION_ITEMS_H
#define SOURCE_DESTINATION_ITEMS_H

#include "base/json.h"
#include "source/destination/run.h"

/*
 * The stores of one level while they are read, one item for each name. stores.c lists and fetches,
 * decode.c turns answers into contents.
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
	const struct ds_cached *old; /* of the last refresh; NULL: not known then */
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
	size_t nameless; /* elements of the list that had no name */
};

/* Adds an item for a listed element, `{"Name":…}`. *ret_item is NULL when its name is not wanted,
 * or when it has none: then it is counted as nameless, because one bad element hides no other.
 * STATUS_LIMIT after DS_STORES_MAX, STATUS_MEMORY. */
enum status ds_items_add(struct ds_items *items, const struct cJSON *element,
			 struct ds_item **ret_item) MUST_CHECK;
/* Sorts the items by name and drops those that came twice: no order of a list is assumed, and pages
 * may repeat a name. */
void ds_items_sort(struct ds_items *items);
/* What was read becomes the cache of the next refresh; what could not be read keeps its old entry.
 * STATUS_OK or STATUS_MEMORY. */
enum status ds_items_remember(struct ds_items *items) MUST_CHECK;
/* Removes all items; the memory of the array stays, for free(). */
void ds_items_clear(struct ds_items *items);

/* An unchanged item: its content is that of the last refresh. */
void ds_item_take_over(struct ds_items *items, struct ds_item *item);
/* An item that could not be read: its state, and an issue of this stage. */
void ds_item_failed(struct ds_items *items, struct ds_item *item, enum store_state state,
		    enum stage stage, enum status reason, const char *text);

#endif
