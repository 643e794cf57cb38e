/* Answers of a server that misbehaves on request: what they are called, sizes, cuts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "net_fixture.h"

#define CANARY "canary-8d1f0c2b7a6e5d4c3b2a-secret"

/* ---- answers and what they are called ---- */

static void test_good_answer(void **state)
{
	struct fixture f;

	(void)state;
	fixture_begin(&f, answer_good, NULL);
	assert_int_equal(fixture_get(&f), STATUS_OK);
	const struct http_response *r = &f.response;
	assert_int_equal(r->code, 200);
	assert_string_equal(buf_text(&r->body), "[{\"Name\":\"a\"}]");
	assert_string_equal(r->etag, "W/\"0af3 x\"");
	assert_string_equal(r->content_type, "application/json");
	assert_true(r->has_page_count && r->page_count == 12);
	assert_true(r->has_entity_count && r->entity_count == 1190);
	assert_string_equal(r->request_id, "7c1f\\x01z");
	assert_string_equal(r->error.text, "");
	assert_int_equal(r->retry_after_s, -1);
	assert_int_equal(fixture_get(&f), STATUS_OK);
	assert_int_equal(server_connections(f.server), 1); /* kept alive */
	assert_int_equal(fixture_counted(&f, CODE_2XX), 2);
	f.request.close = true;
	assert_int_equal(fixture_get(&f), STATUS_OK);
	assert_int_equal(fixture_get(&f), STATUS_OK);
	assert_int_equal(server_connections(f.server), 2);
	fixture_end(&f);
}

static void test_answer_table(void **state)
{
	static const struct {
		const char *answer;
		enum status status;
		long code;
		const char *error; /* a part of it, or NULL */
	} table[] = {
		/* a Cloud Connector: no reason phrase */
		{ "HTTP/1.1 200 \r\n" JSON "Content-Length: 2\r\n\r\n{}", STATUS_OK, 200, NULL },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]", STATUS_OK, 200, NULL },
		{ "HTTP/1.1 200 OK\r\nContent-Type: application/json;charset=UTF-8\r\n"
		  "Content-Length: 2\r\n\r\n[]",
		  STATUS_OK, 200, NULL },
		{ "HTTP/1.1 200 OK\r\nContent-Type: application/problem+json\r\n"
		  "Content-Length: 2\r\n\r\n[]",
		  STATUS_OK, 200, NULL },
		{ "HTTP/1.1 204 No Content\r\n\r\n", STATUS_OK, 204, NULL },
		{ "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n" JSON
		  "Content-Length: 2\r\n\r\n[]",
		  STATUS_OK, 200, NULL },
		{ "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>",
		  STATUS_CONTENT_TYPE, 200, "text/html" },
		{ "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 7\r\n\r\n" CANARY,
		  STATUS_CONTENT_TYPE, 200, "text/plain" },
		{ "HTTP/1.1 301 Moved\r\nLocation: https://127.0.0.1:1/x\r\n"
		  "Content-Length: 0\r\n\r\n",
		  STATUS_REDIRECT, 301, "not followed" },
		{ "HTTP/1.1 307 T\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n", STATUS_REDIRECT,
		  307, NULL },
		{ "HTTP/1.1 304 Not Modified\r\n\r\n", STATUS_SYNTAX, 304, "no meaning" },
		{ "HTTP/1.1 400 Bad\r\n" JSON "Content-Length: 27\r\n\r\n"
		  "{\"ErrorMessage\":\"protected\"}",
		  STATUS_HTTP_4XX, 400, NULL },
		{ "HTTP/1.1 401 Un\r\n" JSON "Content-Length: 28\r\n\r\n"
		  "{\"ErrorMessage\":\"protected\"}",
		  STATUS_HTTP_401, 401, "HTTP 401: protected" },
		{ "HTTP/1.1 403 Forbidden\r\n" JSON "Content-Length: 30\r\n\r\n"
		  "[{\"ErrorMessage\":\"no\\u0007way\"}]",
		  STATUS_HTTP_403, 403, NULL },
		{ "HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\nNot Found", STATUS_HTTP_404,
		  404, "HTTP 404: Not Found" },
		{ "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n"
		  "<html>",
		  STATUS_HTTP_404, 404, "HTTP 404" },
		/* the code says what it is, even if the body is cut */
		{ "HTTP/1.1 412 X\r\nContent-Length: 500\r\nConnection: close\r\n\r\nno",
		  STATUS_HTTP_4XX, 412, NULL },
		{ "HTTP/1.1 501 Not Implemented\r\nContent-Length: 0\r\n\r\n", STATUS_HTTP_5XX, 501,
		  "HTTP 501" },
		{ "HTTP/1.1 200 OK\r\n" JSON "Content-Length: 100001\r\n\r\n[", STATUS_TOO_LARGE,
		  200, "100000 bytes" },
		{ "HTTP/1.1 700 X\r\nContent-Length: 0\r\n\r\n", STATUS_SYNTAX, 700, NULL },
		{ "SSH-2.0-OpenSSH_9.2\r\n", STATUS_SYNTAX, 0, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct fixture f;
		char answer[1024];
		(void)snprintf(answer, sizeof(answer), "%s", table[i].answer);
		fixture_begin(&f, answer_always, answer);
		enum status status = fixture_get(&f);
		if (status != table[i].status || f.response.code != table[i].code)
			print_error("row %zu: %s, %ld: %s\n", i, status_name(status),
				    f.response.code, f.response.error.text);
		assert_int_equal(status, table[i].status);
		assert_int_equal(f.response.status, status);
		assert_int_equal(f.response.code, table[i].code);
		if (table[i].error != NULL)
			assert_non_null(strstr(f.response.error.text, table[i].error));
		if (status != STATUS_OK) {
			assert_int_equal(f.response.body.len, 0);
			assert_null(strstr(f.response.error.text, CANARY));
		}
		assert_int_equal(server_requests(f.server), 1);
		fixture_end(&f);
	}
}

static bool conditional(struct exchange *x, void *user)
{
	(void)user;
	if (strstr(x->head, "\r\nIf-None-Match: ab\"c d\r\n") != NULL)
		reply_raw(x, "HTTP/1.1 304 Not Modified\r\nETag: ab\"c d\r\n\r\n");
	else
		reply(x, 200, JSON "ETag: ab\"c d\r\n", "[]");
	return true;
}

static void test_not_modified(void **state)
{
	struct fixture f;
	char etag[64];

	(void)state;
	fixture_begin(&f, conditional, NULL);
	assert_int_equal(fixture_get(&f), STATUS_OK);
	(void)snprintf(etag, sizeof(etag), "%s", f.response.etag);
	f.request.if_none_match = etag;
	assert_int_equal(fixture_get(&f), STATUS_OK);
	assert_int_equal(f.response.code, 304);
	assert_int_equal(f.response.body.len, 0);
	assert_string_equal(f.response.etag, etag);
	assert_int_equal(fixture_counted(&f, CODE_3XX), 1);
	f.request.if_none_match = "x\r\nEvil: 1"; /* never sent */
	assert_int_equal(fixture_get(&f), STATUS_OK);
	assert_int_equal(f.response.code, 200);
	fixture_end(&f);
}

static bool check_headers(struct exchange *x, void *user)
{
	const char **wanted = user;
	bool ok = strstr(x->head, "\r\nAccept-Encoding:") == NULL &&
		  strstr(x->head, "\r\nUser-Agent: btp_cert_exporter/") != NULL &&
		  strncmp(x->head, "GET /a/list?$page=1 HTTP/1.1\r\n", 30) == 0;

	for (; *wanted != NULL; wanted++)
		ok = ok && strstr(x->head, *wanted) != NULL;
	reply(x, ok ? 200 : 400, "Content-Type: text/plain\r\n", "x");
	return true;
}

static void test_what_is_sent(void **state)
{
	static const char *bearer[] = { "\r\nAuthorization: Bearer tok.en\r\n",
					"\r\nAccept: text/plain\r\n", NULL };
	static const char *basic[] = { "\r\nAuthorization: Basic dXNlcjpwYXNz\r\n",
				       "\r\nConnection: close\r\n", NULL };
	struct fixture f;
	struct secret token = { NULL, 0 };

	(void)state;
	assert_int_equal(secret_set(&token, "tok.en", 6), STATUS_OK);
	fixture_begin(&f, check_headers, bearer);
	f.request.accept = "text/plain";
	f.request.bearer = &token;
	assert_int_equal(fixture_get(&f), STATUS_OK); /* another type was asked for: not checked */
	fixture_end(&f);
	assert_int_equal(secret_set(&token, "user:pass", 9), STATUS_OK);
	fixture_begin(&f, check_headers, basic);
	f.request.accept = "text/plain";
	f.request.basic = &token;
	f.request.close = true;
	assert_int_equal(fixture_get(&f), STATUS_OK);
	fixture_end(&f);
	secret_release(&token);
}

static void test_urls(void **state)
{
	static const struct {
		const char *url;
		enum status status;
	} table[] = {
		{ "http://127.0.0.1:1/", STATUS_UNSUPPORTED },
		{ "file:///etc/passwd", STATUS_UNSUPPORTED },
		{ "gopher://127.0.0.1/", STATUS_UNSUPPORTED },
		{ "", STATUS_SYNTAX },
		{ "https://", STATUS_SYNTAX },
		{ "https://a b/", STATUS_SYNTAX },
		{ "https://host:99999/", STATUS_SYNTAX },
		{ "https://no-such-host.invalid/", STATUS_DNS },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct fixture f;
		fixture_begin(&f, answer_good, NULL);
		f.request.url = table[i].url;
		assert_int_equal(fixture_get(&f), table[i].status);
		assert_int_not_equal(f.response.error.text[0], '\0');
		assert_int_equal(server_requests(f.server), 0);
		fixture_end(&f);
	}
}

/* ---- sizes and cuts ---- */

struct big {
	size_t size;
	bool chunked;
	int code;
};

static bool send_big(struct exchange *x, void *user)
{
	const struct big *big = user;
	char head[256];
	char block[1000];

	memset(block, ' ', sizeof(block));
	(void)snprintf(head, sizeof(head), "HTTP/1.1 %d X\r\n" JSON "Connection: close\r\n%s\r\n",
		       big->code, big->chunked ? "Transfer-Encoding: chunked\r\n" : "");
	reply_raw(x, head);
	for (size_t sent = 0; sent < big->size; sent += 1000) {
		if (big->chunked)
			reply_raw(x, "3e8\r\n");
		reply_bytes(x, block, 1000);
		if (big->chunked)
			reply_raw(x, "\r\n");
	}
	if (big->chunked)
		reply_raw(x, "0\r\n\r\n");
	return false;
}

static void test_body_limit(void **state)
{
	static const struct {
		struct big big;
		enum status status;
	} table[] = {
		{ { 100000, true, 200 }, STATUS_OK },
		{ { 101000, true, 200 }, STATUS_TOO_LARGE },
		{ { 5000000, true, 200 }, STATUS_TOO_LARGE },
		{ { 5000000, false, 200 }, STATUS_TOO_LARGE },
		{ { 5000000, true, 404 }, STATUS_HTTP_404 }, /* a refusal is not read whole */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct fixture f;
		struct big big = table[i].big;
		fixture_begin(&f, send_big, &big);
		assert_int_equal(fixture_get(&f), table[i].status);
		if (table[i].status == STATUS_OK)
			assert_int_equal(f.response.body.len, 100000);
		assert_int_equal(server_requests(f.server), 1);
		fixture_end(&f);
	}
}

static bool endless_headers(struct exchange *x, void *user)
{
	char line[1024];

	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	memcpy(line, "X: ", 3);
	reply_raw(x, "HTTP/1.1 200 OK\r\n");
	for (int i = 0; i < *(int *)user && !server_stopping(x->server); i++) {
		reply_raw(x, line);
		reply_raw(x, "\r\n");
	}
	return false;
}

static bool endless_line(struct exchange *x, void *user)
{
	char line[1024];

	(void)user;
	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	reply_raw(x, "HTTP/1.1 200 OK\r\nX: ");
	for (int i = 0; i < 2000 && !server_stopping(x->server); i++)
		reply_raw(x, line);
	return false;
}

static void test_header_limit(void **state)
{
	struct fixture f;
	int lines = 200;

	(void)state;
	fixture_begin(&f, endless_headers, &lines);
	assert_int_equal(fixture_get(&f), STATUS_TOO_LARGE);
	fixture_end(&f);
	fixture_begin(&f, endless_line, NULL);
	assert_int_equal(fixture_get(&f), STATUS_TOO_LARGE);
	fixture_end(&f);
}

static bool cut_once(struct exchange *x, void *user)
{
	if (x->number <= 1) {
		reply_raw(x, user);
		return false;
	}
	reply(x, 200, JSON, "[]");
	return true;
}

static bool cut_always(struct exchange *x, void *user)
{
	reply_raw(x, user);
	return false;
}

static void test_truncated(void **state)
{
	static const char *const answers[] = {
		"HTTP/1.1 200 OK\r\n" JSON "Content-Length: 50\r\n\r\n[1,2",
		"HTTP/1.1 200 OK\r\n" JSON "Transfer-Encoding: chunked\r\n\r\n5\r\n[1,2]\r\n",
		"HTTP/1.1 200 OK\r\n" JSON "Transfer-Encoding: chunked\r\n\r\nzz\r\n[]",
		"HTTP/1.1 206 Part\r\n" JSON "Content-Length: 2\r\n\r\n[]",
		"HTTP/1.1 200 OK\r\nETag: \"a\"",
		"",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct fixture f;
		char answer[256];
		(void)snprintf(answer, sizeof(answer), "%s", answers[i]);
		fixture_begin(&f, cut_once, answer);
		assert_int_equal(fixture_get(&f), STATUS_OK); /* a transfer failure: tried again */
		assert_int_equal(server_requests(f.server), 2);
		assert_true(fixture_waited_ms(&f) >= 250);
		fixture_end(&f);
	}
	struct fixture f;
	char answer[256];
	(void)snprintf(answer, sizeof(answer), "%s", answers[1]);
	fixture_begin(&f, cut_always, answer);
	assert_int_equal(fixture_get(&f), STATUS_TRUNCATED);
	assert_int_equal(server_requests(f.server), HTTP_TRIES);
	assert_int_equal(f.response.body.len, 0);
	fixture_end(&f);
}

static bool says_much(struct exchange *x, void *user)
{
	char body[1001];

	(void)user;
	memset(body, 'y', sizeof(body) - 1);
	body[sizeof(body) - 1] = '\0';
	memcpy(body, "a\x1b[31m\xff", 7);
	reply(x, 400, "", body);
	return true;
}

static void test_error_text_is_clean(void **state)
{
	struct fixture f;

	(void)state;
	fixture_begin(&f, says_much, NULL);
	assert_int_equal(fixture_get(&f), STATUS_HTTP_4XX);
	assert_non_null(strstr(f.response.error.text, "HTTP 400: a\\x1b[31m\xEF\xBF\xBDyyy"));
	assert_true(strlen(f.response.error.text) <= strlen("HTTP 400: ") + 200);
	fixture_end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_answer),
		cmocka_unit_test(test_answer_table),
		cmocka_unit_test(test_not_modified),
		cmocka_unit_test(test_what_is_sent),
		cmocka_unit_test(test_urls),
		cmocka_unit_test(test_body_limit),
		cmocka_unit_test(test_header_limit),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_error_text_is_clean),
	};

	return cmocka_run_group_tests(tests, fixture_set_up, fixture_tear_down);
}
