/* The table of --config.check=online: each result, its counts and the exit code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report/check_table.h"
#include "sample_view.h"
#include "source/destination/service.h"
#include "telemetry/telemetry.h"

static struct inventory_level levels[] = {
	{ .name = "instance", .has_up = true, .up = true },
	{ .name = "subaccount", .has_up = true, .up = false },
};
static struct inventory_store stores[] = {
	{ .level = "instance", .name = "a", .type = "certificate", .detail = "" },
	{ .level = "instance",
	  .name = "b",
	  .type = "certificate",
	  .detail = "",
	  .state = STORE_LOCKED },
};

static struct source_view view_of(struct telemetry *telemetry, const char *id)
{
	return (struct source_view){ .id = id,
				     .kind = &destination_service_kind,
				     .has_attempt = true,
				     .up = true,
				     .last_error = "",
				     .telemetry = telemetry_source(telemetry, id, NULL),
				     .levels = levels,
				     .level_count = 1,
				     .stores = stores,
				     .store_count = 2 };
}

static void test_results(void **state)
{
	struct telemetry *telemetry = telemetry_new();
	struct source_view good = view_of(telemetry, "good");
	struct source_view partly = view_of(telemetry, "half");
	struct source_view failed = view_of(telemetry, "gone");
	struct source_view open = view_of(telemetry, "slow");
	struct source_view *views[] = { &good, &partly, &failed, &open };
	struct snapshot snapshot = { .view_count = 4, .views = views };
	struct buf buf;

	(void)state;
	telemetry_refresh(good.telemetry, 1.25);
	telemetry_refresh(partly.telemetry, 1.0);
	telemetry_refresh(partly.telemetry, 2.0);
	telemetry_refresh(failed.telemetry, 0.001);
	partly.up = false;
	partly.level_count = 2;
	partly.last_error = "list: certificates: http_403";
	failed.up = false;
	failed.level_count = 0;
	failed.last_error = "token: connect: refused";
	open.has_attempt = false;
	open.level_count = 0;
	buf_init(&buf, 65536);
	assert_int_equal(report_check_table(&snapshot, false, &buf), STATUS_OK);
	assert_string_equal(
		buf_text(&buf),
		"SOURCE  RESULT     DURATION  CERTIFICATES  STORES  NOT OK  WHAT IS WRONG\n"
		"good    ok            1.25s             0       2       1\n"
		"half    partly        1.50s             0       2       1  subaccount: list: "
		"certificates: http_403\n"
		"gone    failed        0.00s             -       -       -  token: connect: "
		"refused\n"
		"slow    not asked                       -       -       -  no time was left for "
		"it\n"
		"3 sources asked: 1 ok, 1 partly, 1 failed, 1 not asked\n");
	buf_release(&buf);
	assert_int_equal(report_check_exit_code(&snapshot), 2);
	snapshot.view_count = 1;
	assert_int_equal(report_check_exit_code(&snapshot), 0);
	for (size_t i = 1; i < 4; i++) {
		struct snapshot one = { .view_count = 1, .views = &views[i] };
		assert_int_equal(report_check_exit_code(&one), 2);
	}
	telemetry_free(telemetry);
}

static void test_nothing_and_limits(void **state)
{
	struct telemetry *telemetry = telemetry_new();
	struct snapshot none = { 0 };
	struct buf buf;

	(void)state;
	buf_init(&buf, 65536);
	assert_int_equal(report_check_table(&none, true, &buf), STATUS_OK);
	assert_string_equal(buf_text(&buf), "0 sources asked\n");
	buf_release(&buf);
	buf_init(&buf, 20);
	assert_int_equal(report_check_table(sample_snapshot(telemetry), true, &buf),
			 STATUS_TOO_LARGE);
	buf_release(&buf);
	telemetry_free(telemetry);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_results),
		cmocka_unit_test(test_nothing_and_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
