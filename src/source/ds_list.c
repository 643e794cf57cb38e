/*
 * Lists of the Destination service (reference section 3.3): in one answer, or by pages. A page that
 * is cut, of the wrong type or not JSON fails the list; it is never a shorter list.
 */
#include <stdlib.h>
#include <string.h>

#include "source/destination_service.h"

/* The elements of one answer. `ret_count`: how many there were. */
static enum status each_element(struct http_response *response, ds_element *element, void *user,
				uint64_t *ret_count)
{
	struct cJSON *list = NULL;
	uint64_t count = 0;
	enum status status =
		json_parse(buf_text(&response->body), response->body.len, &list, &response->error);

	if (status == STATUS_OK && !json_is_array(list))
		status = error_set(&response->error, STATUS_SYNTAX, "not a JSON array");
	if (status == STATUS_OK) {
		json_each (item, list) {
			count++;
			status = element(user, item);
			if (status != STATUS_OK)
				break;
		}
		if (status == STATUS_LIMIT)
			(void)error_set(&response->error, status, "more than %d entries",
					DS_STORES_MAX);
	}
	json_free(list);
	response->status = status;
	*ret_count = count;
	return status;
}

enum status ds_list(struct ds_run *run, enum endpoint endpoint, const char *url,
		    ds_element *element, void *user, struct http_response *ret_response)
{
	uint64_t count;
	enum status status = ds_get(run, endpoint, url, HTTP_BODY_MAX, ret_response);

	return status == STATUS_OK ? each_element(ret_response, element, user, &count) : status;
}

static enum status get_page(struct ds_run *run, enum endpoint endpoint, const char *level,
			    const char *suffix, uint64_t page, struct http_response *ret_response)
{
	struct buf query;

	buf_init(&query, DS_URL_MAX);
	buf_printf(&query, "%s?$page=%llu&$pageSize=%u&$pageCount=true&$entityCount=true", suffix,
		   (unsigned long long)page, run->config->page_size);
	char *url = ds_url(run, level, buf_text(&query));
	buf_release(&query);
	if (url == NULL) {
		memset(ret_response, 0, sizeof(*ret_response));
		ret_response->status = STATUS_MEMORY;
		return STATUS_MEMORY;
	}
	enum status status = ds_get(run, endpoint, url, HTTP_BODY_MAX, ret_response);
	free(url);
	return status;
}

/* Whether this answer was the last page. */
static bool is_last(const struct ds_run *run, const struct http_response *response, uint64_t page,
		    uint64_t count)
{
	if (count == 0 || count < run->config->page_size)
		return true;
	return response->has_page_count && page >= response->page_count;
}

/* One walk; *ret_agrees is false when Entity-Count tells another number than was collected. */
static enum status walk(struct ds_run *run, enum endpoint endpoint, const char *level,
			const char *suffix, ds_element *element, void *user,
			struct http_response *ret_response, bool *ret_agrees)
{
	uint64_t pages_max = DS_STORES_MAX / run->config->page_size + 2;
	uint64_t collected = 0;
	uint64_t announced = 0;
	bool has_announced = false;

	for (uint64_t page = 1;; page++) {
		uint64_t count = 0;
		enum status status = get_page(run, endpoint, level, suffix, page, ret_response);
		bool beyond_end =
			page > 1 && (ret_response->code == 400 || ret_response->code == 404);
		if (status != STATUS_OK && beyond_end) {
			ret_response->status = STATUS_OK;
			break;
		}
		if (status == STATUS_OK)
			status = each_element(ret_response, element, user, &count);
		if (status != STATUS_OK)
			return status;
		collected += count;
		has_announced = ret_response->has_entity_count;
		announced = ret_response->entity_count;
		if (is_last(run, ret_response, page, count))
			break;
		if (page >= pages_max) {
			ret_response->status =
				error_set(&ret_response->error, STATUS_LIMIT,
					  "more than %llu pages", (unsigned long long)pages_max);
			return STATUS_LIMIT;
		}
		http_response_release(ret_response);
	}
	*ret_agrees = !has_announced || announced == collected;
	return STATUS_OK;
}

enum status ds_list_paged(struct ds_run *run, enum endpoint endpoint, const char *level,
			  const char *suffix, void (*begin)(void *user), ds_element *element,
			  void *user, struct http_response *ret_response)
{
	bool agrees = false;
	enum status status = STATUS_OK;

	for (int walks = 0; walks < 2 && !agrees; walks++) {
		if (walks > 0)
			http_response_release(ret_response);
		begin(user);
		status = walk(run, endpoint, level, suffix, element, user, ret_response, &agrees);
		if (status != STATUS_OK)
			return status;
	}
	return STATUS_OK;
}
