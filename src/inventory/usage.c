/* Which stores are used, and which certificates somebody needs: the rules of the alerts. */
#include "inventory/usage.h"

#include <string.h>

static bool is_level_of_destinations(const char *level)
{
	return strcmp(level, LEVEL_SUBACCOUNT) == 0 || strcmp(level, LEVEL_INSTANCE) == 0;
}

static bool knows_all_destinations(const struct source_view *view)
{
	for (size_t i = 0; i < view->level_count; i++) {
		const struct inventory_level *level = &view->levels[i];
		if (is_level_of_destinations(level->name) && !level->has_destinations)
			return false;
	}
	return true;
}

bool destinations_can_use(const struct source_view *view, const struct inventory_store *store)
{
	return strcmp(view->kind->name, "destination-service") == 0 &&
	       is_level_of_destinations(store->level);
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

static bool is_one_of(const char *text, const char *const *names)
{
	for (; *names != NULL; names++) {
		if (strcmp(text, *names) == 0)
			return true;
	}
	return false;
}

bool certificate_is_trusted(const struct source_view *view,
			    const struct inventory_certificate *certificate)
{
	static const char *const trust_types[] = { "backend_trust", "email_trust", "idp", NULL };
	static const char *const file_types[] = { "keystore", "certificate", NULL };
	const struct inventory_store *store = &view->stores[certificate->store];
	bool own = has_reference(view, store, false);

	if (is_one_of(store->type, trust_types))
		return true;
	if (has_reference(view, store, true) && !own)
		return true;
	if (certificate->role != CERTIFICATE_ROOT || !is_one_of(store->type, file_types))
		return false;
	return !own || certificate->position > 0 || has_leaf(view, store);
}

bool certificate_is_needed(const struct source_view *view,
			   const struct inventory_certificate *certificate)
{
	const struct inventory_store *store = &view->stores[certificate->store];

	bool part_of_chain = certificate->role == CERTIFICATE_LEAF ||
			     certificate->role == CERTIFICATE_INTERMEDIATE;

	if (!store_is_used(view, store) || strcmp(store->name, "saml-trust/passive") == 0)
		return false;
	return part_of_chain || !certificate_is_trusted(view, certificate);
}
