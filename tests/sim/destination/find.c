/*
 * The calls that applications use at run time: find (v1: the instance first, then the subaccount)
 * and consume (v2: the level is named). An exporter has no reason to call them; they are here so
 * that a test can see it if it does. Tokens of third parties are never fetched. Follows
 * docs/reference/destination-service.md 3.8.
 */
#include <string.h>

#include "destination.h"

static const char missing[] = "Configuration with the specified name was not found";

static bool is_location(const char *key)
{
	static const char *const ends[] = { "KeyStoreLocation", "TrustStoreLocation" };
	size_t len = strlen(key);

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		size_t end = strlen(ends[i]);

		if (len >= end && strcmp(key + len - end, ends[i]) == 0 &&
		    (len == end || key[len - end - 1] == '.'))
			return true;
	}
	return false;
}

/* The key stores that the destination names, as far as its level has them. */
static void add_certificates(struct text *t, const struct level *level, const char *destination)
{
	cJSON *object = cJSON_Parse(destination);
	const cJSON *item;
	const char *comma = "";

	cJSON_ArrayForEach(item, object)
	{
		const struct entity *e;

		if (!cJSON_IsString(item) || !is_location(item->string))
			continue;
		e = entity_find(&level->lists[KIND_CERTIFICATE], item->valuestring);
		if (e == NULL)
			continue;
		text_adds(t, comma);
		text_adds(t, e->head);
		text_adds(t, e->base64);
		text_adds(t, e->tail);
		comma = ",";
	}
	cJSON_Delete(object);
}

static void found(struct request *r, struct reply *reply, const struct tenant *tenant,
		  const struct level *level, const struct entity *e)
{
	struct text *t = &reply->body;

	reply_json(reply, 200, "{");
	if (r->endpoint == ENDPOINT_FIND) {
		text_adds(t, "\"owner\":{\"SubaccountId\":");
		text_add_json(t, tenant->subaccountid);
		text_adds(t, ",\"InstanceId\":");
		text_add_json(t, level == &tenant->subaccount ? NULL : r->details->instance);
		text_adds(t, "},");
	}
	text_adds(t, "\"destinationConfiguration\":");
	text_adds(t, e->head);
	text_adds(t, ",\"certificates\":[");
	add_certificates(t, level, e->head);
	text_adds(t, "],\"authTokens\":[]}");
	reply_header(r, reply, "ETag", e->etag);
}

void find_answer(struct request *r, struct reply *reply, const struct tenant *tenant)
{
	const struct level *levels[2] = { tenant_instance(tenant, r->details->instance),
					  &tenant->subaccount };
	size_t from = 0, to = 2;
	const char *at = r->endpoint == ENDPOINT_CONSUME ? strrchr(r->name, '@') : NULL;

	if (at != NULL) {
		r->name = arena_copy(&r->arena, r->name, (size_t)(at - r->name));
		if (strcmp(at + 1, "subaccount") == 0 || strcmp(at + 1, "provider_subaccount") == 0)
			from = 1;
		else
			to = 1;
	}
	for (size_t i = from; i < to && r->name != NULL; i++) {
		const struct entity *e = entity_find(&levels[i]->lists[KIND_DESTINATION], r->name);

		if (e != NULL) {
			found(r, reply, tenant, levels[i], e);
			return;
		}
	}
	reply_error_message(reply, 404, missing);
}
