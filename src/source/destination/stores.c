/*
 * The stores of one level (docs/reference/destination-service.md 3.12): by default the names, then
 * the public keys of each, conditionally and in parallel; a protected keystore is fetched whole if
 * that is allowed. Or, with `collection: full`, page by page with all content.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "source/destination/items.h"

/* -- the cache ------------------------------------------------------------------------- */

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

static const struct ds_cached *cache_find(const struct ds_cache *cache, char *name)
{
	struct ds_cached key = { .name = name };

	if (cache->count == 0)
		return NULL;
	return bsearch(&key, cache->items, cache->count, sizeof(*cache->items), compare_cached);
}

/* What was read becomes the cache; what could not be read keeps its old entry. */
static enum status cache_renew(struct ds_items *items)
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

/* -- items ----------------------------------------------------------------------------- */

static void item_release(struct ds_item *item)
{
	free(item->name);
	free(item->fresh.etag);
	store_content_unref(item->fresh.content);
}

static void items_clear(void *user)
{
	struct ds_items *items = user;

	for (size_t i = 0; i < items->count; i++)
		item_release(&items->items[i]);
	items->count = 0;
	items->nameless = 0;
}

/* An item for a listed name; *ret_item is NULL when the name is not wanted. */
static enum status item_add(struct ds_items *items, const struct cJSON *element,
			    struct ds_item **ret_item)
{
	const char *name = json_member_text(element, "Name");

	*ret_item = NULL;
	if (name == NULL || *name == '\0') {
		items->nameless++; /* one bad item hides no other */
		return STATUS_OK;
	}
	if (!source_config_wants(items->run->config, name))
		return STATUS_OK;
	if (items->run->stores + items->count >= DS_STORES_MAX)
		return STATUS_LIMIT;
	if (items->count == items->capacity) {
		size_t capacity = items->capacity > 0 ? items->capacity * 2 : 64;
		struct ds_item *grown = reallocarray(items->items, capacity, sizeof(*grown));
		if (grown == NULL)
			return STATUS_MEMORY;
		items->items = grown;
		items->capacity = capacity;
	}
	struct ds_item *item = &items->items[items->count];
	memset(item, 0, sizeof(*item));
	item->name = strdup(name);
	if (item->name == NULL)
		return STATUS_MEMORY;
	item->old = cache_find(items->cache, item->name);
	items->count++;
	*ret_item = item;
	return STATUS_OK;
}

static enum status add_name(void *user, const struct cJSON *element)
{
	struct ds_item *item;

	return item_add(user, element, &item);
}

static enum status add_whole(void *user, const struct cJSON *element)
{
	struct ds_items *items = user;
	struct ds_item *item;
	enum status status = item_add(items, element, &item);

	if (status == STATUS_OK && item != NULL)
		ds_decode_entity(items, item, element);
	return status == STATUS_OK ? items->status : status;
}

static int compare_items(const void *a, const void *b)
{
	return strcmp(((const struct ds_item *)a)->name, ((const struct ds_item *)b)->name);
}

/* No order of a list is assumed, and pages may repeat a name. */
static void sort_and_unify(struct ds_items *items)
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

/* -- fetching -------------------------------------------------------------------------- */

struct batch {
	struct ds_items *items;
	size_t *which; /* request -> item */
	struct http_request *requests;
	char **urls;
	size_t count;
	bool whole; /* full entities, not public keys */
};

/* What every answer but a good one means for a store. */
static void read_failure(struct ds_items *items, struct ds_item *item,
			 const struct http_response *response)
{
	if (response->status == STATUS_HTTP_404) {
		item->outcome = DS_GONE;
		return;
	}
	bool forbidden = response->status == STATUS_HTTP_403;
	bool too_large = response->status == STATUS_TOO_LARGE;
	bool wait_interval = items->run->result->wait_interval;
	ds_item_failed(items, item,
		       forbidden   ? STORE_FORBIDDEN
		       : too_large ? STORE_TOO_LARGE
				   : STORE_UNAVAILABLE,
		       STAGE_FETCH, response->status, response->error.text);
	if (forbidden) /* of one store: no reason to ask for the rest less often */
		items->run->result->wait_interval = wait_interval;
	if (response->retry_after_s > items->run->result->retry_after_s)
		items->run->result->retry_after_s = response->retry_after_s;
}

static void read_entity(struct ds_items *items, struct ds_item *item,
			const struct http_response *response)
{
	struct cJSON *entity = NULL;
	struct error error = { "" };
	enum status status =
		json_parse(buf_text(&response->body), response->body.len, &entity, &error);

	if (status == STATUS_OK && !json_is_object(entity))
		status = error_set(&error, STATUS_SYNTAX, "not a JSON object");
	if (status == STATUS_OK)
		ds_decode_entity(items, item, entity);
	else
		ds_item_failed(items, item, STORE_UNAVAILABLE, STAGE_FETCH, status, error.text);
	json_free(entity);
}

/* 304: nothing changed. The remembered passwords are those that were tried. */
static void read_unchanged(struct ds_items *items, struct ds_item *item)
{
	memcpy(item->fresh.digest, item->old->digest, sizeof(item->fresh.digest));
	memcpy(item->fresh.passwords, item->old->passwords, sizeof(item->fresh.passwords));
	item->fresh.whole_body = item->old->whole_body;
	item->fresh.is_protected = item->old->is_protected;
	ds_take_over(items, item);
}

static void fetched(void *user, size_t index, struct http_response *response)
{
	struct batch *batch = user;
	struct ds_items *items = batch->items;
	struct ds_item *item = &items->items[batch->which[index]];
	bool conditional = batch->requests[index].if_none_match != NULL;

	if (response->status == STATUS_OK) {
		item->fresh.etag = response->etag;
		response->etag = NULL; /* handed over */
	}
	if (response->status == STATUS_OK && response->code == 304 && conditional)
		read_unchanged(items, item);
	else if (response->status == STATUS_OK && response->code == 304)
		ds_item_failed(items, item, STORE_UNAVAILABLE, STAGE_FETCH, STATUS_SYNTAX,
			       "304 without a condition");
	else if (response->status == STATUS_OK && batch->whole)
		read_entity(items, item, response);
	else if (response->status == STATUS_OK)
		ds_decode_public_keys(items, item, response);
	else if (!batch->whole && response->code == 400)
		item->outcome = DS_PROTECTED;
	else
		read_failure(items, item, response);
	if (item->outcome == DS_READ && item->fresh.etag == NULL && item->old != NULL &&
	    response->code == 304 && item->old->etag != NULL)
		item->fresh.etag = strdup(item->old->etag);
	http_response_release(response);
}

/* The ETag to ask with: of an answer of the same kind, unless new passwords may open more. */
static const char *condition(const struct ds_items *items, const struct ds_item *item, bool whole)
{
	const struct ds_cached *old = item->old;
	struct store_passwords passwords = { 0 };
	uint8_t digest[32];

	if (old == NULL || old->content == NULL || old->whole_body != whole)
		return NULL;
	if (!whole || !store_depends_on_passwords(old->content))
		return old->etag;
	enum status status = passwords_for(&items->run->passwords, item->name, &passwords, digest);
	passwords_list_release(&passwords);
	bool same = status == STATUS_OK && memcmp(digest, old->passwords, sizeof(digest)) == 0;
	return same ? old->etag : NULL;
}

/* STATUS_OK or STATUS_MEMORY; what cannot be asked for is a state of that store. */
static enum status batch_add(struct batch *batch, size_t which)
{
	struct ds_items *items = batch->items;
	struct ds_item *item = &items->items[which];
	struct error error = { "" };
	char *url = NULL;
	enum status status = ds_store_url(items->run, items->level->name, item->name,
					  batch->whole ? "" : "/publicKeys", &url, &error);

	if (status == STATUS_LIMIT) {
		item->unasked = true;
		ds_item_failed(items, item, STORE_UNAVAILABLE, STAGE_FETCH, status, error.text);
		return items->status;
	}
	if (status != STATUS_OK)
		return status;
	batch->urls[batch->count] = url;
	batch->which[batch->count] = which;
	batch->requests[batch->count] = (struct http_request){
		.endpoint = batch->whole ? ENDPOINT_CERTIFICATE : ENDPOINT_CERTIFICATE_PUBLIC_KEYS,
		.url = url,
		.if_none_match = condition(items, item, batch->whole),
		.body_max = HTTP_BODY_ONE_MAX,
	};
	batch->count++;
	return STATUS_OK;
}

/* One round over the items: public keys of all, then full entities of the protected ones. */
static enum status fetch(struct ds_items *items, bool whole)
{
	struct batch batch = { .items = items, .whole = whole };
	enum status status = STATUS_MEMORY;

	batch.which = calloc(items->count + 1, sizeof(*batch.which));
	batch.requests = calloc(items->count + 1, sizeof(*batch.requests));
	batch.urls = calloc(items->count + 1, sizeof(*batch.urls));
	if (batch.which == NULL || batch.requests == NULL || batch.urls == NULL)
		goto out;
	for (size_t i = 0; i < items->count; i++) {
		if (items->items[i].outcome == (whole ? DS_PROTECTED : DS_PENDING) &&
		    batch_add(&batch, i) != STATUS_OK)
			goto out;
	}
	ds_get_many(items->run, batch.requests, batch.count, fetched, &batch);
	status = items->status;
out:
	for (size_t i = 0; i < batch.count; i++)
		free(batch.urls[i]);
	free(batch.urls);
	free(batch.requests);
	free(batch.which);
	return status;
}

static enum status read_public_keys(struct ds_items *items)
{
	bool may_fetch = items->run->config->protected_keystores == PROTECTED_FETCH;
	enum status status;

	for (size_t i = 0; i < items->count; i++) {
		struct ds_item *item = &items->items[i];
		if (may_fetch && item->old != NULL && item->old->is_protected)
			item->outcome = DS_PROTECTED; /* known: do not ask for what is refused */
	}
	status = fetch(items, false);
	if (status != STATUS_OK)
		return status;
	if (may_fetch)
		status = fetch(items, true);
	for (size_t i = 0; i < items->count && status == STATUS_OK; i++) {
		struct ds_item *item = &items->items[i];
		if (item->outcome == DS_PROTECTED)
			ds_report_protected(items, item);
		else if (item->outcome == DS_READ && item->fresh.whole_body)
			/* a changed keystore is asked for its public keys first next time */
			item->fresh.is_protected =
				item->old == NULL || item->old->content == item->fresh.content;
	}
	return status;
}

/* -- the level ------------------------------------------------------------------------- */

static enum status list_items(struct ds_items *items)
{
	struct http_response response = { 0 };
	enum status status;

	if (items->run->config->collection == COLLECTION_FULL) {
		status = ds_list_paged(items->run, ENDPOINT_CERTIFICATES, items->level->name,
				       "Certificates", items_clear, add_whole, items, &response);
	} else {
		char *url = NULL;
		status = ds_url(items->run, items->level->name, "Certificates?$select=Name", &url,
				&response.error);
		response.status = status;
		if (status == STATUS_OK)
			status = ds_list(items->run, ENDPOINT_CERTIFICATE_NAMES, url, add_name,
					 items, &response);
		free(url);
	}
	if (status == STATUS_OK)
		items->level->whole |= PART_CERTIFICATES;
	else if (status != STATUS_MEMORY)
		status = ds_issue(items->run, STAGE_LIST, items->level->name, "certificates",
				  &response);
	/* what was read before a limit was hit is shown; a broken list is not a shorter one */
	if ((items->level->whole & PART_CERTIFICATES) == 0 && response.status != STATUS_LIMIT)
		items_clear(items);
	http_response_release(&response);
	if (status == STATUS_OK && items->nameless > 0) {
		/* what has a name is shown; nothing can be said to be missing */
		items->level->whole &= ~(unsigned)PART_CERTIFICATES;
		ds_set_incomplete(items->run, items->level);
		status = ds_issue_text(items->run, STAGE_LIST, STATUS_SYNTAX, items->level->name,
				       "certificates", "elements without a name were left out");
	}
	return status == STATUS_OK ? items->status : status;
}

/* Every name answers 404: that is no deletion, the level failed and its old entries stay. */
static enum status check_all_gone(struct ds_items *items)
{
	size_t gone = 0;

	for (size_t i = 0; i < items->count; i++) {
		if (items->items[i].outcome != DS_GONE && !items->items[i].unasked)
			return STATUS_OK;
		gone += items->items[i].outcome == DS_GONE;
	}
	if (gone == 0)
		return STATUS_OK;
	items->level->whole &= ~(unsigned)PART_CERTIFICATES;
	return ds_issue_text(items->run, STAGE_FETCH, STATUS_HTTP_404, items->level->name,
			     "certificates", "every listed certificate answers 404");
}

static enum status hand_over(struct ds_items *items)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < items->count && status == STATUS_OK; i++) {
		struct ds_item *item = &items->items[i];
		struct source_store *store;
		if (item->outcome == DS_GONE)
			continue;
		/* an answer that was too large is no reason to forget what is known */
		bool keep = item->outcome == DS_FAILED && item->state == STORE_TOO_LARGE &&
			    item->old != NULL;
		status = source_level_add_store(items->level, PART_CERTIFICATES, item->name, "",
						keep ? item->old->content : item->fresh.content,
						&store);
		if (status == STATUS_OK && item->outcome == DS_FAILED)
			status = source_store_set_state(store, item->state, item->detail);
		if (status == STATUS_OK)
			store->auto_renewed =
				string_list_matches(&items->run->config->auto_renewed, item->name);
	}
	items->run->stores += items->count;
	return status;
}

enum status ds_read_stores(struct ds_run *run, struct source_level *level, struct ds_cache *cache)
{
	struct ds_items items = { .run = run, .level = level, .cache = cache };
	enum status status = list_items(&items);

	if (status == STATUS_OK)
		sort_and_unify(&items);
	if (status == STATUS_OK && run->config->collection == COLLECTION_PUBLIC_KEYS) {
		status = read_public_keys(&items);
		if (status == STATUS_OK)
			status = check_all_gone(&items);
	}
	bool listed = items.count > 0 || (level->whole & PART_CERTIFICATES) != 0;
	if (status == STATUS_OK)
		status = hand_over(&items);
	if (status == STATUS_OK && listed)
		status = cache_renew(&items);
	items_clear(&items);
	free(items.items);
	return status;
}
