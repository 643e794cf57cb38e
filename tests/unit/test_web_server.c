/* The web server as clients meet it: formats, methods, codes, pages, listeners. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>

#include "web_fixture.h"

#define TEXT_TYPE "text/plain; version=0.0.4; charset=utf-8"
#define OPEN_TYPE "application/openmetrics-text; version=1.0.0; charset=utf-8"

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

static sem_t reload_gate;
static atomic_bool reload_began;

static bool slow_reload(void *user, struct error *error)
{
	(void)user;
	(void)error;
	atomic_store(&reload_began, true);
	(void)sem_wait(&reload_gate);
	return true;
}

static void *ask_for_reload(void *fixture)
{
	static struct answer answer;

	ask(fixture, &(struct ask){ .path = "/-/reload", .method = "POST" }, &answer);
	return &answer;
}

/* A reload takes as long as it takes: probes and scrapes are answered meanwhile. */
static void test_slow_reload(void **state)
{
	struct web_fixture *fixture = *state;
	struct answer answer;
	pthread_t thread;
	void *reloaded;

	assert_int_equal(sem_init(&reload_gate, 0, 0), 0);
	fixture->options.enable_lifecycle = true;
	fixture->hooks.reload = slow_reload;
	fixture_start(fixture);
	assert_int_equal(pthread_create(&thread, NULL, ask_for_reload, fixture), 0);
	while (!atomic_load(&reload_began))
		(void)usleep(1000);
	static const char *const paths[] = { "/-/healthy", "/-/ready", "/metrics", "/" };
	long codes[4];
	for (size_t i = 0; i < 4; i++) {
		get(fixture, paths[i], &answer);
		codes[i] = answer.code;
		answer_release(&answer);
	}
	assert_int_equal(sem_post(&reload_gate), 0);
	assert_int_equal(pthread_join(thread, &reloaded), 0);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(codes[i], 200);
	assert_int_equal(((struct answer *)reloaded)->code, 200);
	answer_release(reloaded);
	(void)sem_destroy(&reload_gate);
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

static void set_clock(struct web_fixture *fixture, int64_t now_s)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%lld", (long long)now_s);
	(void)fixture_write(fixture, "now", text);
}

/* What a poller gets that sends the tag it knows. */
static long ask_again(const struct web_fixture *fixture, const char *path, const char *tag)
{
	char header[200];
	const char *const headers[] = { header, NULL };
	struct answer answer;

	(void)snprintf(header, sizeof(header), "If-None-Match: %s", tag);
	ask(fixture, &(struct ask){ .path = path, .headers = headers }, &answer);
	long code = answer.code;
	assert_non_null(answer_header(&answer, "ETag"));
	assert_memory_equal(answer_header(&answer, "ETag"), "W/\"", 3);
	assert_string_equal(answer_header(&answer, "Cache-Control"), "no-cache");
	assert_true((code == 304) == (answer.len == 0));
	answer_release(&answer);
	return code;
}

static void tag_of(const struct web_fixture *fixture, const char *path, char tag[ETAG_SIZE])
{
	struct answer answer;

	get(fixture, path, &answer);
	assert_int_equal(answer.code, 200);
	assert_non_null(answer_header(&answer, "ETag"));
	(void)snprintf(tag, ETAG_SIZE, "%s", answer_header(&answer, "ETag"));
	answer_release(&answer);
}

#define ALL   "/api/v1/certificates"
#define ENDED "/api/v1/certificates?status=expired"
#define SOON  "/api/v1/certificates?status=expiring&within=5d"

/* As long as nothing happens but time, a poller need not read the inventory again. */
static void test_etag(void **state)
{
	struct web_fixture *fixture = *state;
	static const char *const paths[] = { ALL, (ALL "?format=csv"), ENDED, "/api/v1/stores",
					     "/api/v1/sources" };
	static const char *const gzip[] = { "Accept-Encoding: gzip", NULL };
	char tags[5][ETAG_SIZE];
	char tag[ETAG_SIZE];
	char text[2 * ETAG_SIZE];
	struct answer answer;

	fixture_publish(fixture, 10); /* none ends in 30 days and an hour */
	set_clock(fixture, FIXTURE_NOW);
	assert_int_equal(setenv("BTP_CERT_EXPORTER_NOW", fixture_path(fixture, "now"), 1), 0);
	fixture_start(fixture);
	for (size_t i = 0; i < 5; i++)
		tag_of(fixture, paths[i], tags[i]);
	tag_of(fixture, SOON, tag);
	set_clock(fixture, FIXTURE_NOW + 60);
	for (size_t i = 0; i < 5; i++) {
		for (size_t k = 0; k < 5; k++)
			assert_int_equal(ask_again(fixture, paths[i], tags[k]), i == k ? 304 : 200);
		(void)snprintf(text, sizeof(text), "\"x\", %s", tags[i] + 2); /* as a strong one */
		assert_int_equal(ask_again(fixture, paths[i], text), 304);
		assert_int_equal(ask_again(fixture, paths[i], "*"), 304);
	}
	ask(fixture, &(struct ask){ .path = ALL, .headers = gzip }, &answer);
	assert_string_equal(answer_header(&answer, "Content-Encoding"), "gzip");
	assert_string_equal(answer_header(&answer, "ETag"), tags[0]);
	answer_release(&answer);
	/* one more ends within five days; no status has changed */
	set_clock(fixture, FIXTURE_NOW + 2L * 3600);
	assert_int_equal(ask_again(fixture, SOON, tag), 200);
	assert_int_equal(ask_again(fixture, ALL, tags[0]), 304);
	/* one more has ended */
	set_clock(fixture, FIXTURE_NOW + 5L * 86400 + 7200);
	assert_int_equal(ask_again(fixture, ALL, tags[0]), 200);
	assert_int_equal(ask_again(fixture, ENDED, tags[2]), 200);
	assert_int_equal(ask_again(fixture, "/api/v1/stores", tags[3]), 304);
	fixture_publish(fixture, 20);
	assert_int_equal(ask_again(fixture, "/api/v1/stores", tags[3]), 200);
	assert_int_equal(ask_again(fixture, "/api/v1/sources", tags[4]), 200);
}

/* Generations start anew with each process: the tags of the last one must not fit. */
static void test_etag_after_restart(void **state)
{
	struct web_fixture *fixture = *state;
	char tag[ETAG_SIZE];

	fixture_start(fixture);
	tag_of(fixture, "/api/v1/stores", tag);
	assert_int_equal(ask_again(fixture, "/api/v1/stores", tag), 304);
	web_server_stop(fixture->server, 1000);
	fixture_start(fixture);
	assert_int_equal(ask_again(fixture, "/api/v1/stores", tag), 200);
}

/* An escaped NUL is never the end of what was asked for. */
static void test_nul(void **state)
{
	struct web_fixture *fixture = *state;
	static const struct {
		const char *path;
		long code;
	} table[] = {
		{ "/metrics%00", 404 },
		{ "/metrics%00/x?source=%00", 404 },
		{ "/%00", 404 },
		{ "/-/healthy%00x", 404 },
		{ "/-/reload%00", 404 }, /* not 405: there is no such path */
		{ "/api/v1/certificates%00", 404 },
		{ "/api/v1/certificates?source=%00", 400 },
		{ "/api/v1/certificates?source=prod%00x", 400 },
		{ "/api/v1/certificates?source%00=prod", 400 },
		{ "/api/v1/certificates?%00", 400 },
		{ "/api/v1/certificates?status=expired&source=%%00", 400 },
		{ "/metrics?x=%00", 400 },
		{ "/api/v1/certificates?source=%2500", 200 }, /* the text "%00" */
		{ "/metrics?x=%0", 200 },
	};
	struct answer answer;

	fixture_start(fixture);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		get(fixture, table[i].path, &answer);
		if (answer.code != table[i].code)
			fail_msg("%s: %ld", table[i].path, answer.code);
		answer_release(&answer);
	}
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		WEB_TEST(test_metrics),
		WEB_TEST(test_gzip),
		WEB_TEST(test_methods),
		WEB_TEST(test_health),
		WEB_TEST(test_lifecycle),
		WEB_TEST(test_slow_reload),
		WEB_TEST(test_api),
		WEB_TEST(test_etag),
		WEB_TEST(test_etag_after_restart),
		WEB_TEST(test_nul),
		WEB_TEST(test_page),
		WEB_TEST(test_listener_errors),
		WEB_TEST(test_two_listeners),
	};

	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
