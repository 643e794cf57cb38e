/*
 * Each allocation of what builds a level fails once: a level and a result remember that, what is
 * added later is ignored, and whoever asks once learns it. No level that lacks something is ever
 * handed on. The allocation functions are wrapped by the linker (--wrap).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/json.h"
#include "directory_fixture.h"
#include "memory.h"
#include "inventory/merge.h"
#include "inventory/state/load.h"
#include "inventory/state/save.h"
#include "sample_state.h"
#include "source/destination/levels.h"
#include "source/connector/facts.h"
#include "source/connector/pair.h"

#define ALLOCATIONS_MAX 50000
/* The sanitizers make each walk many times slower. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define STEP 17
#else
#define STEP 1
#endif
#define STORES 9 /* arrays grow more than once */

/* Lets the n-th allocation from now on fail, counted from 0. */
static void begin(size_t n)
{
	assert_true(n < ALLOCATIONS_MAX);
	memory_fail_at((long)n + 1, false);
}

/* Whether an allocation has failed since begin(). */
static bool end(void)
{
	return memory_end();
}

/* -- the builder ----------------------------------------------------------------------- */

static void fill(struct source_level *level, struct store_content *content)
{
	static const char *const labels[FACT_LABELS_MAX] = { "eu10", "subaccount" };
	char name[32];

	for (int i = 0; i < STORES; i++) {
		(void)snprintf(name, sizeof(name), "store-%d", i);
		struct source_store *store =
			source_level_add_store(level, PART_CERTIFICATES, name, "", content);
		store->auto_renewed = true;
		source_store_add_label(store, "env", name);
		source_store_add_label(store, "team", "a");
		source_store_set_state(store, STORE_PARTIAL, name);
		assert_non_null(store->name);
		assert_non_null(store->detail);
		source_level_add_reference(level, REFERENCE_DESTINATION, name, "KeyStoreLocation",
					   name);
		source_level_add_sample(level, &scc_facts[FACT_SAPCC_AUTO_RENEWAL_ENABLED], i,
					labels);
	}
}

static void assert_filled(const struct source_level *level)
{
	assert_int_equal(level->store_count, STORES);
	assert_int_equal(level->reference_count, STORES);
	assert_int_equal(level->sample_count, STORES);
	for (size_t i = 0; i < STORES; i++) {
		assert_non_null(level->stores[i].content);
		assert_int_equal(level->stores[i].state, STORE_PARTIAL);
		assert_int_equal(level->stores[i].label_count, 2);
		assert_string_equal(level->stores[i].detail, level->stores[i].name);
		assert_string_equal(level->references[i].name, level->stores[i].name);
		assert_string_equal(level->samples[i].labels[1], "subaccount");
	}
}

/* What is added to a level that failed is ignored, even if memory came back. */
static void assert_sticks(struct source_level *level)
{
	static const char *const none[FACT_LABELS_MAX] = { NULL };
	size_t stores = level->store_count;
	size_t references = level->reference_count;
	size_t samples = level->sample_count;

	struct source_store *store =
		source_level_add_store(level, PART_CERTIFICATES, "late", "", NULL);
	source_store_set_state(store, STORE_LOCKED, "late");
	source_store_add_label(store, "late", "late");
	source_level_add_reference(level, REFERENCE_FRAGMENT, "late", "late", "late");
	source_level_add_sample(level, &scc_facts[FACT_SAPCC_CORRUPTED_SUBACCOUNTS], 1, none);
	assert_int_equal(level->store_count, stores);
	assert_int_equal(level->reference_count, references);
	assert_int_equal(level->sample_count, samples);
	assert_int_equal(source_level_status(level), STATUS_MEMORY);
}

static struct store_content *new_content(void)
{
	struct store_content *content = NULL;

	assert_int_equal(store_content_new(STORE_FORMAT_PEM, &content), STATUS_OK);
	return content;
}

static void test_level(void **state)
{
	struct store_content *content = new_content();
	bool more = true;

	(void)state;
	for (size_t n = 0; more; n += STEP) {
		begin(n);
		struct source_level *level = source_level_new(LEVEL_SUBACCOUNT);
		if (level != NULL)
			fill(level, content);
		more = end();
		if (level == NULL) {
			assert_true(more);
			continue;
		}
		assert_int_equal(source_level_status(level), more ? STATUS_MEMORY : STATUS_OK);
		if (more)
			assert_sticks(level);
		else
			assert_filled(level);
		source_level_unref(level);
	}
	store_content_unref(content);
}

static void test_result(void **state)
{
	bool more = true;

	(void)state;
	for (size_t n = 0; more; n += STEP) {
		begin(n);
		struct source_result *result = source_result_new();
		struct source_level *level =
			result != NULL ? source_result_add_level(result, LEVEL_CONNECTOR) : NULL;
		if (level != NULL)
			source_level_add_store(level, PART_UI, "ui", "ui", NULL);
		for (int i = 0; result != NULL && i < STORES; i++)
			source_result_add_issue(result, STAGE_LIST, STATUS_IO, "", "item", "text");
		more = end();
		if (result == NULL) {
			assert_true(more);
			continue;
		}
		assert_int_equal(source_result_status(result), more ? STATUS_MEMORY : STATUS_OK);
		if (!more)
			assert_int_equal(result->issue_count, STORES);
		source_result_free(result);
	}
}

/* -- who builds levels ----------------------------------------------------------------- */

static void test_merge(void **state)
{
	struct store_content *content = new_content();
	struct source_level *old = source_level_new(LEVEL_SUBACCOUNT);
	struct source_level *fresh = source_level_new(LEVEL_SUBACCOUNT);
	bool more = true;

	(void)state;
	fill(old, content);
	fresh->whole = PART_FRAGMENTS;
	for (size_t n = 0; more; n += STEP) {
		begin(n);
		struct source_level *merged = level_merge(NULL, old, fresh, 1e9);
		more = end();
		assert_int_equal(merged == NULL, more);
		if (merged != NULL) {
			assert_int_equal(merged->store_count, STORES);
			assert_int_equal(merged->reference_count, STORES);
		}
		source_level_unref(merged);
	}
	source_level_unref(old);
	source_level_unref(fresh);
	store_content_unref(content);
}

static void assert_same_counts(const struct state *a, const struct state *b)
{
	assert_int_equal(a->count, b->count);
	for (size_t i = 0; i < a->count; i++) {
		const struct state_source *x = &a->sources[i];
		const struct state_source *y = &b->sources[i];
		assert_int_equal(x->level_count, y->level_count);
		for (size_t l = 0; l < x->level_count; l++) {
			assert_int_equal(x->levels[l]->store_count, y->levels[l]->store_count);
			assert_int_equal(x->levels[l]->reference_count,
					 y->levels[l]->reference_count);
		}
	}
}

static void test_state_file(void **state)
{
	struct state saved;
	struct error error;
	size_t without = 0;
	bool more = true;

	(void)state;
	sample_state(&saved);
	assert_int_equal(state_save(tree_path("state"), &saved, &error), STATUS_OK);
	for (size_t n = 0; more; n += STEP) {
		struct state loaded = { 0 };
		struct state_unknown unknown = { 0 };
		begin(n);
		enum status status = state_load(tree_path("state"), &loaded, &unknown, &error);
		more = end();
		without += status == STATUS_MEMORY;
		if (status == STATUS_OK) /* OpenSSL gets along without some allocations */
			assert_same_counts(&loaded, &saved);
		else
			assert_int_equal(status, more ? STATUS_MEMORY : STATUS_OK);
		state_release(&loaded);
	}
	assert_true(without * STEP > STORES);
	state_release(&saved);
}

/* A refresh either lacks nothing, or says what it lacks: without memory for the level there is no
 * result, and without memory for one file that file has a state. */
static void test_refresh(void **state)
{
	const struct source_context context = { &f.config, f.counters, &f.stop };
	size_t without = 0;
	bool more = true;

	(void)state;
	for (char name[] = "a.pem"; name[0] < 'a' + 6; name[0]++)
		tree_write(name, "no certificate", strlen("no certificate"));
	add_item(&f.settings.paths, tree_path("*.pem"));
	add_item(&f.settings.paths, tree_path("missing/x.pem"));
	for (size_t n = 0; more; n += STEP) {
		struct source *source;
		assert_int_equal(source_open(&context, &source), STATUS_OK);
		begin(n);
		struct source_result *result = source_refresh(source);
		more = end();
		without += result == NULL;
		if (result == NULL) {
			assert_true(more);
		} else {
			assert_int_equal(source_result_status(result), STATUS_OK);
			assert_int_equal(result->levels[0]->store_count, 7);
			assert_int_equal(result->issue_count, 7);
		}
		source_result_free(result);
		source_close(source);
	}
	assert_true(without * STEP > STORES);
}

/* A role whose text is missing is no role: nothing reads it. */
static void test_role(void **state)
{
	struct scc_run run = { .result = source_result_new() };
	struct cJSON *json = NULL;
	struct error error;

	(void)state;
	run.level = source_result_add_level(run.result, LEVEL_CONNECTOR);
	assert_int_equal(json_parse("\"standby\"", 9, &json, &error), STATUS_OK);
	begin(0);
	assert_int_equal(scc_read_ha_role(&run, NULL, json, &error), STATUS_MEMORY);
	assert_true(end());
	scc_add_role(&run);
	assert_int_equal(run.level->sample_count, 0);
	json_free(json);
	scc_run_release(&run);
	source_result_free(run.result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_level),
		cmocka_unit_test(test_result),
		cmocka_unit_test(test_merge),
		cmocka_unit_test_setup_teardown(test_state_file, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refresh, setup, teardown),
		cmocka_unit_test(test_role),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
