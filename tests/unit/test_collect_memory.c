/* Missing memory while a slot is made, refreshed and followed by another one: what was known and
 * shown stays, and the next attempt finds it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "collect/slot.h"
#include "config/file/load.h"
#include "fake_source.h"
#include "memory.h"

static const char yaml[] = "sources: [{ id: one, kind: directory, paths: [/x] }]\n";

struct slots {
	struct telemetry *telemetry;
	struct config *config; /* two of the same, for a slot and its heir */
	struct config *other;
	struct slot *slot, *heir;
	struct slot_attempt attempt;
};

static struct config *new_config(void)
{
	struct problems problems;
	struct config *config = NULL;

	problems_init(&problems);
	assert_int_equal(config_parse(yaml, strlen(yaml), "f", "/", NULL, &config, &problems),
			 STATUS_OK);
	problems_release(&problems);
	return config;
}

static void end_attempt(struct slots *s, bool finish)
{
	slot_plan(s->slot, &s->attempt, 1000);
	slot_attempt_view(&s->attempt);
	if (finish)
		slot_finish(s->slot, &s->attempt);
	slot_attempt_report(&s->attempt);
	slot_attempt_release(&s->attempt);
}

static void begin(struct slots *s)
{
	enum status status;

	s->config = new_config();
	s->other = new_config();
	s->slot = slot_new(s->config->sources[0], s->telemetry, &status);
	assert_non_null(s->slot);
	(void)config_take_source(s->config, 0);
	slot_first_view(s->slot);
	slot_attempt(s->slot, &s->attempt); /* a good one */
	end_attempt(s, true);
}

static void end(struct slots *s)
{
	slot_free(s->slot);
	config_free(s->config);
	config_free(s->other);
}

/* One attempt: there may be no knowledge, no view and no text of it, but always a plan. */
static enum status walk_attempt(void *user)
{
	struct slots *s = user;

	slot_attempt(s->slot, &s->attempt);
	end_attempt(s, true);
	return STATUS_OK;
}

static void check_attempt(void *user, enum status status, bool lacked)
{
	struct slots *s = user;

	(void)status;
	(void)lacked;
	assert_non_null(s->slot->knowledge);
	assert_non_null(s->slot->view);
	assert_non_null(s->slot->status.last_error);
	assert_true(s->slot->status.has_attempt);
	assert_true(knowledge_has_stores(s->slot->knowledge));
	assert_int_equal(s->slot->view->store_count, 2); /* of now or of before */
	assert_true(s->slot->due_ms > 1000 && s->slot->due_ms < UINT64_MAX);
	if (s->slot->status.up)
		assert_int_equal(s->slot->status.failures, 0);
	else
		assert_true(lacked && s->slot->status.failures > 0);
}

static void test_attempt(void **state)
{
	struct slots s = { .telemetry = telemetry_new() };
	const struct memory_way way = { .name = "an attempt",
					.walk = walk_attempt,
					.check = check_attempt,
					.user = &s,
					.recovers = true };

	(void)state;
	fake_reset();
	begin(&s);
	assert_true(memory_torture(&way) > 10);
	assert_true(s.slot->status.up);
	end(&s);
	telemetry_free(s.telemetry);
}

/* An heir has all that its predecessor knew, or it is not there. */
static enum status walk_heir(void *user)
{
	struct slots *s = user;
	struct slot_legacy legacy;
	enum status status;

	s->heir = slot_new(s->other->sources[0], s->telemetry, &status);
	if (s->heir == NULL)
		return status;
	(void)config_take_source(s->other, 0);
	if (!slot_bequeath(s->slot, &legacy))
		return STATUS_MEMORY;
	status = slot_inherit(s->heir, &legacy) ? STATUS_OK : STATUS_MEMORY;
	slot_legacy_release(&legacy);
	if (status == STATUS_OK)
		slot_first_view(s->heir);
	return status;
}

static void check_heir(void *user, enum status status, bool lacked)
{
	struct slots *s = user;

	if (status == STATUS_OK) {
		assert_true(knowledge_has_stores(s->heir->knowledge));
		assert_true(s->heir->status.has_attempt);
		assert_true(lacked || s->heir->view != NULL);
		if (s->heir->view != NULL)
			assert_int_equal(s->heir->view->store_count, 2);
	}
	assert_true(knowledge_has_stores(s->slot->knowledge));
	slot_free(s->heir);
	config_free(s->other);
	s->other = new_config();
}

static void test_heir(void **state)
{
	struct slots s = { .telemetry = telemetry_new() };
	const struct memory_way way = { .name = "an heir",
					.walk = walk_heir,
					.check = check_heir,
					.user = &s,
					.recovers = true }; /* without a view it is shown later */

	(void)state;
	fake_reset();
	begin(&s);
	assert_true(memory_torture(&way) > 10);
	end(&s);
	telemetry_free(s.telemetry);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_attempt),
		cmocka_unit_test(test_heir),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
