/* Random inventories: of any size, with hostile texts. */
#include "sample_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cert/san.h"
#include "source/connector/facts.h"
#include "source/destination/levels.h"
#include "source/destination/service.h"

#define DAY      INT64_C(86400)
#define NOW      INT64_C(1767225600) /* 2026-01-01T00:00:00Z */
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *const nobody[] = { "" };

static struct inventory_level levels[] = {
	{ LEVEL_BINDING, true, true, 1, 1, false, false, 0, 0, { false, NOW } },
	{ LEVEL_INSTANCE, true, true, 2, 2, true, true, 3, 1, { false, NOW } },
	{ LEVEL_SUBACCOUNT, true, true, 7, 4, true, false, 57, 0, { false, NOW } },
};

/* A test that has no memory cannot go on; not assert(), which optimised builds leave out. */
static void *must(void *memory)
{
	if (memory == NULL)
		abort();
	return memory;
}

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static size_t below(uint64_t *state, size_t limit)
{
	return (size_t)(next_random(state) % limit);
}

static const char *hostile_text(struct arena *arena, uint64_t *state, const char *prefix,
				size_t number)
{
	static const char *const pieces[] = { "",      "\"", "\\",    "\n",   "ü",       "東",
					      "} 1\n", "{",  ",a=\"", "\\n",  "=",       " ",
					      "#",     "😀",  "é",     "\\\"", "# EOF\n", "a" };
	char text[256];
	size_t count = below(state, 6);

	(void)snprintf(text, sizeof(text), "%.150s%zu", prefix, number);
	for (size_t i = 0; i < count; i++)
		(void)strncat(text, pieces[below(state, COUNT(pieces))], 16);
	return must(arena_strdup(arena, text));
}

/* A few names, or more than a label shows. */
static void random_san(struct arena *arena, uint64_t *state, struct inventory_certificate *row)
{
	size_t wanted = below(state, 10) == 0 ? 20 : below(state, 4);
	struct buf list;
	struct buf label;
	size_t count = 0;

	buf_init(&list, SAN_LIST_MAX);
	buf_init(&label, SAN_LIST_MAX);
	for (size_t i = 0; i < wanted; i++) {
		const char *name = hostile_text(arena, state, "san.example.com", i);
		(void)san_add(&list, &count, name, strlen(name));
	}
	san_label(&label, buf_text(&list));
	row->san_list = must(arena_strdup(arena, buf_text(&list)));
	row->texts[CERTIFICATE_SAN] = must(arena_strdup(arena, buf_text(&label)));
	buf_release(&list);
	buf_release(&label);
}

static void random_certificate(struct arena *arena, uint64_t *state,
			       struct inventory_certificate *row)
{
	int64_t life_days = 30 + (int64_t)below(state, 3000);

	row->role = (enum certificate_role)below(state, 4);
	row->has_not_before = below(state, 20) != 0;
	row->has_not_after = below(state, 20) != 0;
	row->not_after_s =
		NOW + ((int64_t)below(state, 2000) - 100) * DAY + (int64_t)below(state, DAY);
	row->not_before_s = row->not_after_s - life_days * DAY;
	row->texts[CERTIFICATE_FINGERPRINT] =
		"a1b2c3d4e5f60718293a4b5c6d7e8f90112233445566778899aabbccddeeff00";
	row->texts[CERTIFICATE_SUBJECT] =
		hostile_text(arena, state, "CN=host-and-a-rather-long-name.example.com,O=", 7);
	row->texts[CERTIFICATE_ISSUER] =
		hostile_text(arena, state, "CN=Issuing CA,O=Example AG,C=", below(state, 4));
	row->texts[CERTIFICATE_SERIAL_NUMBER] = "1234567890abcdef1234567890abcdef";
	row->texts[CERTIFICATE_PUBLIC_KEY] = "RSA-2048";
	row->texts[CERTIFICATE_SIGNATURE_ALGORITHM] = "sha256WithRSAEncryption";
	random_san(arena, state, row);
	if (row->position == 0)
		row->renewal = below(state, 3) == 0 ? RENEWAL_AUTOMATIC : RENEWAL_MANUAL;
	row->has_renewal_due = row->position == 0 && row->has_not_after;
	row->renewal_due_s = row->not_after_s - 30 * DAY;
	row->destinations = nobody;
	row->destination_count = 1;
}

/* A store with one or two entries whose chains have one to three certificates. */
static void random_store(struct arena *arena, uint64_t *state, struct source_view *view, size_t max)
{
	size_t index = view->store_count++;
	struct inventory_store *store = &view->stores[index];
	bool keystore = below(state, 2) != 0;

	store->level = below(state, 2) != 0 ? LEVEL_SUBACCOUNT : LEVEL_INSTANCE;
	store->name = hostile_text(arena, state, keystore ? "store-" : "certificate-", index);
	store->type = keystore ? "keystore" : "certificate";
	store->format = keystore ? STORE_FORMAT_JKS : STORE_FORMAT_PEM;
	store->state = (enum store_state)below(state, STORE_UNAVAILABLE + 1);
	store->detail = "";
	store->has_earliest = true;
	store->earliest_s = NOW + (int64_t)index;
	store->first_certificate = view->certificate_count;
	size_t entries = keystore ? 1 + below(state, 2) : 1;
	for (size_t e = 0; e < entries; e++) {
		const char *alias = keystore ? hostile_text(arena, state, "alias", e) : "";
		size_t chain = 1 + below(state, 3);
		for (size_t c = 0; c < chain && view->certificate_count < max; c++) {
			struct inventory_certificate *row =
				&view->certificates[view->certificate_count++];
			row->store = index;
			row->entry = alias;
			row->position = (uint32_t)c;
			random_certificate(arena, state, row);
		}
	}
	store->certificate_count = view->certificate_count - store->first_certificate;
	store->first_reference = view->reference_count;
	if (below(state, 2) != 0) {
		view->references[view->reference_count++] =
			(struct inventory_reference){ index,
						      LEVEL_SUBACCOUNT,
						      hostile_text(arena, state, "DEST_", index),
						      REFERENCE_DESTINATION,
						      "KeyStoreLocation",
						      { false, NOW } };
		store->reference_count = 1;
	}
	for (size_t i = 0; i < store->certificate_count && store->reference_count > 0; i++) {
		struct inventory_certificate *row =
			&view->certificates[store->first_certificate + i];
		const char **names = must(arena_array(arena, 1, sizeof(*names)));
		names[0] = view->references[store->first_reference].destination;
		if (row->position == 0)
			row->destinations = names;
	}
}

static size_t labels_of(const struct source_fact *fact)
{
	size_t count = 0;

	while (count < FACT_LABELS_MAX && fact->labels[count] != NULL)
		count++;
	return count;
}

/* Two samples of each fact, their first label unique. */
static void random_samples(struct arena *arena, uint64_t *state, struct source_view *view)
{
	view->samples =
		must(arena_array(arena, (size_t)2 * FACT_SAPCC_COUNT, sizeof(*view->samples)));
	for (const struct source_fact *fact = scc_facts; fact->name != NULL; fact++) {
		size_t labels = labels_of(fact);
		for (size_t i = 0; i < (labels > 0 ? 2 : 1); i++) {
			struct inventory_sample *sample = &view->samples[view->sample_count++];
			sample->fact = fact;
			for (size_t k = 0; k < labels; k++)
				sample->labels[k] = hostile_text(arena, state, "fact-", i);
			sample->value = (double)below(state, 4000) / 8 - (i > 0 ? 100 : 0);
		}
	}
}

static struct source_view *random_view(struct arena *arena, uint64_t *state,
				       struct telemetry *telemetry, size_t number, size_t count)
{
	struct source_view *view = must(arena_array(arena, 1, sizeof(*view)));

	*view = (struct source_view){
		.name = "test-us10",
		.system_id = "",
		.host = "",
		.subaccount_id = "",
		.tenant_id = "",
		.kind = &destination_service_kind,
		.poll_interval_s = 3600,
		.last_error = "",
		.levels = levels,
		.level_count = COUNT(levels),
	};
	view->id = hostile_text(arena, state, "source-", number);
	view->telemetry = telemetry_source(telemetry, view->id, NULL);
	view->stores = must(arena_array(arena, count, sizeof(*view->stores)));
	view->certificates = must(arena_array(arena, count, sizeof(*view->certificates)));
	view->references = must(arena_array(arena, count, sizeof(*view->references)));
	random_samples(arena, state, view);
	view->has_attempt = view->up = view->has_success = true;
	view->last_attempt_s = view->last_success_s = SAMPLE_NOW - 60;
	while (view->certificate_count < count)
		random_store(arena, state, view, count);
	return view;
}

const struct snapshot *sample_random(struct arena *arena, struct telemetry *telemetry, size_t count,
				     uint64_t seed)
{
	struct snapshot *snapshot = must(arena_array(arena, 1, sizeof(*snapshot)));
	uint64_t state = seed * UINT64_C(0x9E3779B97F4A7C15) + 1;
	size_t views = count < 20 ? 1 : 4;

	snapshot->views = must(arena_array(arena, views, sizeof(struct source_view *)));
	for (size_t i = 0; i < views; i++) {
		size_t rest = i == 0 ? count % views : 0;
		snapshot->views[i] = random_view(arena, &state, telemetry, i, count / views + rest);
	}
	snapshot->view_count = views;
	return snapshot;
}
