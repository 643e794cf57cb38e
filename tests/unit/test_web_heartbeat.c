/* Signs of life: each thread of the server has to go round for one, whatever the others do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "web_fixture.h"

#define TRIES (100 * FIXTURE_PATIENCE_S)

/* True when the server gives a sign of life; the first call of all is never one. */
static bool beats_soon(struct web_fixture *fixture)
{
	struct error error = { "" };

	for (int i = 0; i < TRIES; i++) {
		if (web_server_beats(fixture->server, &error))
			return true;
		(void)usleep(10000);
	}
	return false;
}

/* No sign of life comes while one hangs, and that one is named as soon as all others are in time. A
 * sign that was given before does not count: it is taken first. */
static bool stands_still(struct web_fixture *fixture, const char *blamed)
{
	struct error error = { "" };
	bool named = false;

	(void)web_server_beats(fixture->server, &error);
	for (int i = 0; i < 20 || (i < TRIES && !named); i++) {
		(void)usleep(10000);
		if (web_server_beats(fixture->server, &error))
			return false;
		named = strstr(error.text, blamed) != NULL;
	}
	return named;
}

/* -- a thread that hangs ------------------------------------------------------------------------
 */

static atomic_bool blocked;
static atomic_bool inside;

static void hang(void)
{
	atomic_store(&inside, true);
	while (atomic_load(&blocked))
		(void)usleep(1000);
	atomic_store(&inside, false);
}

static void wait_inside(bool wanted)
{
	for (int i = 0; i < TRIES && atomic_load(&inside) != wanted; i++)
		(void)usleep(10000);
	assert_int_equal(atomic_load(&inside), wanted);
}

static enum status hanging_job(struct render_job *job, struct body **ret_body, struct error *error)
{
	(void)job;
	(void)ret_body;
	(void)error;
	hang();
	return STATUS_CANCELLED;
}

static void job_done(struct render_job *job)
{
	(void)job;
}

static bool hanging_hook(void *user, struct error *error)
{
	(void)user;
	(void)error;
	hang();
	return true;
}

static void test_always(void **state)
{
	struct web_fixture *fixture = *state;
	struct error error = { "" };

	fixture_start(fixture);
	assert_false(web_server_beats(fixture->server, &error));
	for (int i = 0; i < 5; i++)
		assert_true(beats_soon(fixture));
	assert_int_equal(fixture_count(fixture, "other", 400), 0); /* nobody sees a request */
}

static void test_renderers(void **state)
{
	static const char *const blamed[LANE_COUNT] = { "the metrics", "pages", "reloads" };
	struct web_fixture *fixture = *state;
	struct render_job job = { .key = "obstacle", .render = hanging_job, .done = job_done };

	fixture_start(fixture);
	assert_true(beats_soon(fixture));
	for (size_t i = 0; i < LANE_COUNT; i++) {
		atomic_store(&blocked, true);
		renderer_submit(fixture->server->lanes[i].renderer, &job);
		wait_inside(true);
		assert_true(stands_still(fixture, blamed[i]));
		atomic_store(&blocked, false);
		wait_inside(false);
		assert_true(beats_soon(fixture));
	}
}

/* The question about health is answered on the thread of the listener. */
static void test_listener(void **state)
{
	static const char request[] = "GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n";
	struct web_fixture *fixture = *state;

	fixture->hooks.healthy = hanging_hook;
	fixture_start(fixture);
	assert_true(beats_soon(fixture));
	atomic_store(&blocked, true);
	int fd = fixture_connect(fixture);
	assert_int_equal(write(fd, request, strlen(request)), strlen(request));
	wait_inside(true);
	assert_true(stands_still(fixture, "the thread that serves 127.0.0.1:"));
	atomic_store(&blocked, false);
	assert_true(beats_soon(fixture));
	(void)close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WEB_TEST(test_always),
		WEB_TEST(test_renderers),
		WEB_TEST(test_listener),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
