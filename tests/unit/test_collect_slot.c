/* One source from attempt to attempt, with a kind that is made up: what is known, shown and planned
 * after good and bad ones, and what its successor inherits. One thread, no clock is waited for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "collect/slot.h"
#include "config/file/load.h"
#include "fake_source.h"

#define NOW_MS 1000000 /* of the plan; the slot's attempts are told so */

static struct telemetry *telemetry;

static int setup(void **state)
{
	(void)state;
	(void)unsetenv("BTP_CERT_EXPORTER_TEST_SPEED");
	fake_reset();
	telemetry = telemetry_new();
	return telemetry != NULL ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	telemetry_free(telemetry);
	return 0;
}

/* A slot for a source of these settings, in YAML. */
static struct slot *make_slot(const char *settings)
{
	struct problems problems;
	struct config *config = NULL;
	enum status status;
	char yaml[512];

	(void)snprintf(yaml, sizeof(yaml), "sources:\n  - { id: one, poll_interval: 1h, %s }\n",
		       settings);
	problems_init(&problems);
	assert_int_equal(config_parse(yaml, strlen(yaml), "f", "/", NULL, &config, &problems),
			 STATUS_OK);
	problems_release(&problems);
	struct slot *slot = slot_new(config->sources[0], telemetry, &status);
	assert_non_null(slot);
	assert_ptr_equal(config_take_source(config, 0), slot->config);
	config_free(config);
	slot_first_view(slot);
	assert_non_null(slot->view);
	return slot;
}

#define DIRECTORY "kind: directory, paths: [/x]"

/* Everything that a worker does with a slot. */
static void attempt(struct slot *slot)
{
	struct slot_attempt attempt;

	slot->started_ms = NOW_MS - 10;
	slot_attempt(slot, &attempt);
	slot_plan(slot, &attempt, NOW_MS);
	slot_attempt_view(&attempt);
	slot_finish(slot, &attempt);
	slot_attempt_report(&attempt);
	slot_attempt_release(&attempt);
}

static uint64_t errors(enum stage stage, enum status reason)
{
	static struct telemetry_source_values values;

	assert_int_equal(telemetry_source_read(telemetry_source(telemetry, "one", NULL), &values),
			 STATUS_OK);
	uint64_t count = values.errors[stage][reason];
	telemetry_source_values_release(&values);
	return count;
}

static void assert_wait(const struct slot *slot, uint64_t seconds)
{
	assert_in_range(slot->due_ms - NOW_MS, seconds * 950, seconds * 1050); /* +-5 % */
}

static void good_attempt(void **state)
{
	struct slot *slot = make_slot(DIRECTORY);

	(void)state;
	assert_false(slot->view->has_attempt);
	assert_int_equal(slot->view->store_count, 0);
	attempt(slot);
	assert_true(slot->view->has_attempt && slot->view->up && slot->view->has_success);
	assert_int_equal(slot->view->store_count, 2);
	assert_string_equal(slot->view->last_error, "");
	assert_int_equal(slot->status.failures, 0);
	assert_string_equal(slot->knowledge->facts.identity, "the service");
	assert_wait(slot, 3600);
	assert_true(slot->view->next_attempt_s > slot->view->last_attempt_s + 3000);
	slot_free(slot);
}

/* 1, 2, 4, ... minutes; what was known stays. The first good one ends it. */
static void failures(void **state)
{
	static const uint64_t waits_s[] = { 60, 120, 240, 480 };
	struct slot *slot = make_slot(DIRECTORY);

	(void)state;
	attempt(slot);
	double success_s = slot->view->last_success_s;
	fake.down = true;
	for (unsigned i = 0; i < 4; i++) {
		attempt(slot);
		assert_wait(slot, waits_s[i]);
		assert_int_equal(slot->status.failures, i + 1);
		assert_false(slot->view->up);
		assert_int_equal(slot->view->store_count, 2);
		assert_true(slot->view->freshness.stale);
		assert_true(!(slot->view->last_success_s > success_s));
		assert_string_equal(slot->view->last_error,
				    "list: timeout: the list: nobody answers");
		assert_int_equal(errors(STAGE_LIST, STATUS_TIMEOUT), i + 1);
	}
	fake.down = false;
	fake.stores = 1;
	attempt(slot);
	assert_wait(slot, 3600);
	assert_int_equal(slot->status.failures, 0);
	assert_true(slot->view->up);
	assert_false(slot->view->freshness.stale);
	assert_int_equal(slot->view->store_count, 1); /* gone is gone */
	assert_string_equal(slot->view->last_error, "");
	slot_free(slot);
}

static void plans(void **state)
{
	struct slot *slot = make_slot(DIRECTORY);

	(void)state;
	fake.down = true;
	fake.retry_after_s = 600;
	attempt(slot);
	assert_int_equal(slot->due_ms - NOW_MS, 600000); /* asked for, longer than the own wait */
	fake.retry_after_s = -1;
	fake.wait_interval = true; /* wrong credentials lock accounts */
	attempt(slot);
	assert_wait(slot, 3600);
	slot_free(slot);
}

/* A refresh was asked for while one was running: the next one comes when the gap is over. */
static void wanted_meanwhile(void **state)
{
	struct slot *slot = make_slot(DIRECTORY);

	(void)state;
	slot->refresh_wanted = true;
	attempt(slot);
	assert_int_equal(slot->due_ms, NOW_MS - 10 + FORCED_GAP_S * 1000);
	assert_false(slot->refresh_wanted);
	attempt(slot);
	assert_wait(slot, 3600);
	slot_free(slot);
}

static void without_memory(void **state)
{
	struct slot *slot = make_slot(DIRECTORY);

	(void)state;
	attempt(slot);
	fake.lacks_memory = true;
	attempt(slot);
	assert_false(slot->view->up);
	assert_int_equal(slot->view->store_count, 2);
	assert_string_equal(slot->view->last_error, "out of memory");
	assert_int_equal(errors(STAGE_LIST, STATUS_MEMORY), 1);
	assert_wait(slot, 60);
	slot_free(slot);
}

/* A stopped source neither counts nor logs what could not be done any more. */
static void stopped(void **state)
{
	struct slot *slot = make_slot(DIRECTORY);
	struct slot_attempt last;

	(void)state;
	fake.down = true;
	atomic_store(&slot->stop, true);
	slot_attempt(slot, &last);
	assert_int_equal(errors(STAGE_LIST, STATUS_TIMEOUT), 0);
	slot_attempt_release(&last);
	slot_free(slot);
}

/* -- another service, another configuration ---------------------------------------------------- */

/* Behind the same settings there is another service now: nothing of the old one is kept. */
static void other_identity(void **state)
{
	struct slot *slot = make_slot(DIRECTORY);

	(void)state;
	attempt(slot);
	fake.identity = "another one";
	fake.down = true;
	attempt(slot);
	assert_int_equal(slot->view->store_count, 0);
	assert_false(slot->view->has_success);
	assert_string_equal(slot->knowledge->facts.identity, "another one");
	fake.identity = ""; /* not known this time: it may be the same */
	fake.down = false;
	attempt(slot);
	fake.down = true;
	attempt(slot);
	assert_int_equal(slot->view->store_count, 2);
	slot_free(slot);
}

#define SERVICE                                                                                    \
	"kind: destination-service, token_url: \"https://t/oauth/token\", client_secret: s, "
#define CLOUD "kind: cloud-connector, username: u, password: p, "

static void inheritance(void **state)
{
	static const struct {
		const char *before, *after;
		bool inherits;
	} table[] = {
		{ DIRECTORY, DIRECTORY ", name: other, timeout: 7s", true },
		{ SERVICE "host: \"https://a\", client_id: c",
		  SERVICE "host: \"https://a\", client_id: c, labels: true", true },
		{ SERVICE "host: \"https://a\", client_id: c",
		  SERVICE "host: \"https://b\", client_id: c", false },
		{ SERVICE "host: \"https://a\", client_id: c",
		  SERVICE "host: \"https://a\", client_id: d", false },
		{ SERVICE "host: \"https://a\", client_id: c",
		  SERVICE "host: \"https://a\", client_id: c, subscriber: s", false },
		{ CLOUD "url: \"https://a\"", CLOUD "url: \"https://a\", name: other", true },
		{ CLOUD "url: \"https://a\"", CLOUD "url: \"https://b\"", false },
		{ DIRECTORY, CLOUD "url: \"https://a\"", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct slot *slot = make_slot(table[i].before);
		struct slot_legacy legacy;
		print_message("%s\n", table[i].after);
		fake.down = false;
		attempt(slot);
		fake.down = true;
		attempt(slot); /* a failure, which the new settings may heal */
		assert_true(slot_bequeath(slot, &legacy));
		struct slot *heir = make_slot(table[i].after);
		assert_true(slot_inherit(heir, &legacy));
		slot_first_view(heir);
		assert_string_equal(heir->knowledge->facts.identity,
				    table[i].inherits ? "the service" : "");
		assert_int_equal(heir->view->has_attempt, table[i].inherits);
		assert_int_equal(heir->view->has_success, table[i].inherits);
		assert_int_equal(heir->status.failures, 0); /* it is tried anew */
		slot_legacy_release(&legacy);
		slot_free(slot); /* what was inherited outlives it */
		assert_string_equal(heir->knowledge->facts.id, "one");
		slot_free(heir);
		assert_int_equal(fake.opened, fake.closed);
	}
}

/* From a state file: what is known, but no attempt of this process. */
static void restored(void **state)
{
	struct slot *slot = make_slot(DIRECTORY);
	struct slot *heir = make_slot(DIRECTORY);
	struct slot *other = make_slot(CLOUD "url: \"https://a\"");

	(void)state;
	attempt(slot);
	assert_true(slot_restore(heir, &slot->knowledge->facts));
	slot_first_view(heir);
	assert_int_equal(heir->view->store_count, 2);
	assert_true(heir->view->has_success && heir->view->freshness.stale);
	assert_false(heir->view->has_attempt);
	assert_true(slot_restore(other, &slot->knowledge->facts)); /* of another kind: nothing */
	slot_first_view(other);
	assert_int_equal(other->view->store_count, 0);
	assert_false(other->view->has_success);
	slot_free(slot);
	slot_free(heir);
	slot_free(other);
}

#define SLOT_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SLOT_TEST(good_attempt),     SLOT_TEST(failures),       SLOT_TEST(plans),
		SLOT_TEST(wanted_meanwhile), SLOT_TEST(without_memory), SLOT_TEST(stopped),
		SLOT_TEST(other_identity),   SLOT_TEST(inheritance),    SLOT_TEST(restored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
