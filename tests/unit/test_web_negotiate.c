/* Content negotiation: what a client's headers lead to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "web/negotiate.h"

#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))
#define TEXT            EXPOSITION_TEXT
#define OPEN            EXPOSITION_OPENMETRICS

static void test_exposition(void **state)
{
	static const struct {
		const char *accept;
		enum exposition_format wanted;
	} table[] = {
		{ NULL, TEXT },
		{ "", TEXT },
		{ ",,, ,", TEXT },
		{ "*/*", TEXT },
		{ "text/plain", TEXT },
		{ "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", TEXT },
		{ "image/png", TEXT }, /* never 406 */
		{ "*/*;q=0", TEXT },
		{ "application/openmetrics-text", OPEN },
		{ "application/openmetrics-text; version=1.0.0", OPEN },
		{ "application/openmetrics-text; version=\"1.0.0\"; charset=utf-8", OPEN },
		{ "APPLICATION/OpenMetrics-Text;Version=1.0.0", OPEN },
		{ "application/openmetrics-text; version=2.0.0", TEXT }, /* not spoken here */
		{ "application/openmetrics-text;version=0.0.1", TEXT },
		{ "application/openmetrics-text;q=0", TEXT },
		{ "application/openmetrics-text;q=0.0, text/plain;q=0.1", TEXT },
		{ "application/openmetrics-text;q=0.5, text/plain;q=0.6", TEXT },
		{ "application/openmetrics-text;q=0.6, text/plain;q=0.5", OPEN },
		{ "text/plain;q=0.5,application/openmetrics-text;q=0.501", OPEN },
		{ "application/openmetrics-text, */*", OPEN }, /* said so more exactly */
		{ "*/*, application/openmetrics-text", OPEN },
		{ "text/plain, */*", TEXT },
		{ "text/*;q=0.3, application/*;q=0.7", OPEN },
		{ "text/plain, application/openmetrics-text", TEXT },
		{ "application/openmetrics-text, text/plain", OPEN },
		{ "application/openmetrics-text;q=1.5", OPEN },
		{ "application/openmetrics-text;q=abc, text/plain;q=0.1", TEXT },
		{ "application/openmetrics-text;q=, text/plain;q=0.1", TEXT },
		{ "text/plain;version=1.0.0;q=0.9, application/openmetrics-text;q=0.2", OPEN },
		/* Prometheus 2 */
		{ "application/openmetrics-text;version=1.0.0,application/openmetrics-text;"
		  "version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
		  OPEN },
		/* Prometheus 3, with escaping; without OpenMetrics */
		{ "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
		  "application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;"
		  "escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
		  OPEN },
		{ "text/plain;version=1.0.0;escaping=underscores;q=0.6,"
		  "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
		  TEXT },
		/* protobuf first */
		{ "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;"
		  "encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;q=0.5,"
		  "*/*;q=0.2",
		  OPEN },
		/* hostile */
		{ "application/openmetrics-text;x=\"a,b;c", OPEN },
		{ "application/openmetrics-text;x=\"\\", OPEN },
		{ ";;;q=1;=;,application/openmetrics-text;;;", OPEN },
		{ "/;q=1,*;q=1,*/;q=1,/*;q=1", TEXT },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		if (negotiate_exposition(table[i].accept) != table[i].wanted)
			fail_msg("%s", table[i].accept);
	}
}

static void test_gzip(void **state)
{
	static const struct {
		const char *accept;
		bool wanted;
	} table[] = {
		{ NULL, false },
		{ "", false },
		{ "gzip", true },
		{ "GZip", true },
		{ "x-gzip", true },
		{ "deflate, gzip;q=1.0, *;q=0.5", true },
		{ "gzip;q=0", false },
		{ "gzip;q=0.000", false },
		{ "gzip;q=0, *", false },
		{ "gzip; q = 0.5", true },
		{ "identity", false },
		{ "deflate, br, zstd", false },
		{ "*", true },
		{ "*;q=0", false },
		{ "*;q=0, gzip;q=0.1", true },
		{ "identity, gzip;q=0.5", false }, /* prefers it plain */
		{ "identity;q=0.5, gzip", true },
		{ "identity;q=0, gzip;q=0.1", true },
		{ "gzip, identity", true },
		{ "gzippy", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		if (negotiate_gzip(table[i].accept) != table[i].wanted)
			fail_msg("%s", table[i].accept);
	}
}

static void test_csv(void **state)
{
	(void)state;
	assert_false(negotiate_csv(NULL));
	assert_false(negotiate_csv("*/*"));
	assert_false(negotiate_csv("application/json"));
	assert_false(negotiate_csv("application/json, text/csv"));
	assert_false(negotiate_csv("text/csv;q=0"));
	assert_true(negotiate_csv("text/csv"));
	assert_true(negotiate_csv("text/csv, */*;q=0.1"));
	assert_true(negotiate_csv("text/csv;header=present"));
}

static void test_etags(void **state)
{
	(void)state;
	assert_false(etag_listed(NULL, "\"a\""));
	assert_false(etag_listed("", "\"a\""));
	assert_true(etag_listed("\"a\"", "\"a\""));
	assert_true(etag_listed("W/\"a\"", "\"a\""));
	assert_true(etag_listed("\"x\", \"a\" ", "\"a\""));
	assert_true(etag_listed(" * ", "\"a\""));
	assert_true(etag_listed("\"x,y\",\"a\"", "\"a\""));
	assert_false(etag_listed("\"a-gzip\"", "\"a\""));
	assert_false(etag_listed("a", "\"a\""));
	assert_false(etag_listed("\"a", "\"a\""));
	assert_false(etag_listed("W/, W/W/\"a\"", "\"a\""));
	/* a weak tag of ours */
	assert_true(etag_listed("W/\"a\"", "W/\"a\""));
	assert_true(etag_listed("\"a\"", "W/\"a\""));
	assert_true(etag_listed("W/\"x\", W/\"a\"", "W/\"a\""));
	assert_true(etag_listed("*", "W/\"a\""));
	assert_false(etag_listed("W/\"x\", \"aa\"", "W/\"a\""));
	assert_false(etag_listed("w/\"a\"", "W/\"a\""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exposition),
		cmocka_unit_test(test_gzip),
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_etags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
