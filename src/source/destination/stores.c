/*
 * The stores of one level (docs/reference/destination-service.md 3.12): by default the names, then
 * the public keys of each, conditionally and in parallel; a protected keystore is fetched whole if
 * that is allowed. Or, with `collection: full`, page by page with all content.
 */
#include "source/destination/stores.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "source/destination/decode.h"
#include "source/destination/items.h"
#include "source/destination/list.h"
#include "source/destination/request.h"
#include "source/destination/url.h"

/* -- fetching -------------------------------------------------------------------------- */

/* One round over the items. */
struct round {
	struct ds_items *items;
	struct ds_batch batch;
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
	ds_item_failed(items, item,
		       forbidden   ? STORE_FORBIDDEN
		       : too_large ? STORE_TOO_LARGE
				   : STORE_UNAVAILABLE,
		       STAGE_FETCH, response->status, response->error.text);
	ds_retry_after(items->run, response->retry_after_s);
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
	ds_item_take_over(items, item);
}

static void fetched(void *user, size_t index, struct http_response *response)
{
	struct round *round = user;
	struct ds_items *items = round->items;
	struct ds_item *item = &items->items[round->batch.which[index]];
	bool conditional = round->batch.requests[index].if_none_match != NULL;

	if (response->status == STATUS_OK) {
		item->fresh.etag = response->etag;
		response->etag = NULL; /* handed over */
	}
	if (response->status == STATUS_OK && response->code == 304 && conditional)
		read_unchanged(items, item);
	else if (response->status == STATUS_OK && response->code == 304)
		ds_item_failed(items, item, STORE_UNAVAILABLE, STAGE_FETCH, STATUS_SYNTAX,
			       "304 without a condition");
	else if (response->status == STATUS_OK && round->whole)
		read_entity(items, item, response);
	else if (response->status == STATUS_OK)
		ds_decode_public_keys(items, item, response);
	else if (!round->whole && response->code == 400)
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
static enum status add_request(struct round *round, size_t which)
{
	struct ds_items *items = round->items;
	struct ds_item *item = &items->items[which];
	struct error error = { "" };
	char *url = NULL;
	enum status status = ds_store_url(items->run, items->level->name, item->name,
					  round->whole ? "" : "/publicKeys", &url, &error);

	if (status == STATUS_LIMIT) {
		item->unasked = true;
		ds_item_failed(items, item, STORE_UNAVAILABLE, STAGE_FETCH, status, error.text);
		return STATUS_OK;
	}
	if (status != STATUS_OK)
		return status;
	struct http_request request = {
		.endpoint = round->whole ? ENDPOINT_DS_CERTIFICATE
					 : ENDPOINT_DS_CERTIFICATE_PUBLIC_KEYS,
		.if_none_match = condition(items, item, round->whole),
		.body_max = HTTP_BODY_ONE_MAX,
	};
	ds_batch_add_take(&round->batch, which, &request, url);
	return STATUS_OK;
}

/* Public keys of all items, or full entities of the protected ones. */
static enum status fetch(struct ds_items *items, bool whole)
{
	struct round round = { .items = items, .whole = whole };
	enum status status = ds_batch_init(&round.batch, items->count);

	for (size_t i = 0; i < items->count && status == STATUS_OK; i++) {
		if (items->items[i].outcome == (whole ? DS_PROTECTED : DS_PENDING))
			status = add_request(&round, i);
	}
	if (status == STATUS_OK)
		ds_batch_get(items->run, &round.batch, fetched, &round);
	ds_batch_release(&round.batch);
	return status;
}

static enum status read_public_keys(struct ds_items *items)
{
	bool may_fetch = items->run->settings->protected_keystores == PROTECTED_FETCH;
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

static void begin(void *items)
{
	ds_items_clear(items);
}

static enum status add_name(void *user, const struct cJSON *element)
{
	struct ds_item *item;

	return ds_items_add(user, element, &item);
}

static enum status add_whole(void *user, const struct cJSON *element)
{
	struct ds_items *items = user;
	struct ds_item *item;
	enum status status = ds_items_add(items, element, &item);

	if (status == STATUS_OK && item != NULL)
		ds_decode_entity(items, item, element);
	return status;
}

static enum status list_items(struct ds_items *items)
{
	struct http_response response = { 0 };
	enum status status;

	if (items->run->settings->collection == COLLECTION_FULL) {
		status = ds_list_paged(items->run, ENDPOINT_DS_CERTIFICATES, items->level->name,
				       "Certificates", begin, add_whole, items, &response);
	} else {
		char *url = NULL;
		status = ds_url(items->run, items->level->name, "Certificates?$select=Name", &url,
				&response.error);
		response.status = status;
		if (status == STATUS_OK)
			status = ds_list(items->run, ENDPOINT_DS_CERTIFICATE_NAMES, url, add_name,
					 items, &response);
		free(url);
	}
	if (status == STATUS_OK)
		items->level->whole |= PART_CERTIFICATES;
	else if (status != STATUS_MEMORY)
		ds_issue(items->run, STAGE_LIST, items->level->name, "certificates", &response);
	/* what was read before a limit was hit is shown; a broken list is not a shorter one */
	if ((items->level->whole & PART_CERTIFICATES) == 0 && response.status != STATUS_LIMIT)
		ds_items_clear(items);
	http_response_release(&response);
	if (items->nameless > 0) {
		/* what has a name is shown; nothing can be said to be missing */
		items->level->whole &= ~(unsigned)PART_CERTIFICATES;
		ds_set_incomplete(items->run, items->level);
		ds_issue_text(items->run, STAGE_LIST, STATUS_SYNTAX, items->level->name,
			      "certificates", "elements without a name were left out");
	}
	return status == STATUS_MEMORY ? status : STATUS_OK;
}

/* Every name answers 404: that is no deletion, the level failed and its old entries stay. */
static void check_all_gone(struct ds_items *items)
{
	size_t gone = 0;

	for (size_t i = 0; i < items->count; i++) {
		if (items->items[i].outcome != DS_GONE && !items->items[i].unasked)
			return;
		gone += items->items[i].outcome == DS_GONE;
	}
	if (gone == 0)
		return;
	items->level->whole &= ~(unsigned)PART_CERTIFICATES;
	ds_issue_text(items->run, STAGE_FETCH, STATUS_HTTP_404, items->level->name, "certificates",
		      "every listed certificate answers 404");
}

static void hand_over(struct ds_items *items)
{
	for (size_t i = 0; i < items->count; i++) {
		struct ds_item *item = &items->items[i];
		if (item->outcome == DS_GONE)
			continue;
		/* an answer that was too large is no reason to forget what is known */
		bool keep = item->outcome == DS_FAILED && item->state == STORE_TOO_LARGE &&
			    item->old != NULL;
		struct source_store *store =
			source_level_add_store(items->level, PART_CERTIFICATES, item->name, "",
					       keep ? item->old->content : item->fresh.content);
		if (item->outcome == DS_FAILED)
			source_store_set_state(store, item->state, item->detail);
		store->auto_renewed =
			string_list_matches(&items->run->config->auto_renewed, item->name);
	}
	items->run->stores += items->count;
}

enum status ds_read_stores(struct ds_run *run, struct source_level *level, struct ds_cache *cache)
{
	struct ds_items items = { .run = run, .level = level, .cache = cache };
	enum status status = list_items(&items);

	if (status == STATUS_OK)
		ds_items_sort(&items);
	if (status == STATUS_OK && run->settings->collection == COLLECTION_PUBLIC_KEYS) {
		status = read_public_keys(&items);
		check_all_gone(&items);
	}
	bool listed = items.count > 0 || (level->whole & PART_CERTIFICATES) != 0;
	if (status == STATUS_OK)
		hand_over(&items);
	if (status == STATUS_OK && listed)
		status = ds_items_remember(&items);
	ds_items_clear(&items);
	free(items.items);
	return status;
}
