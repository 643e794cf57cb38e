/* Missing memory in inventory/: merging, views and snapshots, the state file. Either the result is
 * what it is with all the memory, or there is none; a file that could not be written stays as it
 * was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "inventory/merge.h"
#include "inventory/snapshot.h"
#include "inventory/state/load.h"
#include "inventory/state/save.h"
#include "memory.h"
#include "sample_state.h"
#include "temp_tree.h"

#define TRIES_MAX 500

static struct state sample;

static int setup(void **state)
{
	if (tree_setup(state) != 0)
		return -1;
	sample_state(&sample);
	return 0;
}

static int teardown(void **state)
{
	state_release(&sample);
	return tree_teardown(state);
}

/* -- merging ----------------------------------------------------------------------------------- */

static enum status walk_merge(void *user)
{
	struct source_level *old = sample.sources[0].levels[0];
	struct source_level *fresh = source_level_new(old->name);
	struct source_level **merged = user;

	*merged = NULL;
	if (fresh == NULL)
		return STATUS_MEMORY;
	struct source_store *store =
		source_level_add_store(fresh, PART_CERTIFICATES, "labelled.pem", "", NULL);
	source_store_set_state(store, STORE_UNAVAILABLE, "HTTP 500");
	enum status status = source_level_status(fresh);
	if (status == STATUS_OK) { /* nothing is whole: the rest stays */
		*merged = level_merge(NULL, old, fresh, 1795000100);
		status = *merged != NULL ? STATUS_OK : STATUS_MEMORY;
	}
	source_level_unref(fresh);
	return status;
}

static void check_merge(void *user, enum status status, bool lacked)
{
	const struct source_level *old = sample.sources[0].levels[0];
	struct source_level *merged = *(struct source_level **)user;
	size_t labels = 0;

	(void)lacked;
	if (status == STATUS_OK) {
		assert_int_equal(merged->store_count, old->store_count);
		assert_int_equal(merged->reference_count, old->reference_count);
		assert_int_equal(merged->destinations, old->destinations);
		for (size_t i = 0; i < merged->store_count; i++)
			labels += merged->stores[i].label_count;
		assert_int_equal(labels, 0); /* the fresh one has none, and says so */
	}
	source_level_unref(merged);
}

static void test_merge(void **state)
{
	struct source_level *merged;
	const struct memory_way way = { .name = "levels are merged",
					.walk = walk_merge,
					.check = check_merge,
					.user = &merged };

	(void)state;
	assert_true(memory_torture(&way) > 3);
}

/* -- views ------------------------------------------------------------------------------------- */

struct shown {
	struct source_view *views[3];
	struct snapshot *snapshot;
};

static enum status walk_views(void *user)
{
	static char empty[] = "";
	static max_align_t own_settings[64]; /* of any kind, nothing is set */
	struct shown *shown = user;

	*shown = (struct shown){ .snapshot = NULL };
	for (size_t i = 0; i < sample.count; i++) {
		struct state_source *source = &sample.sources[i];
		struct source_config config = { .kind = source->kind,
						.id = source->id,
						.name = source->id,
						.system_id = empty,
						.own = own_settings };
		const struct source_facts facts = { .config = &config,
						    .host = source->host,
						    .has_attempt = true,
						    .last_error = "nothing" };
		shown->views[i] = source_view_build(&facts, source->levels, source->level_count);
		if (shown->views[i] == NULL)
			return STATUS_MEMORY;
	}
	shown->snapshot = snapshot_new(shown->views, sample.count);
	return shown->snapshot != NULL ? STATUS_OK : STATUS_MEMORY;
}

static void check_views(void *user, enum status status, bool lacked)
{
	struct shown *shown = user;

	(void)lacked;
	if (status == STATUS_OK) {
		size_t stores = 0;
		for (size_t i = 0; i < sample.sources[0].level_count; i++)
			stores += sample.sources[0].levels[i]->store_count;
		assert_int_equal(shown->snapshot->view_count, 3);
		assert_int_equal(shown->views[0]->store_count, stores);
		assert_int_equal(shown->views[0]->reference_count, 1);
		assert_true(shown->views[2]->certificate_count > 20);
	}
	snapshot_unref(shown->snapshot);
	for (size_t i = 0; i < 3; i++) {
		if (shown->views[i] != NULL)
			source_view_unref(shown->views[i]);
	}
}

static void test_views(void **state)
{
	struct shown shown;
	const struct memory_way way = { .name = "views and a snapshot",
					.walk = walk_views,
					.check = check_views,
					.user = &shown };

	(void)state;
	assert_true(memory_torture(&way) > 10);
}

/* -- the state file ---------------------------------------------------------------------------- */

struct saving {
	char path[256];
	struct buf before; /* what is in the file */
};

static void read_back(const char *path, struct buf *ret_buf)
{
	struct error error = { "" };

	buf_init(ret_buf, (size_t)1 << 20);
	assert_int_equal(file_read(path, ret_buf, NULL, &error), STATUS_OK);
}

static enum status walk_save(void *user)
{
	const struct saving *saving = user;
	struct error error = { "" };
	enum status status = state_save(saving->path, &sample, &error);

	assert_int_equal(error.text[0] != '\0', status != STATUS_OK);
	return status;
}

/* Whole, or as it was. */
static void check_save(void *user, enum status status, bool lacked)
{
	struct saving *saving = user;
	struct buf after;

	(void)lacked;
	read_back(saving->path, &after);
	if (saving->before.len == 0)
		buf_puts(&saving->before, buf_text(&after));
	if (status == STATUS_OK)
		assert_string_equal(buf_text(&after), buf_text(&saving->before));
	else
		assert_string_equal(buf_text(&after), "older");
	buf_release(&after);
	tree_file("state.json", "older");
}

struct loading {
	const char *path;
	size_t stores; /* of the first source */
	struct state state;
};

static enum status walk_load(void *user)
{
	struct loading *loading = user;
	struct state_unknown unknown = { .count = 0 };
	struct error error = { "" };

	loading->state = (struct state){ NULL, 0 };
	enum status status = state_load(loading->path, &loading->state, &unknown, &error);
	assert_int_equal(status == STATUS_OK ? unknown.count : 0, 0);
	return status;
}

static void check_load(void *user, enum status status, bool lacked)
{
	struct loading *loading = user;
	size_t stores = 0;

	(void)lacked;
	if (status != STATUS_OK) {
		assert_int_equal(loading->state.count, 0);
		return;
	}
	assert_int_equal(loading->state.count, 3);
	for (size_t i = 0; i < 3; i++) {
		const struct state_source *source = &loading->state.sources[i];
		assert_int_equal(source->level_count, sample.sources[i].level_count);
		for (size_t k = 0; k < source->level_count; k++)
			stores += source->levels[k]->store_count;
	}
	if (loading->stores == 0)
		loading->stores = stores;
	assert_int_equal(stores, loading->stores);
	state_release(&loading->state);
}

static void test_state_file(void **state)
{
	struct saving saving;
	struct loading loading = { .path = saving.path };
	struct error error = { "" };
	const struct memory_way save = { .name = "a state is saved",
					 .walk = walk_save,
					 .check = check_save,
					 .user = &saving,
					 .recovers = true, /* OpenSSL's digest may do without */
					 .tries_max = TRIES_MAX };
	const struct memory_way load = { .name = "a state is loaded",
					 .walk = walk_load,
					 .check = check_load,
					 .user = &loading,
					 .recovers = true,
					 .tries_max = TRIES_MAX };

	(void)state;
	(void)snprintf(saving.path, sizeof(saving.path), "%s", tree_path("state.json"));
	buf_init(&saving.before, (size_t)1 << 20);
	assert_true(memory_torture(&save) > 10);
	buf_release(&saving.before);
	assert_int_equal(state_save(saving.path, &sample, &error), STATUS_OK);
	assert_true(memory_torture(&load) > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_merge, setup, teardown),
		cmocka_unit_test_setup_teardown(test_views, setup, teardown),
		cmocka_unit_test_setup_teardown(test_state_file, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
