/* See fake_source.h. */
#include "source/directory/levels.h"
#include "fake_source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct fake_plan fake;

void fake_reset(void)
{
	fake.gate_closed = fake.lacks_memory = fake.down = fake.wait_interval = false;
	fake.retry_after_s = -1;
	fake.stores = 2;
	fake.identity = "the service";
	fake.waiting = fake.refreshes = fake.stopped = fake.opened = fake.closed = 0;
}

static void nap(void)
{
	const struct timespec moment = { 0, 1000000 };

	(void)nanosleep(&moment, NULL);
}

void fake_await(const atomic_uint *number, unsigned wanted)
{
	while (atomic_load(number) < wanted)
		nap();
}

enum status __wrap_source_open(const struct source_context *context, struct source **ret_source);
struct source_result *__wrap_source_refresh(struct source *source);
void __wrap_source_close(struct source *source);

enum status __wrap_source_open(const struct source_context *context, struct source **ret_source)
{
	struct source *source = calloc(1, sizeof(*source));

	if (source == NULL)
		return STATUS_MEMORY;
	source->context = *context;
	*ret_source = source;
	fake.opened++;
	return STATUS_OK;
}

void __wrap_source_close(struct source *source)
{
	if (source != NULL)
		fake.closed++;
	free(source);
}

static void wait_at_gate(const struct source *source)
{
	fake.waiting++;
	while (atomic_load(&fake.gate_closed) && !atomic_load(source->context.stop))
		nap();
	fake.waiting--;
	if (atomic_load(source->context.stop))
		fake.stopped++;
}

static void add_stores(struct source_level *level)
{
	unsigned count = atomic_load(&fake.stores);
	char name[32];

	level->up = true;
	level->whole = PART_CERTIFICATES;
	for (unsigned i = 0; i < count; i++) {
		(void)snprintf(name, sizeof(name), "s-%u", i);
		(void)source_level_add_store(level, PART_CERTIFICATES, name, "", NULL);
	}
}

static enum status fill(struct source_result *result)
{
	struct source_level *level = source_result_add_level(result, LEVEL_DIRECTORY);

	if (level == NULL)
		return STATUS_MEMORY;
	free(result->identity);
	result->identity = strdup(fake.identity);
	result->retry_after_s = fake.retry_after_s;
	result->wait_interval = fake.wait_interval;
	if (result->identity == NULL)
		return STATUS_MEMORY;
	if (fake.down)
		source_result_add_issue(result, STAGE_LIST, STATUS_TIMEOUT, level->name, "the list",
					"nobody answers");
	else
		add_stores(level);
	return source_result_status(result);
}

struct source_result *__wrap_source_refresh(struct source *source)
{
	struct source_result *result = NULL;

	wait_at_gate(source);
	if (!fake.lacks_memory)
		result = source_result_new();
	if (result != NULL && fill(result) != STATUS_OK) {
		source_result_free(result);
		result = NULL;
	}
	fake.refreshes++;
	return result;
}
