/*
 * Labels of certificates (docs/reference/destination-service.md 3.6): one request for each, only
 * where configured. A service that has no labels is not asked again for a while.
 */
#include <stdlib.h>
#include <string.h>

#include "source/destination/run.h"

#define PAUSE_REFRESHES 24 /* a day at the default interval */
#define LABEL_BODY_MAX  ((size_t)64 * 1024)
#define LABELS_MAX      10 /* labels of an entity, and values of a label */

struct labels {
	struct ds_run *run;
	struct source_level *level;
	size_t *which; /* request -> store */
	size_t count;
	size_t not_offered;
	enum status status;
};

static enum status add_labels(struct source_store *store, const struct cJSON *list)
{
	size_t keys = 0;

	if (!json_is_array(list))
		return STATUS_SYNTAX;
	json_each (label, list) {
		const char *key = json_member_text(label, "key");
		size_t values = 0;
		if (key == NULL)
			return STATUS_SYNTAX;
		if (++keys > LABELS_MAX)
			return STATUS_LIMIT;
		json_each (value, json_member(label, "values")) {
			const char *text = json_text(value);
			if (text == NULL)
				return STATUS_SYNTAX;
			if (++values > LABELS_MAX)
				return STATUS_LIMIT;
			if (source_store_add_label(store, key, text) != STATUS_OK)
				return STATUS_MEMORY;
		}
	}
	return STATUS_OK;
}

static void received(void *user, size_t index, struct http_response *response)
{
	struct labels *labels = user;
	struct source_store *store = &labels->level->stores[labels->which[index]];
	struct cJSON *list = NULL;
	long code = response->code;

	if (response->status == STATUS_OK)
		response->status = json_parse(buf_text(&response->body), response->body.len, &list,
					      &response->error);
	if (response->status == STATUS_OK) {
		response->status = add_labels(store, list);
		if (response->status == STATUS_SYNTAX || response->status == STATUS_LIMIT)
			(void)error_set(&response->error, response->status,
					"labels are not as expected");
	}
	if (code == 404 || code == 405 || code == 501) {
		labels->not_offered++;
	} else if (response->status != STATUS_OK) {
		store->labels_unknown = true;
		if (ds_issue(labels->run, STAGE_LABELS, labels->level->name, store->name,
			     response) != STATUS_OK)
			labels->status = STATUS_MEMORY;
	}
	json_free(list);
	http_response_release(response);
}

enum status ds_read_labels(struct ds_run *run, struct source_level *level, struct ds_cache *cache)
{
	struct labels labels = { .run = run, .level = level };
	struct http_request *requests = NULL;
	char **urls = NULL;

	if (cache->labels_pause > 0) {
		cache->labels_pause--;
		return STATUS_OK;
	}
	labels.status = STATUS_MEMORY;
	labels.which = calloc(level->store_count + 1, sizeof(*labels.which));
	requests = calloc(level->store_count + 1, sizeof(*requests));
	urls = calloc(level->store_count + 1, sizeof(*urls));
	if (labels.which == NULL || requests == NULL || urls == NULL)
		goto out;
	labels.status = STATUS_OK;
	for (size_t i = 0; i < level->store_count; i++) {
		if (level->stores[i].part != PART_CERTIFICATES)
			continue;
		struct error error = { "" };
		labels.status = ds_store_url(run, level->name, level->stores[i].name, "/labels",
					     &urls[labels.count], &error);
		if (labels.status == STATUS_LIMIT) {
			level->stores[i].labels_unknown = true;
			labels.status = ds_issue_text(run, STAGE_LABELS, STATUS_LIMIT, level->name,
						      level->stores[i].name, error.text);
			if (labels.status == STATUS_OK)
				continue;
		}
		if (labels.status != STATUS_OK)
			goto out;
		requests[labels.count] = (struct http_request){
			.endpoint = ENDPOINT_CERTIFICATE_LABELS,
			.url = urls[labels.count],
			.body_max = LABEL_BODY_MAX,
		};
		labels.which[labels.count++] = i;
	}
	ds_get_many(run, requests, labels.count, received, &labels);
	if (labels.count > 0 && labels.not_offered == labels.count)
		cache->labels_pause = PAUSE_REFRESHES;
out:
	for (size_t i = 0; i < labels.count; i++)
		free(urls[i]);
	free(urls);
	free(requests);
	free(labels.which);
	return labels.status;
}
