/* The scheduler and its workers. The lock is held for plans and pointers, never during a refresh.
 */
#include "collect/collector.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "collect/slot.h"

#define WORKERS_MAX     64
#define HEALTH_GRACE_MS 60000 /* beyond refresh_timeout: then a worker hangs */
#define STATE_GAP_MS    5000  /* the state file is written at most so often */
#define IDLE_WAIT_MS    60000

/* One thread of the pool; it ends when its number is not below `workers` any more. */
struct worker {
	struct collector *collector;
	pthread_t thread;
	bool started; /* and not joined yet */
	bool ended;
};

struct collector {
	struct telemetry *telemetry;
	struct snapshot_store *snapshots;
	char *state_file;
	bool spread;
	bool table_follows;
	struct state state; /* as loaded, until the first sources took what is theirs */
	enum status state_status;

	pthread_mutex_t lock;
	pthread_cond_t wake;    /* work or a stop for the workers */
	pthread_cond_t changed; /* an attempt ended, for collector_wait_all() */
	struct slot **slots;    /* in the order of the configuration */
	size_t slot_count;
	bool stopping;
	bool state_dirty;
	bool state_writing;
	uint64_t state_written_ms;
	struct worker workers[WORKERS_MAX];
	size_t worker_count; /* how many are wanted: the first ones */
};

static void deadline_in(uint64_t ms, struct timespec *ret)
{
	clock_gettime(CLOCK_MONOTONIC, ret);
	ret->tv_sec += (time_t)(ms / 1000);
	ret->tv_nsec += (long)(ms % 1000) * 1000000;
	if (ret->tv_nsec >= 1000000000) {
		ret->tv_sec++;
		ret->tv_nsec -= 1000000000;
	}
}

struct collector *collector_new(const struct collector_settings *settings)
{
	struct collector *collector = calloc(1, sizeof(*collector));
	pthread_condattr_t monotonic;
	struct error error = { "" };

	if (collector == NULL)
		return NULL;
	collector->telemetry = settings->telemetry;
	collector->snapshots = settings->snapshots;
	collector->spread = settings->spread;
	collector->table_follows = settings->table_follows;
	for (size_t i = 0; i < WORKERS_MAX; i++)
		collector->workers[i].collector = collector;
	pthread_mutex_init(&collector->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&collector->wake, &monotonic);
	pthread_cond_init(&collector->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	if (settings->state_file == NULL)
		return collector;
	collector->state_file = strdup(settings->state_file);
	enum status status = state_load(settings->state_file, &collector->state, &error);
	collector->state_status = status == STATUS_NOT_FOUND ? STATUS_OK : status;
	if (collector->state_status != STATUS_OK)
		log_warn("the state file is not used", LOG_TEXT("file", settings->state_file),
			 LOG_TEXT("reason", status_name(status)), LOG_TEXT("error", error.text));
	return collector;
}

/* -- publishing ------------------------------------------------------------------------ */

/* Under the lock. */
static void publish(struct collector *collector)
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
		log_error("no memory for a new snapshot, the old one is shown on");
	else
		snapshot_store_publish(collector->snapshots, snapshot);
}

/* -- the state file -------------------------------------------------------------------- */

static void count_state_error(struct collector *collector, enum status status)
{
	for (size_t i = 0; i < collector->slot_count; i++)
		telemetry_error(collector->slots[i]->telemetry, STAGE_STATE_FILE, status);
}

/* Called with the lock, which is released while the file is written. */
static void write_state(struct collector *collector)
{
	struct state state;
	struct error error = { "" };

	if (!slots_save(collector->slots, collector->slot_count, &state))
		return;
	collector->state_dirty = false;
	collector->state_writing = true;
	pthread_mutex_unlock(&collector->lock);
	enum status status = state_save(collector->state_file, &state, &error);
	if (status != STATUS_OK)
		log_warn("the state file could not be written", LOG_TEXT("error", error.text));
	state_release(&state);
	pthread_mutex_lock(&collector->lock);
	if (status != STATUS_OK)
		count_state_error(collector, status);
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

/* Called with the lock, which is released during the refresh. */
static void run_slot(struct collector *collector, struct slot *slot)
{
	struct slot_attempt attempt;

	slot->running = true;
	slot->started_ms = clock_mono_ms();
	pthread_mutex_unlock(&collector->lock);
	slot_attempt(slot, &attempt);
	pthread_mutex_lock(&collector->lock);
	slot->running = false;
	if (slot->removed) {
		slot_free(slot);
	} else if (!atomic_load(&slot->stop)) {
		slot_finish(slot, &attempt, clock_mono_ms());
		collector->state_dirty = true;
		publish(collector);
		/* only now: who sees it counted or logged sees its outcome too */
		telemetry_refresh(slot->telemetry, (double)attempt.lasted_ms / 1000);
		log_debug("refreshed", LOG_TEXT("source", slot->config->id),
			  LOG_TEXT("up", attempt.up ? "true" : "false"),
			  LOG_NUMBER("duration_ms", attempt.lasted_ms));
	}
	pthread_cond_broadcast(&collector->changed);
	pthread_mutex_unlock(&collector->lock);
	slot_attempt_release(&attempt);
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
			write_state(collector);
			continue;
		}
		struct timespec until;
		uint64_t wait_ms = slot != NULL && slot->due_ms - now_ms < IDLE_WAIT_MS
					   ? slot->due_ms - now_ms
					   : IDLE_WAIT_MS;
		if (collector->state_dirty && collector->state_file != NULL &&
		    wait_ms > STATE_GAP_MS)
			wait_ms = STATE_GAP_MS;
		deadline_in(wait_ms, &until);
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

/* -- sources ------------------------------------------------------------------------------------
 */

static struct slot *slot_by_id(const struct collector *collector, const char *id)
{
	for (size_t i = 0; i < collector->slot_count; i++) {
		if (strcmp(collector->slots[i]->config->id, id) == 0)
			return collector->slots[i];
	}
	return NULL;
}

static const struct state_source *saved_by_id(const struct collector *collector, const char *id)
{
	for (size_t i = 0; i < collector->state.count; i++) {
		if (strcmp(collector->state.sources[i].id, id) == 0)
			return &collector->state.sources[i];
	}
	return NULL;
}

static struct slot *make_slot(struct collector *collector, struct config *config, size_t i,
			      size_t source_count, struct error *error)
{
	const struct source_config *settings = config->sources[i];
	const struct slot *before = slot_by_id(collector, settings->id);
	enum status status;
	struct slot *slot = slot_new(config->sources[i], collector->telemetry, &status);

	if (slot == NULL) {
		if (status == STATUS_UNSUPPORTED)
			(void)error_set(error, status, "source \"%s\": kind %s is not supported",
					settings->id, source_kind_name(settings->kind));
		else
			(void)error_set(error, status, "out of memory");
		return NULL;
	}
	(void)config_take_source(config, i);
	slot->table_follows = collector->table_follows;
	const struct state_source *saved = saved_by_id(collector, slot->config->id);
	if (before != NULL)
		slot_inherit(slot, before);
	else if (saved != NULL)
		slot_restore(slot, saved);
	uint64_t wait_ms = collector->spread ? schedule_first_ms(source_count, config->workers) : 0;
	slot->due_ms = clock_mono_ms() + wait_ms;
	slot->next_attempt_s = clock_now() + (double)wait_ms / 1000;
	slot_renew_view(slot);
	return slot;
}

/* Frees a slot, or lets the worker that runs it do so. */
static void drop_slot(struct slot *slot)
{
	slot->removed = true;
	atomic_store(&slot->stop, true);
	if (!slot->running)
		slot_free(slot);
}

static bool is_kept(struct slot *const *slots, size_t count, const struct slot *slot)
{
	for (size_t i = 0; i < count; i++) {
		if (slots[i] == slot)
			return true;
	}
	return false;
}

enum status collector_apply(struct collector *collector, struct config *config, struct error *error)
{
	struct slot **slots = calloc(config->source_count + 1, sizeof(struct slot *));
	enum status status = STATUS_OK;
	size_t count = 0;

	if (slots == NULL)
		return error_set(error, STATUS_MEMORY, "out of memory");
	pthread_mutex_lock(&collector->lock);
	for (size_t i = 0; i < config->source_count && status == STATUS_OK; i++) {
		const struct source_config *settings = config->sources[i];
		if (!settings->enabled)
			continue;
		struct slot *same = slot_by_id(collector, settings->id);
		bool unchanged =
			same != NULL && strcmp(same->config->digest, settings->digest) == 0;
		slots[count] =
			unchanged ? same
				  : make_slot(collector, config, i, config->source_count, error);
		if (slots[count] == NULL)
			status = STATUS_UNSUPPORTED;
		else
			count++;
	}
	if (status == STATUS_OK) {
		for (size_t i = 0; i < collector->slot_count; i++) {
			if (!is_kept(slots, count, collector->slots[i]))
				drop_slot(collector->slots[i]);
		}
		free(collector->slots);
		collector->slots = slots;
		collector->slot_count = count;
		state_release(&collector->state);
		if (collector->state_status != STATUS_OK)
			count_state_error(collector, collector->state_status);
		collector->state_status = STATUS_OK;
		publish(collector);
		pthread_cond_broadcast(&collector->wake);
	} else {
		for (size_t i = 0; i < count; i++) {
			if (!is_kept(collector->slots, collector->slot_count, slots[i]))
				drop_slot(slots[i]);
		}
		free(slots);
	}
	pthread_mutex_unlock(&collector->lock);
	return status;
}

void collector_refresh_all(struct collector *collector)
{
	pthread_mutex_lock(&collector->lock);
	uint64_t now_ms = clock_mono_ms();
	for (size_t i = 0; i < collector->slot_count; i++) {
		struct slot *slot = collector->slots[i];
		uint64_t soonest_ms = now_ms;
		uint64_t gap_ms = schedule_scaled_ms(FORCED_GAP_S * UINT64_C(1000));
		if (slot->started_ms != 0 && slot->started_ms + gap_ms > now_ms)
			soonest_ms = slot->started_ms + gap_ms;
		slot->refresh_wanted = slot->running; /* it may have read the lists already */
		if (slot->running)
			log_info("a refresh is running, another one follows",
				 LOG_TEXT("source", slot->config->id));
		if (soonest_ms < slot->due_ms) {
			slot->due_ms = soonest_ms;
			slot->next_attempt_s = clock_now() + (double)(soonest_ms - now_ms) / 1000;
		}
	}
	log_info("refresh of all sources was asked for",
		 LOG_NUMBER("sources", collector->slot_count));
	pthread_cond_broadcast(&collector->wake);
	pthread_mutex_unlock(&collector->lock);
}

/* -- questions ------------------------------------------------------------------------------------
 */

static size_t untried(const struct collector *collector, const struct slot **ret_first)
{
	size_t count = 0;

	for (size_t i = 0; i < collector->slot_count; i++) {
		if (collector->slots[i]->has_attempt)
			continue;
		if (count++ == 0)
			*ret_first = collector->slots[i];
	}
	return count;
}

bool collector_wait_all(struct collector *collector, uint64_t timeout_ms)
{
	const struct slot *first = NULL;
	struct timespec until;
	int waited = 0;

	deadline_in(timeout_ms, &until);
	pthread_mutex_lock(&collector->lock);
	while (untried(collector, &first) > 0 && waited == 0)
		waited = pthread_cond_timedwait(&collector->changed, &collector->lock, &until);
	bool all = untried(collector, &first) == 0;
	pthread_mutex_unlock(&collector->lock);
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

bool collector_healthy(struct collector *collector, struct error *error)
{
	bool healthy = true;

	pthread_mutex_lock(&collector->lock);
	uint64_t now_ms = clock_mono_ms();
	for (size_t i = 0; i < collector->slot_count && healthy; i++) {
		const struct slot *slot = collector->slots[i];
		uint64_t limit_ms =
			(uint64_t)slot->config->refresh_timeout_s * 1000 + HEALTH_GRACE_MS;
		if (!slot->running || now_ms - slot->started_ms < limit_ms)
			continue;
		(void)error_set(error, STATUS_OK, "the refresh of source %s does not end",
				slot->config->id);
		healthy = false;
	}
	pthread_mutex_unlock(&collector->lock);
	return healthy;
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
	for (size_t i = 0; i < WORKERS_MAX; i++) {
		if (collector->workers[i].started)
			pthread_join(collector->workers[i].thread, NULL);
	}
	pthread_mutex_lock(&collector->lock);
	if (collector->state_file != NULL && collector->state_dirty)
		write_state(collector);
	pthread_mutex_unlock(&collector->lock);
	for (size_t i = 0; i < collector->slot_count; i++)
		slot_free(collector->slots[i]);
	free(collector->slots);
	state_release(&collector->state);
	free(collector->state_file);
	pthread_cond_destroy(&collector->wake);
	pthread_cond_destroy(&collector->changed);
	pthread_mutex_destroy(&collector->lock);
	free(collector);
}
