/* The parts of the Destination service that make no request: addresses, what is remembered, the
 * items of a level. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "source/destination/cache.h"
#include "source/destination/items.h"
#include "source/destination/url.h"

/* -- addresses --------------------------------------------------------------------------------- */

static void test_url(void **state)
{
	static const struct {
		const char *name, *suffix, *path;
	} table[] = {
		{ "a.pem", "/publicKeys", "subaccountCertificates/a.pem/publicKeys" },
		{ "a b'(c)", "", "subaccountCertificates/a%20b%27%28c%29" },
		{ "../x?y#z/\xC3\xA4", "",
		  "subaccountCertificates/..%2Fx%3Fy%23z%2F%C3%A4" }, /* one segment */
		{ "100%", "/labels", "subaccountCertificates/100%25/labels" },
	};
	struct destination_service service = { .credentials.host = (char[]){ "https://d" } };
	struct ds_run run = { .service = &service };
	struct error error = { "" };
	char *url = NULL;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		char wanted[200];
		(void)snprintf(wanted, sizeof(wanted), "https://d/destination-configuration/v1/%s",
			       table[i].path);
		assert_int_equal(ds_store_url(&run, LEVEL_SUBACCOUNT, table[i].name,
					      table[i].suffix, &url, &error),
				 STATUS_OK);
		assert_string_equal(url, wanted);
		free(url);
	}
	assert_int_equal(ds_url(&run, "", "saml2Metadata/certificate", &url, &error), STATUS_OK);
	assert_string_equal(url,
			    "https://d/destination-configuration/v1/saml2Metadata/certificate");
	free(url);
}

static void test_url_limits(void **state)
{
	struct destination_service service = { .credentials.host = (char[]){ "https://d" } };
	struct ds_run run = { .service = &service };
	char name[DS_NAME_MAX + 2];
	char suffix[DS_URL_MAX + 1];
	struct error error = { "" };
	char *url = NULL;

	(void)state;
	memset(name, 'x', sizeof(name));
	name[DS_NAME_MAX + 1] = '\0';
	assert_int_equal(ds_store_url(&run, LEVEL_INSTANCE, name, "", &url, &error), STATUS_LIMIT);
	assert_non_null(strstr(error.text, "1025 bytes"));
	assert_null(url);
	name[DS_NAME_MAX] = '\0';
	assert_int_equal(ds_store_url(&run, LEVEL_INSTANCE, name, "", &url, &error), STATUS_OK);
	free(url);
	url = NULL;
	memset(suffix, 'x', sizeof(suffix));
	suffix[DS_URL_MAX] = '\0';
	assert_int_equal(ds_url(&run, LEVEL_INSTANCE, suffix, &url, &error), STATUS_LIMIT);
	assert_null(url);
}

/* -- what is remembered ------------------------------------------------------------------------ */

static char *copy(const char *text)
{
	char *result = strdup(text);

	assert_non_null(result);
	return result;
}

static void test_cache(void **state)
{
	static char before[] = "A", between[] = "bb", behind[] = "z", last[] = "c";
	struct ds_cache cache = { .labels_pause = 3 };

	(void)state;
	assert_null(ds_cache_find(&cache, last)); /* nothing is remembered */
	cache.items = calloc(3, sizeof(*cache.items));
	assert_non_null(cache.items);
	cache.count = 3;
	cache.items[0].name = copy("a");
	cache.items[1].name = copy("b");
	cache.items[1].etag = copy("tag");
	cache.items[2].name = copy("c");
	assert_int_equal(store_content_new(STORE_FORMAT_PEM, &cache.items[2].content), STATUS_OK);
	assert_null(ds_cache_find(&cache, before));
	assert_null(ds_cache_find(&cache, between));
	assert_null(ds_cache_find(&cache, behind));
	for (size_t i = 0; i < 3; i++)
		assert_ptr_equal(ds_cache_find(&cache, cache.items[i].name), &cache.items[i]);
	ds_cache_release(&cache);
	assert_int_equal(cache.count, 0);
	assert_int_equal(cache.labels_pause, 3);
	assert_null(ds_cache_find(&cache, last));
}

/* -- items ------------------------------------------------------------------------------------- */

struct level_items {
	struct source_config *config;
	struct destination_service service;
	struct ds_run run;
	struct ds_cache cache;
	struct ds_items items;
};

static int begin_items(void **state)
{
	struct level_items *l = calloc(1, sizeof(*l));

	assert_non_null(l);
	l->config = calloc(1, sizeof(*l->config));
	l->config->include.items = calloc(1, sizeof(char *));
	l->config->include.items[0] = copy("*");
	l->config->include.count = 1;
	l->run = (struct ds_run){ .service = &l->service,
				  .config = l->config,
				  .result = source_result_new() };
	l->items = (struct ds_items){ .run = &l->run, .cache = &l->cache };
	l->items.level = source_result_add_level(l->run.result, LEVEL_SUBACCOUNT);
	assert_non_null(l->items.level);
	*state = l;
	return 0;
}

static int end_items(void **state)
{
	struct level_items *l = *state;

	ds_items_clear(&l->items);
	free(l->items.items);
	ds_cache_release(&l->cache);
	source_result_free(l->run.result);
	free(l->config->include.items[0]);
	free(l->config->include.items);
	free(l->config);
	free(l);
	return 0;
}

static struct ds_item *add(struct level_items *l, const char *json, enum status wanted)
{
	struct ds_item *item = NULL;
	struct cJSON *element = NULL;
	struct error error = { "" };

	assert_int_equal(json_parse(json, strlen(json), &element, &error), STATUS_OK);
	assert_int_equal(ds_items_add(&l->items, element, &item), wanted);
	json_free(element);
	return item;
}

static void test_items(void **state)
{
	static char pattern[] = "b*";
	static char *excluded[] = { pattern };
	struct level_items *l = *state;

	l->config->exclude =
		(struct string_list){ .items = (char **)(void *)(uintptr_t)excluded, .count = 1 };
	assert_non_null(add(l, "{\"Name\":\"c\"}", STATUS_OK));
	assert_null(add(l, "{\"Name\":\"bad\"}", STATUS_OK)); /* is not wanted */
	assert_null(add(l, "{\"Name\":\"\"}", STATUS_OK));
	assert_null(add(l, "{\"Name\":{}}", STATUS_OK));
	assert_non_null(add(l, "{\"Name\":\"a\"}", STATUS_OK));
	assert_non_null(add(l, "{\"Name\":\"c\"}", STATUS_OK));
	assert_int_equal(l->items.nameless, 2);
	ds_items_sort(&l->items);
	assert_int_equal(l->items.count, 2);
	assert_string_equal(l->items.items[0].name, "a");
	assert_string_equal(l->items.items[1].name, "c");
	l->run.stores = DS_STORES_MAX - 2; /* of the other level */
	assert_null(add(l, "{\"Name\":\"d\"}", STATUS_LIMIT));
	ds_items_clear(&l->items);
	assert_int_equal(l->items.nameless, 0);
	ds_items_sort(&l->items);
}

/* Names as they will be in the cache: what was read, and what could not be read but was known. */
static void test_remember(void **state)
{
	struct level_items *l = *state;

	for (int round = 0; round < 3; round++) {
		static const char *const names[] = { "{\"Name\":\"failed\"}", "{\"Name\":\"gone\"}",
						     "{\"Name\":\"new-failed\"}",
						     "{\"Name\":\"read\"}" };
		for (size_t i = 0; i < COUNT_OF(names); i++) {
			struct ds_item *item = add(l, names[i], STATUS_OK);
			bool was_read = i == 3 || (round == 0 && i < 2);
			item->outcome = was_read ? DS_READ : i == 1 ? DS_GONE : DS_PENDING;
			if (was_read) {
				item->fresh.etag = copy(round == 0 ? "first" : "second");
				assert_int_equal(
					store_content_new(STORE_FORMAT_PEM, &item->fresh.content),
					STATUS_OK);
			} else if (i != 1) {
				ds_item_failed(&l->items, item, STORE_UNAVAILABLE, STAGE_FETCH,
					       STATUS_TIMEOUT, "");
				assert_string_equal(item->detail, "timeout");
			}
		}
		assert_int_equal(ds_items_remember(&l->items), STATUS_OK);
		ds_items_clear(&l->items);
		assert_int_equal(l->cache.count, round == 0 ? 3 : 2);
		assert_string_equal(l->cache.items[0].name, "failed");
		assert_string_equal(l->cache.items[0].etag, "first"); /* of when it was read */
		assert_string_equal(l->cache.items[l->cache.count - 1].etag,
				    round == 0 ? "first" : "second");
	}
}

/* An unchanged one shares the content of before. */
static void test_take_over(void **state)
{
	static char name[] = "a";
	struct level_items *l = *state;
	struct ds_item item = { .name = name };
	struct ds_cached old = { .name = name };

	struct telemetry *telemetry = telemetry_new();
	l->service.source.context.telemetry = telemetry_source(telemetry, "service", NULL);
	assert_int_equal(store_content_new(STORE_FORMAT_PEM, &old.content), STATUS_OK);
	item.old = &old;
	ds_item_take_over(&l->items, &item);
	assert_int_equal(item.outcome, DS_READ);
	assert_ptr_equal(item.fresh.content, old.content);
	store_content_unref(item.fresh.content);
	store_content_unref(old.content);
	telemetry_free(telemetry);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_url),
		cmocka_unit_test(test_url_limits),
		cmocka_unit_test(test_cache),
		cmocka_unit_test_setup_teardown(test_items, begin_items, end_items),
		cmocka_unit_test_setup_teardown(test_remember, begin_items, end_items),
		cmocka_unit_test_setup_teardown(test_take_over, begin_items, end_items),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
