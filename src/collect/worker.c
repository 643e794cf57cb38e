/* The pool: each worker refreshes the slot that is due first, publishes, writes the state file. */
#include "collect/parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

#define STATE_GAP_MS 5000 /* the state file is written at most so often */
#define IDLE_WAIT_MS 60000

void collector_deadline(uint64_t ms, struct timespec *ret)
{
	clock_gettime(CLOCK_MONOTONIC, ret);
	ret->tv_sec += (time_t)(ms / 1000);
	ret->tv_nsec += (long)(ms % 1000) * 1000000;
	if (ret->tv_nsec >= 1000000000) {
		ret->tv_sec++;
		ret->tv_nsec -= 1000000000;
	}
}

/* -- publishing ------------------------------------------------------------------------ */

struct published collector_publish(struct collector *collector)
{
	struct source_view **views =
		calloc(collector->slot_count + 1, sizeof(struct source_view *));
	struct snapshot *snapshot = NULL;
	size_t count = 0;

	for (size_t i = 0; views != NULL && i < collector->slot_count; i++) {
		if (collector->slots[i]->view != NULL)
			views[count++] = collector->slots[i]->view;
	}
	if (views != NULL)
		snapshot = snapshot_new(views, count);
	free(views);
	if (snapshot == NULL)
		return (struct published){ NULL, true };
	return (struct published){ snapshot_store_swap(collector->snapshots, snapshot), false };
}

void collector_published(struct published published)
{
	if (published.failed)
		log_error("no memory for a new snapshot, the old one is shown on");
	snapshot_unref(published.old);
}

/* -- the state file -------------------------------------------------------------------- */

void collector_count_state_error(struct collector *collector, enum status status)
{
	for (size_t i = 0; i < collector->slot_count; i++)
		telemetry_error(collector->slots[i]->telemetry, STAGE_STATE_FILE, status);
}

/* Without the lock. */
static enum status save_known(const char *path, struct knowledge *const *known, size_t count)
{
	struct state state = { .sources = calloc(count + 1, sizeof(*state.sources)) };
	struct error error = { "out of memory" };
	enum status status = STATUS_MEMORY;

	for (; state.sources != NULL && state.count < count; state.count++)
		state.sources[state.count] = known[state.count]->facts; /* borrowed */
	if (state.sources != NULL)
		status = state_save(path, &state, &error);
	if (status != STATUS_OK)
		log_warn("the state file could not be written", LOG_TEXT("error", error.text));
	free(state.sources);
	return status;
}

void collector_write_state(struct collector *collector)
{
	size_t count = collector->slot_count;
	struct knowledge **known = calloc(count + 1, sizeof(struct knowledge *));
	enum status status = STATUS_MEMORY;

	for (size_t i = 0; known != NULL && i < count; i++)
		known[i] = knowledge_ref(collector->slots[i]->knowledge);
	collector->state_dirty = false;
	collector->state_writing = true;
	pthread_mutex_unlock(&collector->lock);
	if (known != NULL)
		status = save_known(collector->state_file, known, count);
	for (size_t i = 0; known != NULL && i < count; i++)
		knowledge_unref(known[i]);
	free(known);
	pthread_mutex_lock(&collector->lock);
	if (status != STATUS_OK)
		collector_count_state_error(collector, status);
	collector->state_writing = false;
	collector->state_written_ms = clock_mono_ms();
}

static bool state_is_due(const struct collector *collector, uint64_t now_ms)
{
	return collector->state_file != NULL && collector->state_dirty &&
	       !collector->state_writing &&
	       (collector->state_written_ms == 0 ||
		now_ms >= collector->state_written_ms + STATE_GAP_MS);
}

/* -- workers --------------------------------------------------------------------------- */

/* The slot that is due first; NULL if none waits. */
static struct slot *next_slot(const struct collector *collector)
{
	struct slot *first = NULL;

	for (size_t i = 0; i < collector->slot_count; i++) {
		struct slot *slot = collector->slots[i];
		if (!slot->running && (first == NULL || slot->due_ms < first->due_ms))
			first = slot;
	}
	return first;
}

/* Called with the lock: the slot is not in the list any more, or the program ends. */
static bool is_given_up(const struct slot *slot)
{
	return slot->removed || atomic_load(&slot->stop);
}

/* Without the lock: shows what the attempt brought, and says so. */
static void take_over(struct collector *collector, struct slot *slot, struct slot_attempt *attempt)
{
	struct published done = { NULL, false };

	pthread_mutex_lock(&collector->report_lock);
	pthread_mutex_lock(&collector->lock);
	bool kept = !is_given_up(slot);
	if (kept) {
		slot_finish(slot, attempt);
		slot->reported = true;
		collector->state_dirty = true;
		done = collector_publish(collector);
		pthread_cond_broadcast(&collector->changed);
	}
	pthread_mutex_unlock(&collector->lock);
	if (kept)
		slot_attempt_report(attempt);
	pthread_mutex_unlock(&collector->report_lock);
	collector_published(done);
}

/* Called with the lock, which is released during the refresh. */
static void run_slot(struct collector *collector, struct slot *slot)
{
	struct slot_attempt attempt;

	slot->running = true;
	slot->reported = false;
	slot->refresh_wanted = false;
	slot->started_ms = clock_mono_ms();
	pthread_mutex_unlock(&collector->lock);
	slot_attempt(slot, &attempt);
	pthread_mutex_lock(&collector->lock);
	bool kept = !is_given_up(slot);
	slot_plan(slot, &attempt, clock_mono_ms());
	pthread_mutex_unlock(&collector->lock);
	if (kept) {
		slot_attempt_view(&attempt);
		take_over(collector, slot, &attempt);
	}
	slot_attempt_release(&attempt);
	pthread_mutex_lock(&collector->lock);
	slot->running = false;
	pthread_cond_broadcast(&collector->changed);
	if (!slot->removed)
		return;
	pthread_mutex_unlock(&collector->lock);
	slot_free(slot);
	pthread_mutex_lock(&collector->lock);
}

static bool is_wanted(const struct worker *worker)
{
	const struct collector *collector = worker->collector;

	return !collector->stopping && worker < collector->workers + collector->worker_count;
}

static void *work(void *argument)
{
	struct worker *worker = argument;
	struct collector *collector = worker->collector;

	pthread_mutex_lock(&collector->lock);
	while (is_wanted(worker)) {
		uint64_t now_ms = clock_mono_ms();
		struct slot *slot = next_slot(collector);
		if (slot != NULL && slot->due_ms <= now_ms) {
			run_slot(collector, slot);
			continue;
		}
		if (state_is_due(collector, now_ms)) {
			collector_write_state(collector);
			continue;
		}
		struct timespec until;
		uint64_t wait_ms = slot != NULL && slot->due_ms - now_ms < IDLE_WAIT_MS
					   ? slot->due_ms - now_ms
					   : IDLE_WAIT_MS;
		if (collector->state_dirty && collector->state_file != NULL &&
		    wait_ms > STATE_GAP_MS)
			wait_ms = STATE_GAP_MS;
		collector_deadline(wait_ms, &until);
		pthread_cond_timedwait(&collector->wake, &collector->lock, &until);
	}
	worker->ended = true;
	pthread_cond_broadcast(&collector->wake); /* what it planned last is for the others */
	pthread_mutex_unlock(&collector->lock);
	return NULL;
}

/* Under the lock; one that ended, but was not joined yet, has left it for good. */
static bool start_worker(struct worker *worker)
{
	if (worker->started && !worker->ended)
		return true;
	if (worker->started)
		pthread_join(worker->thread, NULL);
	worker->ended = false;
	worker->started = pthread_create(&worker->thread, NULL, work, worker) == 0;
	return worker->started;
}

enum status collector_set_workers(struct collector *collector, uint32_t count)
{
	bool any = false;

	pthread_mutex_lock(&collector->lock);
	collector->worker_count = count < WORKERS_MAX ? count : WORKERS_MAX;
	for (size_t i = 0; i < collector->worker_count; i++)
		any = start_worker(&collector->workers[i]) || any;
	pthread_cond_broadcast(&collector->wake);
	pthread_mutex_unlock(&collector->lock);
	return any ? STATUS_OK : STATUS_MEMORY;
}
