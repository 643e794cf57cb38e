/*
 * What a changed source keeps until its first refresh: the inventory of its predecessor if both ask
 * the same service, otherwise nothing. No worker runs, so nothing is refreshed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "collect/collector.h"
#include "config_text.h"
#include "inventory/state/save.h"
#include "sample_state.h"
#include "temp_tree.h"

/* Of sample_state(), so each begins with an inventory. */
#define SERVICE                                                                                    \
	"sources:\n  - { id: service, kind: destination-service, host: h, client_secret: s, "      \
	"client_id: c, token_url: \"https://t\""
#define CONNECTOR                                                                                  \
	"sources:\n  - { id: connector, kind: cloud-connector, username: u, password: p, "         \
	"url: \"https://scc:8443"
#define FILES "sources:\n  - { id: files, kind: directory, paths: [\"/state/*\""

static const struct {
	const char *before;
	const char *after;
	bool kept;
} cases[] = {
	{ SERVICE " }\n", SERVICE ", poll_interval: 2h }\n", true },
	{ SERVICE " }\n", SERVICE ", page_size: 7 }\n", true },
	{ SERVICE " }\n", SERVICE ", subscriber: other }\n", false },
	{ CONNECTOR "\" }\n", CONNECTOR "\", timeout: 1m }\n", true },
	{ CONNECTOR "\" }\n", CONNECTOR "/path\" }\n", false },
	{ FILES "] }\n", FILES "], timeout: 1m }\n", true },
	{ FILES "] }\n", FILES ", \"/more/*\"] }\n", false },
	{ FILES ", \"/more/*\"] }\n", FILES "] }\n", false },
	{ FILES "] }\n", "sources:\n  - { id: files, kind: directory, paths: [\"/other/*\"] }\n",
	  false },
	{ FILES "] }\n",
	  "sources:\n  - { id: files, kind: cloud-connector, url: \"https://s\", "
	  "username: u, password: p }\n",
	  false },
};

static struct collector *new_collector(struct telemetry *telemetry,
				       struct snapshot_store *snapshots)
{
	const struct collector_settings settings = {
		.telemetry = telemetry,
		.snapshots = snapshots,
		.state_file = tree_path("state.json"),
	};
	struct collector *collector = collector_new(&settings);

	assert_non_null(collector);
	return collector;
}

static size_t stores_after(struct collector *collector, struct snapshot_store *snapshots,
			   const char *yaml)
{
	struct config *config = parse_good(yaml);
	struct error error = { "" };
	size_t count = 0;

	assert_int_equal(collector_apply(collector, config, &error), STATUS_OK);
	config_free(config);
	struct snapshot *snapshot = snapshot_store_current(snapshots);
	for (size_t i = 0; i < snapshot->view_count; i++)
		count += snapshot->views[i]->store_count;
	snapshot_unref(snapshot);
	return count;
}

static void test_cases(void **state)
{
	struct error error = { "" };
	struct state sample;

	(void)state;
	sample_state(&sample);
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct telemetry *telemetry = telemetry_new();
		struct snapshot_store *snapshots = snapshot_store_new();
		assert_int_equal(state_save(tree_path("state.json"), &sample, &error), STATUS_OK);
		struct collector *collector = new_collector(telemetry, snapshots);
		size_t before = stores_after(collector, snapshots, cases[i].before);
		size_t after = stores_after(collector, snapshots, cases[i].after);
		assert_true(before > 0);
		if (after != (cases[i].kept ? before : 0))
			fail_msg("%s%s%zu of %zu stores are shown", cases[i].before, cases[i].after,
				 after, before);
		collector_stop(collector);
		snapshot_store_free(snapshots);
		telemetry_free(telemetry);
	}
	state_release(&sample);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_cases, tree_setup, tree_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
