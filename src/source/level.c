/*
 * Levels: one block of text memory (arena) and three growing arrays each, shared by counting once
 * they left their source.
 */
#include "source/level.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/arena.h"
#include "base/text.h"

#define DETAIL_MAX 1024 /* bytes of the cleaned detail of a store */

struct level {
	struct source_level public; /* first: a level is handed out as this */
	atomic_uint references;
	struct arena *arena;       /* holds the texts */
	bool failed;               /* memory was missing */
	struct source_store spare; /* then handed out in place of a store */
	char empty[1];             /* then in place of a text */
};

static struct level *level_of(struct source_level *public)
{
	return (struct level *)(void *)public;
}

const char *reference_kind_name(enum reference_kind kind)
{
	switch (kind) {
	case REFERENCE_DESTINATION:
		return "destination";
	case REFERENCE_FRAGMENT:
		return "fragment";
	}
	return "";
}

struct source_level *source_level_new(const char *name)
{
	struct level *level = calloc(1, sizeof(*level));

	if (level == NULL)
		return NULL;
	level->arena = arena_new();
	if (level->arena == NULL) {
		free(level);
		return NULL;
	}
	level->public.name = name;
	atomic_init(&level->references, 1);
	return &level->public;
}

struct source_level *source_level_ref(struct source_level *level)
{
	atomic_fetch_add(&level_of(level)->references, 1);
	return level;
}

void source_level_unref(struct source_level *public)
{
	if (public == NULL)
		return;
	struct level *level = level_of(public);
	if (atomic_fetch_sub(&level->references, 1) != 1)
		return;
	for (size_t i = 0; i < public->store_count; i++) {
		store_content_unref(public->stores[i].content);
		free(public->stores[i].labels);
	}
	free(public->stores);
	free(public->references);
	free(public->samples);
	arena_free(level->arena);
	free(level);
}

enum status source_level_status(const struct source_level *public)
{
	const struct level *level = (const struct level *)(const void *)public;

	return level->failed ? STATUS_MEMORY : STATUS_OK;
}

/* -- building: each of these does nothing after the first failure ----------------------- */

/* Room for one more element of an array; NULL: the level has failed. */
static void *room(struct level *level, void *items, size_t count, size_t size)
{
	void *grown = level->failed ? NULL : array_room(items, count, size);

	level->failed = grown == NULL;
	return grown;
}

/* A copy of a text; "" once the level has failed. */
static char *copy(struct level *level, const char *text)
{
	char *made = level->failed ? NULL : arena_strdup(level->arena, text);

	level->failed = made == NULL;
	return made != NULL ? made : level->empty;
}

/* The store that a level hands out after it failed. */
static struct source_store *spare_store(struct level *level)
{
	level->spare = (struct source_store){
		.name = level->empty,
		.type = "",
		.detail = level->empty,
		.level = &level->public,
	};
	return &level->spare;
}

struct source_store *source_level_add_store(struct source_level *public, unsigned part,
					    const char *name, const char *type,
					    struct store_content *content)
{
	struct level *level = level_of(public);
	struct source_store store = {
		.name = copy(level, name),
		.type = type,
		.part = part,
		.detail = copy(level, content != NULL ? content->detail : ""),
		.level = public,
	};
	struct source_store *stores =
		room(level, public->stores, public->store_count, sizeof(*stores));

	if (stores == NULL)
		return spare_store(level);
	if (content != NULL) {
		store.content = store_content_ref(content);
		store.state = content->state;
	}
	public->stores = stores;
	stores[public->store_count] = store;
	return &stores[public->store_count++];
}

void source_store_set_state(struct source_store *store, enum store_state state, const char *detail)
{
	char clean[DETAIL_MAX];

	text_printable_into(clean, sizeof(clean), detail, strlen(detail));
	store->state = state;
	store->detail = copy(level_of(store->level), clean);
}

void source_store_add_label(struct source_store *store, const char *key, const char *value)
{
	struct level *level = level_of(store->level);
	struct source_label label = { copy(level, key), copy(level, value) };
	struct source_label *labels =
		room(level, store->labels, store->label_count, sizeof(*labels));

	if (labels == NULL)
		return;
	store->labels = labels;
	labels[store->label_count++] = label;
}

void source_level_add_reference(struct source_level *public, enum reference_kind kind,
				const char *destination, const char *property, const char *name)
{
	struct level *level = level_of(public);
	struct source_reference reference = {
		.kind = kind,
		.destination = copy(level, destination),
		.property = copy(level, property),
		.name = copy(level, name),
	};
	struct source_reference *references =
		room(level, public->references, public->reference_count, sizeof(*references));

	if (references == NULL)
		return;
	public->references = references;
	references[public->reference_count++] = reference;
}

void source_level_add_sample(struct source_level *public, const struct source_fact *fact,
			     double value, const char *const labels[FACT_LABELS_MAX])
{
	struct level *level = level_of(public);
	struct source_sample sample = { .fact = fact, .value = value };

	for (size_t i = 0; i < FACT_LABELS_MAX && labels[i] != NULL; i++)
		sample.labels[i] = copy(level, labels[i]);
	struct source_sample *samples =
		room(level, public->samples, public->sample_count, sizeof(*samples));
	if (samples == NULL)
		return;
	public->samples = samples;
	samples[public->sample_count++] = sample;
}
