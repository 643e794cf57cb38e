/* The collector with a kind that is made up: schedule, requests, reloads and removals, also in the
 * middle of a refresh. The order of events is decided by gates, not by clocks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "collect/collector.h"
#include "config/file/load.h"
#include "fake_source.h"
#include "temp_tree.h"

#define HANG_MS (120 * UINT64_C(1000)) /* only what hangs takes so long */

static struct telemetry *telemetry;
static struct snapshot_store *snapshots;
static struct collector *collector;

static void start(void)
{
	const struct collector_settings settings = { .telemetry = telemetry,
						     .snapshots = snapshots,
						     .state_file = tree_path("state.json") };

	collector = collector_new(&settings);
	assert_non_null(collector);
}

static int setup(void **state)
{
	fake_reset();
	(void)unsetenv("BTP_CERT_EXPORTER_TEST_SPEED");
	telemetry = telemetry_new();
	snapshots = snapshot_store_new();
	if (telemetry == NULL || snapshots == NULL || tree_setup(state) != 0)
		return -1;
	start();
	return 0;
}

static int teardown(void **state)
{
	fake.gate_closed = false;
	collector_stop(collector);
	snapshot_store_free(snapshots);
	telemetry_free(telemetry);
	return tree_teardown(state) == 0 && fake.opened == fake.closed ? 0 : -1;
}

static enum status apply_text(const char *yaml)
{
	struct problems problems;
	struct config *config = NULL;
	struct error error = { "" };

	problems_init(&problems);
	assert_int_equal(config_parse(yaml, strlen(yaml), "f", "/", NULL, &config, &problems),
			 STATUS_OK);
	enum status status = collector_apply(collector, config, &error);
	config_free(config);
	problems_release(&problems);
	return status;
}

#define SOURCE(id, more) "  - { id: " id ", kind: directory, paths: [/x]" more " }\n"

static void apply(const char *sources)
{
	char yaml[1024];

	(void)snprintf(yaml, sizeof(yaml), "sources:\n%s", sources);
	assert_int_equal(apply_text(yaml), STATUS_OK);
}

static void run(uint32_t workers)
{
	assert_int_equal(collector_set_workers(collector, workers), STATUS_OK);
	assert_true(collector_wait_all(collector, HANG_MS));
}

/* The stores of a source as they are published, -1: it is not. */
static long stores_of(const char *id)
{
	struct snapshot *snapshot = snapshot_store_current(snapshots);
	long count = -1;

	for (size_t i = 0; i < snapshot->view_count; i++) {
		if (strcmp(snapshot->views[i]->id, id) == 0)
			count = (long)snapshot->views[i]->store_count;
	}
	snapshot_unref(snapshot);
	return count;
}

static size_t views(void)
{
	struct snapshot *snapshot = snapshot_store_current(snapshots);
	size_t count = snapshot->view_count;

	snapshot_unref(snapshot);
	return count;
}

static void first_refreshes(void **state)
{
	struct error error = { "" };

	(void)state;
	apply(SOURCE("a", "") SOURCE("b", "") SOURCE("off", ", enabled: false"));
	assert_int_equal(views(), 2); /* shown before they are tried */
	assert_false(collector_ready(collector, &error));
	assert_non_null(strstr(error.text, "2 of 2"));
	assert_true(collector_healthy(collector, &error));
	run(2);
	assert_true(collector_ready(collector, &error));
	assert_int_equal(fake.refreshes, 2);
	assert_int_equal(stores_of("a"), 2);
	assert_int_equal(stores_of("off"), -1);
}

/* One that is unchanged goes on, one that changed is asked again, one that is new is asked. */
static void reload(void **state)
{
	(void)state;
	apply(SOURCE("same", "") SOURCE("changed", "") SOURCE("gone", ""));
	run(2);
	assert_int_equal(fake.refreshes, 3);
	fake.stores = 5;
	fake.gate_closed = true;
	apply(SOURCE("changed", ", name: other") SOURCE("new", "") SOURCE("same", ""));
	assert_int_equal(views(), 3);
	assert_int_equal(stores_of("gone"), -1);
	assert_int_equal(stores_of("changed"), 2); /* until its refresh has ended */
	assert_int_equal(stores_of("new"), 0);
	fake_await(&fake.waiting, 2);
	fake.gate_closed = false;
	fake_await(&fake.refreshes, 5);
	assert_true(collector_wait_all(collector, HANG_MS));
	assert_int_equal(stores_of("same"), 2);
	assert_int_equal(stores_of("new"), 5);
	assert_int_equal(fake.opened, 5);
}

/* A source changes while it is refreshed: the old refresh is stopped and what it brings is dropped.
 */
static void reload_during_a_refresh(void **state)
{
	(void)state;
	apply(SOURCE("a", ""));
	run(1);
	collector_stop(collector); /* the next one starts from the state file */
	start();
	fake.gate_closed = true;
	fake.stores = 9;
	apply(SOURCE("a", ""));
	assert_int_equal(stores_of("a"), 2);
	assert_int_equal(collector_set_workers(collector, 1), STATUS_OK);
	fake_await(&fake.waiting, 1);
	apply(SOURCE("a", ", name: other"));
	fake_await(&fake.stopped, 1);
	assert_int_equal(stores_of("a"), 2); /* neither 9 nor none */
	fake_await(&fake.waiting, 1);        /* of the successor */
	fake.stores = 3;
	fake.gate_closed = false;
	assert_true(collector_wait_all(collector, HANG_MS));
	fake_await(&fake.refreshes, 3);
	assert_true(collector_wait_all(collector, HANG_MS));
	assert_int_equal(stores_of("a"), 3);
}

static void removal_during_a_refresh(void **state)
{
	(void)state;
	apply(SOURCE("a", "") SOURCE("b", ""));
	fake.gate_closed = true;
	assert_int_equal(collector_set_workers(collector, 2), STATUS_OK);
	fake_await(&fake.waiting, 2);
	apply(SOURCE("b", ""));
	assert_int_equal(views(), 1);
	fake_await(&fake.closed, 1); /* by the worker that had it */
	assert_int_equal(fake.stopped, 1);
	assert_int_equal(views(), 1);
	fake.gate_closed = false;
	assert_true(collector_wait_all(collector, HANG_MS));
	assert_int_equal(stores_of("a"), -1);
	assert_int_equal(stores_of("b"), 2);
}

/* One that comes back under its name does not find what was known before it went. */
static void removed_and_added(void **state)
{
	(void)state;
	apply(SOURCE("a", "") SOURCE("b", ""));
	run(1);
	apply(SOURCE("b", ""));
	fake.gate_closed = true;
	apply(SOURCE("b", "") SOURCE("a", ""));
	assert_int_equal(stores_of("a"), 0);
	assert_int_equal(stores_of("b"), 2);
}

/* A request during a refresh is not forgotten: another one follows after the gap between two. */
static void requests(void **state)
{
	struct snapshot *snapshot;

	(void)state;
	apply(SOURCE("a", ", poll_interval: 24h"));
	fake.gate_closed = true;
	assert_int_equal(collector_set_workers(collector, 1), STATUS_OK);
	fake_await(&fake.waiting, 1);
	for (int i = 0; i < 5; i++)
		collector_refresh_all(collector);
	fake.gate_closed = false;
	assert_true(collector_wait_all(collector, HANG_MS));
	snapshot = snapshot_store_current(snapshots);
	const struct source_view *view = snapshot->views[0];
	assert_true(view->next_attempt_s < view->last_attempt_s + 61);
	snapshot_unref(snapshot);
}

/* A source that is down does not take its inventory along, nor its neighbour. */
static void down_after_a_restart(void **state)
{
	struct snapshot *snapshot;

	(void)state;
	apply(SOURCE("a", "") SOURCE("b", ""));
	run(1);
	collector_stop(collector);
	start();
	fake.down = true;
	apply(SOURCE("a", "") SOURCE("c", ""));
	run(1);
	assert_int_equal(stores_of("a"), 2);
	assert_int_equal(stores_of("c"), 0);
	snapshot = snapshot_store_current(snapshots);
	assert_false(snapshot->views[0]->up);
	assert_true(snapshot->views[0]->has_success);
	assert_false(snapshot->views[1]->has_success);
	snapshot_unref(snapshot);
}

static void stop_during_refreshes(void **state)
{
	(void)state;
	apply(SOURCE("a", "") SOURCE("b", "") SOURCE("c", ""));
	fake.gate_closed = true;
	assert_int_equal(collector_set_workers(collector, 2), STATUS_OK);
	fake_await(&fake.waiting, 2);
	collector_stop(collector); /* the gate is still closed */
	collector = NULL;
	assert_int_equal(fake.stopped, 2);
	assert_int_equal(fake.closed, 3);
}

#define COLLECTOR_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		COLLECTOR_TEST(first_refreshes),         COLLECTOR_TEST(reload),
		COLLECTOR_TEST(reload_during_a_refresh), COLLECTOR_TEST(removal_during_a_refresh),
		COLLECTOR_TEST(removed_and_added),       COLLECTOR_TEST(requests),
		COLLECTOR_TEST(down_after_a_restart),    COLLECTOR_TEST(stop_during_refreshes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
