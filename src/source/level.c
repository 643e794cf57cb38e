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
	struct arena *arena;
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

enum status source_level_add_store(struct source_level *public, unsigned part, const char *name,
				   const char *type, struct store_content *content,
				   struct source_store **ret_store)
{
	struct level *level = level_of(public);
	struct source_store *stores =
		array_room(public->stores, public->store_count, sizeof(*stores));

	if (stores == NULL)
		return STATUS_MEMORY;
	public->stores = stores;
	struct source_store *store = &public->stores[public->store_count];
	memset(store, 0, sizeof(*store));
	store->name = arena_strdup(level->arena, name);
	store->type = type;
	store->part = part;
	store->arena = level->arena;
	store->detail = arena_strdup(level->arena, content != NULL ? content->detail : "");
	if (store->name == NULL || store->detail == NULL)
		return STATUS_MEMORY;
	if (content != NULL) {
		store->content = store_content_ref(content);
		store->state = content->state;
	}
	public->store_count++;
	if (ret_store != NULL)
		*ret_store = store;
	return STATUS_OK;
}

enum status source_store_set_state(struct source_store *store, enum store_state state,
				   const char *detail)
{
	char clean[DETAIL_MAX];

	text_printable_into(clean, sizeof(clean), detail, strlen(detail));
	char *copy = arena_strdup(store->arena, clean);
	if (copy == NULL)
		return STATUS_MEMORY;
	store->state = state;
	store->detail = copy;
	return STATUS_OK;
}

enum status source_store_add_label(struct source_store *store, const char *key, const char *value)
{
	struct source_label *labels =
		array_room(store->labels, store->label_count, sizeof(*labels));

	if (labels == NULL)
		return STATUS_MEMORY;
	store->labels = labels;
	struct source_label label = { arena_strdup(store->arena, key),
				      arena_strdup(store->arena, value) };
	if (label.key == NULL || label.value == NULL)
		return STATUS_MEMORY;
	labels[store->label_count++] = label;
	return STATUS_OK;
}

enum status source_level_add_reference(struct source_level *public, enum reference_kind kind,
				       const char *destination, const char *property,
				       const char *name)
{
	struct level *level = level_of(public);
	struct source_reference *references =
		array_room(public->references, public->reference_count, sizeof(*references));

	if (references == NULL)
		return STATUS_MEMORY;
	public->references = references;
	struct source_reference reference = {
		.kind = kind,
		.destination = arena_strdup(level->arena, destination),
		.property = arena_strdup(level->arena, property),
		.name = arena_strdup(level->arena, name),
	};
	if (reference.destination == NULL || reference.property == NULL || reference.name == NULL)
		return STATUS_MEMORY;
	public->references[public->reference_count++] = reference;
	return STATUS_OK;
}

enum status source_level_add_sample(struct source_level *public, enum source_fact fact,
				    double value, const char *const labels[FACT_LABELS_MAX])
{
	struct level *level = level_of(public);
	struct source_sample *samples =
		array_room(public->samples, public->sample_count, sizeof(*samples));

	if (samples == NULL)
		return STATUS_MEMORY;
	public->samples = samples;
	struct source_sample sample = { .fact = fact, .value = value };
	for (size_t i = 0; i < FACT_LABELS_MAX && labels[i] != NULL; i++) {
		sample.labels[i] = arena_strdup(level->arena, labels[i]);
		if (sample.labels[i] == NULL)
			return STATUS_MEMORY;
	}
	public->samples[public->sample_count++] = sample;
	return STATUS_OK;
}
