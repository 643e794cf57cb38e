/* Hosts that do not answer, or too late. That something waits is asserted by a lower bound,
 * less what timers may be early; that nothing waits too long by counts and states, not by a clock.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net_batch.h"

/* ---- hosts that do not answer ---- */

static bool hangs(struct exchange *x, void *user)
{
	(void)user;
	hang(x, 20000);
	return false;
}

/* A port nobody listens on: one that was free a moment ago. */
static void refuse_url(struct fixture *f)
{
	struct server_options options = { .handler = hangs };
	struct server *server = server_start(&options);

	(void)snprintf(f->url, sizeof(f->url), "https://127.0.0.1:%u/", server_port(server));
	server_stop(server);
}

static void test_connect_refused(void **state)
{
	struct fixture f;

	(void)state;
	fixture_begin(&f, answer_good, NULL);
	refuse_url(&f);
	assert_int_equal(fixture_get(&f), STATUS_CONNECT);
	assert_int_equal(f.response.code, 0);
	assert_int_equal(fixture_counted(&f, CODE_NONE), HTTP_TRIES);
	assert_true(fixture_waited_ms(&f) >= 750);
	/* three failures in a row: the host is not asked again in this refresh */
	assert_int_equal(fixture_get(&f), STATUS_CONNECT);
	assert_non_null(strstr(f.response.error.text, "not asked any more"));
	assert_int_equal(fixture_counted(&f, CODE_NONE), HTTP_TRIES);
	http_session_begin(f.session, clock_mono_ms() + 200000);
	assert_int_equal(fixture_get(&f), STATUS_CONNECT);
	assert_int_equal(fixture_counted(&f, CODE_NONE), 2 * HTTP_TRIES);
	fixture_end(&f);
}

static void test_hanging_host_ends_batch(void **state)
{
	struct fixture f;
	struct urls urls;
	struct batch_result result;

	(void)state;
	fixture_begin(&f, hangs, NULL);
	f.settings.timeout_s = 1;
	fixture_open(&f);
	get_batch(&f, &urls, 40, &result);
	for (size_t i = 0; i < 40; i++)
		assert_int_equal(result.status[i], STATUS_TIMEOUT);
	/* the first two failures may each let another one begin, the third ends it */
	assert_true(server_requests(f.server) <= HTTP_PARALLEL + 2);
	assert_true(fixture_waited_ms(&f) >= 1000);
	fixture_end(&f);
}

/* Two hang, then one answers, and so on: never three in a row. */
static bool hangs_at_times(struct exchange *x, void *user)
{
	(void)user;
	if (x->number % 3 != 0) {
		hang(x, 20000);
		return false;
	}
	reply(x, 200, JSON, "[]");
	return true;
}

/* A port where TLS is never answered, nor is a connection accepted. Closed by the caller. */
static int mute_url(struct fixture *f)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
	assert_int_equal(listen(fd, 16), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	(void)snprintf(f->url, sizeof(f->url), "https://127.0.0.1:%u/", ntohs(address.sin_port));
	return fd;
}

/* No connection within connect_timeout is the host's failure: the next request is not sent. */
static void test_connect_timeout(void **state)
{
	struct fixture f;

	(void)state;
	fixture_begin(&f, answer_good, NULL);
	f.settings.connect_timeout_s = 1;
	fixture_open(&f);
	int fd = mute_url(&f);
	assert_int_equal(fixture_get(&f), STATUS_TIMEOUT);
	assert_int_equal(fixture_counted(&f, CODE_NONE), HTTP_TRIES);
	assert_int_equal(fixture_get(&f), STATUS_TIMEOUT);
	assert_non_null(strstr(f.response.error.text, "not asked any more"));
	assert_int_equal(fixture_counted(&f, CODE_NONE), HTTP_TRIES);
	assert_int_equal(close(fd), 0);
	fixture_end(&f);
}

static bool first_hangs(struct exchange *x, void *user)
{
	if (strcmp(x->path, "/item/0") == 0)
		return hangs(x, user);
	reply(x, 200, JSON, "[]");
	return true;
}

/* Three timeouts of one request are that request's; the next one tells. */
static void test_one_request_hangs(void **state)
{
	static const struct {
		bool (*handler)(struct exchange *x, void *user);
		enum status next;
		unsigned requests;
	} table[] = {
		{ first_hangs, STATUS_OK, HTTP_TRIES + 1 },
		{ hangs, STATUS_TIMEOUT, HTTP_TRIES + 1 }, /* no further try, the host is closed */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct fixture f;
		struct urls urls;
		struct batch_result result;
		fixture_begin(&f, table[i].handler, NULL);
		f.settings.timeout_s = 5; /* enough for a good answer */
		fixture_open(&f);
		get_batch(&f, &urls, 1, &result);
		assert_int_equal(result.status[0], STATUS_TIMEOUT);
		assert_int_equal(fixture_get(&f), table[i].next);
		assert_int_equal(server_requests(f.server), table[i].requests);
		fixture_end(&f);
	}
}

static void test_success_resets_circuit(void **state)
{
	struct fixture f;

	(void)state;
	fixture_begin(&f, hangs_at_times, NULL);
	f.settings.timeout_s = 5; /* enough for a good answer */
	fixture_open(&f);
	assert_int_equal(fixture_get(&f), STATUS_OK);
	assert_int_equal(fixture_get(&f), STATUS_OK);
	assert_int_equal(server_requests(f.server), 6);
	assert_int_equal(fixture_counted(&f, CODE_NONE), 4);
	fixture_end(&f);
}

static void test_deadline(void **state)
{
	struct fixture f;
	struct urls urls;
	struct batch_result result;

	(void)state;
	fixture_begin(&f, hangs, NULL);
	http_session_begin(f.session, clock_mono_ms() + 700);
	get_batch(&f, &urls, 10, &result);
	for (size_t i = 0; i < 10; i++)
		assert_int_equal(result.status[i], STATUS_TIMEOUT);
	assert_true(fixture_waited_ms(&f) >= 700);
	assert_int_equal(fixture_get(&f), STATUS_TIMEOUT); /* it is over */
	assert_true(server_requests(f.server) <= HTTP_PARALLEL);
	fixture_end(&f);
}

static bool trickles(struct exchange *x, void *user)
{
	(void)user;
	reply_raw(x, "HTTP/1.1 200 OK\r\n" JSON "Content-Length: 10000\r\n\r\n");
	for (int i = 0; i < 10000 && !server_stopping(x->server); i++) {
		reply_raw(x, " ");
		sleep_ms(50);
	}
	return false;
}

static void test_trickle(void **state)
{
	struct fixture f;

	(void)state;
	fixture_begin(&f, trickles, NULL);
	f.settings.timeout_s = 1;
	fixture_open(&f);
	assert_int_equal(fixture_get(&f), STATUS_TIMEOUT);
	assert_int_equal(server_requests(f.server), HTTP_TRIES);
	assert_true(fixture_waited_ms(&f) >= 3000);
	fixture_end(&f);
}

static void *stop_soon(void *user)
{
	sleep_ms(300);
	atomic_store((atomic_bool *)user, true);
	return NULL;
}

static void test_stop(void **state)
{
	struct fixture f;
	struct urls urls;
	struct batch_result result;
	pthread_t thread;

	(void)state;
	fixture_begin(&f, hangs, NULL);
	assert_int_equal(pthread_create(&thread, NULL, stop_soon, &f.stop), 0);
	get_batch(&f, &urls, 10, &result);
	assert_int_equal(pthread_join(thread, NULL), 0);
	for (size_t i = 0; i < 10; i++)
		assert_int_equal(result.status[i], STATUS_CANCELLED);
	assert_true(fixture_waited_ms(&f) >= 300);
	assert_int_equal(fixture_get(&f), STATUS_CANCELLED);
	fixture_end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_connect_refused),
		cmocka_unit_test(test_hanging_host_ends_batch),
		cmocka_unit_test(test_connect_timeout),
		cmocka_unit_test(test_one_request_hangs),
		cmocka_unit_test(test_success_resets_circuit),
		cmocka_unit_test(test_deadline),
		cmocka_unit_test(test_trickle),
		cmocka_unit_test(test_stop),
	};

	return cmocka_run_group_tests(tests, fixture_set_up, fixture_tear_down);
}
