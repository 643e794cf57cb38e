/* The collector as others see it: made, asked, ended. */
#include "collect/collector.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "collect/parts.h"
#include "collect/schedule.h"
#include "collect/slot.h"
#include "collect/state.h"
#include "collect/succession.h"
#include "collect/workers.h"

/* Beyond refresh_timeout: then a worker hangs. Or beyond the time at which a source is due while a
 * worker is free: then that one does not look at the schedule. */
#define HEALTH_GRACE_MS 60000

struct collector *collector_new(const struct collector_settings *settings)
{
	struct collector *collector = calloc(1, sizeof(*collector));
	pthread_condattr_t monotonic;

	if (collector == NULL)
		return NULL;
	collector->telemetry = settings->telemetry;
	collector->snapshots = settings->snapshots;
	collector->spread = settings->spread;
	collector->table_follows = settings->table_follows;
	for (size_t i = 0; i < WORKERS_MAX; i++)
		collector->workers[i].collector = collector;
	pthread_mutex_init(&collector->apply_lock, NULL);
	pthread_mutex_init(&collector->report_lock, NULL);
	pthread_mutex_init(&collector->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&collector->wake, &monotonic);
	pthread_cond_init(&collector->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	if (settings->state_file != NULL)
		collector_load_state(collector, settings->state_file);
	return collector;
}

/* -- work --------------------------------------------------------------------------------- */

enum status collector_apply(struct collector *collector, struct config *config, struct error *error)
{
	pthread_mutex_lock(&collector->apply_lock);
	enum status status = succession_apply(collector, config, error);
	pthread_mutex_unlock(&collector->apply_lock);
	return status;
}

enum status collector_set_workers(struct collector *collector, uint32_t count)
{
	pthread_mutex_lock(&collector->lock);
	bool any = workers_want(collector, count);
	pthread_mutex_unlock(&collector->lock);
	return any ? STATUS_OK : STATUS_MEMORY;
}

/* -- requests -------------------------------------------------------------------------- */

/* Under the lock. */
static bool is_refreshed_now(const struct slot *slot)
{
	return slot->running && !slot->reported;
}

/* Under the lock. */
static void want_refresh(struct slot *slot, uint64_t now_ms)
{
	uint64_t gap_ms = schedule_scaled_ms(FORCED_GAP_S * UINT64_C(1000));
	uint64_t soonest_ms = now_ms;

	if (slot->started_ms != 0 && slot->started_ms + gap_ms > now_ms)
		soonest_ms = slot->started_ms + gap_ms;
	slot->refresh_wanted = is_refreshed_now(slot); /* it may have read the lists already */
	if (soonest_ms >= slot->due_ms)
		return;
	slot->due_ms = soonest_ms;
	slot->next_attempt_s = clock_now() + (double)(soonest_ms - now_ms) / 1000;
}

void collector_refresh_all(struct collector *collector)
{
	struct string_list running = { 0 };

	pthread_mutex_lock(&collector->report_lock);
	pthread_mutex_lock(&collector->lock);
	uint64_t now_ms = clock_mono_ms();
	size_t count = collector->slot_count;
	for (size_t i = 0; i < count; i++) {
		want_refresh(collector->slots[i], now_ms);
		if (is_refreshed_now(collector->slots[i])) /* a copy: the slot may be gone soon */
			(void)!string_list_add(&running, collector->slots[i]->config->id);
	}
	pthread_cond_broadcast(&collector->wake);
	pthread_mutex_unlock(&collector->lock);
	for (size_t i = 0; i < running.count; i++)
		log_info("a refresh is running, another one follows",
			 LOG_TEXT("source", running.items[i]));
	log_info("refresh of all sources was asked for", LOG_NUMBER("sources", count));
	pthread_mutex_unlock(&collector->report_lock);
	string_list_release(&running);
}

/* -- questions --------------------------------------------------------------------------- */

static size_t untried(const struct collector *collector, const struct slot **ret_first)
{
	size_t count = 0;

	for (size_t i = 0; i < collector->slot_count; i++) {
		if (collector->slots[i]->status.has_attempt)
			continue;
		if (count++ == 0)
			*ret_first = collector->slots[i];
	}
	return count;
}

/* Under the lock. What an attempt brought is shown before it is logged and counted. */
static bool is_reporting(const struct collector *collector)
{
	for (size_t i = 0; i < collector->slot_count; i++) {
		if (collector->slots[i]->running && collector->slots[i]->reported)
			return true;
	}
	return false;
}

bool collector_wait_all(struct collector *collector, uint64_t timeout_ms)
{
	const struct slot *first = NULL;
	struct timespec until;
	int waited = 0;

	schedule_deadline(timeout_ms, &until);
	pthread_mutex_lock(&collector->lock);
	while ((untried(collector, &first) > 0 || is_reporting(collector)) && waited == 0)
		waited = pthread_cond_timedwait(&collector->changed, &collector->lock, &until);
	bool all = untried(collector, &first) == 0;
	pthread_mutex_unlock(&collector->lock);
	/* an attempt is shown first, then counted and logged: whoever waited finds both done */
	pthread_mutex_lock(&collector->report_lock);
	pthread_mutex_unlock(&collector->report_lock);
	return all;
}

bool collector_ready(struct collector *collector, struct error *error)
{
	const struct slot *first = NULL;

	pthread_mutex_lock(&collector->lock);
	size_t count = untried(collector, &first);
	if (count > 0)
		(void)error_set(error, STATUS_OK, "%zu of %zu sources not tried yet, first: %s",
				count, collector->slot_count, first->config->id);
	pthread_mutex_unlock(&collector->lock);
	return count == 0;
}

/* Under the lock. Not every thread that was wanted could be started. */
static bool any_worker_is_free(const struct collector *collector)
{
	size_t count = 0;

	for (size_t i = 0; i < collector->worker_count; i++)
		count += collector->workers[i].started && !collector->workers[i].ended;
	return collector->busy_workers < count;
}

/* Under the lock. NULL, or the words for what is wrong with a source. */
static const char *judge_slot(const struct collector *collector, const struct slot *slot,
			      uint64_t now_ms)
{
	uint64_t limit_ms = (uint64_t)slot->config->refresh_timeout_s * 1000 + HEALTH_GRACE_MS;

	if (slot->running)
		return now_ms - slot->started_ms < limit_ms ? NULL : "does not end";
	if (slot->due_ms > now_ms || now_ms - slot->due_ms < HEALTH_GRACE_MS ||
	    !any_worker_is_free(collector))
		return NULL;
	return "is due, and no worker begins it";
}

bool collector_healthy(struct collector *collector, struct error *error)
{
	const char *wrong = NULL;

	pthread_mutex_lock(&collector->lock);
	uint64_t now_ms = clock_mono_ms();
	for (size_t i = 0; i < collector->slot_count && wrong == NULL; i++) {
		const struct slot *slot = collector->slots[i];
		wrong = judge_slot(collector, slot, now_ms);
		if (wrong != NULL)
			(void)error_set(error, STATUS_OK, "the refresh of source %s %s",
					slot->config->id, wrong);
	}
	pthread_mutex_unlock(&collector->lock);
	return wrong == NULL;
}

void collector_stop(struct collector *collector)
{
	if (collector == NULL)
		return;
	pthread_mutex_lock(&collector->lock);
	collector->stopping = true;
	for (size_t i = 0; i < collector->slot_count; i++)
		atomic_store(&collector->slots[i]->stop, true);
	pthread_cond_broadcast(&collector->wake);
	pthread_mutex_unlock(&collector->lock);
	workers_join(collector);
	pthread_mutex_lock(&collector->lock);
	if (collector->state_file != NULL && collector->state_dirty)
		collector_write_state(collector);
	pthread_mutex_unlock(&collector->lock);
	for (size_t i = 0; i < collector->slot_count; i++)
		slot_free(collector->slots[i]);
	free(collector->slots);
	state_release(&collector->state);
	free(collector->state_file);
	pthread_cond_destroy(&collector->wake);
	pthread_cond_destroy(&collector->changed);
	pthread_mutex_destroy(&collector->lock);
	pthread_mutex_destroy(&collector->report_lock);
	pthread_mutex_destroy(&collector->apply_lock);
	free(collector);
}
