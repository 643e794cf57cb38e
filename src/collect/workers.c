/* The pool: each worker refreshes the slot that is due first, publishes, writes the state file. */
#include "collect/workers.h"

#include "base/clock.h"
#include "collect/publish.h"
#include "collect/schedule.h"
#include "collect/slot.h"
#include "collect/state.h"
#include "inventory/state/save.h"

#define IDLE_WAIT_MS 60000

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
			collector->busy_workers++;
			run_slot(collector, slot);
			collector->busy_workers--;
			continue;
		}
		if (collector_state_is_due(collector, now_ms)) {
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
		schedule_deadline(wait_ms, &until);
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

bool workers_want(struct collector *collector, uint32_t count)
{
	bool any = false;

	collector->worker_count = count < WORKERS_MAX ? count : WORKERS_MAX;
	for (size_t i = 0; i < collector->worker_count; i++)
		any = start_worker(&collector->workers[i]) || any;
	pthread_cond_broadcast(&collector->wake);
	return any;
}

void workers_join(struct collector *collector)
{
	for (size_t i = 0; i < WORKERS_MAX; i++) {
		if (collector->workers[i].started)
			pthread_join(collector->workers[i].thread, NULL);
	}
}
