/* Which stores are used, and which certificates somebody needs: the rules of the alerts. */
#include "inventory/usage.h"

#include <string.h>

#include "source/kinds.h"

/* References lead from and to such a level. */
static bool is_level_of_destinations(const struct source_view *view, const char *level)
{
	const struct known_level *row = source_known_level(view->kind, level);

	return row != NULL && (row->parts & PART_DESTINATIONS) != 0;
}

static bool knows_all_destinations(const struct source_view *view)
{
	for (size_t i = 0; i < view->level_count; i++) {
		const struct inventory_level *level = &view->levels[i];
		if (is_level_of_destinations(view, level->name) && !level->has_destinations)
			return false;
	}
	return true;
}

const char *source_view_only_level(const struct source_view *view)
{
	const char *only = NULL;

	for (size_t i = 0; i < view->level_count; i++) {
		if (!is_level_of_destinations(view, view->levels[i].name))
			continue;
		if (only != NULL)
			return NULL;
		only = view->levels[i].name;
	}
	return only;
}

bool store_is_own(const struct source_view *view, const struct inventory_store *store)
{
	const struct known_level *row = source_known_level(view->kind, store->level);

	return row != NULL && row->own;
}

bool destinations_can_use(const struct source_view *view, const struct inventory_store *store)
{
	return is_level_of_destinations(view, store->level);
}

bool store_is_used(const struct source_view *view, const struct inventory_store *store)
{
	return store->reference_count > 0 || !destinations_can_use(view, store) ||
	       !knows_all_destinations(view);
}

/* Whether a reference names the store as one to trust, or as one of the destination's own. */
static bool has_reference(const struct source_view *view, const struct inventory_store *store,
			  bool to_trust)
{
	for (size_t i = 0; i < store->reference_count; i++) {
		const char *property = view->references[store->first_reference + i].property;
		if ((strstr(property, "TrustStore") != NULL) == to_trust)
			return true;
	}
	return false;
}

static bool has_leaf(const struct source_view *view, const struct inventory_store *store)
{
	for (size_t i = 0; i < store->certificate_count; i++) {
		if (view->certificates[store->first_certificate + i].role == CERTIFICATE_LEAF)
			return true;
	}
	return false;
}

bool certificate_is_trusted(const struct source_view *view,
			    const struct inventory_certificate *certificate)
{
	const struct inventory_store *store = &view->stores[certificate->store];
	const struct known_type *type = source_known_type(view->kind, store->type);
	bool own = has_reference(view, store, false);

	if (type != NULL && type->trusted)
		return true;
	if (has_reference(view, store, true) && !own)
		return true;
	if (certificate->role != CERTIFICATE_ROOT || !source_type_is_of_content(store->type))
		return false;
	return !own || certificate->position > 0 || has_leaf(view, store);
}

bool certificate_is_needed(const struct source_view *view,
			   const struct inventory_certificate *certificate)
{
	const struct inventory_store *store = &view->stores[certificate->store];
	const struct known_type *type = source_known_type(view->kind, store->type);
	bool waiting =
		type != NULL && type->waiting != NULL && strcmp(store->name, type->waiting) == 0;
	bool part_of_chain = certificate->role == CERTIFICATE_LEAF ||
			     certificate->role == CERTIFICATE_INTERMEDIATE;

	if (!store_is_used(view, store) || waiting)
		return false;
	return part_of_chain || !certificate_is_trusted(view, certificate);
}
