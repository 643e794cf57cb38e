/* What is read out of headers and refusals, and what is kept out of error texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "net/http/parse.h"
#include "net/redact.h"

static void test_retry_after_values(void **state)
{
	static const struct {
		const char *value;
		bool ok;
		int64_t seconds;
	} table[] = {
		{ "0", true, 0 },
		{ "120", true, 120 },
		{ "3600", true, 3600 },
		{ "3601", true, 3600 },
		{ "99999999999999999999999", true, 3600 },
		{ "Fri, 31 Dec 1999 23:59:59 GMT", true, 59 },
		{ "Friday, 31-Dec-99 23:59:59 GMT", true, 59 },
		{ "Fri Dec 31 23:59:59 1999", true, 59 },
		{ "Fri, 31 Dec 1999 23:58:59 GMT", true, 0 },
		{ "Sat, 01 Jan 2000 23:59:59 GMT", true, 3600 },
		{ "-1", false, 0 },
		{ "1.5", false, 0 },
		{ "soon", false, 0 },
		{ "", false, 0 },
		{ "2000-01-01", false, 0 },
	};
	const int64_t now_s = 946684740; /* 1999-12-31T23:59:00Z */

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		int64_t seconds = -7;
		bool ok = http_retry_after(table[i].value, now_s, &seconds);
		if (ok != table[i].ok || (ok && seconds != table[i].seconds))
			print_error("%s: %d %d\n", table[i].value, ok, (int)seconds);
		assert_int_equal(ok, table[i].ok);
		if (ok)
			assert_int_equal(seconds, table[i].seconds);
	}
}

static void test_error_bodies(void **state)
{
	static const struct {
		const char *body;
		const char *text; /* NULL: none */
	} table[] = {
		{ "{\"ErrorMessage\":\"gone\"}", "gone" },
		{ "[{\"ErrorMessage\":\"gone\"},{}]", "gone" },
		{ "{\"type\":\"FORBIDDEN_REQUEST\",\"message\":\"not yet\"}", "not yet" },
		{ "{\"error\":\"unauthorized\",\"error_description\":\"Bad credentials\"}",
		  "unauthorized: Bad credentials" },
		{ "{\"error\":\"invalid_client\"}", "invalid_client" },
		{ "\"Bad Request\"", "Bad Request" },
		{ "Bad Request", "Bad Request" },
		{ " \r\n\tBad Request \r\nmore", "Bad Request" },
		{ "{\"Content\":\"x\"}", NULL },
		{ "{\"ErrorMessage\":7}", NULL },
		{ "{\"ErrorMessage\":\"cu", NULL },
		{ "[]", NULL },
		{ "[\"x\"]", NULL },
		{ "<!DOCTYPE html>", NULL },
		{ "  \n <html>", NULL },
		{ "", NULL },
		{ " \n ", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct buf text;
		buf_init(&text, 4096);
		bool found = http_error_body_text(table[i].body, strlen(table[i].body), &text);
		assert_int_equal(found, table[i].text != NULL);
		if (found)
			assert_string_equal(buf_text(&text), table[i].text);
		buf_release(&text);
	}
}

static void test_redact(void **state)
{
	static const struct {
		const char *text;
		const char *bearer;
		const char *basic;
		const char *form;
		bool needed;
		const char *plain;
	} table[] = {
		{ "nothing here", "0123456789abcdef", NULL, NULL, false, NULL },
		{ "x 456789abcdef y", "0123456789abcdef", NULL, NULL, true, NULL }, /* a part */
		{ "x 56789abcdef y", "0123456789abcdef", NULL, NULL, false, NULL }, /* 11 bytes */
		{ "pass", NULL, "user:pass", NULL, true, NULL },
		{ "the user", NULL, "user:pass", NULL, false, NULL },
		{ "a very long user name", NULL, "a very long user name:pass", NULL, false, NULL },
		{ "dXNlcjpwYXNz", NULL, "user:pass", NULL, true, NULL },
		{ "abc", NULL, "user:abc", NULL, false, NULL }, /* too short to look for */
		{ "client sb-1 unknown", NULL, NULL, "client_id=sb-1&client_secret=s%2Bx+y", false,
		  NULL },
		{ "s%2Bx", NULL, NULL, "client_secret=s%2Bx&b=c", true, NULL },
		{ "bad secret s+xy", NULL, NULL, "client_secret=s%2Bxy&b=c", true, NULL },
		{ "client_secret", NULL, NULL, "client_secret=", false, NULL },
		{ "", "0123", NULL, NULL, false, NULL },
		{ "proxy http://u:s3cret@h", NULL, NULL, NULL, true, "s3cret" },
		{ "proxy http://h", NULL, NULL, NULL, false, "s3cret" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct secret values[4] = { { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };
		const char *texts[4] = { table[i].bearer, table[i].basic, table[i].form,
					 table[i].plain };
		for (size_t j = 0; j < 4; j++) {
			if (texts[j] != NULL)
				assert_int_equal(secret_set(&values[j], texts[j], strlen(texts[j])),
						 STATUS_OK);
		}
		struct redact_secrets secrets = { &values[0], &values[1], &values[2], &values[3] };
		assert_int_equal(redact_needed(table[i].text, strlen(table[i].text), &secrets),
				 table[i].needed);
		for (size_t j = 0; j < 4; j++)
			secret_release(&values[j]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_retry_after_values),
		cmocka_unit_test(test_error_bodies),
		cmocka_unit_test(test_redact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
