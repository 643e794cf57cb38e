/*
 * Who uses which store: resolves the references of destinations and fragments against the stores of
 * all levels (docs/reference/destination-service.md 5: the same level first, then the other), and
 * names what is missing.
 */
#include "inventory/join.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "inventory/figures.h"
#include "inventory/freshness.h"
#include "inventory/names.h"
#include "inventory/usage.h"
#include "source/kinds.h"

static int compare_key(const struct build_store *store, const char *level, const char *name)
{
	int by_level = strcmp(store->level->name, level);

	return by_level != 0 ? by_level : strcmp(store->store->name, name);
}

/* The index of a store of that level and exact name; false if there is none. */
static bool find_store(const struct build *build, const char *level, const char *name, size_t *ret)
{
	size_t low = 0;
	size_t high = build->store_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare_key(&build->stores[middle], level, name);
		if (order == 0) {
			*ret = middle;
			return true;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static bool resolve(const struct build *build, const struct source_level *from, const char *name,
		    size_t *ret_store)
{
	if (find_store(build, from->name, name, ret_store))
		return true;
	for (size_t i = 0; i < build->level_count; i++) {
		if (build->levels[i] != from &&
		    find_store(build, build->levels[i]->name, name, ret_store))
			return true;
	}
	return false;
}

static const struct source_level *level_named(const struct build *build, const char *name)
{
	for (size_t i = 0; i < build->level_count; i++) {
		if (strcmp(build->levels[i]->name, name) == 0)
			return build->levels[i];
	}
	return NULL;
}

static enum level_part part_of(enum reference_kind kind)
{
	return kind == REFERENCE_DESTINATION ? PART_DESTINATIONS : PART_FRAGMENTS;
}

/* Of the lists of stores without which "on neither level" cannot be said: of each level to which
 * references lead and that has such a list, configured or not. */
static struct freshness store_lists(const struct build *build, unsigned part)
{
	const struct known_level *row = build->view->kind->class->levels;
	const unsigned wanted = part | PART_DESTINATIONS;
	struct freshness oldest = { true, 0 };
	bool first = true;

	for (; row != NULL && row->name != NULL; row++) {
		if ((row->parts & wanted) != wanted)
			continue;
		struct freshness list =
			freshness_of_parts(build->facts, level_named(build, row->name), part);
		oldest = first ? list : freshness_oldest(oldest, list);
		first = false;
	}
	return oldest;
}

/* The part that has the store of this name, if there is one. */
static unsigned part_of_name(const struct build *build, const char *name)
{
	const struct known_part *row = build->view->kind->class->parts;

	for (; row != NULL && row->name != NULL; row++) {
		if (row->prefix != NULL && text_starts_with(name, row->prefix))
			return row->part;
	}
	return PART_CERTIFICATES;
}

/* Of all lists to whose stores references lead. */
static struct freshness all_store_lists(const struct build *build)
{
	const struct known_part *row = build->view->kind->class->parts;
	struct freshness oldest = store_lists(build, PART_CERTIFICATES);

	for (; row != NULL && row->name != NULL; row++) {
		if (row->prefix != NULL)
			oldest = freshness_oldest(oldest, store_lists(build, row->part));
	}
	return oldest;
}

/* Of all that a finding about a missing certificate rests on. */
static struct freshness finding(const struct build *build, const struct source_level *from,
				const struct source_reference *reference)
{
	return freshness_oldest(freshness_of_parts(build->facts, from, part_of(reference->kind)),
				store_lists(build, part_of_name(build, reference->name)));
}

/* Of the lists of destinations and fragments of all levels. */
static struct freshness user_lists(const struct build *build)
{
	struct freshness oldest = { true, 0 };
	bool first = true;

	for (size_t l = 0; l < build->level_count; l++) {
		const struct source_level *level = build->levels[l];
		const struct known_level *row = source_known_level(build->view->kind, level->name);
		if (row == NULL || (row->parts & PART_DESTINATIONS) == 0)
			continue; /* nothing refers from there */
		struct freshness lists =
			freshness_of_parts(build->facts, level, PART_DESTINATIONS | PART_FRAGMENTS);
		oldest = first ? lists : freshness_oldest(oldest, lists);
		first = false;
	}
	return oldest;
}

/* What can be said of the source as a whole. */
static void join_knowledge(struct build *build)
{
	struct source_view *view = build->view;
	struct freshness users = user_lists(build);
	struct freshness stores = all_store_lists(build);

	if (!source_view_has_references(view)) {
		view->users_known = true;
		view->missing_known = view->has_attempt && view->up;
		view->missing_as_of_s = view->freshness.as_of_s;
		return;
	}
	view->users_known = !users.stale;
	view->missing_known = !users.stale && !stores.stale;
	view->missing_as_of_s = freshness_oldest(users, stores).as_of_s;
}

static int compare_references(const void *a, const void *b)
{
	const struct inventory_reference *x = a;
	const struct inventory_reference *y = b;
	int order;

	if (x->store != y->store)
		return x->store < y->store ? -1 : 1;
	if ((order = strcmp(x->destination_level, y->destination_level)) != 0)
		return order;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if ((order = strcmp(x->destination, y->destination)) != 0)
		return order;
	return strcmp(x->property, y->property);
}

static int compare_missing(const void *a, const void *b)
{
	const struct inventory_missing *x = a;
	const struct inventory_missing *y = b;
	int order;

	if ((order = strcmp(x->name, y->name)) != 0)
		return order;
	if ((order = strcmp(x->destination_level, y->destination_level)) != 0)
		return order;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if ((order = strcmp(x->destination, y->destination)) != 0)
		return order;
	return strcmp(x->property, y->property);
}

/* Sorts an array and removes equal neighbours; returns the new count. */
static size_t sort_unique(void *items, size_t count, size_t size,
			  int (*compare)(const void *, const void *))
{
	char *base = items;
	size_t kept = 0;

	qsort(items, count, size, compare);
	for (size_t i = 0; i < count; i++) {
		if (kept > 0 && compare(base + (kept - 1) * size, base + i * size) == 0)
			continue;
		if (kept != i)
			memcpy(base + kept * size, base + i * size, size);
		kept++;
	}
	return kept;
}

static enum status add_reference(struct build *build, const struct source_level *level,
				 const struct source_reference *reference)
{
	struct source_view *view = build->view;
	const char *destination = label_text(build->arena, reference->destination);
	const char *property = label_text(build->arena, reference->property);
	size_t store;

	if (destination == NULL || property == NULL)
		return STATUS_MEMORY;
	if (resolve(build, level, reference->name, &store)) {
		view->references[view->reference_count++] = (struct inventory_reference){
			store,
			level->name,
			destination,
			reference->kind,
			property,
			freshness_of_parts(build->facts, level, part_of(reference->kind)),
		};
		return STATUS_OK;
	}
	struct freshness freshness = finding(build, level, reference);
	if (freshness.stale && !(freshness.as_of_s > 0))
		return STATUS_OK; /* it never was certain */
	const char *name = label_text(build->arena, reference->name);
	struct inventory_missing row = { level->name, destination, reference->kind,
					 property,    name,        freshness };
	if (freshness.stale)
		view->older_missing[view->older_missing_count++] = row;
	else
		view->missing[view->missing_count++] = row;
	return name != NULL ? STATUS_OK : STATUS_MEMORY;
}

enum status join_references(struct build *build)
{
	struct source_view *view = build->view;
	size_t count = 0;

	for (size_t l = 0; l < build->level_count; l++)
		count += build->levels[l]->reference_count;
	view->references = arena_array(build->arena, count, sizeof(*view->references));
	view->missing = arena_array(build->arena, count, sizeof(*view->missing));
	view->older_missing = arena_array(build->arena, count, sizeof(*view->older_missing));
	if (view->references == NULL || view->missing == NULL || view->older_missing == NULL)
		return STATUS_MEMORY;
	for (size_t l = 0; l < build->level_count; l++) {
		const struct source_level *level = build->levels[l];
		for (size_t i = 0; i < level->reference_count; i++) {
			if (add_reference(build, level, &level->references[i]) != STATUS_OK)
				return STATUS_MEMORY;
		}
	}
	view->reference_count = sort_unique(view->references, view->reference_count,
					    sizeof(*view->references), compare_references);
	view->missing_count = sort_unique(view->missing, view->missing_count,
					  sizeof(*view->missing), compare_missing);
	view->older_missing_count = sort_unique(view->older_missing, view->older_missing_count,
						sizeof(*view->older_missing), compare_missing);
	join_knowledge(build);
	for (size_t i = 0; i < view->reference_count; i++) {
		struct inventory_store *store = &view->stores[view->references[i].store];
		if (store->reference_count++ == 0)
			store->first_reference = i;
	}
	return STATUS_OK;
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The different names that refer to a store, sorted; NULL without memory. */
static const char **referring_names(struct build *build, const struct inventory_store *store,
				    size_t *ret_count)
{
	const char **names = arena_array(build->arena, store->reference_count + 1, sizeof(*names));

	if (names == NULL)
		return NULL;
	for (size_t i = 0; i < store->reference_count; i++)
		names[i] = build->view->references[store->first_reference + i].destination;
	*ret_count = sort_unique(names, store->reference_count, sizeof(*names), compare_texts);
	return names;
}

enum status join_destinations(struct build *build)
{
	static const char *const nobody[] = { "" };
	static const char *const everybody[] = { "*" };
	struct source_view *view = build->view;

	for (size_t s = 0; s < view->store_count; s++) {
		const struct inventory_store *store = &view->stores[s];
		struct inventory_certificate *rows = &view->certificates[store->first_certificate];
		size_t count = 0;
		size_t series = 0;
		const char *const *names = referring_names(build, store, &count);
		if (names == NULL)
			return STATUS_MEMORY;
		if (count == 0) {
			names = nobody;
			count = 1;
		}
		for (size_t i = 0; i < store->certificate_count; i++)
			series += rows[i].position == 0 ? count : 1;
		if (series > HEADLINE_SERIES_MAX && count > 1) {
			names = everybody;
			count = 1;
			view->starred_stores++;
		}
		for (size_t i = 0; i < store->certificate_count; i++) {
			rows[i].destinations = rows[i].position == 0 ? names : nobody;
			rows[i].destination_count = rows[i].position == 0 ? count : 1;
		}
	}
	return STATUS_OK;
}
