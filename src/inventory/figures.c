/* What people are shown as a number, and what it counts. */
#include "inventory/figures.h"

#include "inventory/usage.h"
#include "source/kinds.h"

bool store_has_problem(const struct inventory_store *store)
{
	return store->state != STORE_OK;
}

bool source_view_is_down(const struct source_view *view)
{
	return view->has_attempt && !view->up;
}

bool inventory_level_is_known(const struct inventory_level *level)
{
	return (level->has_up && level->up) || level->stores > 0;
}

bool source_view_is_known(const struct source_view *view)
{
	for (size_t i = 0; i < view->level_count; i++) {
		if (inventory_level_is_known(&view->levels[i]))
			return true;
	}
	return false;
}

bool source_view_has_references(const struct source_view *view)
{
	const struct known_level *row = view->kind->class->levels;

	for (; row != NULL && row->name != NULL; row++) {
		if (row->parts & PART_DESTINATIONS)
			return true;
	}
	return false;
}

double freshness_age_s(struct freshness freshness, double now_s)
{
	double age_s = freshness.as_of_s > 0 ? now_s - freshness.as_of_s : 0;

	return age_s > 0 ? age_s : 0;
}

bool store_users_are_known(const struct source_view *view, const struct inventory_store *store)
{
	/* our own certificate is no certificate of the service: nothing refers to it */
	bool own = store_is_own(view, store);

	return own || store->reference_count > 0 || view->users_known;
}

bool store_users_are_stale(const struct source_view *view, const struct inventory_store *store)
{
	for (size_t i = 0; i < store->reference_count; i++) {
		if (view->references[store->first_reference + i].freshness.stale)
			return true;
	}
	return !store_users_are_known(view, store);
}

void source_view_count(const struct source_view *view, double now_s,
		       struct inventory_counts *counts)
{
	counts->sources++;
	counts->sources_down += source_view_is_down(view);
	counts->sources_unknown += !source_view_is_known(view);
	counts->sources_stale += view->freshness.stale;
	counts->certificates += view->certificate_count;
	for (size_t i = 0; i < view->certificate_count; i++) {
		const struct inventory_certificate *row = &view->certificates[i];
		counts->by_status[certificate_status_at(row, now_s)]++;
		counts->stale_certificates += view->stores[row->store].freshness.stale;
	}
	counts->stores += view->store_count;
	for (size_t i = 0; i < view->store_count; i++) {
		counts->problem_stores += store_has_problem(&view->stores[i]);
		counts->stale_stores += view->stores[i].freshness.stale;
	}
	counts->missing += view->missing_count;
	counts->older_missing += view->older_missing_count;
	counts->missing_known_sources += source_view_has_references(view) && view->missing_known;
	counts->missing_unknown_sources += source_view_has_references(view) && !view->missing_known;
}

struct inventory_counts snapshot_count(const struct snapshot *snapshot, double now_s)
{
	struct inventory_counts counts = { 0 };

	for (size_t i = 0; i < snapshot->view_count; i++)
		source_view_count(snapshot->views[i], now_s, &counts);
	return counts;
}
