/*
 * Labels of certificates (docs/reference/destination-service.md 3.6): one request for each, only
 * where configured. A service that has no labels is not asked again for a while.
 */
#include "source/destination/labels.h"

#include "base/json.h"
#include "source/destination/request.h"
#include "source/destination/url.h"

#define PAUSE_REFRESHES 24 /* a day at the default interval */
#define LABEL_BODY_MAX  ((size_t)64 * 1024)
#define LABELS_MAX      10 /* labels of an entity, and values of a label */

struct labels {
	struct ds_run *run;
	struct source_level *level;
	struct ds_batch batch;
	size_t not_offered;
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
			source_store_add_label(store, key, text);
		}
	}
	return STATUS_OK;
}

static void received(void *user, size_t index, struct http_response *response)
{
	struct labels *labels = user;
	struct source_store *store = &labels->level->stores[labels->batch.which[index]];
	struct cJSON *list = NULL;
	long code = response->code;

	if (response->status == STATUS_OK)
		response->status = json_parse(buf_text(&response->body), response->body.len, &list,
					      &response->error);
	if (response->status == STATUS_OK) {
		response->status = add_labels(store, list);
		if (response->status != STATUS_OK)
			(void)error_set(&response->error, response->status,
					"labels are not as expected");
	}
	if (code == 404 || code == 405 || code == 501) {
		labels->not_offered++;
	} else if (response->status != STATUS_OK) {
		store->labels_unknown = true;
		ds_issue(labels->run, STAGE_LABELS, labels->level->name, store->name, response);
	}
	json_free(list);
	http_response_release(response);
}

/* STATUS_OK or STATUS_MEMORY; a name that cannot be asked for is an issue. */
static enum status add_request(struct labels *labels, size_t which)
{
	struct source_store *store = &labels->level->stores[which];
	const char *level = labels->level->name;
	struct error error = { "" };
	char *url = NULL;
	enum status status = ds_store_url(labels->run, level, store->name, "/labels", &url, &error);

	if (status == STATUS_LIMIT) {
		store->labels_unknown = true;
		ds_issue_text(labels->run, STAGE_LABELS, STATUS_LIMIT, level, store->name,
			      error.text);
		return STATUS_OK;
	}
	if (status == STATUS_OK)
		ds_batch_add_take(
			&labels->batch, which,
			&(struct http_request){ .endpoint = ENDPOINT_DS_CERTIFICATE_LABELS,
						.body_max = LABEL_BODY_MAX },
			url);
	return status;
}

enum status ds_read_labels(struct ds_run *run, struct source_level *level, struct ds_cache *cache)
{
	struct labels labels = { .run = run, .level = level };

	if (cache->labels_pause > 0) {
		cache->labels_pause--;
		return STATUS_OK;
	}
	enum status status = ds_batch_init(&labels.batch, level->store_count);
	for (size_t i = 0; i < level->store_count && status == STATUS_OK; i++) {
		if (level->stores[i].part == PART_CERTIFICATES)
			status = add_request(&labels, i);
	}
	if (status == STATUS_OK)
		ds_batch_get(run, &labels.batch, received, &labels);
	if (labels.not_offered > 0 && labels.not_offered == labels.batch.count)
		cache->labels_pause = PAUSE_REFRESHES;
	ds_batch_release(&labels.batch);
	return status;
}
