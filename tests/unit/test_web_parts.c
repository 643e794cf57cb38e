/* The parts of the web server that need no server: addresses, rate limit, escaping, routes, query
 * parameters, shared bodies, the renderer. */
#include <netdb.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "web/listen_socket.h"
#include "web/query.h"
#include "web/html.h"
#include "web/rate_limit.h"
#include "web/render.h"
#include "web/routes.h"

#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))

static void test_addresses(void **state)
{
	static const struct {
		const char *text, *host, *port; /* host NULL: refused */
	} table[] = {
		{ ":9936", "", "9936" },
		{ "127.0.0.1:0", "127.0.0.1", "0" },
		{ "localhost:65535", "localhost", "65535" },
		{ "[::1]:80", "::1", "80" },
		{ "0.0.0.0:00080", "0.0.0.0", "00080" },
		{ "a_b.example:1", "a_b.example", "1" },
		{ "", NULL, NULL },
		{ "9936", NULL, NULL },
		{ "localhost", NULL, NULL },
		{ "localhost:", NULL, NULL },
		{ "localhost:65536", NULL, NULL },
		{ "localhost:-1", NULL, NULL },
		{ "localhost:http", NULL, NULL },
		{ "localhost: 80", NULL, NULL },
		{ "::1:80", NULL, NULL },
		{ "[]:80", NULL, NULL },
		{ "[::1:80", NULL, NULL },
		{ "::1]:80", NULL, NULL },
		{ "http://localhost:80", NULL, NULL },
		{ ":", NULL, NULL },
		{ ":1x", NULL, NULL },
		{ ":000001", NULL, NULL },
		{ "[a]:1", NULL, NULL },
		{ "[fe80::1%eth0]:80", NULL, NULL }, /* no zones */
		{ "unix:80", "unix", "80" },
		{ "unix:run/x", NULL, NULL },
		{ "unix:/", NULL, NULL },
		{ "a b:1", NULL, NULL },
		{ "-a:1", NULL, NULL },
	};
	struct listen_address address;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		bool wanted = table[i].host != NULL;
		assert_int_equal(listen_address_parse(table[i].text, &address), wanted);
		if (!wanted)
			continue;
		assert_string_equal(address.host, table[i].host);
		assert_string_equal(address.port, table[i].port);
	}
}

static void test_sockets(void **state)
{
	static const struct {
		const char *text, *shown; /* up to the port */
	} table[] = { { "127.0.0.1:0", "127.0.0.1:" }, { "localhost:0", "127.0.0.1:" } };
	struct listen_address address;
	struct error error;
	char name[ADDRESS_TEXT_MAX];
	int fd;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		struct addrinfo *known = NULL;
		if (getaddrinfo("localhost", NULL, NULL, &known) != 0 && i > 0)
			continue; /* a bare system without /etc/hosts */
		if (known != NULL)
			freeaddrinfo(known);
		assert_true(listen_address_parse(table[i].text, &address));
		assert_int_equal(listen_socket_open(&address, &fd, &error), STATUS_OK);
		listen_socket_name(fd, name);
		assert_memory_equal(name, table[i].shown, strlen(table[i].shown));
		assert_true(strtol(name + strlen(table[i].shown), NULL, 10) > 0);
		(void)close(fd);
	}
	assert_true(listen_address_parse(":0", &address));
	assert_int_equal(listen_socket_open(&address, &fd, &error), STATUS_OK);
	listen_socket_name(fd, name);
	assert_true(strncmp(name, "[::]:", 5) == 0 || strncmp(name, "0.0.0.0:", 8) == 0);
	(void)close(fd);
	assert_true(listen_address_parse("192.0.2.1:0", &address));
	assert_int_equal(listen_socket_open(&address, &fd, &error), STATUS_IO);
	assert_non_null(strstr(error.text, "192.0.2.1:0"));
}

static void test_rate_limit(void **state)
{
	struct rate_limit limit;

	(void)state;
	rate_limit_init(&limit, 0, 0, 1000); /* no interval: no limit */
	for (int i = 0; i < 100; i++)
		assert_true(rate_limit_take(&limit, 1000));
	rate_limit_release(&limit);

	rate_limit_init(&limit, 100, 0, 1000); /* no burst: nothing passes */
	assert_false(rate_limit_take(&limit, 1000));
	assert_false(rate_limit_take(&limit, 1000000));
	rate_limit_release(&limit);

	rate_limit_init(&limit, 100, 3, 1000);
	for (int i = 0; i < 3; i++)
		assert_true(rate_limit_take(&limit, 1000));
	assert_false(rate_limit_take(&limit, 1000));
	assert_false(rate_limit_take(&limit, 1099));
	assert_true(rate_limit_take(&limit, 1100));
	assert_false(rate_limit_take(&limit, 1100));
	assert_false(rate_limit_take(&limit, 500)); /* a clock that goes back gives nothing */
	for (uint64_t ms = 1101; ms < 1200; ms++)   /* nothing is lost by asking often */
		assert_false(rate_limit_take(&limit, ms));
	assert_true(rate_limit_take(&limit, 1200));
	for (int i = 0; i < 3; i++) /* saved up to the burst, not beyond */
		assert_true(rate_limit_take(&limit, 9999999));
	assert_false(rate_limit_take(&limit, 9999999));
	rate_limit_release(&limit);

	rate_limit_init(&limit, UINT64_MAX / 2, UINT32_MAX, 0); /* nothing overflows */
	assert_true(rate_limit_take(&limit, 0));
	assert_true(rate_limit_take(&limit, 0));
	assert_false(rate_limit_take(&limit, 0));
	rate_limit_release(&limit);
}

static void test_html(void **state)
{
	static const struct {
		const char *text, *wanted;
	} table[] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "<script>alert('x')</script>",
		  "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;" },
		{ "\" onload=\"x", "&quot; onload=&quot;x" },
		{ "&amp;", "&amp;amp;" },
		{ "<", "&lt;" },
		{ "Zürich", "Zürich" },
	};
	struct buf buf;

	(void)state;
	buf_init(&buf, 1000);
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		html_text(&buf, table[i].text);
		assert_string_equal(buf_text(&buf), table[i].wanted);
		buf_release(&buf);
	}
	html_long_text(&buf, "CN=a,O=<b>/c,");
	assert_string_equal(buf_text(&buf), "CN=a,<wbr>O=&lt;b&gt;/<wbr>c,");
	buf_release(&buf);
}

/* A path loses its folders, never the file's name, and all of it is in the title. */
static void test_paths(void **state)
{
	static const char long_name[] =
		"a-file-with-a-name-that-is-longer-than-what-is-shown-of-a-path.pem";
	static const struct {
		const char *path, *wanted;
	} table[] = {
		{ "erp.jks", "erp.jks" },
		{ "/etc/ssl/東京.pem", "/<wbr>etc/<wbr>ssl/<wbr>東京.pem" },
		{ "/opt/application/one/two/three/conf/<b>.jks",
		  "<span "
		  "title=\"/opt/application/one/two/three/conf/&lt;b&gt;.jks\">/<wbr>opt/<wbr>"
		  "application/<wbr>one/<wbr>two/<wbr>three/<wbr>…/<wbr>&lt;b&gt;.jks</span>" },
	};
	char path[128];
	struct buf buf;

	(void)state;
	buf_init(&buf, 1000);
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		html_path(&buf, table[i].path);
		assert_string_equal(buf_text(&buf), table[i].wanted);
		buf_release(&buf);
	}
	html_path(&buf, long_name); /* no folder to spare */
	assert_string_equal(buf_text(&buf), long_name);
	buf_release(&buf);
	(void)snprintf(path, sizeof(path), "/etc/ssl/%s", long_name);
	html_path(&buf, path);
	assert_non_null(strstr(buf_text(&buf), "\">…/<wbr>a-file"));
	assert_non_null(strstr(buf_text(&buf), "of-a-path.pem</span>"));
	buf_release(&buf);
}

static void test_routes(void **state)
{
	static const struct {
		const char *target, *telemetry_path;
		bool health_only;
		const char *name;
	} table[] = {
		{ "/metrics", "/metrics", false, "/metrics" },
		{ "/prom", "/prom", false, "/metrics" },
		{ "/metrics", "/prom", false, "other" },
		{ "/", "/metrics", false, "/" },
		{ "/api/v1/certificates", "/metrics", false, "/api/v1/certificates" },
		{ "/-/ready", "/metrics", false, "/-/ready" },
		{ "/-/ready", "/metrics", true, "/-/ready" },
		{ "/-/healthy", "/metrics", true, "/-/healthy" },
		{ "/metrics", "/metrics", true, "other" },
		{ "/", "/metrics", true, "other" },
		{ "/-/reload", "/metrics", true, "other" },
		{ "http://host:1/metrics", "/metrics", false, "/metrics" },
		{ "http://host", "/metrics", false, "/" },
		{ "//metrics", "/metrics", false, "other" },
		{ "/x://y/metrics", "/metrics", false, "other" },
		{ "", "/metrics", false, "other" },
		{ "*", "/metrics", false, "other" },
	};
	const char *allow = NULL;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(table); i++)
		assert_string_equal(
			route_find(table[i].target, table[i].telemetry_path, table[i].health_only)
				->name,
			table[i].name);
	const struct route *metrics = route_find("/metrics", "/metrics", false);
	assert_true(route_allows(metrics, "GET", &allow));
	assert_true(route_allows(metrics, "HEAD", &allow));
	assert_false(route_allows(metrics, "get", &allow));
	assert_string_equal(allow, "GET, HEAD");
	const struct route *reload = route_find("/-/reload", "/metrics", false);
	assert_true(route_allows(reload, "POST", &allow));
	assert_false(route_allows(reload, "HEAD", &allow));
	assert_string_equal(allow, "POST");
	assert_true(route_allows(route_find("/x", "/metrics", false), "BREW", &allow));
}

static void test_query(void **state)
{
	static const struct {
		const char *name, *value;
		enum status wanted;
	} table[] = {
		{ "source", "prod", STATUS_OK },
		{ "source", "again", STATUS_SYNTAX },
		{ "system_id", "", STATUS_OK },
		{ "system_id", NULL, STATUS_OK },
		{ "system_id", "PRD", STATUS_OK },
		{ "status", "expired", STATUS_OK },
		{ "status", "Expired", STATUS_SYNTAX },
		{ "type", "saml_trust", STATUS_OK },
		{ "type", "jks", STATUS_SYNTAX },
		{ "within", "30d", STATUS_OK },
		{ "within", "30d", STATUS_SYNTAX },
		{ "format", "csv", STATUS_OK },
		{ "format", "json", STATUS_SYNTAX },
		{ "Format", "json", STATUS_SYNTAX },
		{ "", "", STATUS_SYNTAX },
		{ "\x01\xff<", "x", STATUS_SYNTAX },
	};
	struct api_query *query = api_query_new(API_CERTIFICATES);
	struct api_query *same = api_query_new(API_CERTIFICATES);
	struct error error;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(table); i++)
		assert_int_equal(api_query_set(query, table[i].name, table[i].value, &error),
				 table[i].wanted);
	assert_int_equal(api_query_finish(query), STATUS_OK);
	assert_string_equal(query->filter.source, "prod");
	assert_string_equal(query->filter.system_id, "PRD");
	assert_string_equal(query->filter.status, "expired");
	assert_string_equal(query->filter.type, "saml_trust");
	assert_true(query->filter.has_within && query->filter.within_s == 30 * 86400.0);
	assert_true(query->csv);
	assert_int_equal(api_query_set(same, "source", "pro", &error), STATUS_OK);
	assert_int_equal(api_query_set(same, "system_id", "dPRD", &error), STATUS_OK);
	assert_int_equal(api_query_set(same, "status", "expired", &error), STATUS_OK);
	assert_int_equal(api_query_set(same, "type", "saml_trust", &error), STATUS_OK);
	assert_int_equal(api_query_set(same, "within", "30d", &error), STATUS_OK);
	assert_int_equal(api_query_set(same, "format", "csv", &error), STATUS_OK);
	assert_int_equal(api_query_finish(same), STATUS_OK);
	assert_string_not_equal(buf_text(&query->key), buf_text(&same->key));
	api_query_free(query);
	api_query_free(same);
	api_query_free(NULL);
}

static void test_bodies(void **state)
{
	struct body_account account = { 0 };
	struct body *body;
	struct buf buf;

	(void)state;
	buf_init(&buf, 1000);
	for (int i = 0; i < 50; i++)
		buf_puts(&buf, "0123456789");
	assert_int_equal(body_new(&buf, &account, &body), STATUS_OK);
	assert_int_equal(body->len, 500);
	assert_int_equal(atomic_load(&account.bytes), 500);
	assert_string_equal(body->etag, "");
	body_compress(body, true);
	body_compress(body, true); /* once is enough */
	assert_true(body->gzip_len > 20 && body->gzip_len < 100);
	assert_int_equal(atomic_load(&account.bytes), 500 + body->gzip_len);
	(void)body_ref(body);
	body_unref(body);
	assert_int_equal(atomic_load(&account.count), 1);
	body_unref(body);
	assert_int_equal(atomic_load(&account.count), 0);
	assert_int_equal(atomic_load(&account.bytes), 0);
	body_unref(NULL);

	buf_init(&buf, 1000); /* nobody wants the plain form: it goes */
	buf_puts(&buf, "0123456789012345678901234567890123456789");
	assert_int_equal(body_new(&buf, &account, &body), STATUS_OK);
	body_compress(body, false);
	assert_null(body->data);
	assert_int_equal(body_bytes(body), body->gzip_len);
	assert_int_equal(atomic_load(&account.bytes), body->gzip_len);
	body_unref(body);
	assert_int_equal(atomic_load(&account.bytes), 0);

	buf_init(&buf, 3);
	buf_puts(&buf, "too much");
	assert_int_equal(body_new(&buf, &account, &body), STATUS_TOO_LARGE);
	assert_int_equal(atomic_load(&account.count), 0);
}

/* -- the renderer -------------------------------------------------------------------------------
 */

#define JOBS 40

static struct body_account render_account;
static atomic_int renders;
static atomic_int finished;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static enum status render(struct render_job *job, struct body **ret_body, struct error *error)
{
	struct buf buf;

	(void)pthread_mutex_lock(&gate);
	(void)pthread_mutex_unlock(&gate);
	(void)atomic_fetch_add(&renders, 1);
	if (strcmp(job->key, "bad") == 0)
		return error_set(error, STATUS_TOO_LARGE, "no");
	buf_init(&buf, 100);
	buf_puts(&buf, job->key);
	return body_new(&buf, &render_account, ret_body);
}

static void done(struct render_job *job)
{
	(void)job;
	(void)atomic_fetch_add(&finished, 1);
}

static void wait_finished(int count)
{
	for (int i = 0; i < 12000 && atomic_load(&finished) < count; i++)
		(void)usleep(10000);
	assert_int_equal(atomic_load(&finished), count);
}

static void test_renderer(void **state)
{
	static const char *const keys[] = { "a", "b", "bad", "a" };
	struct renderer *renderer = renderer_new();
	struct render_job jobs[JOBS];

	(void)state;
	assert_non_null(renderer);
	memset(jobs, 0, sizeof(jobs));
	(void)pthread_mutex_lock(&gate); /* the first job waits here, the others queue up */
	for (size_t i = 0; i < JOBS; i++) {
		jobs[i].key = keys[i % 4];
		jobs[i].gzip = i == 5; /* a "b" */
		jobs[i].render = render;
		jobs[i].done = done;
		renderer_submit(renderer, &jobs[i]);
	}
	(void)pthread_mutex_unlock(&gate);
	wait_finished(JOBS);
	assert_in_range(atomic_load(&renders), 3, 4); /* the first one, then one for each key */
	for (size_t i = 0; i < JOBS; i++) {
		if (strcmp(jobs[i].key, "bad") == 0) {
			assert_int_equal(jobs[i].status, STATUS_TOO_LARGE);
			assert_string_equal(jobs[i].error.text, "no");
			assert_null(jobs[i].body);
			continue;
		}
		assert_int_equal(jobs[i].status, STATUS_OK);
		assert_string_equal(jobs[i].body->data, jobs[i].key);
		assert_int_equal(jobs[i].body->gzip != NULL, strcmp(jobs[i].key, "b") == 0);
		body_unref(jobs[i].body);
	}
	assert_int_equal(atomic_load(&render_account.count), 0);
	renderer_stop(renderer);
	renderer_submit(renderer, &jobs[0]); /* too late */
	assert_int_equal(jobs[0].status, STATUS_CANCELLED);
	wait_finished(JOBS + 1);
	renderer_free(renderer);
	renderer_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),  cmocka_unit_test(test_sockets),
		cmocka_unit_test(test_rate_limit), cmocka_unit_test(test_html),
		cmocka_unit_test(test_paths),      cmocka_unit_test(test_routes),
		cmocka_unit_test(test_query),      cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_renderer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
