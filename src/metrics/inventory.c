/*
 * Samples about certificates, stores and references.
 *
 * A family's lines must be contiguous over all sources, so the inventory is walked once per family.
 * The labels that identify a certificate are the bulk of each line and the same in every family:
 * they are escaped once, into blocks, and copied from there (a line then costs about as
 * much as copying it twice).
 */
#include "metrics/inventory.h"

#include <stdlib.h>
#include <string.h>

#include "inventory/expiry.h"
#include "inventory/figures.h"

#define BLOCK_FAMILY    FAM_EXPIRY /* its first labels are those of a block */
#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))

/* Where the labels of one store or certificate are in the text of all blocks. A certificate's block
 * starts with the labels of its store, goes on with entry and position (identity) and ends with the
 * labels that the two headline families have before `destination`. */
struct block {
	size_t offset;
	size_t identity_len;
	size_t headline_len; /* 0 for stores */
};

struct walk {
	struct writer *w;
	const struct snapshot *snapshot;
	double now_s;
	struct buf text;
	struct block *stores; /* of all views, in order */
	struct block *certificates;
};

/* -- blocks ---------------------------------------------------------------------------- */

/* Appends labels to the block, of which the first one has this index. */
static void append_labels(struct walk *walk, size_t index, const struct label *labels, size_t count)
{
	const struct family *family = family_get(BLOCK_FAMILY);

	for (size_t i = 0; i < count; i++) {
		if (writer_expects(walk->w, family, index + i, labels[i].name))
			label_append(&walk->text, index + i == 0, labels[i].name, labels[i].value);
	}
}

static struct block store_block(struct walk *walk, const struct source_view *view,
				const struct inventory_store *store)
{
	const struct label labels[STORE_LABELS] = {
		{ "source", view->id },
		{ "level", store->level },
		{ "name", store->name },
	};
	struct block block = { .offset = walk->text.len };

	append_labels(walk, 0, labels, STORE_LABELS);
	block.identity_len = walk->text.len - block.offset;
	return block;
}

static struct block certificate_block(struct walk *walk, const struct source_view *view,
				      const struct inventory_certificate *certificate)
{
	const struct inventory_store *store = &view->stores[certificate->store];
	struct block block = store_block(walk, view, store);
	char digits[DECIMAL_SIZE];
	const struct label identity[] = {
		{ "entry", certificate->entry },
		{ "position", decimal(certificate->position, digits) },
	};
	const struct label headline[] = {
		{ "system_id", view->system_id },
		{ "type", store->type },
		{ "role", certificate_role_name(certificate->role) },
		{ "issuer", certificate->texts[CERTIFICATE_ISSUER] },
	};

	append_labels(walk, STORE_LABELS, identity, COUNT_OF(identity));
	block.identity_len = walk->text.len - block.offset;
	append_labels(walk, IDENTITY_LABELS, headline, COUNT_OF(headline));
	block.headline_len = walk->text.len - block.offset;
	return block;
}

_Static_assert(STORE_LABELS + 2 == IDENTITY_LABELS, "identity of a certificate");
_Static_assert(IDENTITY_LABELS + 4 == HEADLINE_LABELS, "labels of the headline families");

static enum status make_blocks(struct walk *walk)
{
	size_t stores = 0;
	size_t certificates = 0;

	for (size_t i = 0; i < walk->snapshot->view_count; i++) {
		stores += walk->snapshot->views[i]->store_count;
		certificates += walk->snapshot->views[i]->certificate_count;
	}
	walk->stores = calloc(stores + 1, sizeof(struct block));
	walk->certificates = calloc(certificates + 1, sizeof(struct block));
	if (walk->stores == NULL || walk->certificates == NULL)
		return STATUS_MEMORY;
	stores = 0;
	certificates = 0;
	for (size_t i = 0; i < walk->snapshot->view_count; i++) {
		const struct source_view *view = walk->snapshot->views[i];
		for (size_t k = 0; k < view->store_count; k++)
			walk->stores[stores++] = store_block(walk, view, &view->stores[k]);
		for (size_t k = 0; k < view->certificate_count; k++)
			walk->certificates[certificates++] =
				certificate_block(walk, view, &view->certificates[k]);
	}
	return buf_status(&walk->text);
}

/* -- walking --------------------------------------------------------------------------- */

typedef void certificate_sample(const struct walk *walk, const struct source_view *view,
				const struct inventory_certificate *certificate,
				const struct block *block);
typedef void store_sample(const struct walk *walk, const struct source_view *view,
			  const struct inventory_store *store, const struct block *block);

static void each_certificate(const struct walk *walk, enum family_id family,
			     certificate_sample *sample)
{
	const struct block *block = walk->certificates;

	writer_family(walk->w, family);
	for (size_t i = 0; i < walk->snapshot->view_count; i++) {
		const struct source_view *view = walk->snapshot->views[i];
		for (size_t k = 0; k < view->certificate_count; k++)
			sample(walk, view, &view->certificates[k], block++);
	}
}

static void each_store(const struct walk *walk, enum family_id family, store_sample *sample)
{
	const struct block *block = walk->stores;

	writer_family(walk->w, family);
	for (size_t i = 0; i < walk->snapshot->view_count; i++) {
		const struct source_view *view = walk->snapshot->views[i];
		for (size_t k = 0; k < view->store_count; k++)
			sample(walk, view, &view->stores[k], block++);
	}
}

static void begin_certificate(const struct walk *walk, const struct block *block)
{
	writer_begin(walk->w);
	writer_labels_ready(walk->w, walk->text.data + block->offset, block->identity_len,
			    BLOCK_FAMILY, IDENTITY_LABELS);
}

static void begin_headline(const struct walk *walk, const struct block *block,
			   const char *destination)
{
	writer_begin(walk->w);
	writer_labels_ready(walk->w, walk->text.data + block->offset, block->headline_len,
			    BLOCK_FAMILY, HEADLINE_LABELS);
	writer_label(walk->w, "destination", destination);
}

static void begin_store(const struct walk *walk, const struct block *block)
{
	writer_begin(walk->w);
	writer_labels_ready(walk->w, walk->text.data + block->offset, block->identity_len,
			    BLOCK_FAMILY, STORE_LABELS);
}

/* -- certificates ---------------------------------------------------------------------- */

static void sample_expiry(const struct walk *walk, const struct source_view *view,
			  const struct inventory_certificate *certificate,
			  const struct block *block)
{
	(void)view;
	if (!certificate->has_not_after)
		return;
	for (size_t i = 0; i < certificate->destination_count; i++) {
		begin_headline(walk, block, certificate->destinations[i]);
		writer_end_timestamp(walk->w, certificate->not_after_s);
	}
}

static void sample_days(const struct walk *walk, const struct source_view *view,
			const struct inventory_certificate *certificate, const struct block *block)
{
	(void)view;
	if (!certificate->has_not_after)
		return;
	double days = certificate_days_left(certificate, walk->now_s);
	for (size_t i = 0; i < certificate->destination_count; i++) {
		begin_headline(walk, block, certificate->destinations[i]);
		writer_end_days(walk->w, days);
	}
}

static void sample_not_before(const struct walk *walk, const struct source_view *view,
			      const struct inventory_certificate *certificate,
			      const struct block *block)
{
	(void)view;
	if (!certificate->has_not_before)
		return;
	begin_certificate(walk, block);
	writer_end_timestamp(walk->w, certificate->not_before_s);
}

static void sample_info(const struct walk *walk, const struct source_view *view,
			const struct inventory_certificate *certificate, const struct block *block)
{
	const struct inventory_store *store = &view->stores[certificate->store];
	const struct label facts[] = {
		{ "type", store->type },
		{ "role", certificate_role_name(certificate->role) },
		{ "format", store_format_name(store->format) },
	};

	begin_certificate(walk, block);
	writer_labels(walk->w, facts, COUNT_OF(facts));
	for (size_t i = 0; i < CERTIFICATE_TEXT_COUNT; i++)
		writer_label(walk->w, certificate_texts[i].name, certificate->texts[i]);
	writer_end_integer(walk->w, 1);
}

static void sample_status(const struct walk *walk, const struct source_view *view,
			  const struct inventory_certificate *certificate,
			  const struct block *block)
{
	(void)view;
	begin_certificate(walk, block);
	writer_label(walk->w, "status",
		     certificate_status_name(certificate_status_at(certificate, walk->now_s)));
	writer_end_integer(walk->w, 1);
}

static void sample_renewal_due(const struct walk *walk, const struct source_view *view,
			       const struct inventory_certificate *certificate,
			       const struct block *block)
{
	(void)view;
	if (certificate->renewal == RENEWAL_NONE || !certificate->has_renewal_due)
		return;
	begin_certificate(walk, block);
	writer_label(walk->w, "renewal", renewal_name(certificate->renewal));
	writer_end_timestamp(walk->w, certificate->renewal_due_s);
}

/* -- stores ---------------------------------------------------------------------------- */

static void sample_labels(const struct walk *walk, const struct source_view *view,
			  const struct inventory_store *store, const struct block *block)
{
	(void)view;
	for (size_t i = 0; i < store->label_count; i++) {
		begin_store(walk, block);
		writer_label(walk->w, "key", store->labels[i].key);
		writer_label(walk->w, "value", store->labels[i].value);
		writer_end_integer(walk->w, 1);
	}
}

static void sample_state(const struct walk *walk, const struct source_view *view,
			 const struct inventory_store *store, const struct block *block)
{
	(void)view;
	begin_store(walk, block);
	writer_label(walk->w, "state", store_state_name(store->state));
	writer_end_integer(walk->w, 1);
}

static void sample_earliest(const struct walk *walk, const struct source_view *view,
			    const struct inventory_store *store, const struct block *block)
{
	(void)view;
	if (!store->has_earliest)
		return;
	begin_store(walk, block);
	writer_end_timestamp(walk->w, store->earliest_s);
}

static void sample_references(const struct walk *walk, const struct source_view *view,
			      const struct inventory_store *store, const struct block *block)
{
	for (size_t i = 0; i < store->reference_count; i++) {
		const struct inventory_reference *reference =
			&view->references[store->first_reference + i];
		begin_store(walk, block);
		writer_label(walk->w, "destination_level", reference->destination_level);
		writer_label(walk->w, "destination", reference->destination);
		writer_label(walk->w, "kind", reference_kind_name(reference->kind));
		writer_label(walk->w, "property", reference->property);
		writer_end_integer(walk->w, 1);
	}
}

/* -- sources and levels ---------------------------------------------------------------- */

static void write_missing(const struct walk *walk)
{
	writer_family(walk->w, FAM_MISSING);
	for (size_t i = 0; i < walk->snapshot->view_count; i++) {
		const struct source_view *view = walk->snapshot->views[i];
		for (size_t k = 0; k < view->missing_count; k++) {
			const struct inventory_missing *missing = &view->missing[k];
			writer_begin(walk->w);
			writer_label(walk->w, "source", view->id);
			writer_label(walk->w, "destination_level", missing->destination_level);
			writer_label(walk->w, "destination", missing->destination);
			writer_label(walk->w, "kind", reference_kind_name(missing->kind));
			writer_label(walk->w, "property", missing->property);
			writer_label(walk->w, "name", missing->name);
			writer_end_integer(walk->w, 1);
		}
	}
}

static void write_destinations(const struct walk *walk)
{
	writer_family(walk->w, FAM_DESTINATIONS);
	for (size_t i = 0; i < walk->snapshot->view_count; i++) {
		const struct source_view *view = walk->snapshot->views[i];
		for (size_t k = 0; k < view->level_count; k++) {
			const struct inventory_level *level = &view->levels[k];
			const bool known[] = { level->has_destinations, level->has_fragments };
			const uint64_t counts[] = { level->destinations, level->fragments };
			const enum reference_kind kinds[] = { REFERENCE_DESTINATION,
							      REFERENCE_FRAGMENT };
			for (size_t n = 0; n < 2; n++) {
				if (!known[n])
					continue;
				writer_begin(walk->w);
				writer_label(walk->w, "source", view->id);
				writer_label(walk->w, "level", level->name);
				writer_label(walk->w, "kind", reference_kind_name(kinds[n]));
				writer_end_integer(walk->w, counts[n]);
			}
		}
	}
}

/* How many are known. A level that was never listed whole and of which nothing is known has no
 * count: 0 would say that there are none. */
static void write_counts(const struct walk *walk, enum family_id family)
{
	writer_family(walk->w, family);
	for (size_t i = 0; i < walk->snapshot->view_count; i++) {
		const struct source_view *view = walk->snapshot->views[i];
		for (size_t k = 0; k < view->level_count; k++) {
			const struct inventory_level *level = &view->levels[k];
			if (!inventory_level_is_known(level))
				continue;
			writer_begin(walk->w);
			writer_label(walk->w, "source", view->id);
			writer_label(walk->w, "level", level->name);
			writer_end_integer(walk->w, family == FAM_STORES ? level->stores
									 : level->certificates);
		}
	}
}

void page_inventory(struct writer *w, const struct exposition *exposition)
{
	struct walk walk = { .w = w, .snapshot = exposition->snapshot, .now_s = exposition->now_s };

	buf_init(&walk.text, EXPOSITION_MAX);
	enum status status = make_blocks(&walk);
	if (status != STATUS_OK) {
		w->buf->status = status;
		goto out;
	}
	each_certificate(&walk, FAM_EXPIRY, sample_expiry);
	each_certificate(&walk, FAM_DAYS, sample_days);
	each_certificate(&walk, FAM_NOT_BEFORE, sample_not_before);
	each_certificate(&walk, FAM_CERTIFICATE_INFO, sample_info);
	each_certificate(&walk, FAM_CERTIFICATE_STATUS, sample_status);
	each_certificate(&walk, FAM_RENEWAL_DUE, sample_renewal_due);
	each_store(&walk, FAM_LABEL_INFO, sample_labels);
	each_store(&walk, FAM_STORE_STATE, sample_state);
	each_store(&walk, FAM_STORE_EARLIEST, sample_earliest);
	each_store(&walk, FAM_REFERENCE, sample_references);
	write_missing(&walk);
	write_destinations(&walk);
	write_counts(&walk, FAM_CERTIFICATES);
	write_counts(&walk, FAM_STORES);
out:
	buf_release(&walk.text);
	free(walk.stores);
	free(walk.certificates);
}
