/* The web server as clients meet it: formats, methods, codes, limits, and what hostile clients do.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <zlib.h>

#include "base/clock.h"
#include "web_fixture.h"

#define MANY 1000 /* an answer of some MB: more than the kernel takes in for a silent reader */

#define TEXT_TYPE "text/plain; version=0.0.4; charset=utf-8"
#define OPEN_TYPE "application/openmetrics-text; version=1.0.0; charset=utf-8"

static int set_up(void **state)
{
	struct web_fixture *fixture = calloc(1, sizeof(*fixture));

	fixture_init(fixture);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	fixture_stop(*state);
	free(*state);
	return 0;
}

static void test_metrics(void **state)
{
	struct web_fixture *fixture = *state;
	static const char *const open[] = { "Accept: application/openmetrics-text;version=1.0.0",
					    NULL };
	struct answer answer;

	fixture_start(fixture);
	get(fixture, "/metrics", &answer);
	assert_int_equal(answer.code, 200);
	assert_string_equal(answer_header(&answer, "Content-Type"), TEXT_TYPE);
	assert_string_equal(answer_header(&answer, "Vary"), "Accept, Accept-Encoding");
	assert_int_equal(strtol(answer_header(&answer, "Content-Length"), NULL, 10), answer.len);
	assert_null(answer_header(&answer, "Content-Encoding"));
	assert_non_null(strstr(answer.body, "btp_certificate_expiry_timestamp_seconds{"));
	answer_release(&answer);
	ask(fixture, &(struct ask){ .path = "/metrics", .headers = open }, &answer);
	assert_string_equal(answer_header(&answer, "Content-Type"), OPEN_TYPE);
	assert_string_equal(answer.body + answer.len - 6, "# EOF\n");
	answer_release(&answer);
	assert_int_equal(fixture_count(fixture, "/metrics", 200), 2);
	struct telemetry_values values;
	telemetry_read(fixture->telemetry, &values);
	assert_int_equal(values.scrape_duration.count, 2);
}

/* The plain bytes of a gzip stream. */
static char *inflated(const struct answer *answer, size_t *ret_len)
{
	z_stream stream = { 0 };
	size_t room = answer->len * 100 + 1000;
	char *plain = malloc(room);

	assert_non_null(plain);
	assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK);
	stream.next_in = (Bytef *)answer->body;
	stream.avail_in = (uInt)answer->len;
	stream.next_out = (Bytef *)plain;
	stream.avail_out = (uInt)room;
	assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
	assert_int_equal(stream.avail_in, 0);
	*ret_len = stream.total_out;
	(void)inflateEnd(&stream);
	return plain;
}

static void test_gzip(void **state)
{
	struct web_fixture *fixture = *state;
	static const char *const gzip[] = { "Accept-Encoding: gzip", NULL };
	static const char *const refused[] = { "Accept-Encoding: gzip;q=0, identity", NULL };
	struct answer plain;
	struct answer packed;
	size_t len;

	fixture_start(fixture);
	get(fixture, "/api/v1/sources", &plain);
	ask(fixture, &(struct ask){ .path = "/api/v1/sources", .headers = gzip }, &packed);
	assert_string_equal(answer_header(&packed, "Content-Encoding"), "gzip");
	assert_int_equal(strtol(answer_header(&packed, "Content-Length"), NULL, 10), packed.len);
	char *text = inflated(&packed, &len);
	assert_int_equal(len, plain.len);
	free(text);
	answer_release(&packed);
	ask(fixture, &(struct ask){ .path = "/metrics", .headers = gzip }, &packed);
	text = inflated(&packed, &len);
	assert_true(len > packed.len);
	assert_memory_equal(text, "# HELP ", 7);
	free(text);
	answer_release(&packed);
	ask(fixture, &(struct ask){ .path = "/metrics", .headers = refused }, &packed);
	assert_null(answer_header(&packed, "Content-Encoding"));
	answer_release(&packed);
	answer_release(&plain);
}

static void test_methods(void **state)
{
	struct web_fixture *fixture = *state;
	static const char *const gzip[] = { "Accept-Encoding: gzip", NULL };
	static const struct {
		const char *path, *method, *allow;
		long code;
	} table[] = {
		{ "/metrics", "POST", "GET, HEAD", 405 },
		{ "/metrics", "DELETE", "GET, HEAD", 405 },
		{ "/metrics", "OPTIONS", "GET, HEAD", 405 },
		{ "/", "PUT", "GET, HEAD", 405 },
		{ "/api/v1/certificates", "POST", "GET, HEAD", 405 },
		{ "/-/healthy", "POST", "GET, HEAD", 405 },
		{ "/-/reload", "GET", "POST", 405 },
		{ "/-/refresh", "PURGE", "POST", 405 },
		{ "/nothing", "GET", NULL, 404 },
		{ "/nothing", "POST", NULL, 404 },
		{ "/metrics/", "GET", NULL, 404 },
		{ "/METRICS", "GET", NULL, 404 },
		{ "/-/ready", "GET", NULL, 200 },
		{ "/-/reload", "POST", NULL, 403 },
		{ "/-/refresh", "POST", NULL, 403 },
	};
	static const char *const paths[] = { "/metrics", "/", "/api/v1/stores", "/-/healthy",
					     "/nothing" };
	struct answer answer;

	fixture_start(fixture);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		ask(fixture, &(struct ask){ .path = table[i].path, .method = table[i].method },
		    &answer);
		assert_int_equal(answer.code, table[i].code);
		const char *allow = answer_header(&answer, "Allow");
		assert_true((allow == NULL) == (table[i].allow == NULL));
		if (allow != NULL)
			assert_string_equal(allow, table[i].allow);
		assert_true(answer.len > 5 && answer.body[answer.len - 1] == '\n');
		answer_release(&answer);
	}
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct answer head;
		char length[32];
		struct ask what = { .path = paths[i], .headers = gzip };
		ask(fixture, &what, &answer);
		what.method = "HEAD";
		ask(fixture, &what, &head);
		assert_int_equal(head.code, answer.code);
		assert_int_equal(head.len, 0);
		(void)snprintf(length, sizeof(length), "%s",
			       answer_header(&head, "Content-Length"));
		assert_true(strtol(length, NULL, 10) > 0);
		if (strcmp(paths[i], "/metrics") != 0) /* counts its own answers */
			assert_string_equal(length, answer_header(&answer, "Content-Length"));
		answer_release(&head);
		answer_release(&answer);
	}
	assert_int_equal(fixture_count(fixture, "other", 404), 6);
	assert_int_equal(fixture_count(fixture, "/-/reload", 403), 1);
}

static void test_health(void **state)
{
	struct web_fixture *fixture = *state;
	static char probes[] = "127.0.0.1:0";
	struct answer answer;

	fixture->options.health_listen_address = probes;
	fixture_start(fixture);
	const char *address = web_server_address(fixture->server, 1);
	assert_non_null(address);
	assert_null(web_server_address(fixture->server, 2));
	atomic_store(&fixture->ready, false);
	get(fixture, "/-/ready", &answer);
	assert_int_equal(answer.code, 503);
	assert_string_equal(answer.body, "Not ready: source \"prod\" has not been tried\n");
	answer_release(&answer);
	atomic_store(&fixture->healthy, false);
	ask(fixture, &(struct ask){ .path = "/-/healthy", .address = address }, &answer);
	assert_int_equal(answer.code, 503);
	answer_release(&answer);
	atomic_store(&fixture->healthy, true);
	ask(fixture, &(struct ask){ .path = "/-/healthy", .address = address }, &answer);
	assert_int_equal(answer.code, 200);
	answer_release(&answer);
	ask(fixture, &(struct ask){ .path = "/metrics", .address = address }, &answer);
	assert_int_equal(answer.code, 404);
	answer_release(&answer);
}

static void test_lifecycle(void **state)
{
	struct web_fixture *fixture = *state;
	struct answer answer;

	fixture->options.enable_lifecycle = true;
	fixture_start(fixture);
	ask(fixture, &(struct ask){ .path = "/-/reload", .method = "POST", .body = "x" }, &answer);
	assert_int_equal(answer.code, 200);
	answer_release(&answer);
	atomic_store(&fixture->reload_works, false);
	ask(fixture, &(struct ask){ .path = "/-/reload", .method = "POST", .body = "" }, &answer);
	assert_int_equal(answer.code, 500);
	assert_string_equal(answer.body, "Reload failed: config.yml:3: what a mess\n");
	answer_release(&answer);
	ask(fixture, &(struct ask){ .path = "/-/refresh", .method = "POST" }, &answer);
	assert_int_equal(answer.code, 202);
	answer_release(&answer);
	ask(fixture, &(struct ask){ .path = "/-/refresh" }, &answer);
	assert_int_equal(answer.code, 405);
	answer_release(&answer);
	assert_int_equal(atomic_load(&fixture->reloads), 2);
	assert_int_equal(atomic_load(&fixture->refreshes), 1);
}

static void test_api(void **state)
{
	struct web_fixture *fixture = *state;
	static const char *const csv[] = { "Accept: text/csv", NULL };
	static const char *const bad[] = {
		"/api/v1/certificates?status=fine",
		"/api/v1/certificates?type=none",
		"/api/v1/certificates?within=30",
		"/api/v1/certificates?within=-1d",
		"/api/v1/certificates?format=xml",
		"/api/v1/certificates?sorce=prod",
		"/api/v1/certificates?source=a&source=b",
		"/api/v1/stores?format=csv",
		"/api/v1/sources?source=prod",
	};
	struct answer answer;

	fixture_start(fixture);
	get(fixture, "/api/v1/certificates?status=expired&source=prod&type=&within=30d", &answer);
	assert_int_equal(answer.code, 200);
	assert_string_equal(answer_header(&answer, "Content-Type"), "application/json");
	assert_string_equal(answer_header(&answer, "Cache-Control"), "no-cache");
	assert_non_null(strstr(answer.body, "\"certificates\""));
	answer_release(&answer);
	ask(fixture, &(struct ask){ .path = "/api/v1/certificates", .headers = csv }, &answer);
	assert_memory_equal(answer_header(&answer, "Content-Type"), "text/csv", 8);
	answer_release(&answer);
	get(fixture, "/api/v1/certificates?format=csv", &answer);
	assert_memory_equal(answer_header(&answer, "Content-Type"), "text/csv", 8);
	answer_release(&answer);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		get(fixture, bad[i], &answer);
		assert_int_equal(answer.code, 400);
		assert_memory_equal(answer.body, "Parameter \"", 11);
		answer_release(&answer);
	}
}

static void test_etag(void **state)
{
	struct web_fixture *fixture = *state;
	struct answer answer;
	char header[200];
	const char *const headers[] = { header, NULL };

	assert_int_equal(setenv("BTP_CERT_EXPORTER_NOW", "1767225600", 1), 0); /* same second */
	fixture_start(fixture);
	get(fixture, "/api/v1/certificates", &answer);
	(void)snprintf(header, sizeof(header), "If-None-Match: \"x\", %s",
		       answer_header(&answer, "ETag"));
	answer_release(&answer);
	ask(fixture, &(struct ask){ .path = "/api/v1/certificates", .headers = headers }, &answer);
	assert_int_equal(answer.code, 304);
	assert_int_equal(answer.len, 0);
	assert_non_null(answer_header(&answer, "ETag"));
	answer_release(&answer);
	ask(fixture, &(struct ask){ .path = "/api/v1/stores", .headers = headers }, &answer);
	assert_int_equal(answer.code, 200);
	answer_release(&answer);
	assert_int_equal(unsetenv("BTP_CERT_EXPORTER_NOW"), 0);
}

static void test_page(void **state)
{
	struct web_fixture *fixture = *state;
	struct answer answer;

	fixture_start(fixture);
	get(fixture, "/", &answer);
	assert_int_equal(answer.code, 200);
	assert_string_equal(answer_header(&answer, "Content-Type"), "text/html; charset=utf-8");
	const char *csp = answer_header(&answer, "Content-Security-Policy");
	assert_non_null(strstr(csp, "default-src 'none'"));
	assert_non_null(strstr(csp, "script-src 'sha256-"));
	assert_null(strstr(csp, "unsafe"));
	assert_string_equal(answer_header(&answer, "X-Content-Type-Options"), "nosniff");
	assert_non_null(strstr(answer.body, "ERP_&lt;b&gt;&quot;PROD&quot;"));
	assert_null(strstr(answer.body, "ERP_<b>"));
	assert_non_null(strstr(answer.body, "Example &lt;AG&gt; &amp; Co"));
	assert_null(strstr(answer.body, "style=\""));
	assert_null(strstr(answer.body, "http://"));
	assert_null(strstr(answer.body, "https://"));
	answer_release(&answer);
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

/* Reads an answer to its end without taking more than the header of it. */
static void ask_and_sleep(int fd)
{
	static const char request[] = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";

	assert_int_equal(send(fd, request, strlen(request), MSG_NOSIGNAL), strlen(request));
}

static void wait_until(const atomic_uint *value, unsigned wanted)
{
	for (int i = 0; i < 1000 && atomic_load(value) != wanted; i++)
		(void)usleep(10000);
	assert_int_equal(atomic_load(value), wanted);
}

static void test_max_requests(void **state)
{
	struct web_fixture *fixture = *state;
	int sockets[2];
	struct answer answer;

	fixture->options.max_requests = 2;
	fixture_publish(fixture, MANY);
	fixture_start(fixture);
	for (size_t i = 0; i < 2; i++) {
		int small = 4096;
		sockets[i] = fixture_connect(fixture);
		(void)setsockopt(sockets[i], SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
		ask_and_sleep(sockets[i]);
	}
	wait_until(&fixture->server->scrapes, 2);
	get(fixture, "/metrics", &answer);
	assert_int_equal(answer.code, 503);
	assert_string_equal(answer_header(&answer, "Retry-After"), "1");
	answer_release(&answer);
	get(fixture, "/-/healthy", &answer); /* and nothing else is held up */
	assert_int_equal(answer.code, 200);
	answer_release(&answer);
	for (size_t i = 0; i < 2; i++)
		(void)close(sockets[i]);
	wait_until(&fixture->server->scrapes, 0);
	get(fixture, "/metrics", &answer);
	assert_int_equal(answer.code, 200);
	answer_release(&answer);
}

static void test_slow_reader_is_cut(void **state)
{
	struct web_fixture *fixture = *state;
	struct answer answer;

	fixture->limits.clients.request_ms = 500;
	fixture_publish(fixture, MANY);
	fixture_start(fixture);
	int fd = fixture_connect(fixture);
	ask_and_sleep(fd);
	wait_until(&fixture->server->scrapes, 1);
	wait_until(&fixture->server->scrapes, 0); /* its deadline is over */
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
	uint64_t start_ms = clock_mono_ms();
	for (int i = 0; i < 100; i++) {
		if (send(fd, "G", 1, MSG_NOSIGNAL) != 1)
			break;
		(void)usleep(50000);
	}
	assert_true(clock_mono_ms() - start_ms < 4500);
	(void)fixture_talk(fd, "", 0, text, sizeof(text));
	(void)close(fd);
}

static void test_garbage(void **state)
{
	struct web_fixture *fixture = *state;
	static const struct {
		const char *text;
		const char *start; /* of the answer; NULL: any, or none */
	} table[] = {
		{ "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400" }, /* no Host */
		{ "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 TLS to a plain port\r\n\r\n",
		  NULL },
		{ "GET\r\n\r\n", NULL },
		{ "\r\n\r\n\r\n\r\n", NULL },
		{ "GET /metrics HTTP/9.9\r\nHost: x\r\n\r\n", NULL },
		{ "GET /%zz%00%ff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
		  "HTTP/1.1 404" },
		{ "GET http://x/-/healthy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
		  "HTTP/1.1 200" },
		{ "POST /-/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n",
		  "HTTP/1.1 413" },
		{ "POST /-/reload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
		  "HTTP/1.1 413" },
		{ "GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\n\r\nabc",
		  "HTTP/1.1 413" },
		{ "GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
		  "HTTP/1.1 400" },
		{ "BREW /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
		  "HTTP/1.1 405" },
		{ "GET /-/healthy HTTP/1.0\r\n\r\n", "HTTP/1.0 200" },
	};
	static char big[40000];
	struct answer answer;
	char text[4096];

	fixture->limits.inactivity_s = 1; /* who sends half a line waits for that */
	fixture_start(fixture);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		int fd = fixture_connect(fixture);
		(void)send(fd, table[i].text, strlen(table[i].text), MSG_NOSIGNAL);
		if (table[i].start == NULL)
			(void)shutdown(fd, SHUT_WR);
		(void)fixture_talk(fd, "", 0, text, sizeof(text));
		if (table[i].start != NULL && strncmp(text, table[i].start, 12) != 0 &&
		    strncmp(text, "HTTP/1.1 200", 12) != 0)
			fail_msg("%s: %s", table[i].text, text);
		(void)close(fd);
	}
	(void)snprintf(big, sizeof(big), "GET /metrics HTTP/1.1\r\nHost: x\r\nX-Big: ");
	memset(big + strlen(big), 'a', sizeof(big) - strlen(big) - 1);
	int fd = fixture_connect(fixture);
	(void)fixture_talk(fd, big, strlen(big), text, sizeof(text));
	assert_true(text[0] == '\0' || strncmp(text, "HTTP/1.1 431", 12) == 0);
	(void)close(fd);
	get(fixture, "/-/healthy", &answer);
	assert_int_equal(answer.code, 200);
	answer_release(&answer);
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
	web_server_stop(server, 30000);
	for (size_t i = 0; i < 8; i++) {
		void *result;
		assert_int_equal(pthread_join(threads[i], &result), 0);
		assert_null(result); /* no answer was cut in the middle */
	}
}

static void test_stop_does_not_wait_for_ever(void **state)
{
	struct web_fixture *fixture = *state;

	fixture_publish(fixture, MANY);
	fixture_start(fixture);
	int fd = fixture_connect(fixture);
	ask_and_sleep(fd);
	wait_until(&fixture->server->scrapes, 1);
	uint64_t start_ms = clock_mono_ms();
	web_server_stop(fixture->server, 200);
	fixture->server = NULL;
	assert_true(clock_mono_ms() - start_ms < 5000);
	(void)close(fd);
}

static void test_listener_errors(void **state)
{
	struct web_fixture *fixture = *state;
	struct web_server *server = NULL;
	struct error error = { "" };
	char taken[ADDRESS_TEXT_MAX];

	fixture_start(fixture);
	(void)snprintf(taken, sizeof(taken), "%s", fixture->address);
	fixture->listen[0] = taken;
	assert_int_equal(web_server_start(&fixture->options, fixture->snapshots, fixture->telemetry,
					  &fixture->hooks, &server, &error),
			 STATUS_IO);
	assert_non_null(strstr(error.text, taken));
	assert_non_null(strstr(error.text, "Address already in use"));
	(void)snprintf(taken, sizeof(taken), "nonsense");
	assert_int_equal(web_server_start(&fixture->options, fixture->snapshots, fixture->telemetry,
					  &fixture->hooks, &server, &error),
			 STATUS_SYNTAX);
}

static void test_two_listeners(void **state)
{
	struct web_fixture *fixture = *state;
	static char everywhere[] = ":0";
	struct answer answer;
	char address[64];

	fixture->listen[1] = everywhere;
	fixture->options.listen_addresses.count = 2;
	fixture_start(fixture);
	const char *second = web_server_address(fixture->server, 1);
	(void)snprintf(address, sizeof(address), "127.0.0.1%s", strrchr(second, ':'));
	ask(fixture, &(struct ask){ .path = "/-/healthy", .address = address }, &answer);
	assert_int_equal(answer.code, 200);
	answer_release(&answer);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(test_metrics),
		WITH(test_gzip),
		WITH(test_methods),
		WITH(test_health),
		WITH(test_lifecycle),
		WITH(test_api),
		WITH(test_etag),
		WITH(test_page),
		WITH(test_parallel_scrapes),
		WITH(test_max_requests),
		WITH(test_slow_reader_is_cut),
		WITH(test_slow_sender_is_cut),
		WITH(test_garbage),
		WITH(test_stop_while_serving),
		WITH(test_stop_does_not_wait_for_ever),
		WITH(test_listener_errors),
		WITH(test_two_listeners),
	};

	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
