/* The state file: read once at a start, written by the workers without the lock. */
#include "collect/state.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "collect/slot.h"
#include "inventory/state/load.h"
#include "inventory/state/save.h"

#define UNKNOWN_TEXT_MAX 4096 /* more than STATE_UNKNOWN_MAX words need */

static void log_unknown(const char *path, const struct state_unknown *unknown)
{
	struct buf text;

	if (unknown->count == 0)
		return;
	buf_init(&text, UNKNOWN_TEXT_MAX);
	state_unknown_put(unknown, &text);
	log_warn("the state file has things that this version does not know, they are left out",
		 LOG_TEXT("file", path), LOG_NUMBER("things", unknown->count),
		 LOG_TEXT("unknown", buf_text(&text)));
	buf_release(&text);
}

/* A file that no start can read is kept under another name: the next state would overwrite it. */
static void log_refused(const char *path, enum status status, const struct error *error)
{
	char *kept_as = state_is_refused(status) ? state_set_aside(path) : NULL;

	log_warn("the state file is not used", LOG_TEXT("file", path),
		 LOG_TEXT("reason", status_name(status)), LOG_TEXT("error", error->text),
		 LOG_TEXT("set_aside_as", kept_as));
	free(kept_as);
}

void collector_load_state(struct collector *collector, const char *path)
{
	struct state_unknown unknown = { .count = 0 };
	struct error error = { "" };

	collector->state_file = strdup(path);
	enum status status = state_load(path, &collector->state, &unknown, &error);
	collector->state_status = status == STATUS_NOT_FOUND ? STATUS_OK : status;
	if (collector->state_status != STATUS_OK)
		log_refused(path, status, &error);
	log_unknown(path, &unknown);
}

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

bool collector_state_is_due(const struct collector *collector, uint64_t now_ms)
{
	return collector->state_file != NULL && collector->state_dirty &&
	       !collector->state_writing &&
	       (collector->state_written_ms == 0 ||
		now_ms >= collector->state_written_ms + STATE_GAP_MS);
}
