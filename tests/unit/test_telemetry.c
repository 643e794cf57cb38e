/* Counters, histograms, the process facts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/array.h"
#include "telemetry/process.h"
#include "telemetry/telemetry.h"

#define THREADS 4
#define ROUNDS  5000

enum { TOKEN, LIST };
static const char *const words[] = { [TOKEN] = "token", [LIST] = "list" };
static const struct word_list endpoints = { words, COUNT_OF(words) };

static struct telemetry_source_values read_values(struct telemetry_source *source)
{
	struct telemetry_source_values values;

	assert_int_equal(telemetry_source_read(source, &values), STATUS_OK);
	return values;
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(stage_name(STAGE_CONFIG), "config");
	assert_string_equal(stage_name(STAGE_SAML_TRUST), "saml_trust");
	assert_string_equal(stage_name(STAGE_STATE_FILE), "state_file");
	for (int i = 0; i < STAGE_COUNT; i++)
		assert_string_not_equal(stage_name((enum stage)i), "unknown");
}

static void test_code_classes(void **state)
{
	static const struct {
		long code;
		const char *name;
	} table[] = {
		{ 0, "none" },  { -1, "none" },  { 100, "none" },  { 199, "none" }, { 200, "2xx" },
		{ 299, "2xx" }, { 304, "3xx" },  { 404, "4xx" },   { 499, "4xx" },  { 500, "5xx" },
		{ 599, "5xx" }, { 600, "none" }, { 9999, "none" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		assert_string_equal(code_class_name(code_class_of(table[i].code)), table[i].name);
}

static void test_source_counters(void **state)
{
	struct telemetry *telemetry = telemetry_new();

	(void)state;
	assert_non_null(telemetry);
	struct telemetry_source *a = telemetry_source(telemetry, "a", &endpoints);
	struct telemetry_source *b = telemetry_source(telemetry, "b", &endpoints);
	assert_non_null(a);
	assert_ptr_not_equal(a, b);
	assert_ptr_equal(a, telemetry_source(telemetry, "a", &endpoints));

	telemetry_error(a, STAGE_LIST, STATUS_HTTP_5XX);
	telemetry_error(a, STAGE_LIST, STATUS_HTTP_5XX);
	telemetry_error(a, STAGE_DECODE, STATUS_LOGIN_PAGE);
	telemetry_cache(a, true);
	telemetry_cache(a, false);
	telemetry_cache(a, false);
	struct telemetry_source_values values = read_values(a);
	assert_int_equal(values.errors[STAGE_LIST][STATUS_HTTP_5XX], 2);
	assert_int_equal(values.errors[STAGE_DECODE][STATUS_LOGIN_PAGE], 1);
	assert_int_equal(values.errors[STAGE_FETCH][STATUS_HTTP_5XX], 0);
	assert_int_equal(values.cache_hits, 1);
	assert_int_equal(values.cache_misses, 2);
	telemetry_source_values_release(&values);
	values = read_values(b);
	assert_int_equal(values.errors[STAGE_LIST][STATUS_HTTP_5XX], 0);
	telemetry_source_values_release(&values);

	telemetry_error(NULL, STAGE_LIST, STATUS_IO); /* no memory for the source: not counted */
	telemetry_cache(NULL, true);
	telemetry_refresh(NULL, 1);
	telemetry_request(NULL, TOKEN, 200, 1);
	telemetry_free(telemetry);
	telemetry_free(NULL);
}

/* Endpoints are the source's own: as many as its kind has, with its names. */
static void test_endpoints(void **state)
{
	static const struct word_list others = { words + 1, 1 };
	struct telemetry *telemetry = telemetry_new();
	struct telemetry_source *source = telemetry_source(telemetry, "a", &endpoints);
	struct telemetry_source *without = telemetry_source(telemetry, "b", NULL);

	(void)state;
	assert_string_equal(telemetry_endpoint_name(source, TOKEN), "token");
	assert_string_equal(telemetry_endpoint_name(source, LIST), "list");
	assert_string_equal(telemetry_endpoint_name(source, COUNT_OF(words)), "unknown");
	assert_string_equal(telemetry_endpoint_name(without, 0), "unknown");
	assert_string_equal(telemetry_endpoint_name(NULL, 0), "unknown");
	assert_ptr_equal(without, telemetry_source(telemetry, "b", NULL));
	struct telemetry_source_values values = read_values(without);
	assert_int_equal(values.endpoint_count, 0);
	telemetry_source_values_release(&values);

	/* of another kind: nothing of the old one is counted under the names of the new one */
	telemetry_request(source, TOKEN, 200, 1);
	source = telemetry_source(telemetry, "a", &others);
	values = read_values(source);
	assert_int_equal(values.endpoint_count, 1);
	assert_int_equal(values.endpoints[0].duration.count, 0);
	telemetry_source_values_release(&values);
	telemetry_source_values_release(&values); /* once more is fine */
	telemetry_free(telemetry);
}

static void test_histograms(void **state)
{
	struct telemetry *telemetry = telemetry_new();
	struct telemetry_source *source = telemetry_source(telemetry, "a", &endpoints);
	static const double expected[] = { 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600 };

	(void)state;
	telemetry_refresh(source, 0.1); /* the bound belongs to its bucket */
	telemetry_refresh(source, 0.1001);
	telemetry_refresh(source, 700); /* +Inf */
	telemetry_refresh(source, -1);  /* a clock that went wrong counts as 0 */
	telemetry_refresh(source, (double)NAN);
	struct telemetry_source_values values = read_values(source);
	const struct histogram *h = &values.refresh_duration;
	assert_int_equal(h->bound_count, 12);
	assert_memory_equal(h->bounds, expected, sizeof(expected));
	assert_int_equal(h->buckets[0], 3);
	assert_int_equal(h->buckets[1], 1);
	assert_int_equal(h->buckets[12], 1);
	assert_int_equal(h->count, 5);
	assert_true(fabs(h->sum - 700.2001) < 1e-9);
	telemetry_source_values_release(&values);

	telemetry_request(source, LIST, 200, 0.01);
	telemetry_request(source, LIST, 0, 31);
	values = read_values(source);
	h = &values.endpoints[LIST].duration;
	assert_true(h->bounds[0] == 0.01 && h->bounds[h->bound_count - 1] == 30.0);
	assert_int_equal(h->count, 2);
	assert_int_equal(h->buckets[0], 1);
	assert_int_equal(h->buckets[h->bound_count], 1);
	assert_int_equal(values.endpoints[LIST].requests[CODE_2XX], 1);
	assert_int_equal(values.endpoints[LIST].requests[CODE_NONE], 1);
	assert_int_equal(values.endpoints[TOKEN].duration.count, 0);
	telemetry_source_values_release(&values);
	telemetry_free(telemetry);
}

static void test_process_wide(void **state)
{
	struct telemetry *telemetry = telemetry_new();
	struct telemetry_values values;
	char metrics[] = "metrics"; /* another address than the literal */

	(void)state;
	telemetry_read(telemetry, &values);
	assert_false(values.reload_known);
	telemetry_http_request(telemetry, "metrics", 200);
	telemetry_http_request(telemetry, metrics, 200);
	telemetry_http_request(telemetry, "metrics", 503);
	telemetry_scrape(telemetry, 0.002);
	telemetry_reload(telemetry, true, 1000);
	telemetry_reload(telemetry, false, 2000);
	telemetry_read(telemetry, &values);
	assert_int_equal(values.http_request_count, 2);
	assert_int_equal(values.http_requests[0].count, 2);
	assert_int_equal(values.http_requests[1].code, 503);
	assert_int_equal(values.scrape_duration.count, 1);
	assert_true(values.reload_known);
	assert_false(values.reload_successful);
	assert_true(values.reload_success_s == 1000.0);
	for (unsigned code = 0; code < 2 * TELEMETRY_HTTP_MAX; code++)
		telemetry_http_request(telemetry, "other", code);
	telemetry_read(telemetry, &values);
	assert_int_equal(values.http_request_count, TELEMETRY_HTTP_MAX);
	telemetry_free(telemetry);
}

static void *record(void *user)
{
	struct telemetry *telemetry = user;
	struct telemetry_source_values values;

	for (int i = 0; i < ROUNDS; i++) {
		struct telemetry_source *source =
			telemetry_source(telemetry, i % 2 == 0 ? "even" : "odd", &endpoints);
		telemetry_request(source, TOKEN, 200, 0.5);
		telemetry_error(source, STAGE_TOKEN, STATUS_TIMEOUT);
		telemetry_http_request(telemetry, "metrics", 200);
		if (telemetry_source_read(source, &values) != STATUS_OK)
			return user;
		/* a copy is consistent in itself */
		const struct telemetry_endpoint *token = &values.endpoints[TOKEN];
		bool consistent = token->requests[CODE_2XX] == token->duration.count;
		telemetry_source_values_release(&values);
		if (!consistent)
			return user;
	}
	return NULL;
}

static void test_threads(void **state)
{
	struct telemetry *telemetry = telemetry_new();
	struct telemetry_values all;
	pthread_t threads[THREADS];

	(void)state;
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, record, telemetry), 0);
	for (int i = 0; i < THREADS; i++) {
		void *result;
		assert_int_equal(pthread_join(threads[i], &result), 0);
		assert_null(result);
	}
	struct telemetry_source_values values =
		read_values(telemetry_source(telemetry, "even", &endpoints));
	assert_int_equal(values.errors[STAGE_TOKEN][STATUS_TIMEOUT], THREADS * ROUNDS / 2);
	telemetry_source_values_release(&values);
	telemetry_read(telemetry, &all);
	assert_int_equal(all.http_requests[0].count, THREADS * ROUNDS);
	telemetry_free(telemetry);
}

static void test_process_facts(void **state)
{
	struct process_facts before;
	struct process_facts facts;
	struct rlimit limit;

	(void)state;
	process_read(&before);
	FILE *file = fopen("/dev/null", "re");
	assert_non_null(file);
	process_read(&facts);
	(void)fclose(file);
	assert_true(facts.has_cpu_seconds && facts.has_open_fds && facts.has_max_fds);
	assert_true(facts.has_memory && facts.has_virtual_memory_max && facts.has_start_time);
	assert_true(facts.has_threads);
	assert_int_equal(facts.threads, 1);
	assert_int_equal(facts.open_fds, before.open_fds + 1);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_int_equal(facts.max_fds, limit.rlim_cur);
	assert_true(facts.resident_memory_bytes > 100000);
	assert_true(facts.virtual_memory_bytes > facts.resident_memory_bytes);
	assert_true(fabs((double)time(NULL) - facts.start_time_seconds) < 600);
	assert_true(facts.cpu_seconds_total >= 0 && facts.cpu_seconds_total < 600);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_process_facts), /* before any thread was started */
		cmocka_unit_test(test_names),           cmocka_unit_test(test_code_classes),
		cmocka_unit_test(test_source_counters), cmocka_unit_test(test_endpoints),
		cmocka_unit_test(test_histograms),      cmocka_unit_test(test_process_wide),
		cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
