/* Builds the immutable view of one source: rows, label texts, unique identities, renewals. */
#include "inventory/view.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "cert/san.h"
#include "inventory/build.h"
#include "inventory/freshness.h"
#include "inventory/join.h"
#include "inventory/names.h"
#include "inventory/renewal.h"

struct counted_view {
	struct source_view public; /* first */
	atomic_uint references;
	struct arena *arena;
};

struct source_view *source_view_ref(struct source_view *view)
{
	atomic_fetch_add(&((struct counted_view *)(void *)view)->references, 1);
	return view;
}

void source_view_unref(struct source_view *view)
{
	if (view == NULL)
		return;
	struct counted_view *counted = (struct counted_view *)(void *)view;
	if (atomic_fetch_sub(&counted->references, 1) != 1)
		return;
	arena_free(counted->arena);
	free(counted);
}

static int compare_build_stores(const void *a, const void *b)
{
	const struct build_store *x = a;
	const struct build_store *y = b;
	int order = strcmp(x->level->name, y->level->name);

	if (order != 0)
		return order;
	order = strcmp(x->store->name, y->store->name);
	return order != 0 ? order : (x->store > y->store) - (x->store < y->store);
}

static enum status collect_stores(struct build *build)
{
	for (size_t l = 0; l < build->level_count; l++)
		build->store_count += build->levels[l]->store_count;
	build->stores = calloc(build->store_count + 1, sizeof(*build->stores));
	if (build->stores == NULL)
		return STATUS_MEMORY;
	size_t n = 0;
	for (size_t l = 0; l < build->level_count; l++) {
		for (size_t i = 0; i < build->levels[l]->store_count; i++)
			build->stores[n++] = (struct build_store){ build->levels[l],
								   &build->levels[l]->stores[i] };
	}
	qsort(build->stores, n, sizeof(*build->stores), compare_build_stores);
	return STATUS_OK;
}

static const char *type_of(const struct source_store *store)
{
	const struct store_content *content = store->content;

	if (store->type[0] != '\0')
		return store->type;
	if (content == NULL)
		return "certificate";
	if (store_format_is_keystore(content->format))
		return "keystore";
	for (size_t i = 0; i < content->entry_count; i++) {
		if (content->entries[i].alias[0] != '\0')
			return "keystore";
	}
	return "certificate";
}

static enum renewal renewal_of(const struct source_store *store, const struct certificate *leaf)
{
	bool uploaded_kind =
		store->type[0] == '\0'; /* not SAML trust, not the exporter's binding */

	if (store->auto_renewed)
		return RENEWAL_AUTOMATIC;
	if (uploaded_kind && renewal_is_sap_generated(leaf->subject, leaf->issuer))
		return RENEWAL_AUTOMATIC;
	return RENEWAL_MANUAL;
}

/* The names of a label, and all of them: the same text as a rule. */
static enum status fill_san(struct arena *arena, struct inventory_certificate *row,
			    const char *list)
{
	struct buf label;
	const char *san = NULL;

	buf_init(&label, (size_t)SAN_LIST_MAX * 2);
	san_label(&label, list);
	if (buf_status(&label) == STATUS_OK)
		san = label_text(arena, buf_text(&label));
	if (san != NULL && strcmp(san, list) == 0)
		row->san_list = san;
	else
		row->san_list = arena_strdup(arena, list);
	row->texts[CERTIFICATE_SAN] = san;
	buf_release(&label);
	return san != NULL && row->san_list != NULL ? STATUS_OK : STATUS_MEMORY;
}

static enum status fill_texts(struct arena *arena, struct inventory_certificate *row,
			      const struct certificate *facts)
{
	for (size_t i = 0; i < CERTIFICATE_TEXT_COUNT; i++) {
		if (i == CERTIFICATE_SAN)
			continue;
		row->texts[i] = label_text(arena, certificate_text(facts, i));
		if (row->texts[i] == NULL)
			return STATUS_MEMORY;
	}
	return fill_san(arena, row, facts->san);
}

static enum status fill_certificate(struct build *build, struct inventory_certificate *row,
				    const struct source_store *store,
				    const struct store_certificate *item)
{
	const struct certificate *facts = item->certificate;
	struct arena *arena = build->arena;

	row->position = item->position;
	row->role = facts->role;
	row->has_not_before = facts->has_not_before;
	row->has_not_after = facts->has_not_after;
	row->not_before_s = facts->not_before_s;
	row->not_after_s = facts->not_after_s;
	if (item->position == 0) {
		row->renewal = renewal_of(store, facts);
		row->has_renewal_due =
			store->renewal_lead_s > 0
				? renewal_due_before(facts, store->renewal_lead_s,
						     &row->renewal_due_s)
				: renewal_due(facts, row->renewal, &row->renewal_due_s);
	}
	return fill_texts(arena, row, facts);
}

static enum status fill_entries(struct build *build, size_t store_index,
				const struct source_store *store, struct names *names)
{
	struct source_view *view = build->view;

	for (size_t e = 0; e < store->content->entry_count; e++) {
		const struct store_entry *entry = &store->content->entries[e];
		const char *alias = names_add(names, build->arena, entry->alias);
		if (alias == NULL)
			return STATUS_MEMORY;
		for (size_t c = 0; c < entry->count; c++) {
			struct inventory_certificate *row =
				&view->certificates[view->certificate_count++];
			row->store = store_index;
			row->entry = alias;
			if (fill_certificate(build, row, store, &entry->certificates[c]) !=
			    STATUS_OK)
				return STATUS_MEMORY;
		}
	}
	return STATUS_OK;
}

/* The soonest end among leafs and intermediates; where there are none, of all. */
static void find_earliest(const struct source_view *view, struct inventory_store *store)
{
	bool only_roots = true;

	for (size_t i = 0; i < store->certificate_count; i++) {
		const struct inventory_certificate *row =
			&view->certificates[store->first_certificate + i];
		if (!row->has_not_after)
			continue;
		bool root = row->role == CERTIFICATE_ROOT;
		bool first = !store->has_earliest || (only_roots && !root);
		if (root && !only_roots)
			continue;
		if (first || row->not_after_s < store->earliest_s)
			store->earliest_s = row->not_after_s;
		store->has_earliest = true;
		only_roots = only_roots && root;
	}
}

static int compare_labels(const void *a, const void *b)
{
	const struct inventory_label *x = a;
	const struct inventory_label *y = b;
	int order = strcmp(x->key, y->key);

	return order != 0 ? order : strcmp(x->value, y->value);
}

static enum status fill_labels(struct build *build, struct inventory_store *row,
			       const struct source_store *store)
{
	struct inventory_label *labels =
		arena_array(build->arena, store->label_count, sizeof(*labels));
	size_t count = 0;

	if (labels == NULL)
		return STATUS_MEMORY;
	for (size_t i = 0; i < store->label_count; i++) {
		labels[i].key = label_text(build->arena, store->labels[i].key);
		labels[i].value = label_text(build->arena, store->labels[i].value);
		if (labels[i].key == NULL || labels[i].value == NULL)
			return STATUS_MEMORY;
	}
	qsort(labels, store->label_count, sizeof(*labels), compare_labels);
	for (size_t i = 0; i < store->label_count; i++) {
		if (count == 0 || compare_labels(&labels[count - 1], &labels[i]) != 0)
			labels[count++] = labels[i];
	}
	row->labels = labels;
	row->label_count = count;
	return STATUS_OK;
}

static enum status fill_store(struct build *build, size_t i, const char *name)
{
	const struct source_store *store = build->stores[i].store;
	struct source_view *view = build->view;
	struct inventory_store *row = &view->stores[i];
	enum status status = STATUS_OK;

	row->level = build->stores[i].level->name;
	row->name = name;
	row->type = type_of(store);
	row->format = store->content != NULL ? store->content->format : STORE_FORMAT_UNKNOWN;
	row->state = store->state;
	row->detail = label_text(build->arena, store->detail);
	row->freshness = freshness_of_store(build->facts, build->stores[i].level, store);
	row->first_certificate = view->certificate_count;
	if (row->detail == NULL || fill_labels(build, row, store) != STATUS_OK)
		return STATUS_MEMORY;
	if (store->content != NULL) {
		struct names *names = names_new();
		status = names != NULL ? fill_entries(build, i, store, names) : STATUS_MEMORY;
		names_free(names);
	}
	row->certificate_count = view->certificate_count - row->first_certificate;
	find_earliest(view, row);
	return status;
}

static enum status fill_stores(struct build *build)
{
	struct source_view *view = build->view;
	size_t certificates = 0;
	struct names *names = NULL;
	enum status status = STATUS_OK;

	for (size_t i = 0; i < build->store_count; i++) {
		const struct store_content *content = build->stores[i].store->content;
		certificates += content != NULL ? content->certificate_count : 0;
	}
	view->stores = arena_array(build->arena, build->store_count, sizeof(*view->stores));
	view->certificates = arena_array(build->arena, certificates, sizeof(*view->certificates));
	if (view->stores == NULL || view->certificates == NULL)
		return STATUS_MEMORY;
	view->store_count = build->store_count;
	for (size_t i = 0; i < build->store_count && status == STATUS_OK; i++) {
		if (i == 0 || build->stores[i].level != build->stores[i - 1].level) {
			names_free(names);
			names = names_new();
		}
		const char *name =
			names != NULL ? names_add(names, build->arena, build->stores[i].store->name)
				      : NULL;
		status = name != NULL ? fill_store(build, i, name) : STATUS_MEMORY;
	}
	names_free(names);
	return status;
}

static int compare_samples(const void *a, const void *b)
{
	const struct inventory_sample *x = a;
	const struct inventory_sample *y = b;

	if (x->fact != y->fact) /* rows of one table: its order is that of the page */
		return x->fact < y->fact ? -1 : 1;
	for (size_t i = 0; i < FACT_LABELS_MAX && x->labels[i] != NULL && y->labels[i] != NULL;
	     i++) {
		int order = strcmp(x->labels[i], y->labels[i]);
		if (order != 0)
			return order;
	}
	return 0;
}

static enum status fill_samples(struct build *build)
{
	struct source_view *view = build->view;
	size_t count = 0;
	size_t kept = 0;

	for (size_t l = 0; l < build->level_count; l++)
		count += build->levels[l]->sample_count;
	view->samples = arena_array(build->arena, count, sizeof(*view->samples));
	if (view->samples == NULL)
		return STATUS_MEMORY;
	count = 0;
	for (size_t l = 0; l < build->level_count; l++) {
		for (size_t i = 0; i < build->levels[l]->sample_count; i++) {
			const struct source_sample *sample = &build->levels[l]->samples[i];
			struct inventory_sample *row = &view->samples[count++];
			row->fact = sample->fact;
			row->value = sample->value;
			for (size_t n = 0; n < FACT_LABELS_MAX && sample->labels[n] != NULL; n++) {
				row->labels[n] = label_text(build->arena, sample->labels[n]);
				if (row->labels[n] == NULL)
					return STATUS_MEMORY;
			}
		}
	}
	qsort(view->samples, count, sizeof(*view->samples), compare_samples);
	for (size_t i = 0; i < count; i++) {
		if (kept == 0 || compare_samples(&view->samples[kept - 1], &view->samples[i]) != 0)
			view->samples[kept++] = view->samples[i];
	}
	view->sample_count = kept;
	return STATUS_OK;
}

static int compare_levels(const void *a, const void *b)
{
	return strcmp(((const struct inventory_level *)a)->name,
		      ((const struct inventory_level *)b)->name);
}

static struct freshness oldest_level(const struct build *build)
{
	const struct source_view *view = build->view;
	struct freshness oldest = { false, build->facts->has_attempt && view->level_count > 0
						   ? build->facts->last_attempt_s
						   : 0 };

	for (size_t l = 0; l < view->level_count; l++) {
		if (!view->levels[l].freshness.stale)
			continue;
		oldest = oldest.stale ? freshness_oldest(oldest, view->levels[l].freshness)
				      : view->levels[l].freshness;
	}
	return oldest;
}

static enum status fill_levels(struct build *build)
{
	struct source_view *view = build->view;

	view->levels = arena_array(build->arena, build->level_count, sizeof(*view->levels));
	if (view->levels == NULL)
		return STATUS_MEMORY;
	view->level_count = build->level_count;
	for (size_t l = 0; l < build->level_count; l++) {
		const struct source_level *level = build->levels[l];
		struct inventory_level *row = &view->levels[l];
		row->name = level->name;
		row->has_up = build->facts->has_attempt;
		/* one that the last attempt did not come to is not up */
		row->up = level->up && level_is_of_last_attempt(build->facts, level);
		row->freshness = freshness_of_level(build->facts, level);
		row->stores = level->store_count;
		row->has_destinations = level->has_destinations;
		row->destinations = level->destinations;
		row->has_fragments = level->has_fragments;
		row->fragments = level->fragments;
		for (size_t i = 0; i < level->store_count; i++) {
			const struct store_content *content = level->stores[i].content;
			row->certificates += content != NULL ? content->certificate_count : 0;
		}
	}
	qsort(view->levels, view->level_count, sizeof(*view->levels), compare_levels);
	view->freshness = oldest_level(build);
	return STATUS_OK;
}

static enum status fill_facts(struct build *build, const struct source_facts *facts)
{
	struct source_view *view = build->view;
	const struct {
		const char **to;
		const char *from;
	} texts[] = {
		{ &view->id, facts->config->id },
		{ &view->name, facts->config->name },
		{ &view->system_id, facts->config->system_id },
		{ &view->host, facts->host },
		{ &view->subaccount_id, facts->subaccount_id },
		{ &view->tenant_id, facts->tenant_id },
		{ &view->last_error, facts->last_error },
	};

	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		const char *from = texts[i].from != NULL ? texts[i].from : "";
		*texts[i].to = label_text(build->arena, from);
		if (*texts[i].to == NULL)
			return STATUS_MEMORY;
	}
	view->kind = facts->config->kind;
	view->poll_interval_s = facts->config->poll_interval_s;
	view->tls_verification_disabled = source_config_is_unverified(facts->config);
	view->has_attempt = facts->has_attempt;
	view->up = facts->up;
	view->last_attempt_s = facts->last_attempt_s;
	view->has_success = facts->has_success;
	view->last_success_s = facts->last_success_s;
	view->next_attempt_s = facts->next_attempt_s;
	view->telemetry = facts->telemetry;
	return STATUS_OK;
}

struct source_view *source_view_build(const struct source_facts *facts,
				      struct source_level *const *levels, size_t level_count)
{
	struct counted_view *counted = calloc(1, sizeof(*counted));
	struct build build = { 0 };
	bool ok = false;

	if (counted == NULL)
		return NULL;
	atomic_init(&counted->references, 1);
	counted->arena = arena_new();
	build.arena = counted->arena;
	build.view = &counted->public;
	build.facts = facts;
	build.levels = levels;
	build.level_count = level_count;
	ok = build.arena != NULL && fill_facts(&build, facts) == STATUS_OK &&
	     fill_levels(&build) == STATUS_OK && fill_samples(&build) == STATUS_OK &&
	     collect_stores(&build) == STATUS_OK && fill_stores(&build) == STATUS_OK &&
	     join_references(&build) == STATUS_OK && join_destinations(&build) == STATUS_OK;
	free(build.stores);
	if (!ok) {
		source_view_unref(&counted->public);
		return NULL;
	}
	return &counted->public;
}
