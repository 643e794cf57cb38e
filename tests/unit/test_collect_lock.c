/*
 * What the collector does without its lock: everything but plans and pointers. The functions that
 * take time are wrapped (tests/CMakeLists.txt); each asks the probes' questions from another thread
 * and notes if they are not answered. The sources are of a kind that is made up here.
 */
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/log.h"
#include "base/clock.h"
#include "collect/collector.h"
#include "collect/parts.h"
#include "collect/slot.h"
#include "config/file/load.h"
#include "inventory/state/load.h"
#include "inventory/state/save.h"
#include "source/directory/directory.h"
#include "source/directory/levels.h"
#include "source/kinds.h"
#include "temp_tree.h"

#define HANG_S      300 /* how long a probe may take: only a lock that is held lasts so long */
#define MANY_STORES 10000

/* -- a kind of source for the test ------------------------------------------------------------ */

static struct store_content *content; /* of every store */
static atomic_size_t store_count;     /* that the next refresh finds */
static atomic_bool gate_closed;       /* refreshes wait */
static atomic_uint waiting;           /* refreshes that do */
static atomic_uint refreshes;         /* that have ended */

static void nap(void)
{
	const struct timespec moment = { 0, 1000000 };

	(void)nanosleep(&moment, NULL);
}

static enum status fake_open(const struct source_context *context, struct source **ret_source)
{
	(void)context;
	*ret_source = calloc(1, sizeof(**ret_source));
	return *ret_source != NULL ? STATUS_OK : STATUS_MEMORY;
}

static void fake_close(struct source *source)
{
	free(source);
}

static struct source_result *fake_refresh(struct source *source)
{
	struct source_result *result = source_result_new();
	struct source_level *level = source_result_add_level(result, LEVEL_DIRECTORY);
	size_t count = atomic_load(&store_count);

	waiting++;
	while (atomic_load(&gate_closed) && !atomic_load(source->context.stop))
		nap();
	waiting--;
	level->up = true;
	level->whole = PART_CERTIFICATES;
	for (size_t i = 0; i < count; i++) {
		char name[32];
		(void)snprintf(name, sizeof(name), "/store-%zu", i);
		source_level_add_store(level, PART_CERTIFICATES, name, "", content);
	}
	source_result_add_issue(result, STAGE_FETCH, STATUS_IO, LEVEL_DIRECTORY, "item",
				"a line for the log");
	refreshes++;
	return result;
}

static const struct source_class fake_class = {
	.open = fake_open,
	.refresh = fake_refresh,
	.close = fake_close,
};

static const struct source_kind fake_kind = {
	.name = "fake",
	.words = (const char *const[]){ NULL },
	.groups = KEYS_COMMON,
	.class = &fake_class,
};

/* Takes the place of the list in the library: the linker needs none then. */
const struct source_kind *const registered_kinds[] = { &fake_kind, NULL };

/* -- the probes -------------------------------------------------------------------------------- */

static struct collector *_Atomic watched;
static const char *_Atomic held_during; /* the first function that ran under the lock */
static atomic_uint asked;
static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER; /* probe at a time */

static void *probe(void *answered)
{
	struct error error = { "" };

	(void)collector_healthy(watched, &error);
	(void)collector_ready(watched, &error);
	(void)sem_post(answered);
	return NULL;
}

/* Called by whatever must not run under the lock. */
static void ask_probes(const char *function)
{
	static sem_t answered; /* outlives a probe that is not answered */
	struct timespec until;
	pthread_t thread;

	pthread_mutex_lock(&one);
	if (watched == NULL || held_during != NULL)
		goto out;
	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += HANG_S;
	if (sem_init(&answered, 0, 0) != 0 || pthread_create(&thread, NULL, probe, &answered) != 0)
		abort();
	(void)pthread_detach(thread);
	if (sem_timedwait(&answered, &until) != 0)
		held_during = function;
	asked++;
out:
	pthread_mutex_unlock(&one);
}

static void (*on_view)(void); /* called once when the main thread builds a view */
static pthread_t main_thread;

struct source_view *__real_source_view_build(const struct source_facts *facts,
					     struct source_level *const *levels,
					     size_t level_count);
struct source_view *__wrap_source_view_build(const struct source_facts *facts,
					     struct source_level *const *levels,
					     size_t level_count);
struct source_view *__wrap_source_view_build(const struct source_facts *facts,
					     struct source_level *const *levels, size_t level_count)
{
	struct source_view *view = __real_source_view_build(facts, levels, level_count);

	ask_probes("source_view_build");
	if (pthread_equal(pthread_self(), main_thread) && on_view != NULL) {
		void (*hook)(void) = on_view;
		on_view = NULL;
		hook();
	}
	return view;
}

struct source_level *__real_level_merge(const struct source_config *config,
					struct source_level *old, struct source_level *fresh);
struct source_level *__wrap_level_merge(const struct source_config *config,
					struct source_level *old, struct source_level *fresh);
struct source_level *__wrap_level_merge(const struct source_config *config,
					struct source_level *old, struct source_level *fresh)
{
	ask_probes("level_merge");
	return __real_level_merge(config, old, fresh);
}

#define WRAP_FREE(function, type)                                                                  \
	void __real_##function(type *object);                                                      \
	void __wrap_##function(type *object);                                                      \
	void __wrap_##function(type *object)                                                       \
	{                                                                                          \
		ask_probes(#function);                                                             \
		__real_##function(object);                                                         \
	}
WRAP_FREE(source_view_unref, struct source_view)
WRAP_FREE(source_level_unref, struct source_level)
WRAP_FREE(source_result_free, struct source_result)
WRAP_FREE(source_config_free, struct source_config)
WRAP_FREE(source_close, struct source)

static atomic_uint lines;

void __wrap_log_write(enum log_level level, const char *msg, size_t count,
		      const struct log_field *fields);
void __wrap_log_write(enum log_level level, const char *msg, size_t count,
		      const struct log_field *fields)
{
	(void)level;
	(void)msg;
	(void)count;
	(void)fields;
	lines++;
	ask_probes("log_write");
}

static atomic_uint saves;
static atomic_bool disk_hangs;
static atomic_uint hanging;

enum status __real_state_save(const char *path, const struct state *state, struct error *error);
enum status __wrap_state_save(const char *path, const struct state *state, struct error *error);
enum status __wrap_state_save(const char *path, const struct state *state, struct error *error)
{
	enum status status = __real_state_save(path, state, error);

	ask_probes("state_save");
	hanging++;
	while (atomic_load(&disk_hangs))
		nap();
	hanging--;
	saves++;
	return status;
}

/* -- a collector for each test ----------------------------------------------------------------- */

static struct telemetry *telemetry;
static struct snapshot_store *snapshots;
static struct collector *collector;

static void apply(const char *yaml)
{
	struct problems problems;
	struct config *config = NULL;
	struct error error = { "" };

	tree_write("exporter.yml", yaml, strlen(yaml));
	problems_init(&problems);
	assert_int_equal(config_load(tree_path("exporter.yml"), NULL, &config, &problems),
			 STATUS_OK);
	assert_int_equal(collector_apply(collector, config, &error), STATUS_OK);
	config_free(config);
	problems_release(&problems);
}

static size_t stores_shown(void)
{
	struct snapshot *snapshot = snapshot_store_current(snapshots);
	size_t count = 0;

	for (size_t i = 0; i < snapshot->view_count; i++)
		count += snapshot->views[i]->store_count;
	/* not the one that is watched: the last reader frees */
	snapshot_unref(snapshot);
	return count;
}

static int setup(void **state)
{
	static const char *const names[] = { "" };

	if (tree_setup(state) != 0 || setenv("BTP_CERT_EXPORTER_TEST_SPEED", "100000", 1) != 0)
		return -1;
	if (store_content_new(STORE_FORMAT_PEM, &content) != STATUS_OK ||
	    store_add_entry(content, names[0]) != STATUS_OK)
		return -1;
	store_content_finish(content);
	telemetry = telemetry_new();
	snapshots = snapshot_store_new();
	struct collector_settings settings = {
		.telemetry = telemetry,
		.snapshots = snapshots,
		.state_file = tree_path("state.json"),
	};
	collector = collector_new(&settings);
	main_thread = pthread_self();
	held_during = NULL;
	watched = collector;
	return 0;
}

static int teardown(void **state)
{
	pthread_mutex_lock(&one);
	watched = NULL; /* nobody may ask a collector that ends */
	pthread_mutex_unlock(&one);
	gate_closed = false;
	collector_stop(collector);
	snapshot_store_free(snapshots);
	telemetry_free(telemetry);
	store_content_unref(content);
	return tree_teardown(state);
}

#define SOURCE(id, interval) "  - { id: " id ", kind: fake, poll_interval: " interval " }\n"

static void nothing_slow_under_the_lock(void **state)
{
	(void)state;
	store_count = MANY_STORES;
	gate_closed = false;
	apply("sources:\n" SOURCE("a", "1h") SOURCE("b", "1h"));
	assert_int_equal(collector_set_workers(collector, 3), STATUS_OK);
	assert_true(collector_wait_all(collector, HANG_S * UINT64_C(1000)));
	assert_int_equal(stores_shown(), 2 * MANY_STORES);

	/* a changed source keeps its inventory, which is a view of its own */
	gate_closed = true;
	apply("sources:\n" SOURCE("a", "2h") SOURCE("b", "1h"));
	assert_int_equal(stores_shown(), 2 * MANY_STORES);
	while (atomic_load(&waiting) < 2)
		nap();
	collector_refresh_all(collector);
	unsigned before = atomic_load(&refreshes);
	gate_closed = false;
	while (atomic_load(&refreshes) < before + 4 || atomic_load(&saves) == 0)
		nap();

	/* one that goes, and one that goes while it is refreshed */
	gate_closed = true;
	while (atomic_load(&waiting) < 2)
		nap();
	apply("sources:\n" SOURCE("c", "1h"));
	gate_closed = false;
	assert_true(collector_wait_all(collector, HANG_S * UINT64_C(1000)));
	assert_int_equal(stores_shown(), MANY_STORES);

	if (held_during != NULL)
		fail_msg("%s ran under the collector's lock", held_during);
	assert_true(asked > 20 && lines > 4);
}

/* The refresh of a source ends while its successor is made. */
static void predecessor_ends(void)
{
	gate_closed = false;
	while (stores_shown() != 20)
		nap();
	gate_closed = true;
	while (atomic_load(&waiting) == 0) /* the next one of the predecessor */
		nap();
}

static void successor_has_what_was_known_last(void **state)
{
	(void)state;
	store_count = 10;
	gate_closed = false;
	apply("sources:\n" SOURCE("a", "1h"));
	assert_int_equal(collector_set_workers(collector, 1), STATUS_OK);
	assert_true(collector_wait_all(collector, HANG_S * UINT64_C(1000)));
	assert_int_equal(stores_shown(), 10);
	gate_closed = true;
	while (atomic_load(&waiting) == 0)
		nap();
	store_count = 20; /* for the refresh after the one that waits */
	on_view = predecessor_ends;
	apply("sources:\n" SOURCE("a", "2h"));
	assert_null(on_view);
	assert_int_equal(stores_shown(), 20);
	if (held_during != NULL)
		fail_msg("%s ran under the collector's lock", held_during);
}

/* The probes say so when a source is due and the worker that should ask it hangs elsewhere. */
static void schedule_that_stands_still(void **state)
{
	struct error error = { "" };

	(void)state;
	store_count = 1;
	gate_closed = false;
	disk_hangs = true;
	apply("sources:\n" SOURCE("a", "7d"));
	assert_int_equal(collector_set_workers(collector, 1), STATUS_OK);
	while (atomic_load(&hanging) == 0)
		nap();
	assert_true(collector_healthy(collector, &error));
	pthread_mutex_lock(&collector->lock);
	collector->slots[0]->due_ms = clock_mono_ms() - 61000;
	pthread_mutex_unlock(&collector->lock);
	assert_false(collector_healthy(collector, &error));
	assert_string_equal(error.text, "the refresh of source a is due, and no worker begins it");
	gate_closed = true; /* busy workers are no reason: the refresh has not begun yet */
	assert_int_equal(collector_set_workers(collector, 2), STATUS_OK);
	while (atomic_load(&waiting) == 0)
		nap();
	assert_true(collector_healthy(collector, &error));
	disk_hangs = false;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_slow_under_the_lock, setup, teardown),
		cmocka_unit_test_setup_teardown(successor_has_what_was_known_last, setup, teardown),
		cmocka_unit_test_setup_teardown(schedule_that_stands_still, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
