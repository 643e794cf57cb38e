/* Clients that are many, slow, hostile or still there at the end: what they cost, and that others
 * are served. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "web_fixture.h"

#define MANY 1000 /* an answer of some MB: more than the kernel takes in for a silent reader */

/* A socket from 127.0.0.`host` to the server; `room` limits what it takes in unread, 0: as usual.
 */
static int connect_with(const struct web_fixture *fixture, unsigned host, int room)
{
	struct sockaddr_in from = { .sin_family = AF_INET };
	struct sockaddr_in to = { .sin_family = AF_INET };
	struct timeval patience = { .tv_sec = FIXTURE_PATIENCE_S };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	from.sin_addr.s_addr = htonl(0x7f000000u + host);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	to.sin_port = htons((uint16_t)strtoul(strrchr(fixture->address, ':') + 1, NULL, 10));
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (room > 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	assert_int_equal(bind(fd, (const struct sockaddr *)&from, sizeof(from)), 0);
	assert_int_equal(connect(fd, (const struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

static int connect_from(const struct web_fixture *fixture, unsigned host)
{
	return connect_with(fixture, host, 0);
}

#define FEW_FILES 128 /* 64 connections, 16 of one address */

static void test_one_address_cannot_take_all(void **state)
{
	struct web_fixture *fixture = *state;
	static const char request[] = "GET /-/healthy HTTP/1.1\r\nHost: x\r\n"
				      "Connection: close\r\n\r\n";
	struct rlimit usual;
	struct rlimit few;
	int sockets[FEW_FILES / 2];
	char text[1024];
	size_t served = 0;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &usual), 0);
	few = usual;
	few.rlim_cur = FEW_FILES;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	fixture_start(fixture);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &usual), 0);
	for (size_t i = 0; i < FEW_FILES / 2; i++)
		sockets[i] = connect_from(fixture, 1);
	int other = connect_from(fixture, 2);
	(void)fixture_talk(other, request, strlen(request), text, sizeof(text));
	assert_memory_equal(text, "HTTP/1.1 200", 12);
	(void)close(other);
	for (size_t i = 0; i < FEW_FILES / 2; i++) {
		served += fixture_talk(sockets[i], request, strlen(request), text, sizeof(text)) > 0
				  ? 1
				  : 0;
		(void)close(sockets[i]);
	}
	assert_int_equal(served, FEW_FILES / 2 / 4);
}

/* Connections without a request, or with half of one, make room for who has one. */
static void test_idle_connections_make_room(void **state)
{
	struct web_fixture *fixture = *state;
	static const char half[] = "GET /metrics HTTP/1.1\r\nHost: x\r\n";
	struct rlimit usual;
	struct rlimit few;
	int sockets[2 * FEW_FILES];

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &usual), 0);
	few = usual;
	few.rlim_cur = FEW_FILES;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	fixture_start(fixture);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &usual), 0);
	for (unsigned i = 0; i < 2 * FEW_FILES; i++) {
		sockets[i] = connect_from(fixture, 2 + i % 16);
		if (i % 2 == 0)
			(void)send(sockets[i], half, strlen(half), MSG_NOSIGNAL);
	}
	for (unsigned i = 0; i < 3; i++) {
		struct answer answer;
		get(fixture, "/metrics", &answer);
		assert_int_equal(answer.result, CURLE_OK);
		assert_int_equal(answer.code, 200);
		answer_release(&answer);
	}
	for (unsigned i = 0; i < 2 * FEW_FILES; i++)
		(void)close(sockets[i]);
}

#define PARALLEL 50

static void *scrape(void *user)
{
	struct web_fixture *fixture = user;
	static const char *const gzip[] = { "Accept-Encoding: gzip", NULL };
	uintptr_t good = 0;

	for (int i = 0; i < 4; i++) {
		struct answer answer;
		ask(fixture,
		    &(struct ask){ .path = "/metrics", .headers = i % 2 == 0 ? gzip : NULL },
		    &answer);
		good += answer.result == CURLE_OK && answer.code == 200 ? 1 : 0;
		answer_release(&answer);
	}
	return (void *)good; // NOLINT(performance-no-int-to-ptr)
}

static void test_parallel_scrapes(void **state)
{
	struct web_fixture *fixture = *state;
	pthread_t threads[PARALLEL];
	uintptr_t good = 0;

	fixture->options.max_requests = 0;
	fixture_publish(fixture, 500);
	fixture_start(fixture);
	for (size_t i = 0; i < PARALLEL; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, scrape, fixture), 0);
	for (size_t i = 0; i < PARALLEL; i++) {
		void *result;
		fixture_publish(fixture, 500 + i); /* while it is read */
		assert_int_equal(pthread_join(threads[i], &result), 0);
		good += (uintptr_t)result;
	}
	assert_int_equal(good, 4 * PARALLEL);
	assert_int_equal(atomic_load(&fixture->server->scrapes), 0);
}

/* Asks and reads nothing. */
static void ask_and_sleep(int fd)
{
	static const char request[] = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";

	assert_int_equal(send(fd, request, strlen(request), MSG_NOSIGNAL), strlen(request));
}

static void wait_until(const atomic_uint *value, unsigned wanted)
{
	for (int i = 0; i < 100 * FIXTURE_PATIENCE_S && atomic_load(value) != wanted; i++)
		(void)usleep(10000);
	assert_int_equal(atomic_load(value), wanted);
}

static void wait_for_answers(const struct web_fixture *fixture, uint64_t wanted)
{
	for (int i = 0;
	     i < 100 * FIXTURE_PATIENCE_S && fixture_count(fixture, "/metrics", 200) < wanted; i++)
		(void)usleep(10000);
	assert_int_equal(fixture_count(fixture, "/metrics", 200), wanted);
}

/* A client that takes in some kB and then reads no more. */
static int connect_slow_reader(const struct web_fixture *fixture, unsigned host)
{
	int fd = connect_with(fixture, host, 2048);

	ask_and_sleep(fd);
	return fd;
}

static void scrape_well(const struct web_fixture *fixture)
{
	struct answer answer;

	get(fixture, "/metrics", &answer);
	assert_int_equal(answer.result, CURLE_OK);
	assert_int_equal(answer.code, 200);
	answer_release(&answer);
}

/* -- slots --------------------------------------------------------------------------------------
 */

/* A job that keeps a renderer busy until it may end. */
struct obstacle {
	struct render_job job;
	atomic_bool may_end;
	atomic_uint done;
};

static enum status wait_for_permission(struct render_job *job, struct body **ret_body,
				       struct error *error)
{
	struct obstacle *obstacle = (struct obstacle *)job; /* its first member */

	(void)ret_body;
	(void)error;
	while (!atomic_load(&obstacle->may_end))
		(void)usleep(1000);
	return STATUS_CANCELLED;
}

static void obstacle_done(struct render_job *job)
{
	atomic_store(&((struct obstacle *)job)->done, 1);
}

static void obstacle_put(struct obstacle *obstacle, struct renderer *renderer)
{
	memset(obstacle, 0, sizeof(*obstacle));
	obstacle->job.key = "obstacle";
	obstacle->job.render = wait_for_permission;
	obstacle->job.done = obstacle_done;
	renderer_submit(renderer, &obstacle->job);
}

static void obstacle_remove(struct obstacle *obstacle)
{
	atomic_store(&obstacle->may_end, true);
	wait_until(&obstacle->done, 1);
}

static void test_max_requests(void **state)
{
	struct web_fixture *fixture = *state;
	struct obstacle obstacle;
	struct answer answer;
	int sockets[2];
	char text[64];

	fixture->options.max_requests = 2;
	fixture_start(fixture);
	obstacle_put(&obstacle, fixture->server->scrape_renderer);
	for (size_t i = 0; i < 2; i++) {
		sockets[i] = fixture_connect(fixture);
		ask_and_sleep(sockets[i]);
	}
	wait_until(&fixture->server->scrapes, 2);
	for (size_t i = 0; i < 3; i++) { /* and who is refused takes no slot either */
		get(fixture, "/metrics", &answer);
		assert_int_equal(answer.code, 503);
		assert_string_equal(answer_header(&answer, "Retry-After"), "1");
		answer_release(&answer);
		assert_int_equal(atomic_load(&fixture->server->scrapes), 2);
	}
	get(fixture, "/", &answer); /* and nothing else is held up */
	assert_int_equal(answer.code, 200);
	answer_release(&answer);
	obstacle_remove(&obstacle);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(fixture_read_some(sockets[i], text, 12), 12);
		assert_memory_equal(text, "HTTP/1.1 200", 12);
		(void)close(sockets[i]);
	}
	wait_until(&fixture->server->scrapes, 0);
	scrape_well(fixture);
}

/* Pages and reports have a number of their own. */
static void test_max_reports(void **state)
{
	struct web_fixture *fixture = *state;
	static const char request[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
	struct obstacle obstacle;
	struct answer answer;
	int sockets[REPORTS_MAX];

	fixture_publish(fixture, MANY);
	fixture_start(fixture);
	obstacle_put(&obstacle, fixture->server->report_renderer);
	for (size_t i = 0; i < REPORTS_MAX; i++) {
		sockets[i] = fixture_connect(fixture);
		assert_int_equal(send(sockets[i], request, strlen(request), MSG_NOSIGNAL),
				 strlen(request));
	}
	wait_until(&fixture->server->reports, REPORTS_MAX);
	get(fixture, "/api/v1/stores", &answer);
	assert_int_equal(answer.code, 503);
	answer_release(&answer);
	scrape_well(fixture);
	obstacle_remove(&obstacle);
	wait_until(&fixture->server->reports, 0); /* nobody has read anything */
	get(fixture, "/api/v1/stores", &answer);
	assert_int_equal(answer.code, 200);
	answer_release(&answer);
	for (size_t i = 0; i < REPORTS_MAX; i++)
		(void)close(sockets[i]);
}

#define NEVER 40 /* as many as --web.max-requests has slots */

static void test_who_never_reads_takes_no_slot(void **state)
{
	struct web_fixture *fixture = *state;
	int sockets[NEVER];

	fixture->options.max_requests = NEVER;
	fixture_publish(fixture, MANY);
	fixture_start(fixture);
	for (unsigned i = 0; i < NEVER; i++)
		sockets[i] = connect_slow_reader(fixture, 1);
	wait_for_answers(fixture, NEVER);
	assert_int_equal(atomic_load(&fixture->server->scrapes), 0);
	for (unsigned i = 0; i < 5; i++)
		scrape_well(fixture);
	for (unsigned i = 0; i < NEVER; i++)
		(void)close(sockets[i]);
}

/* -- memory -------------------------------------------------------------------------------------
 */

#define SLOW_READERS 300
#define SLOW_HOSTS   10
#define SOFT         ((size_t)24 * 1024 * 1024)
#define HARD         ((size_t)48 * 1024 * 1024)

/* Each has a body of its own, which would be 1 GB in all. */
static void read_slowly(struct web_fixture *fixture)
{
	int sockets[SLOW_READERS];
	size_t most = 0;

	fixture->limits.bodies_soft_bytes = SOFT;
	fixture->limits.bodies_hard_bytes = HARD;
	fixture_publish(fixture, MANY);
	fixture_start(fixture);
	for (unsigned i = 0; i < SLOW_READERS; i++) {
		uint64_t before = fixture_count(fixture, "/metrics", 200);
		sockets[i] = connect_slow_reader(fixture, 1 + i % SLOW_HOSTS);
		wait_for_answers(fixture, before + 1);
		if (i % 10 == 9)
			scrape_well(fixture);
		size_t bytes = atomic_load(&fixture->server->bodies.bytes);
		most = bytes > most ? bytes : most;
	}
	assert_in_range(most, SOFT / 2, HARD + HARD / 4); /* looked at before each is made */
	assert_int_equal(fixture_count(fixture, "/metrics", 503), 0);
	for (unsigned i = 0; i < SLOW_READERS; i++)
		(void)close(sockets[i]);
}

static void test_slow_readers_share_a_bound(void **state)
{
	struct web_fixture *fixture = *state;

	fixture->limits.slow_reader_ms = 0;
	read_slowly(fixture);
}

/* Those who come too fast to be slow yet. */
static void test_hurried_readers_share_a_bound(void **state)
{
	struct web_fixture *fixture = *state;

	fixture->limits.slow_reader_ms = UINT64_MAX;
	fixture->limits.hurried_reader_ms = 0;
	read_slowly(fixture);
}

/* How much of an answer is still to come when `text` has been read. */
static size_t rest_of(const char *text, size_t len)
{
	const char *length = strstr(text, "Content-Length: ");
	const char *body = strstr(text, "\r\n\r\n");

	assert_non_null(length);
	assert_non_null(body);
	size_t wanted = (size_t)strtoull(length + strlen("Content-Length: "), NULL, 10);
	return wanted - (len - (size_t)(body + 4 - text));
}

static size_t discard(int fd, size_t size)
{
	static char text[1 << 16];
	size_t got = 0;

	while (got < size) {
		size_t part = size - got < sizeof(text) ? size - got : sizeof(text);
		size_t len = fixture_read_some(fd, text, part);
		got += len;
		if (len < part)
			break;
	}
	return got;
}

/* The one that reads is older, but has taken more: it stays. */
static void test_the_slowest_is_cut_first(void **state)
{
	struct web_fixture *fixture = *state;
	static char text[1 << 20];
	int slow[3];

	fixture_publish(fixture, MANY);
	fixture_start(fixture);
	int reader = connect_from(fixture, 1);
	ask_and_sleep(reader);
	wait_for_answers(fixture, 1);
	for (unsigned i = 0; i < 3; i++) {
		slow[i] = connect_slow_reader(fixture, 2);
		wait_for_answers(fixture, 2 + i);
	}
	size_t one = atomic_load(&fixture->server->bodies.bytes) / 4;
	assert_int_equal(fixture_read_some(reader, text, sizeof(text) - 1), sizeof(text) - 1);
	clients_cut_slowest(fixture->server->clients, 0, 3 * one);
	size_t rest = rest_of(text, sizeof(text) - 1);
	assert_int_equal(discard(reader, rest), rest);
	(void)close(reader);
	for (unsigned i = 0; i < 3; i++) {
		assert_in_range(discard(slow[i], one), 1, one - 1);
		(void)close(slow[i]);
	}
}

/* -- deadlines ----------------------------------------------------------------------------------
 */

static void test_slow_reader_is_cut(void **state)
{
	struct web_fixture *fixture = *state;
	struct answer answer;

	fixture->limits.clients.request_ms = 500;
	fixture_publish(fixture, MANY);
	fixture_start(fixture);
	int fd = connect_slow_reader(fixture, 1);
	wait_for_answers(fixture, 1);
	for (int i = 0;
	     i < 100 * FIXTURE_PATIENCE_S && atomic_load(&fixture->server->bodies.bytes) > 0; i++)
		(void)usleep(10000);
	assert_int_equal(atomic_load(&fixture->server->bodies.bytes), 0);
	(void)close(fd);
	get(fixture, "/-/healthy", &answer);
	assert_int_equal(answer.code, 200);
	answer_release(&answer);
}

static void test_slow_sender_is_cut(void **state)
{
	struct web_fixture *fixture = *state;
	char text[256];

	fixture->limits.clients.idle_ms = 500;
	fixture_start(fixture);
	int fd = fixture_connect(fixture);
	int sent = 0;
	while (sent < 1000 && send(fd, "G", 1, MSG_NOSIGNAL) == 1) {
		sent++;
		(void)usleep(50000);
	}
	assert_in_range(sent, 1, 999);
	(void)fixture_talk(fd, "", 0, text, sizeof(text));
	(void)close(fd);
}

static void *scrape_until_stopped(void *user)
{
	struct web_fixture *fixture = user;

	for (int i = 0; i < 200; i++) {
		struct answer answer;
		ask(fixture, &(struct ask){ .path = "/metrics" }, &answer);
		bool stopped = answer.result != CURLE_OK;
		bool odd = answer.result == CURLE_PARTIAL_FILE;
		answer_release(&answer);
		if (odd)
			return user;
		if (stopped)
			break;
	}
	return NULL;
}

static void test_stop_while_serving(void **state)
{
	struct web_fixture *fixture = *state;
	pthread_t threads[8];

	fixture_publish(fixture, MANY);
	fixture_start(fixture);
	for (size_t i = 0; i < 8; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, scrape_until_stopped, fixture),
				 0);
	(void)usleep(200000);
	struct web_server *server = fixture->server;
	fixture->server = NULL;
	web_server_stop(server, 1000 * FIXTURE_PATIENCE_S);
	for (size_t i = 0; i < 8; i++) {
		void *result;
		assert_int_equal(pthread_join(threads[i], &result), 0);
		assert_null(result); /* no answer was cut in the middle */
	}
}

static void test_stop_does_not_wait_for_ever(void **state)
{
	struct web_fixture *fixture = *state;

	fixture->limits.inactivity_s = 1000000; /* nothing else would end it */
	fixture->limits.clients.request_ms = UINT64_MAX;
	fixture_publish(fixture, MANY);
	fixture_start(fixture);
	int fd = connect_slow_reader(fixture, 1);
	wait_for_answers(fixture, 1);
	web_server_stop(fixture->server, 200);
	fixture->server = NULL;
	(void)close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WEB_TEST(test_one_address_cannot_take_all),
		WEB_TEST(test_idle_connections_make_room),
		WEB_TEST(test_parallel_scrapes),
		WEB_TEST(test_max_requests),
		WEB_TEST(test_max_reports),
		WEB_TEST(test_who_never_reads_takes_no_slot),
		WEB_TEST(test_slow_readers_share_a_bound),
		WEB_TEST(test_hurried_readers_share_a_bound),
		WEB_TEST(test_the_slowest_is_cut_first),
		WEB_TEST(test_slow_reader_is_cut),
		WEB_TEST(test_slow_sender_is_cut),
		WEB_TEST(test_stop_while_serving),
		WEB_TEST(test_stop_does_not_wait_for_ever),
	};

	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
