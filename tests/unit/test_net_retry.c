/* Retries and batches. That something waits is asserted by a lower bound,
 * less what timers may be early; that nothing waits too long by counts and states, not by a clock.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "net_batch.h"

/* ---- retries ---- */

struct script {
	const char *answers[8]; /* one per request; the last one stays */
};

static bool scripted(struct exchange *x, void *user)
{
	const struct script *script = user;
	unsigned i = 0;

	while (i + 1 < x->number && script->answers[i + 1] != NULL)
		i++;
	reply_raw(x, script->answers[i]);
	return true;
}

#define OK_ANSWER             "HTTP/1.1 200 OK\r\n" JSON "Content-Length: 2\r\n\r\n[]"
#define ANSWER(code, headers) "HTTP/1.1 " code "\r\n" headers "Content-Length: 0\r\n\r\n"

static void test_retry_table(void **state)
{
	static const struct {
		struct script script;
		enum status status;
		unsigned requests;
		uint64_t at_least_ms;
		int64_t retry_after_s;
	} table[] = {
		{ { { ANSWER("500 X", ""), OK_ANSWER } }, STATUS_OK, 2, 250, -1 },
		{ { { ANSWER("502 X", ""), ANSWER("429 X", ""), OK_ANSWER } },
		  STATUS_OK,
		  3,
		  750,
		  -1 },
		{ { { ANSWER("503 X", "") } }, STATUS_HTTP_5XX, 3, 750, -1 },
		{ { { ANSWER("429 X", "") } }, STATUS_HTTP_429, 3, 750, -1 },
		{ { { ANSWER("429 X", "Retry-After: 2\r\n"), OK_ANSWER } },
		  STATUS_OK,
		  2,
		  2000,
		  -1 },
		{ { { ANSWER("503 X", "Retry-After: 1\r\n"), OK_ANSWER } },
		  STATUS_OK,
		  2,
		  1000,
		  -1 },
		/* the server's own clock counts, whatever ours says */
		{ { { ANSWER("503 X", "Date: Tue, 05 Jan 2038 10:00:00 GMT\r\n"
				      "Retry-After: Tue, 05 Jan 2038 10:00:02 GMT\r\n"),
		      OK_ANSWER } },
		  STATUS_OK,
		  2,
		  2000,
		  -1 },
		/* longer than is obeyed inside a refresh */
		{ { { ANSWER("429 X", "Retry-After: 31\r\n"), OK_ANSWER } },
		  STATUS_HTTP_429,
		  1,
		  0,
		  31 },
		{ { { ANSWER("503 X", "Retry-After: 999999\r\n"), OK_ANSWER } },
		  STATUS_HTTP_5XX,
		  1,
		  0,
		  3600 },
		/* nonsense in it is the same as none */
		{ { { ANSWER("429 X", "Retry-After: soon\r\n"), OK_ANSWER } },
		  STATUS_OK,
		  2,
		  250,
		  -1 },
		{ { { ANSWER("400 X", ""), OK_ANSWER } }, STATUS_HTTP_4XX, 1, 0, -1 },
		{ { { ANSWER("401 X", ""), OK_ANSWER } }, STATUS_HTTP_401, 1, 0, -1 },
		{ { { ANSWER("403 X", ""), OK_ANSWER } }, STATUS_HTTP_403, 1, 0, -1 },
		{ { { ANSWER("404 X", ""), OK_ANSWER } }, STATUS_HTTP_404, 1, 0, -1 },
		{ { { ANSWER("501 X", ""), OK_ANSWER } }, STATUS_HTTP_5XX, 1, 0, -1 },
		{ { { ANSWER("302 X", ""), OK_ANSWER } }, STATUS_REDIRECT, 1, 0, -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct fixture f;
		struct script script = table[i].script;
		fixture_begin(&f, scripted, &script);
		enum status status = fixture_get(&f);
		uint64_t ms = fixture_waited_ms(&f);
		if (status != table[i].status || server_requests(f.server) != table[i].requests ||
		    ms < table[i].at_least_ms)
			print_error("row %zu: %s, %u requests, %u ms\n", i, status_name(status),
				    server_requests(f.server), (unsigned)ms);
		assert_int_equal(status, table[i].status);
		assert_int_equal(server_requests(f.server), table[i].requests);
		assert_true(ms >= table[i].at_least_ms);
		assert_int_equal(f.response.retry_after_s, table[i].retry_after_s);
		fixture_end(&f);
	}
}

/* A wait that would be obeyed, but not within what is left of the refresh. */
static void test_wait_beyond_the_refresh(void **state)
{
	struct script script = { { ANSWER("429 X", "Retry-After: 25\r\n"), OK_ANSWER } };
	struct fixture f;

	(void)state;
	fixture_begin(&f, scripted, &script);
	http_session_begin(f.session, clock_mono_ms() + 20000);
	assert_int_equal(fixture_get(&f), STATUS_HTTP_429);
	assert_int_equal(server_requests(f.server), 1);
	assert_int_equal(f.response.retry_after_s, 25);
	fixture_end(&f);
}

static bool slowly(struct exchange *x, void *user)
{
	(void)user;
	sleep_ms(50);
	reply(x, 200, JSON, "[]");
	return true;
}

static void test_parallel(void **state)
{
	struct fixture f;
	struct urls urls;
	struct batch_result result;

	(void)state;
	fixture_begin(&f, slowly, NULL);
	get_batch(&f, &urls, 20, &result);
	for (size_t i = 0; i < 20; i++)
		assert_int_equal(result.status[i], STATUS_OK);
	assert_int_equal(server_requests(f.server), 20);
	assert_int_equal(server_peak(f.server), HTTP_PARALLEL);
	assert_true(server_connections(f.server) <= HTTP_PARALLEL);
	assert_int_equal(fixture_counted(&f, CODE_2XX), 20);
	get_batch(&f, &urls, 0, &result);
	fixture_end(&f);
}

/* Item 0 fails, the others are fine. */
static bool first_fails(struct exchange *x, void *user)
{
	if (strcmp(x->path, "/item/0") == 0)
		reply_raw(x, user);
	else
		reply(x, 200, JSON, "[]");
	return true;
}

static void test_others_go_on(void **state)
{
	struct fixture f;
	struct urls urls;
	struct batch_result result;
	char answer[] = ANSWER("500 X", "");

	(void)state;
	fixture_begin(&f, first_fails, answer);
	get_batch(&f, &urls, 30, &result);
	assert_int_equal(result.status[0], STATUS_HTTP_5XX);
	assert_int_equal(result.order[29], 0); /* the others did not wait for it */
	for (size_t i = 1; i < 30; i++)
		assert_int_equal(result.status[i], STATUS_OK);
	assert_int_equal(server_requests(f.server), 29 + HTTP_TRIES);
	fixture_end(&f);
}

struct pause {
	atomic_ullong refused_ms;
	atomic_uint early; /* requests that came after the refusal and before the pause was over */
};

static bool asks_to_wait(struct exchange *x, void *user)
{
	struct pause *pause = user;

	if (x->number == 1) {
		atomic_store(&pause->refused_ms, clock_mono_ms());
		reply_raw(x, ANSWER("429 X", "Retry-After: 2\r\n"));
		return true;
	}
	unsigned long long refused_ms = atomic_load(&pause->refused_ms);
	uint64_t now_ms = clock_mono_ms();
	if (now_ms < refused_ms + 1900)
		(void)atomic_fetch_add(&pause->early, 1);
	sleep_ms(100); /* so that 30 requests need longer than the first answer */
	reply(x, 200, JSON, "[]");
	return true;
}

static void test_retry_after_pauses_host(void **state)
{
	struct fixture f;
	struct urls urls;
	struct batch_result result;
	struct pause pause = { 0, 0 };

	(void)state;
	fixture_begin(&f, asks_to_wait, &pause);
	get_batch(&f, &urls, 40, &result);
	for (size_t i = 0; i < 40; i++)
		assert_int_equal(result.status[i], STATUS_OK);
	assert_true(atomic_load(&pause.early) < HTTP_PARALLEL); /* they were on their way */
	assert_true(fixture_waited_ms(&f) >= 2000);
	fixture_end(&f);
}

static void test_long_retry_after_ends_host(void **state)
{
	struct fixture f;
	struct urls urls;
	struct batch_result result;
	struct script script = { { ANSWER("429 X", "Retry-After: 600\r\n") } };
	char unavailable[] = ANSWER("503 X", "Retry-After: 600\r\n");

	(void)state;
	fixture_begin(&f, scripted, &script);
	get_batch(&f, &urls, 30, &result);
	for (size_t i = 0; i < 30; i++) {
		assert_int_equal(result.status[i], STATUS_HTTP_429);
		assert_int_equal(result.retry_after_s[i], 600);
	}
	assert_true(server_requests(f.server) <= HTTP_PARALLEL);
	assert_int_equal(fixture_get(&f), STATUS_HTTP_429);
	http_session_begin(f.session, clock_mono_ms() + 200000); /* the next refresh asks again */
	unsigned before = server_requests(f.server);
	assert_int_equal(fixture_get(&f), STATUS_HTTP_429);
	/* one that the end of the host cut off may reach the server late */
	assert_in_range(server_requests(f.server), before + 1, HTTP_PARALLEL + 1);
	fixture_end(&f);

	/* 503 may be the trouble of one item: it hides no other */
	fixture_begin(&f, first_fails, unavailable);
	get_batch(&f, &urls, 10, &result);
	assert_int_equal(result.status[0], STATUS_HTTP_5XX);
	assert_int_equal(result.retry_after_s[0], 600);
	for (size_t i = 1; i < 10; i++)
		assert_int_equal(result.status[i], STATUS_OK);
	fixture_end(&f);
}

/* Each refused password brings an account nearer to being locked. */
static void test_401_ends_host(void **state)
{
	struct fixture f;
	struct urls urls;
	struct batch_result result;
	char refused[] = ANSWER("401 X", "Date: Sun, 22 Nov 2026 01:45:11 GMT\r\n");

	(void)state;
	fixture_begin(&f, answer_always, refused);
	f.request.stop_at_401 = true;
	assert_int_equal(fixture_get(&f), STATUS_HTTP_401);
	assert_int_equal(f.response.tries, 1);
	assert_true(f.response.date_s == 1795311911);
	get_batch(&f, &urls, 20, &result);
	for (size_t i = 0; i < 20; i++)
		assert_int_equal(result.status[i], STATUS_HTTP_401);
	assert_int_equal(server_requests(f.server), 1);
	assert_int_equal(fixture_get(&f), STATUS_HTTP_401);
	assert_int_equal(f.response.tries, 0);
	http_session_begin(f.session, clock_mono_ms() + 200000); /* the next refresh asks again */
	assert_int_equal(fixture_get(&f), STATUS_HTTP_401);
	assert_int_equal(server_requests(f.server), 2);
	fixture_end(&f);
}

static void test_budget(void **state)
{
	struct fixture f;
	struct urls urls;
	struct batch_result result;

	(void)state;
	fixture_begin(&f, answer_good, NULL);
	f.settings.budget = 7;
	fixture_open(&f);
	get_batch(&f, &urls, 10, &result);
	unsigned limited = 0;
	for (size_t i = 0; i < 10; i++)
		limited += result.status[i] == STATUS_LIMIT;
	assert_int_equal(limited, 3);
	assert_int_equal(server_requests(f.server), 7);
	http_session_begin(f.session, clock_mono_ms() + 200000);
	assert_int_equal(fixture_get(&f), STATUS_OK);
	fixture_end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_retry_table),
		cmocka_unit_test(test_wait_beyond_the_refresh),
		cmocka_unit_test(test_parallel),
		cmocka_unit_test(test_others_go_on),
		cmocka_unit_test(test_retry_after_pauses_host),
		cmocka_unit_test(test_long_retry_after_ends_host),
		cmocka_unit_test(test_401_ends_host),
		cmocka_unit_test(test_budget),
	};

	return cmocka_run_group_tests(tests, fixture_set_up, fixture_tear_down);
}
