/* What is known of one source: made aside, then shared and never changed. */
#include "collect/knowledge.h"

#include <stdlib.h>
#include <string.h>

#include "inventory/merge.h"
#include "source/kinds.h"

/* The texts that say whom the knowledge is about; NULL and "" both mean unknown. */
struct origin {
	const char *identity, *host, *subaccount_id, *tenant_id;
};

static struct origin origin_of(const struct state_source *facts)
{
	return (struct origin){ facts->identity, facts->host, facts->subaccount_id,
				facts->tenant_id };
}

static struct knowledge *create(const struct source_config *config, const struct origin *origin)
{
	struct knowledge *knowledge = calloc(1, sizeof(*knowledge));

	if (knowledge == NULL)
		return NULL;
	atomic_init(&knowledge->references, 1);
	struct state_source *facts = &knowledge->facts;
	facts->kind = config->kind;
	facts->id = strdup(config->id);
	facts->identity = strdup(origin->identity);
	facts->host = strdup(origin->host);
	facts->subaccount_id = strdup(origin->subaccount_id);
	facts->tenant_id = strdup(origin->tenant_id);
	if (facts->id != NULL && facts->identity != NULL && facts->host != NULL &&
	    facts->subaccount_id != NULL && facts->tenant_id != NULL)
		return knowledge;
	knowledge_unref(knowledge);
	return NULL;
}

/* Levels that the configuration does not ask for (any more) are left out. */
static void take_levels(struct knowledge *knowledge, const struct source_config *config,
			const struct state_source *from)
{
	struct state_source *facts = &knowledge->facts;

	for (size_t i = 0; i < from->level_count; i++) {
		if (source_wants_level(config, from->levels[i]->name))
			facts->levels[facts->level_count++] = source_level_ref(from->levels[i]);
	}
}

struct knowledge *knowledge_new(const struct source_config *config)
{
	const struct origin unknown = { "", "", "", "" };

	return create(config, &unknown);
}

struct knowledge *knowledge_restore(const struct source_config *config,
				    const struct state_source *saved)
{
	struct origin origin = origin_of(saved);

	if (config->kind != saved->kind)
		return knowledge_new(config);
	struct knowledge *knowledge = create(config, &origin);
	if (knowledge == NULL)
		return NULL;
	take_levels(knowledge, config, saved);
	knowledge->facts.has_success = saved->has_success;
	knowledge->facts.last_success_s = saved->last_success_s;
	return knowledge;
}

bool knowledge_of_same_service(const struct source_config *a, const struct source_config *b)
{
	return a->kind == b->kind && (a->kind->same_service == NULL || a->kind->same_service(a, b));
}

/* -- after a refresh ------------------------------------------------------------------- */

/* What is known came from another service or tenant than what was asked now. */
static bool is_other_service(const struct knowledge *before, const struct source_result *result)
{
	return before->facts.identity[0] != '\0' && result->identity[0] != '\0' &&
	       strcmp(before->facts.identity, result->identity) != 0;
}

static struct source_level *level_by_name(const struct state_source *facts, const char *name)
{
	for (size_t i = 0; i < facts->level_count; i++) {
		if (strcmp(facts->levels[i]->name, name) == 0)
			return facts->levels[i];
	}
	return NULL;
}

/* A level that the refresh did not come to stays as it was when the refresh failed. */
static void keep_levels(struct state_source *facts, const struct state_source *before)
{
	for (size_t i = 0; i < before->level_count; i++) {
		if (facts->level_count < STATE_LEVELS_MAX &&
		    level_by_name(facts, before->levels[i]->name) == NULL)
			facts->levels[facts->level_count++] = source_level_ref(before->levels[i]);
	}
}

/* False without memory. */
static bool merge_levels(struct state_source *facts, const struct source_config *config,
			 const struct state_source *before, const struct source_result *result,
			 double ended_s, bool *ret_up)
{
	*ret_up = true;
	for (size_t i = 0; i < result->level_count && i < STATE_LEVELS_MAX; i++) {
		struct source_level *fresh = result->levels[i];
		struct source_level *old =
			before != NULL ? level_by_name(before, fresh->name) : NULL;
		struct source_level *merged = level_merge(config, old, fresh, ended_s);
		if (merged == NULL)
			return false;
		facts->levels[facts->level_count++] = merged;
		*ret_up = *ret_up && fresh->up;
	}
	if (!*ret_up && before != NULL)
		keep_levels(facts, before);
	return true;
}

static const char *known_text(const char *fresh, const char *before)
{
	return fresh[0] != '\0' ? fresh : before;
}

struct knowledge *knowledge_refresh(const struct source_config *config,
				    const struct knowledge *before,
				    const struct source_result *result, double ended_s,
				    bool *ret_up)
{
	bool other = is_other_service(before, result);
	const struct origin origin = {
		known_text(result->identity, before->facts.identity),
		known_text(result->host, before->facts.host),
		known_text(result->subaccount_id, before->facts.subaccount_id),
		known_text(result->tenant_id, before->facts.tenant_id),
	};
	struct knowledge *knowledge = create(config, &origin);

	if (knowledge == NULL ||
	    !merge_levels(&knowledge->facts, config, other ? NULL : &before->facts, result, ended_s,
			  ret_up)) {
		knowledge_unref(knowledge);
		return NULL;
	}
	knowledge->facts.has_success = *ret_up || (before->facts.has_success && !other);
	knowledge->facts.last_success_s = *ret_up ? ended_s : before->facts.last_success_s;
	return knowledge;
}

bool knowledge_has_stores(const struct knowledge *knowledge)
{
	for (size_t i = 0; i < knowledge->facts.level_count; i++) {
		if (knowledge->facts.levels[i]->store_count > 0)
			return true;
	}
	return false;
}

/* -- references ------------------------------------------------------------------------ */

struct knowledge *knowledge_ref(struct knowledge *knowledge)
{
	atomic_fetch_add(&knowledge->references, 1);
	return knowledge;
}

void knowledge_unref(struct knowledge *knowledge)
{
	if (knowledge == NULL || atomic_fetch_sub(&knowledge->references, 1) != 1)
		return;
	struct state_source *facts = &knowledge->facts;
	for (size_t i = 0; i < facts->level_count; i++)
		source_level_unref(facts->levels[i]);
	free(facts->id);
	free(facts->identity);
	free(facts->host);
	free(facts->subaccount_id);
	free(facts->tenant_id);
	free(knowledge);
}
