/* The whole page of a small inventory against tests/golden/: every family, both formats. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "golden.h"
#include "metrics/metrics.h"
#include "sample_view.h"

#define GOLDEN_MAX ((size_t)1024 * 1024)

/* The one line that depends on the machine: its labels are replaced. */
static void hide_build(struct buf *page)
{
	static const char name[] = "\nbtp_cert_exporter_build_info{";
	char *start = strstr(page->data, name);
	struct buf hidden;

	assert_non_null(start);
	const char *end = strchr(start + 1, '\n');
	assert_non_null(end);
	buf_init(&hidden, GOLDEN_MAX);
	buf_append(&hidden, page->data, (size_t)(start - page->data) + strlen(name));
	buf_puts(&hidden, "version=\"0\"} 1");
	buf_puts(&hidden, end);
	assert_int_equal(buf_status(&hidden), STATUS_OK);
	buf_release(page);
	*page = hidden;
}

static void check(const char *file, enum exposition_format format, bool with_web)
{
	struct telemetry *telemetry = telemetry_new();
	struct buf page;

	assert_non_null(telemetry);
	struct exposition exposition = { .format = format,
					 .snapshot = sample_snapshot(telemetry),
					 .telemetry = telemetry,
					 .now_s = SAMPLE_NOW,
					 .with_process = false,
					 .with_web = with_web };
	buf_init(&page, EXPOSITION_MAX);
	assert_int_equal(metrics_write(&exposition, &page), STATUS_OK);
	hide_build(&page);
	golden_check(file, buf_text(&page));
	buf_release(&page);
	telemetry_free(telemetry);
}

static void test_text(void **state)
{
	(void)state;
	check("metrics.txt", EXPOSITION_TEXT, true);
}

static void test_openmetrics(void **state)
{
	(void)state;
	check("metrics.openmetrics.txt", EXPOSITION_OPENMETRICS, true);
}

/* --once=metrics: nothing about a web server that does not run. */
static void test_once(void **state)
{
	(void)state;
	check("metrics.once.txt", EXPOSITION_TEXT, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_openmetrics),
		cmocka_unit_test(test_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
