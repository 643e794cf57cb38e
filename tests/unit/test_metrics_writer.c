/* The writer: both formats, escaping, numbers, and what it refuses to write. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "metrics/writer.h"

#define PAGE_MAX ((size_t)1024 * 1024)

struct page {
	struct buf buf;
	struct writer w;
};

static void start(struct page *page, enum exposition_format format)
{
	buf_init(&page->buf, PAGE_MAX);
	writer_init(&page->w, &page->buf, format);
}

static void finish(struct page *page, const char *expected)
{
	writer_finish(&page->w);
	assert_int_equal(buf_status(&page->buf), STATUS_OK);
	assert_string_equal(buf_text(&page->buf), expected);
	buf_release(&page->buf);
}

static void test_counter(void **state)
{
	static const struct {
		enum exposition_format format;
		const char *page;
	} table[] = {
		{ EXPOSITION_TEXT,
		  "# HELP process_cpu_seconds_total Total user and system CPU time spent in "
		  "seconds.\n# TYPE process_cpu_seconds_total counter\n"
		  "process_cpu_seconds_total 0.25\n" },
		{ EXPOSITION_OPENMETRICS,
		  "# HELP process_cpu_seconds Total user and system CPU time spent in seconds.\n"
		  "# TYPE process_cpu_seconds counter\nprocess_cpu_seconds_total 0.25\n# EOF\n" },
	};
	struct page page;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		start(&page, table[i].format);
		writer_family(&page.w, FAM_PROCESS_CPU);
		writer_begin(&page.w);
		writer_end_number(&page.w, 0.25);
		finish(&page, table[i].page);
	}
}

static void test_label_escaping(void **state)
{
	static const struct {
		const char *value, *label;
	} table[] = {
		{ "", "a=\"\"" },
		{ "plain", "a=\"plain\"" },
		{ "back\\slash", "a=\"back\\\\slash\"" },
		{ "\"quoted\"", "a=\"\\\"quoted\\\"\"" },
		{ "two\nlines", "a=\"two\\nlines\"" },
		{ "\\n", "a=\"\\\\n\"" },
		{ "\\\"\n", "a=\"\\\\\\\"\\n\"" },
		{ "Zürich 東京 😀", "a=\"Zürich 東京 😀\"" },
		{ "a=\"b\",c{} 1", "a=\"a=\\\"b\\\",c{} 1\"" },
	};
	struct buf buf;

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		buf_init(&buf, PAGE_MAX);
		label_append(&buf, true, "a", table[i].value);
		assert_string_equal(buf_text(&buf), table[i].label);
		label_append(&buf, false, "b", "c");
		assert_string_equal(buf_text(&buf) + strlen(table[i].label), ",b=\"c\"");
		buf_release(&buf);
	}
}

static void check_number(double value, const char *text)
{
	char expected[200];
	struct page page;

	start(&page, EXPOSITION_TEXT);
	writer_family(&page.w, FAM_PROCESS_MAX_FDS);
	writer_begin(&page.w);
	writer_end_number(&page.w, value);
	(void)snprintf(expected, sizeof(expected),
		       "# HELP process_max_fds Maximum number of open file descriptors.\n"
		       "# TYPE process_max_fds gauge\nprocess_max_fds %s\n",
		       text);
	finish(&page, expected);
}

static void test_numbers(void **state)
{
	(void)state;
	check_number(0, "0");
	check_number(1, "1");
	check_number(-1, "-1");
	check_number(0.1, "0.1");
	check_number(1.0 / 3, "0.3333333333333333");
	check_number(1767225599, "1767225599");
	check_number(1767225599.37, "1767225599.37");
	check_number(2251799813685249.5, "2251799813685249.5");
	check_number(9007199254740992.0, "9007199254740992");
	check_number(1e20, "1e+20");
	check_number(5e-324, "4.94065645841247e-324");
	check_number(INFINITY, "+Inf");
	check_number(-INFINITY, "-Inf");
}

static void check_days(double days, const char *text)
{
	struct page page;
	const struct label labels[] = {
		{ "source", "s" },         { "level", "l" },    { "name", "n" },
		{ "entry", "" },           { "position", "0" }, { "system_id", "" },
		{ "type", "certificate" }, { "role", "leaf" },  { "issuer", "i" },
		{ "destination", "" },
	};

	start(&page, EXPOSITION_TEXT);
	writer_family(&page.w, FAM_DAYS);
	writer_begin(&page.w);
	writer_labels(&page.w, labels, sizeof(labels) / sizeof(labels[0]));
	writer_end_days(&page.w, days);
	if (text == NULL) {
		finish(&page, "");
		return;
	}
	char *value = strrchr(buf_text(&page.buf), ' ');
	assert_non_null(value);
	assert_string_equal(value + 1, text);
	buf_release(&page.buf);
}

static void test_days(void **state)
{
	(void)state;
	check_days(0, "0.000000\n");
	check_days(-0.0, "0.000000\n");
	check_days(12.5, "12.500000\n");
	check_days(-12.5, "-12.500000\n");
	check_days(0.000001, "0.000001\n");
	check_days(-0.0000001, "0.000000\n");
	check_days(-0.0000009, "-0.000001\n");
	check_days(0.9999999, "1.000000\n");
	check_days(29.999994, "29.999994\n");
	check_days(2932896, "2932896.000000\n"); /* 1970 .. 9999 */
	check_days(NAN, NULL);
	check_days(INFINITY, NULL);
	check_days(-1e9, NULL);
}

/* What would be a false number takes its whole line back, and HELP and TYPE if they came with it.
 */
static void test_refused(void **state)
{
	static const int64_t refused[] = {
		0, -1, -62135596800, TIME_SHOWABLE_MAX_S + 1, INT64_MAX, INT64_MIN
	};
	struct page page;

	(void)state;
	start(&page, EXPOSITION_TEXT);
	writer_family(&page.w, FAM_LAST_SUCCESS);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		writer_begin(&page.w);
		writer_label(&page.w, "source", "a");
		writer_end_timestamp(&page.w, refused[i]);
	}
	assert_string_equal(buf_text(&page.buf), "");
	writer_begin(&page.w);
	writer_label(&page.w, "source", "a");
	writer_end_timestamp(&page.w, TIME_SHOWABLE_MAX_S);
	writer_begin(&page.w);
	writer_label(&page.w, "source", "b");
	writer_end_timestamp(&page.w, 0);
	writer_begin(&page.w);
	writer_label(&page.w, "source", "b");
	writer_end_number(&page.w, NAN);
	writer_begin(&page.w);
	writer_label(&page.w, "source", "c");
	writer_end_timestamp(&page.w, 1);
	finish(&page,
	       "# HELP btp_source_last_success_timestamp_seconds Unix time at which the last "
	       "successful refresh of the source ended.\n"
	       "# TYPE btp_source_last_success_timestamp_seconds gauge\n"
	       "btp_source_last_success_timestamp_seconds{source=\"a\"} 253402300799\n"
	       "btp_source_last_success_timestamp_seconds{source=\"c\"} 1\n");
}

static void test_ready_labels(void **state)
{
	static const char ready[] = "source=\"s\",level=\"l\",name=\"n\"";
	struct page page;

	(void)state;
	start(&page, EXPOSITION_TEXT);
	writer_family(&page.w, FAM_STORE_STATE);
	writer_begin(&page.w);
	writer_labels_ready(&page.w, ready, strlen(ready), FAM_EXPIRY, STORE_LABELS);
	writer_label(&page.w, "state", "ok");
	writer_end_integer(&page.w, 1);
	const char *line = strstr(buf_text(&page.buf), "btp_certificate_store_state{");
	assert_non_null(line);
	assert_string_equal(line, "btp_certificate_store_state{source=\"s\",level=\"l\",name=\"n\","
				  "state=\"ok\"} 1\n");
	buf_release(&page.buf);
}

/* A value never stands under the name of another one: the first such label is named. */
static void test_misplaced_labels(void **state)
{
	static const struct {
		enum family_id family;
		size_t ready; /* labels written ahead, as those of FAM_EXPIRY */
		const char *labels[4];
		struct label_mistake mistake;
	} table[] = {
		{ FAM_ERRORS, 0, { "source", "stage", "reason" }, { NULL, NULL, NULL } },
		{ FAM_STORE_STATE, 3, { "state" }, { NULL, NULL, NULL } },
		{ FAM_ERRORS,
		  0,
		  { "source", "reason", "stage" },
		  { "btp_source_errors_total", "reason", "stage" } },
		{ FAM_ERRORS,
		  0,
		  { "source", "stage" },
		  { "btp_source_errors_total", "", "reason" } },
		{ FAM_ERRORS,
		  0,
		  { "source", "stage", "reason", "why" },
		  { "btp_source_errors_total", "why", "" } },
		{ FAM_ERRORS, 3, { NULL }, { "btp_source_errors_total", "level", "stage" } },
		{ FAM_PROCESS_CPU, 0, { "source" }, { "process_cpu_seconds_total", "source", "" } },
		{ FAM_PROCESS_CPU, 0, { NULL }, { NULL, NULL, NULL } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const struct label_mistake *wanted = &table[i].mistake;
		struct page page;
		start(&page, EXPOSITION_TEXT);
		writer_family(&page.w, table[i].family);
		writer_begin(&page.w);
		if (table[i].ready > 0)
			writer_labels_ready(&page.w, "ready=\"\"", 8, FAM_EXPIRY, table[i].ready);
		for (size_t l = 0; l < 4 && table[i].labels[l] != NULL; l++)
			writer_label(&page.w, table[i].labels[l], "x");
		writer_end_integer(&page.w, 1);
		assert_int_equal(buf_status(&page.buf),
				 wanted->family != NULL ? STATUS_UNSUPPORTED : STATUS_OK);
		if (wanted->family != NULL) {
			assert_string_equal(page.w.mistake.family, wanted->family);
			assert_string_equal(page.w.mistake.label, wanted->label);
			assert_string_equal(page.w.mistake.next, wanted->next);
		}
		buf_release(&page.buf);
	}
}

static void test_histogram(void **state)
{
	static const double bounds[] = { 0.1, 1, 2.5, 600 };
	static const struct label labels[] = { { "source", "a\"b" } };
	struct histogram histogram = { .bounds = bounds,
				       .bound_count = 4,
				       .buckets = { 1, 0, 2, 0, 4 },
				       .count = 7,
				       .sum = 1234.5 };
	struct page page;

	(void)state;
	start(&page, EXPOSITION_OPENMETRICS);
	writer_family(&page.w, FAM_REFRESH_DURATION);
	writer_histogram(&page.w, labels, 1, &histogram);
	finish(&page,
	       "# HELP btp_source_refresh_duration_seconds How long the refreshes of the source "
	       "took.\n# TYPE btp_source_refresh_duration_seconds histogram\n"
	       "btp_source_refresh_duration_seconds_bucket{source=\"a\\\"b\",le=\"0.1\"} 1\n"
	       "btp_source_refresh_duration_seconds_bucket{source=\"a\\\"b\",le=\"1.0\"} 1\n"
	       "btp_source_refresh_duration_seconds_bucket{source=\"a\\\"b\",le=\"2.5\"} 3\n"
	       "btp_source_refresh_duration_seconds_bucket{source=\"a\\\"b\",le=\"600.0\"} 3\n"
	       "btp_source_refresh_duration_seconds_bucket{source=\"a\\\"b\",le=\"+Inf\"} 7\n"
	       "btp_source_refresh_duration_seconds_sum{source=\"a\\\"b\"} 1234.5\n"
	       "btp_source_refresh_duration_seconds_count{source=\"a\\\"b\"} 7\n# EOF\n");
	start(&page, EXPOSITION_TEXT);
	writer_family(&page.w, FAM_SCRAPE_DURATION);
	writer_histogram(&page.w, NULL, 0, &histogram);
	assert_non_null(strstr(buf_text(&page.buf), "_bucket{le=\"1\"} 1\n"));
	assert_non_null(strstr(buf_text(&page.buf), "_bucket{le=\"600\"} 3\n"));
	assert_non_null(strstr(buf_text(&page.buf), "_sum 1234.5\n"));
	buf_release(&page.buf);
}

/* A full buffer is a failure of the page and nothing worse, wherever it strikes. */
static void test_full(void **state)
{
	struct page page;

	(void)state;
	for (size_t max = 0; max < 220; max++) {
		buf_init(&page.buf, max);
		writer_init(&page.w, &page.buf, EXPOSITION_OPENMETRICS);
		writer_family(&page.w, FAM_LAST_SUCCESS);
		writer_begin(&page.w);
		writer_label(&page.w, "source", "s");
		writer_end_timestamp(&page.w, 0);
		writer_begin(&page.w);
		writer_label(&page.w, "source", "s");
		writer_end_timestamp(&page.w, 1767225600);
		writer_finish(&page.w);
		assert_true(page.buf.len <= max);
		if (max < 200)
			assert_int_equal(buf_status(&page.buf), STATUS_TOO_LARGE);
		buf_release(&page.buf);
	}
}

static void test_decimal(void **state)
{
	char text[DECIMAL_SIZE];

	(void)state;
	assert_string_equal(decimal(0, text), "0");
	assert_string_equal(decimal(10, text), "10");
	assert_string_equal(decimal(UINT64_MAX, text), "18446744073709551615");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counter),
		cmocka_unit_test(test_label_escaping),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_days),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_ready_labels),
		cmocka_unit_test(test_misplaced_labels),
		cmocka_unit_test(test_histogram),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_decimal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
