/*
 * Every allocation of a rendering fails once (memory.h): the result is STATUS_MEMORY and nothing
 * leaks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/array.h"
#include "memory.h"
#include "metrics/metrics.h"
#include "report/csv.h"
#include "report/json.h"
#include "report/table.h"
#include "sample_view.h"

typedef enum status render(const struct snapshot *snapshot, struct telemetry *telemetry,
			   struct buf *buf);

static enum status render_metrics(const struct snapshot *snapshot, struct telemetry *telemetry,
				  struct buf *buf)
{
	struct exposition exposition = { .format = EXPOSITION_OPENMETRICS,
					 .snapshot = snapshot,
					 .telemetry = telemetry,
					 .now_s = SAMPLE_NOW,
					 .with_web = true };

	return metrics_write(&exposition, buf);
}

static enum status render_json(const struct snapshot *snapshot, struct telemetry *telemetry,
			       struct buf *buf)
{
	(void)telemetry;
	return report_certificates_json(snapshot, NULL, SAMPLE_NOW, buf);
}

static enum status render_csv(const struct snapshot *snapshot, struct telemetry *telemetry,
			      struct buf *buf)
{
	(void)telemetry;
	return report_certificates_csv(snapshot, NULL, SAMPLE_NOW, buf);
}

static enum status render_table(const struct snapshot *snapshot, struct telemetry *telemetry,
				struct buf *buf)
{
	struct report_table table = { { SAMPLE_NOW, 14, false }, NULL, 100, true };

	(void)telemetry;
	return report_table(snapshot, &table, buf);
}

static const struct rendering {
	const char *name;
	render *render;
} renderings[] = { { "the metrics", render_metrics },
		   { "JSON", render_json },
		   { "CSV", render_csv },
		   { "the table", render_table } };

struct rendered {
	const struct snapshot *snapshot;
	struct telemetry *telemetry;
	render *render;
	struct buf buf;
};

static enum status walk(void *user)
{
	struct rendered *rendered = user;

	return rendered->render(rendered->snapshot, rendered->telemetry, &rendered->buf);
}

static void check(void *user, enum status status, bool lacked)
{
	struct rendered *rendered = user;

	(void)lacked;
	assert_true(status != STATUS_OK || rendered->buf.len > 0);
	buf_release(&rendered->buf);
}

static void test_every_allocation(void **state)
{
	struct rendered rendered = { .telemetry = telemetry_new() };

	(void)state;
	assert_non_null(rendered.telemetry);
	rendered.snapshot = sample_snapshot(rendered.telemetry);
	buf_init(&rendered.buf, EXPOSITION_MAX);
	for (size_t i = 0; i < COUNT_OF(renderings); i++) {
		const struct memory_way way = {
			.name = renderings[i].name, .walk = walk, .check = check, .user = &rendered
		};
		rendered.render = renderings[i].render;
		assert_true(memory_torture(&way) > 0);
	}
	telemetry_free(rendered.telemetry);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_allocation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
