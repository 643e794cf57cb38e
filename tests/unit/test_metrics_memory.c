/*
 * Every allocation of a rendering fails once: the result is STATUS_MEMORY and nothing leaks. The
 * allocation functions are wrapped by the linker (--wrap).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "metrics/metrics.h"
#include "report/csv.h"
#include "report/json.h"
#include "report/table.h"
#include "sample_view.h"

#define ALLOCATIONS_MAX 100000 /* the table makes the most, some thousand */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__real_reallocarray(void *memory, size_t count, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_reallocarray(void *memory, size_t count, size_t size);

static size_t until_failure = SIZE_MAX; /* allocations that still succeed */
static bool failed;

static bool fails(void)
{
	if (until_failure == SIZE_MAX)
		return false;
	if (until_failure-- > 0)
		return false;
	until_failure = SIZE_MAX; /* only this one */
	failed = true;
	return true;
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
	return fails() ? NULL : __real_realloc(memory, size);
}

void *__wrap_reallocarray(void *memory, size_t count, size_t size)
{
	return fails() ? NULL : __real_reallocarray(memory, count, size);
}

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

static void test_every_allocation(void **state)
{
	static render *const renderings[] = { render_metrics, render_json, render_csv,
					      render_table };
	struct telemetry *telemetry = telemetry_new();
	struct buf buf;

	(void)state;
	assert_non_null(telemetry);
	const struct snapshot *snapshot = sample_snapshot(telemetry);
	buf_init(&buf, EXPOSITION_MAX);
	for (size_t i = 0; i < sizeof(renderings) / sizeof(renderings[0]); i++) {
		size_t n = 0;
		do {
			assert_true(n < ALLOCATIONS_MAX);
			failed = false;
			until_failure = n++;
			enum status status = renderings[i](snapshot, telemetry, &buf);
			until_failure = SIZE_MAX;
			assert_int_equal(status, failed ? STATUS_MEMORY : STATUS_OK);
			buf_release(&buf);
		} while (failed);
		assert_true(n > 1);
	}
	telemetry_free(telemetry);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_allocation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
