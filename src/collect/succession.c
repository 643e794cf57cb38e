/*
 * Another configuration takes the place of the one in use. All that takes time is done without the
 * lock, beside what is going on: new slots are made and get their first views, and only then the
 * list is replaced. A slot whose predecessor was refreshed meanwhile inherits once more.
 */
#include "collect/succession.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "collect/publish.h"
#include "collect/schedule.h"
#include "collect/slot.h"
#include "collect/state.h"

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

/* A place in the list that succession_apply() makes. */
struct heir {
	struct slot *slot;
	bool fresh;                /* made now, not shared yet */
	const struct slot *before; /* the slot it follows, NULL: none */
	struct slot_legacy legacy; /* what it has from that one */
};

/* Without the lock: the slot begins with what its predecessor knows now. */
static enum status inherit(struct collector *collector, struct heir *heir)
{
	slot_legacy_release(&heir->legacy);
	pthread_mutex_lock(&collector->lock);
	bool ok = slot_bequeath(heir->before, &heir->legacy);
	pthread_mutex_unlock(&collector->lock);
	if (!ok || !slot_inherit(heir->slot, &heir->legacy))
		return STATUS_MEMORY;
	slot_first_view(heir->slot);
	return STATUS_OK;
}

/* Without the lock: a slot for a source that is new or changed. */
static enum status make_heir(struct collector *collector, struct config *config, size_t i,
			     struct heir *heir, struct error *error)
{
	const struct source_config *settings = config->sources[i];
	const struct state_source *saved = saved_by_id(collector, settings->id);
	enum status status;
	struct slot *slot = slot_new(config->sources[i], collector->telemetry, &status);

	if (slot == NULL && status == STATUS_UNSUPPORTED)
		return error_set(error, status, "source \"%s\": kind %s is not supported",
				 settings->id, settings->kind->name);
	if (slot == NULL)
		return error_set(error, STATUS_MEMORY, "out of memory");
	(void)config_take_source(config, i);
	slot->table_follows = collector->table_follows;
	heir->slot = slot;
	heir->fresh = true;
	heir->before = slot_by_id(collector, slot->config->id);
	uint64_t wait_ms =
		collector->spread ? schedule_first_ms(config->source_count, config->workers) : 0;
	slot->due_ms = clock_mono_ms() + wait_ms;
	slot->next_attempt_s = clock_now() + (double)wait_ms / 1000;
	if (heir->before != NULL)
		return inherit(collector, heir);
	if (saved != NULL && !slot_restore(slot, saved))
		return STATUS_MEMORY;
	slot_first_view(slot);
	return STATUS_OK;
}

/* Without the lock. */
static enum status make_heirs(struct collector *collector, struct config *config,
			      struct heir *heirs, size_t *ret_count, struct error *error)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < config->source_count && status == STATUS_OK; i++) {
		const struct source_config *settings = config->sources[i];
		if (!settings->enabled)
			continue;
		struct heir *heir = &heirs[(*ret_count)++];
		struct slot *same = slot_by_id(collector, settings->id);
		if (same != NULL && strcmp(same->config->digest, settings->digest) == 0)
			heir->slot = same;
		else
			status = make_heir(collector, config, i, heir, error);
	}
	return status;
}

/* Under the lock: the one whose predecessor was refreshed since it was asked; NULL: none. */
static struct heir *outdated(struct heir *heirs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (heirs[i].before != NULL &&
		    heirs[i].before->knowledge != heirs[i].legacy.knowledge)
			return &heirs[i];
	}
	return NULL;
}

static bool is_kept(const struct heir *heirs, size_t count, const struct slot *slot)
{
	for (size_t i = 0; i < count; i++) {
		if (heirs[i].slot == slot)
			return true;
	}
	return false;
}

/* Under the lock: takes the slots out that have no place in the new list. Puts those that are to be
 * freed without the lock into `ret_gone`; the worker that runs one frees it itself. */
static size_t drop_slots(struct collector *collector, const struct heir *heirs, size_t count,
			 struct slot **ret_gone)
{
	size_t gone = 0;

	for (size_t i = 0; i < collector->slot_count; i++) {
		struct slot *slot = collector->slots[i];
		if (is_kept(heirs, count, slot))
			continue;
		slot->removed = true;
		atomic_store(&slot->stop, true);
		if (!slot->running)
			ret_gone[gone++] = slot;
	}
	return gone;
}

/* Under the lock. */
static void count_load_error(struct collector *collector)
{
	if (collector->state_status != STATUS_OK)
		collector_count_state_error(collector, collector->state_status);
	collector->state_status = STATUS_OK;
}

/* Puts the new list in the place of the old one. `slots` has room for the new list and is taken
 * over, `gone` has room for the old one. */
static enum status replace_slots(struct collector *collector, struct heir *heirs, size_t count,
				 struct slot **slots, struct slot **gone)
{
	struct slot **old_slots = collector->slots;
	struct heir *late;

	for (size_t i = 0; i < count; i++)
		slots[i] = heirs[i].slot;
	pthread_mutex_lock(&collector->lock);
	while ((late = outdated(heirs, count)) != NULL) {
		pthread_mutex_unlock(&collector->lock);
		enum status status = inherit(collector, late);
		if (status != STATUS_OK)
			return status;
		pthread_mutex_lock(&collector->lock);
	}
	size_t gone_count = drop_slots(collector, heirs, count, gone);
	collector->slots = slots;
	collector->slot_count = count;
	count_load_error(collector);
	struct published done = collector_publish(collector);
	pthread_cond_broadcast(&collector->wake);
	pthread_mutex_unlock(&collector->lock);
	collector_published(done);
	for (size_t i = 0; i < gone_count; i++)
		slot_free(gone[i]);
	free(old_slots);
	state_release(&collector->state);
	return STATUS_OK;
}

static void release_heirs(struct heir *heirs, size_t count, bool taken)
{
	for (size_t i = 0; i < count; i++) {
		slot_legacy_release(&heirs[i].legacy);
		if (!taken && heirs[i].fresh)
			slot_free(heirs[i].slot);
	}
	free(heirs);
}

enum status succession_apply(struct collector *collector, struct config *config,
			     struct error *error)
{
	enum status status = STATUS_MEMORY;
	size_t count = 0;

	(void)error_set(error, status, "out of memory");
	struct heir *heirs = calloc(config->source_count + 1, sizeof(*heirs));
	struct slot **slots = calloc(config->source_count + 1, sizeof(struct slot *));
	struct slot **gone = calloc(collector->slot_count + 1, sizeof(struct slot *));
	if (heirs != NULL && slots != NULL && gone != NULL)
		status = make_heirs(collector, config, heirs, &count, error);
	if (status == STATUS_OK)
		status = replace_slots(collector, heirs, count, slots, gone);
	if (status != STATUS_OK)
		free(slots);
	release_heirs(heirs, count, status == STATUS_OK);
	free(gone);
	return status;
}
