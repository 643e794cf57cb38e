/* The stores of one level while they are read, one item for each name. */
#include "source/destination/items.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"

static void item_release(struct ds_item *item)
{
	free(item->name);
	free(item->fresh.etag);
	store_content_unref(item->fresh.content);
}

void ds_items_clear(struct ds_items *items)
{
	for (size_t i = 0; i < items->count; i++)
		item_release(&items->items[i]);
	items->count = 0;
	items->nameless = 0;
}

enum status ds_items_add(struct ds_items *items, const struct cJSON *element,
			 struct ds_item **ret_item)
{
	const char *name = json_member_text(element, "Name");

	*ret_item = NULL;
	if (name == NULL || *name == '\0') {
		items->nameless++;
		return STATUS_OK;
	}
	if (!source_config_wants(items->run->config, name))
		return STATUS_OK;
	if (items->run->stores + items->count >= DS_STORES_MAX)
		return STATUS_LIMIT;
	struct ds_item *grown = array_room(items->items, items->count, sizeof(*grown));
	if (grown == NULL)
		return STATUS_MEMORY;
	items->items = grown;
	struct ds_item *item = &items->items[items->count];
	memset(item, 0, sizeof(*item));
	item->name = strdup(name);
	if (item->name == NULL)
		return STATUS_MEMORY;
	item->old = ds_cache_find(items->cache, item->name);
	items->count++;
	*ret_item = item;
	return STATUS_OK;
}

static int compare_items(const void *a, const void *b)
{
	return strcmp(((const struct ds_item *)a)->name, ((const struct ds_item *)b)->name);
}

void ds_items_sort(struct ds_items *items)
{
	size_t kept = 0;

	if (items->count > 0)
		qsort(items->items, items->count, sizeof(*items->items), compare_items);
	for (size_t i = 0; i < items->count; i++) {
		if (kept > 0 && strcmp(items->items[kept - 1].name, items->items[i].name) == 0) {
			item_release(&items->items[i]);
			continue;
		}
		if (kept != i)
			items->items[kept] = items->items[i];
		kept++;
	}
	items->count = kept;
}

void ds_item_failed(struct ds_items *items, struct ds_item *item, enum store_state state,
		    enum stage stage, enum status reason, const char *text)
{
	if (text[0] == '\0')
		text = status_name(reason);
	item->outcome = DS_FAILED;
	item->state = state;
	text_printable_into(item->detail, sizeof(item->detail), text, strlen(text));
	ds_issue_of_one(items->run, stage, reason, items->level->name, item->name, text);
}

void ds_item_take_over(struct ds_items *items, struct ds_item *item)
{
	item->fresh.content = store_content_ref(item->old->content);
	item->outcome = DS_READ;
	telemetry_cache(items->run->service->source.context.telemetry, true);
}

enum status ds_items_remember(struct ds_items *items)
{
	struct ds_cached *fresh = calloc(items->count + 1, sizeof(*fresh));
	size_t count = 0;

	if (fresh == NULL)
		return STATUS_MEMORY;
	for (size_t i = 0; i < items->count; i++) {
		struct ds_item *item = &items->items[i];
		if (item->outcome == DS_READ) {
			fresh[count] = item->fresh;
			fresh[count++].name = item->name;
			memset(&item->fresh, 0, sizeof(item->fresh));
			item->name = NULL; /* handed over */
		} else if (item->outcome == DS_FAILED && item->old != NULL) {
			struct ds_cached *old =
				&items->cache->items[item->old - items->cache->items];
			fresh[count++] = *old;
			memset(old, 0, sizeof(*old));
		}
	}
	ds_cache_release(items->cache);
	items->cache->items = fresh;
	items->cache->count = count;
	return STATUS_OK;
}
