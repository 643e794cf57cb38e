/*
 * What all kinds of sources share: choosing the kind, and building a result. A level is one block
 * of text memory (arena) and two growing arrays; it is immutable once it left its source.
 */
#include "source/source.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"

#define TEXT_MAX 1024 /* cleaned text of an issue */

struct level {
	struct source_level public; /* first: a level is handed out as this */
	atomic_uint references;
	struct arena *arena;
	size_t store_capacity;
	size_t reference_capacity;
	size_t sample_capacity;
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

/* In the order of the bits. */
static const char *const part_names[] = {
	"certificates", "saml_trust",  "destinations",  "fragments",   "ui",  "system",
	"ca",           "subaccounts", "backend_trust", "email_trust", "idp",
};
_Static_assert(sizeof(part_names) / sizeof(part_names[0]) == LEVEL_PART_COUNT,
	       "each part has a name");

const char *level_part_name(unsigned part)
{
	for (size_t i = 0; i < LEVEL_PART_COUNT; i++) {
		if (part == 1u << i)
			return part_names[i];
	}
	return "";
}

enum status level_part_parse(const char *name, enum level_part *ret_part)
{
	for (size_t i = 0; i < LEVEL_PART_COUNT; i++) {
		if (strcmp(name, part_names[i]) == 0) {
			*ret_part = (enum level_part)(1u << i);
			return STATUS_OK;
		}
	}
	return STATUS_SYNTAX;
}

const char *source_level_name(const char *name)
{
	static const char *const names[] = { LEVEL_SUBACCOUNT, LEVEL_INSTANCE, LEVEL_BINDING,
					     LEVEL_CONNECTOR, LEVEL_DIRECTORY };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i], name) == 0)
			return names[i];
	}
	return NULL;
}

static const struct source_class *class_of(enum source_kind kind)
{
	switch (kind) {
	case SOURCE_DESTINATION_SERVICE:
		return &destination_service_class;
	case SOURCE_CLOUD_CONNECTOR:
		return &cloud_connector_class;
	case SOURCE_DIRECTORY:
		return &directory_class;
	}
	return NULL;
}

bool source_wants_level(const struct source_config *config, const char *level)
{
	if (strcmp(level, LEVEL_SUBACCOUNT) == 0)
		return config->level_subaccount;
	if (strcmp(level, LEVEL_INSTANCE) == 0)
		return config->level_instance;
	return true;
}

bool source_wants_store(const struct source_config *config, const struct source_store *store)
{
	if (store->part == PART_SAML_TRUST)
		return config->saml_trust;
	bool filtered = store->part == PART_CERTIFICATES && store->type[0] == '\0';
	return !filtered || source_config_wants(config, store->name);
}

enum status source_open(const struct source_context *context, struct source **ret_source)
{
	const struct source_class *class = class_of(context->config->kind);
	struct source *source = NULL;

	if (class == NULL)
		return STATUS_UNSUPPORTED;
	enum status status = class->open(context, &source);
	if (status != STATUS_OK)
		return status;
	source->class = class;
	source->context = *context;
	*ret_source = source;
	return STATUS_OK;
}

struct source_result *source_refresh(struct source *source)
{
	return source->class->refresh(source);
}

void source_close(struct source *source)
{
	if (source != NULL)
		source->class->close(source);
}

/* Room for one more element in an array of `size` bytes each; false without memory. */
static bool room_for_one(void **items, size_t count, size_t *capacity, size_t size)
{
	if (count < *capacity)
		return true;
	size_t more = *capacity > 0 ? *capacity * 2 : 16;
	void *grown = reallocarray(*items, more, size);
	if (grown == NULL)
		return false;
	*items = grown;
	*capacity = more;
	return true;
}

/* -- levels ---------------------------------------------------------------------------- */

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

enum status source_level_add_store(struct source_level *public, enum level_part part,
				   const char *name, const char *type,
				   struct store_content *content, struct source_store **ret_store)
{
	struct level *level = level_of(public);
	void *stores = public->stores;

	if (!room_for_one(&stores, public->store_count, &level->store_capacity,
			  sizeof(struct source_store)))
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
	char clean[TEXT_MAX];

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
		reallocarray(store->labels, store->label_count + 1, sizeof(*labels));

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
	void *references = public->references;

	if (!room_for_one(&references, public->reference_count, &level->reference_capacity,
			  sizeof(struct source_reference)))
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
	void *samples = public->samples;

	if (!room_for_one(&samples, public->sample_count, &level->sample_capacity,
			  sizeof(struct source_sample)))
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

/* -- results --------------------------------------------------------------------------- */

struct source_result *source_result_new(void)
{
	struct source_result *result = calloc(1, sizeof(*result));

	if (result == NULL)
		return NULL;
	result->retry_after_s = -1;
	result->identity = strdup("");
	result->host = strdup("");
	result->subaccount_id = strdup("");
	result->tenant_id = strdup("");
	if (result->identity == NULL || result->host == NULL || result->subaccount_id == NULL ||
	    result->tenant_id == NULL) {
		source_result_free(result);
		return NULL;
	}
	return result;
}

void source_result_free(struct source_result *result)
{
	if (result == NULL)
		return;
	for (size_t i = 0; i < result->level_count; i++)
		source_level_unref(result->levels[i]);
	free(result->levels);
	for (size_t i = 0; i < result->issue_count; i++) {
		free(result->issues[i].item);
		free(result->issues[i].text);
	}
	free(result->issues);
	free(result->identity);
	free(result->host);
	free(result->subaccount_id);
	free(result->tenant_id);
	free(result);
}

struct source_level *source_result_add_level(struct source_result *result, const char *name)
{
	struct source_level **levels = reallocarray(result->levels, result->level_count + 1,
						    sizeof(struct source_level *));

	if (levels == NULL)
		return NULL;
	result->levels = levels;
	struct source_level *level = source_level_new(name);
	if (level != NULL)
		result->levels[result->level_count++] = level;
	return level;
}

enum status source_result_add_issue(struct source_result *result, enum stage stage,
				    enum status reason, const char *level, const char *item,
				    const char *text)
{
	char clean_item[TEXT_MAX];
	char clean_text[TEXT_MAX];
	struct source_issue *issues =
		reallocarray(result->issues, result->issue_count + 1, sizeof(*issues));

	if (issues == NULL)
		return STATUS_MEMORY;
	result->issues = issues;
	text_printable_into(clean_item, sizeof(clean_item), item, strlen(item));
	text_printable_into(clean_text, sizeof(clean_text), text, strlen(text));
	struct source_issue issue = { stage, reason, level, strdup(clean_item),
				      strdup(clean_text) };
	if (issue.item == NULL || issue.text == NULL) {
		free(issue.item);
		free(issue.text);
		return STATUS_MEMORY;
	}
	issues[result->issue_count++] = issue;
	return STATUS_OK;
}
