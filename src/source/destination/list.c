/*
 * Lists of the Destination service (docs/reference/destination-service.md 3.3): in one answer, or
 * by pages. A page that is cut, of the wrong type or not JSON fails the list; it is never a shorter
 * list.
 */
#include "source/destination/list.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "config/string_list.h"
#include "source/destination/request.h"
#include "source/destination/url.h"

/* What a page held, without the order of its elements, which may be any. */
struct page {
	uint64_t count;     /* elements */
	uint64_t named;     /* those that have a name */
	uint8_t digest[32]; /* of the sorted names */
};

/* What the pages of one walk held together. */
struct collected {
	struct string_list names; /* with those that came twice */
	uint64_t nameless;
	bool has_total;
	uint64_t total; /* the last Entity-Count of a page */
	bool changed;   /* the pages did not agree on it */
};

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static enum status digest_names(const char *const *names, size_t count, uint8_t ret_digest[32])
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool ok = context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1;

	for (size_t i = 0; i < count && ok; i++) /* with the NUL: "a" "b" is not "ab" */
		ok = EVP_DigestUpdate(context, names[i], strlen(names[i]) + 1) == 1;
	ok = ok && EVP_DigestFinal_ex(context, ret_digest, NULL) == 1;
	EVP_MD_CTX_free(context);
	return ok ? STATUS_OK : STATUS_MEMORY;
}

/* Destinations and certificates call it `Name`; fragments do not come in pages. */
static enum status describe_page(const struct cJSON *list, struct page *page,
				 struct collected *collected)
{
	const char **names = calloc(page->count + 1, sizeof(*names));
	enum status status = STATUS_MEMORY;

	if (names == NULL)
		return STATUS_MEMORY;
	page->named = 0;
	json_each (item, list) {
		const char *name = json_member_text(item, "Name");
		if (name != NULL)
			names[page->named++] = name;
	}
	qsort(names, page->named, sizeof(*names), compare_names);
	status = digest_names(names, page->named, page->digest);
	collected->nameless += page->count - page->named;
	for (size_t i = 0; i < page->named && status == STATUS_OK; i++) {
		if (collected->names.count >= DS_STORES_MAX)
			status = STATUS_LIMIT;
		else if (!string_list_add(&collected->names, names[i]))
			status = STATUS_MEMORY;
	}
	free(names);
	return status;
}

static void take_total(struct collected *collected, const struct http_response *response)
{
	if (!response->has_entity_count)
		return;
	if (collected->has_total && collected->total != response->entity_count)
		collected->changed = true;
	collected->total = response->entity_count;
	collected->has_total = true;
}

static uint64_t count_different(const struct collected *collected)
{
	const struct string_list *names = &collected->names;
	uint64_t different = collected->nameless;

	if (names->count > 0)
		qsort(names->items, names->count, sizeof(*names->items), compare_names);
	for (size_t i = 0; i < names->count; i++)
		different += i == 0 || strcmp(names->items[i - 1], names->items[i]) != 0;
	return different;
}

/* Calls `element` for each element of one answer. `collected` is NULL for a list without pages. */
static enum status each_element(struct http_response *response, ds_element *element, void *user,
				struct collected *collected, struct page *ret_page)
{
	struct cJSON *list = NULL;
	struct page page = { 0 };
	enum status status =
		json_parse(buf_text(&response->body), response->body.len, &list, &response->error);

	if (status == STATUS_OK && !json_is_array(list))
		status = error_set(&response->error, STATUS_SYNTAX, "not a JSON array");
	if (status == STATUS_OK) {
		json_each (item, list) {
			page.count++;
			status = element(user, item);
			if (status != STATUS_OK)
				break;
		}
		if (status == STATUS_OK && collected != NULL) {
			status = describe_page(list, &page, collected);
			*ret_page = page;
		}
		if (status == STATUS_LIMIT)
			(void)error_set(&response->error, status, "more than %d entries",
					DS_STORES_MAX);
	}
	json_free(list);
	response->status = status;
	return status;
}

enum status ds_list(struct ds_run *run, enum ds_endpoint endpoint, const char *url,
		    ds_element *element, void *user, struct http_response *ret_response)
{
	enum status status = ds_get(run, endpoint, url, HTTP_BODY_MAX, ret_response);

	return status == STATUS_OK ? each_element(ret_response, element, user, NULL, NULL) : status;
}

static enum status get_page(struct ds_run *run, enum ds_endpoint endpoint, const char *level,
			    const char *suffix, uint64_t page, struct http_response *ret_response)
{
	struct buf query;

	buf_init(&query, DS_URL_MAX);
	buf_printf(&query, "%s?$page=%llu&$pageSize=%u&$pageCount=true&$entityCount=true", suffix,
		   (unsigned long long)page, run->settings->page_size);
	char *url = NULL;
	memset(ret_response, 0, sizeof(*ret_response));
	enum status status = buf_status(&query);
	if (status == STATUS_OK)
		status = ds_url(run, level, buf_text(&query), &url, &ret_response->error);
	else
		(void)error_set(&ret_response->error, status, "out of memory");
	buf_release(&query);
	ret_response->status = status;
	if (status != STATUS_OK)
		return status;
	status = ds_get(run, endpoint, url, HTTP_BODY_MAX, ret_response);
	free(url);
	return status;
}

/* Whether this answer was the last page. */
static bool is_last(const struct ds_run *run, const struct http_response *response, uint64_t number,
		    const struct page *page)
{
	if (page->count == 0 || page->count < run->settings->page_size)
		return true;
	return response->has_page_count && number >= response->page_count;
}

static bool same_names(const struct page *a, const struct page *b)
{
	return a->named > 0 && a->named == b->named &&
	       memcmp(a->digest, b->digest, sizeof(a->digest)) == 0;
}

/* How a walk ended. */
enum walk_end {
	WALK_WHOLE,
	WALK_DISAGREES, /* Entity-Count says that the list, or its order, changed on the way */
	WALK_TORN,      /* the same, and it is certain that entries were left out */
	WALK_STANDS,    /* a page had the names of the one before: nothing new */
	WALK_FAILED,    /* the response says why */
};

/* Compares what was collected on `pages` pages with Entity-Count; `last` is the last page. */
static enum walk_end compare_total(const struct collected *collected, uint64_t pages,
				   struct http_response *last)
{
	uint64_t different = count_different(collected);
	bool repeated = pages > 1 && different < collected->names.count + collected->nameless;
	bool more_pages = last->has_page_count && last->page_count > pages;

	if (!collected->has_total || (different == collected->total && !collected->changed))
		return WALK_WHOLE;
	if (different >= collected->total || (!repeated && !more_pages))
		return WALK_DISAGREES;
	(void)error_set(&last->error, STATUS_TRUNCATED,
			"the pages left entries out: %llu of %llu came, even the second time; a "
			"larger page_size may help",
			(unsigned long long)different, (unsigned long long)collected->total);
	return WALK_TORN;
}

/* One walk over the pages. */
static enum walk_end walk(struct ds_run *run, enum ds_endpoint endpoint, const char *level,
			  const char *suffix, ds_element *element, void *user,
			  struct collected *collected, struct http_response *ret_response)
{
	uint64_t pages_max = DS_STORES_MAX / run->settings->page_size + 2;
	struct page before = { 0 };
	struct page page = { 0 };

	uint64_t number = 1;

	for (;; number++, before = page) {
		enum status status = get_page(run, endpoint, level, suffix, number, ret_response);
		bool beyond_end =
			number > 1 && (ret_response->code == 400 || ret_response->code == 404);
		if (status != STATUS_OK && beyond_end) {
			ret_response->status = STATUS_OK;
			break;
		}
		if (status == STATUS_OK)
			status = each_element(ret_response, element, user, collected, &page);
		if (status != STATUS_OK)
			return WALK_FAILED;
		if (same_names(&before, &page))
			return WALK_STANDS;
		take_total(collected, ret_response);
		if (is_last(run, ret_response, number, &page))
			break;
		if (number >= pages_max) {
			ret_response->status =
				error_set(&ret_response->error, STATUS_LIMIT,
					  "more than %llu pages", (unsigned long long)pages_max);
			return WALK_FAILED;
		}
		http_response_release(ret_response);
	}
	return compare_total(collected, number, ret_response);
}

enum status ds_list_paged(struct ds_run *run, enum ds_endpoint endpoint, const char *level,
			  const char *suffix, void (*begin)(void *user), ds_element *element,
			  void *user, struct http_response *ret_response)
{
	enum walk_end end = WALK_DISAGREES;

	for (int walks = 0; walks < 2 && end != WALK_WHOLE && end != WALK_FAILED; walks++) {
		if (walks > 0)
			http_response_release(ret_response);
		struct collected collected = { 0 };
		begin(user);
		end = walk(run, endpoint, level, suffix, element, user, &collected, ret_response);
		string_list_release(&collected.names);
	}
	if (end == WALK_TORN)
		ret_response->status = STATUS_TRUNCATED;
	if (end == WALK_STANDS)
		ret_response->status = error_set(
			&ret_response->error, STATUS_LIMIT,
			"the list has no end: a page holds the same names as the one before");
	return ret_response->status;
}
