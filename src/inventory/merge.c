/*
 * Older knowledge stays where a refresh could not replace it: the parts of a level that were not
 * listed whole, and the content of stores that are listed but could not be read this time.
 */
#include "inventory/merge.h"

#include <stdlib.h>
#include <string.h>

#include "source/kinds.h"

struct index {
	const struct source_store **stores; /* sorted by part and name */
	size_t count;
};

static int compare_stores(const void *a, const void *b)
{
	const struct source_store *x = *(const struct source_store *const *)a;
	const struct source_store *y = *(const struct source_store *const *)b;

	if (x->part != y->part)
		return x->part < y->part ? -1 : 1;
	return strcmp(x->name, y->name);
}

static bool index_init(struct index *index, const struct source_level *level)
{
	index->count = level != NULL ? level->store_count : 0;
	index->stores = calloc(index->count + 1, sizeof(index->stores[0]));
	if (index->stores == NULL)
		return false;
	for (size_t i = 0; i < index->count; i++)
		index->stores[i] = &level->stores[i];
	qsort(index->stores, index->count, sizeof(index->stores[0]), compare_stores);
	return true;
}

static const struct source_store *index_find(const struct index *index,
					     const struct source_store *like)
{
	const struct source_store **found = bsearch(&like, index->stores, index->count,
						    sizeof(index->stores[0]), compare_stores);

	return found != NULL ? *found : NULL;
}

/* A store of which only its name and state are known now, so that its older entries are shown on.
 */
static bool keeps_old_entries(const struct source_store *store)
{
	return store->content == NULL &&
	       (store->state == STORE_UNAVAILABLE || store->state == STORE_FORBIDDEN);
}

static struct source_store *copy_store(struct source_level *merged,
				       const struct source_store *store,
				       struct store_content *content,
				       const struct source_store *labelled)
{
	struct source_store *copy =
		source_level_add_store(merged, store->part, store->name, store->type, content);

	copy->auto_renewed = store->auto_renewed;
	copy->renewal_lead_s = store->renewal_lead_s;
	for (size_t i = 0; i < labelled->label_count; i++)
		source_store_add_label(copy, labelled->labels[i].key, labelled->labels[i].value);
	source_store_set_state(copy, store->state, store->detail);
	return copy;
}

static void keep_renewal(struct source_store *copy, const struct source_store *before)
{
	copy->auto_renewed = before->auto_renewed;
	copy->renewal_lead_s = before->renewal_lead_s;
}

static void set_read(struct source_store *copy, bool kept, double read_s)
{
	copy->kept = kept;
	copy->read_s = read_s;
}

/* A store of the refresh, with what is kept of the one before. */
static void merge_store(struct source_level *merged, const struct source_store *store,
			const struct source_store *before, double read_s)
{
	bool keep = keeps_old_entries(store) && before != NULL && before->content != NULL;
	bool old_labels = store->labels_unknown && before != NULL;
	struct source_store *copy =
		copy_store(merged, store, keep ? before->content : store->content,
			   old_labels ? before : store);

	set_read(copy, keep, keep ? before->read_s : read_s);
	if (store->renewal_unknown && before != NULL)
		keep_renewal(copy, before);
}

/* A store of before that the refresh did not come to. */
static void keep_store(struct source_level *merged, const struct source_store *store)
{
	set_read(copy_store(merged, store, store->content, store), true, store->read_s);
}

static enum status merge_stores(const struct source_config *config, struct source_level *merged,
				struct source_level *old, struct source_level *fresh, double read_s)
{
	struct index old_index = { 0 };
	struct index fresh_index = { 0 };
	enum status status = STATUS_MEMORY;

	if (!index_init(&old_index, old) || !index_init(&fresh_index, fresh))
		goto out;
	status = STATUS_OK;
	for (size_t i = 0; i < fresh->store_count; i++) {
		const struct source_store *store = &fresh->stores[i];
		merge_store(merged, store, index_find(&old_index, store), read_s);
	}
	for (size_t i = 0; old != NULL && i < old->store_count; i++) {
		const struct source_store *store = &old->stores[i];
		bool part_is_known = (fresh->whole & store->part) != 0;
		bool wanted = config == NULL || source_wants_store(config, store);
		if (!part_is_known && wanted && index_find(&fresh_index, store) == NULL)
			keep_store(merged, store);
	}
out:
	free(old_index.stores);
	free(fresh_index.stores);
	return status;
}

static unsigned part_of(enum reference_kind kind)
{
	return kind == REFERENCE_DESTINATION ? PART_DESTINATIONS : PART_FRAGMENTS;
}

static void merge_references(struct source_level *merged, const struct source_level *old,
			     const struct source_level *fresh)
{
	const struct source_level *const from[] = { fresh, old };

	for (size_t f = 0; f < 2; f++) {
		for (size_t i = 0; from[f] != NULL && i < from[f]->reference_count; i++) {
			const struct source_reference *reference = &from[f]->references[i];
			bool known = (fresh->whole & part_of(reference->kind)) != 0;
			if (known == (from[f] == fresh))
				source_level_add_reference(merged, reference->kind,
							   reference->destination,
							   reference->property, reference->name);
		}
	}
}

/* Facts are of this refresh or absent. */
static void copy_samples(struct source_level *merged, const struct source_level *fresh)
{
	for (size_t i = 0; i < fresh->sample_count; i++) {
		const struct source_sample *sample = &fresh->samples[i];
		const char *labels[FACT_LABELS_MAX];
		for (size_t l = 0; l < FACT_LABELS_MAX; l++)
			labels[l] = sample->labels[l];
		source_level_add_sample(merged, sample->fact, sample->value, labels);
	}
}

static void merge_times(struct source_level *merged, const struct source_level *old, double read_s)
{
	merged->read_s = read_s;
	for (size_t i = 0; i < LEVEL_PARTS_MAX; i++) {
		bool listed = (merged->whole & (1u << i)) != 0;
		double before_s = old != NULL ? old->listed_s[i] : 0;
		merged->listed_s[i] = listed ? read_s : before_s;
	}
}

struct source_level *level_merge(const struct source_config *config, struct source_level *old,
				 struct source_level *fresh, double read_s)
{
	struct source_level *merged = source_level_new(fresh->name);

	if (merged == NULL)
		return NULL;
	const struct source_level *destinations =
		(fresh->whole & PART_DESTINATIONS) == 0 && old != NULL ? old : fresh;
	const struct source_level *fragments =
		(fresh->whole & PART_FRAGMENTS) == 0 && old != NULL ? old : fresh;
	merged->up = fresh->up;
	merged->whole = fresh->whole;
	merge_times(merged, old, read_s);
	merged->has_destinations = destinations->has_destinations;
	merged->destinations = destinations->destinations;
	merged->has_fragments = fragments->has_fragments;
	merged->fragments = fragments->fragments;
	merge_references(merged, old, fresh);
	copy_samples(merged, fresh);
	if (merge_stores(config, merged, old, fresh, read_s) != STATUS_OK ||
	    source_level_status(merged) != STATUS_OK) {
		source_level_unref(merged);
		return NULL;
	}
	return merged;
}
