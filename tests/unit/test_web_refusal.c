/* What is refused for its size or form: every request is answered, whatever it is made of, and
 * every answer is counted, also those that the HTTP library gives by itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "web/refusal.h"
#include "web_fixture.h"

#define TEXT_MAX (1 << 21) /* of a request, and of an answer */

/* -- requests -----------------------------------------------------------------------------------
 */

/* A request in the making; one at a time. */
static char request_text[TEXT_MAX];
static size_t request_len;

static void put(const char *text)
{
	size_t len = strlen(text);

	assert_true(request_len + len < sizeof(request_text));
	memcpy(request_text + request_len, text, len + 1);
	request_len += len;
}

static void put_times(const char *text, size_t times)
{
	for (size_t i = 0; i < times; i++)
		put(text);
}

static void begin(const char *text)
{
	request_len = 0;
	put(text);
}

static void end_of_headers(void)
{
	put(" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
}

/* Sends the request and returns the code of the answer; 0: none. */
static unsigned code_of_answer(const struct web_fixture *fixture, const char **ret_text)
{
	static char text[TEXT_MAX];
	int fd = fixture_connect(fixture);

	(void)fixture_talk(fd, request_text, request_len, text, sizeof(text));
	(void)close(fd);
	if (ret_text != NULL)
		*ret_text = text;
	if (strncmp(text, "HTTP/1.", 7) != 0 || text[8] != ' ')
		return 0;
	return (unsigned)strtoul(text + 9, NULL, 10);
}

static uint64_t count_all(const struct web_fixture *fixture)
{
	struct telemetry_values values;
	uint64_t sum = 0;

	telemetry_read(fixture->telemetry, &values);
	for (size_t i = 0; i < values.http_request_count; i++)
		sum += values.http_requests[i].count;
	return sum;
}

static void expect(const struct web_fixture *fixture, const char *name, unsigned wanted,
		   const char *handler)
{
	uint64_t before = fixture_count(fixture, handler, wanted);
	uint64_t all = count_all(fixture);
	unsigned code = code_of_answer(fixture, NULL);

	if (code != wanted)
		fail_msg("%s: %u, not %u", name, code, wanted);
	if (fixture_count(fixture, handler, wanted) != before + 1)
		fail_msg("%s: not counted for %s %u", name, handler, wanted);
	if (count_all(fixture) != all + 1)
		fail_msg("%s: counted %llu times", name,
			 (unsigned long long)(count_all(fixture) - all));
}

/* -- targets ------------------------------------------------------------------------------------
 */

static void test_too_many_parameters(void **state)
{
	struct web_fixture *fixture = *state;
	static const char *const paths[] = { "/api/v1/certificates", "/metrics", "/",
					     "/-/healthy" };
	const char *text;

	fixture_start(fixture);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		begin("GET ");
		put(paths[i]);
		put("?");
		put_times("p=1234&", 500);
		end_of_headers();
		expect(fixture, paths[i], 414, paths[i]);
	}
	(void)code_of_answer(fixture, &text);
	assert_non_null(strstr(text, "\r\n\r\nThe request target has too many parameters.\n"));
	begin("GET /nothing?");
	put_times("&", 5000);
	end_of_headers();
	expect(fixture, "empty parameters", 414, "other");
	begin("GET /metrics?");
	put_times("&", PARAMETERS_MAX);
	end_of_headers();
	expect(fixture, "one more than the most", 414, "/metrics");
	begin("GET /metrics?");
	put_times("&", PARAMETERS_MAX - 1);
	end_of_headers();
	expect(fixture, "the most", 200, "/metrics");
}

static void test_long_targets(void **state)
{
	struct web_fixture *fixture = *state;

	fixture_start(fixture);
	begin("GET /metrics?");
	put_times("x", URI_MAX - strlen("/metrics?"));
	end_of_headers();
	expect(fixture, "the longest", 200, "/metrics");
	begin("GET /metrics?");
	put_times("x", URI_MAX - strlen("/metrics?") + 1);
	end_of_headers();
	expect(fixture, "too long", 414, "/metrics");
	begin("GET /");
	put_times("x", 9000);
	end_of_headers();
	expect(fixture, "a long path", 414, "other");
	begin("GET /metrics?");
	put_times("x", 100000);
	end_of_headers();
	expect(fixture, "longer than the library's memory", 414, "other");
}

/* -- form ---------------------------------------------------------------------------------------
 */

static void test_forms(void **state)
{
	struct web_fixture *fixture = *state;
	static const struct {
		const char *text;
		unsigned code;
		const char *handler; /* NULL: that depends on the library's version */
	} table[] = {
		{ "GET / HTTP/1.1\r\n\r\n", 400, NULL }, /* no Host */
		{ "GET /metrics HTTP/1.1\r\nno colon\r\n\r\n", 400, "other" },
		{ "GET /metrics HTTP/9.9\r\nHost: x\r\n\r\n", 505, "other" },
		{ "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "other" },
		{ "GET /metrics HTTP/0.8\r\nHost: x\r\n\r\n", 505, "other" },
		{ "GET /metrics HTTP/1.x\r\nHost: x\r\n\r\n", 400, "other" },
		{ "GET /metrics\r\n\r\n", 400, "other" }, /* HTTP/0.9 */
		{ "GET /a b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 400, "other" },
		{ "GET /%zz%00%ff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404, "other" },
		{ "GET http://x/-/healthy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 200,
		  "/-/healthy" },
		{ "GET /-/healthy HTTP/1.0\r\n\r\n", 200, "/-/healthy" },
		{ "BREW /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 405,
		  "/metrics" },
		{ "OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404, "other" },
		{ "POST /-/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n", 413,
		  "/-/reload" },
		{ "POST /-/reload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", 413,
		  "/-/reload" },
		{ "GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\n\r\nabc", 413,
		  "/metrics" },
		{ "GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400, "other" },
		{ "GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: "
		  "99999999999999999999999999\r\n\r\n",
		  413, "other" },
	};

	fixture_start(fixture);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		uint64_t before = count_all(fixture);
		begin(table[i].text);
		if (table[i].handler != NULL) {
			expect(fixture, table[i].text, table[i].code, table[i].handler);
			continue;
		}
		assert_int_equal(code_of_answer(fixture, NULL), table[i].code);
		assert_int_equal(count_all(fixture), before + 1);
	}
}

/* What is no request at all does no harm. */
static void test_no_requests(void **state)
{
	struct web_fixture *fixture = *state;
	static const char *const table[] = {
		"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 TLS to a plain port\r\n\r\n",
		"GET\r\n\r\n",
		"\r\n\r\n\r\n\r\n",
		"GET /metr",
	};
	struct answer answer;

	fixture_start(fixture);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		int fd = fixture_connect(fixture);
		(void)send(fd, table[i], strlen(table[i]), MSG_NOSIGNAL);
		(void)close(fd);
	}
	get(fixture, "/-/healthy", &answer);
	assert_int_equal(answer.code, 200);
	answer_release(&answer);
}

/* -- sizes --------------------------------------------------------------------------------------
 */

static void make_long_header(size_t size)
{
	begin("GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX: ");
	put_times("x", size);
	put("\r\n\r\n");
}

static void make_many_headers(size_t size)
{
	begin("GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n");
	put_times("X: y\r\n", size / 6);
	put("\r\n");
}

static void make_long_target(size_t size)
{
	begin("GET /metrics?");
	put_times("x", size);
	end_of_headers();
}

static void make_many_parameters(size_t size)
{
	begin("GET /metrics?");
	put_times("a=1&", size / 4);
	end_of_headers();
}

static void make_both_long(size_t size)
{
	begin("GET /metrics?");
	put_times("x", size / 4);
	put(" HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX: ");
	put_times("x", size - size / 4);
	put("\r\n\r\n");
}

/* Wherever the memory of a connection ends, there is an answer. */
static void test_sizes(void **state)
{
	struct web_fixture *fixture = *state;
	static const struct {
		const char *name;
		void (*make)(size_t size);
		size_t good; /* so much is served */
	} table[] = {
		{ "a long header", make_long_header, 16000 },
		{ "many headers", make_many_headers, 600 },
		{ "a long target", make_long_target, 7900 },
		{ "many parameters", make_many_parameters, 240 },
		{ "target and header", make_both_long, 16000 },
	};
	uint64_t requests = 0;

	fixture_publish(fixture, 1);
	fixture_start(fixture);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		for (size_t size = 16; size < 42000; size += size < 30000 ? 487 : 97) {
			table[i].make(size);
			unsigned code = code_of_answer(fixture, NULL);
			if (code != 414 && code != 431 && code != 200)
				fail_msg("%s of %zu bytes: %u", table[i].name, size, code);
			if ((size <= table[i].good && code != 200) ||
			    (size > CONNECTION_MEMORY && code == 200))
				fail_msg("%s of %zu bytes: %u", table[i].name, size, code);
			requests++;
		}
	}
	assert_int_equal(count_all(fixture), requests);
}

/* -- parts --------------------------------------------------------------------------------------
 */

static void test_messages(void **state)
{
	(void)state;
	assert_int_equal(refusal_in_message("Error processing request (HTTP response code is 431 "
					    "('<html>...')). Closing connection."),
			 431);
	assert_int_equal(refusal_in_message("HTTP response code is 400"), 400);
	assert_int_equal(refusal_in_message("HTTP response code is 4000"), 0);
	assert_int_equal(refusal_in_message("HTTP response code is 40"), 0);
	assert_int_equal(refusal_in_message("HTTP response code is "), 0);
	assert_int_equal(refusal_in_message("Too late for error response."), 0);
	assert_int_equal(refusal_in_message(""), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WEB_TEST(test_too_many_parameters),
		WEB_TEST(test_long_targets),
		WEB_TEST(test_forms),
		WEB_TEST(test_no_requests),
		WEB_TEST(test_sizes),
		cmocka_unit_test(test_messages),
	};

	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
