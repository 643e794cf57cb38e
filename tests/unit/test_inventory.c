/* The inventory room: identities, renewals, merging, joining, views, the state file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/text.h"
#include "inventory/expiry.h"
#include "inventory/merge.h"
#include "inventory/names.h"
#include "inventory/renewal.h"
#include "inventory/snapshot.h"
#include "inventory/state/load.h"
#include "inventory/state/save.h"
#include "source/connector/levels.h"
#include "source/destination/levels.h"
#include "source/destination/service.h"
#include "source/destination/settings.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define DAY          INT64_C(86400)
#define NOW          INT64_C(1795000000)

static struct destination_settings settings;
static struct source_config config = {
	.own = &settings,
	.id = (char[]){ "prod" },
	.name = (char[]){ "Production" },
	.system_id = (char[]){ "PRD" },
	.kind = &destination_service_kind,
	.poll_interval_s = 3600,
};

static char *text(const char *from)
{
	char *copy = strdup(from);

	assert_non_null(copy);
	return copy;
}

static struct certificate *certificate(const char *subject, int64_t not_before_s,
				       int64_t not_after_s)
{
	struct certificate facts = {
		.role = CERTIFICATE_LEAF,
		.has_not_before = true,
		.has_not_after = true,
		.not_before_s = not_before_s,
		.not_after_s = not_after_s,
		.subject = text(subject),
		.issuer = text("CN=CA"),
	};
	struct certificate *copy = NULL;

	assert_int_equal(certificate_copy(&facts, &copy), STATUS_OK);
	free(facts.subject);
	free(facts.issuer);
	return copy;
}

/* A content with one entry for each alias, one certificate each. */
static struct store_content *content(enum store_format format, const char *const *aliases,
				     size_t count)
{
	struct store_content *made = NULL;

	assert_int_equal(store_content_new(format, &made), STATUS_OK);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(store_add_entry(made, aliases[i]), STATUS_OK);
		assert_int_equal(store_add_certificate_take(
					 made, 0, certificate("CN=x", NOW, NOW + 100 * DAY)),
				 STATUS_OK);
	}
	store_content_finish(made);
	return made;
}

static void add_pem(struct source_level *level, const char *name)
{
	static const char *const nameless[] = { "" };
	struct store_content *made = content(STORE_FORMAT_PEM, nameless, 1);

	source_level_add_store(level, PART_CERTIFICATES, name, "", made);
	store_content_unref(made);
}

static void refer(struct source_level *level, const char *destination, const char *name)
{
	source_level_add_reference(level, REFERENCE_DESTINATION, destination, "KeyStoreLocation",
				   name);
}

static struct source_level *whole_level(const char *name)
{
	struct source_level *level = source_level_new(name);

	assert_non_null(level);
	level->up = true;
	level->whole = PART_CERTIFICATES | PART_DESTINATIONS | PART_FRAGMENTS | PART_SAML_TRUST;
	return level;
}

static struct source_view *view_of(struct source_level *const *levels, size_t count)
{
	struct source_facts facts = { .config = &config, .has_attempt = true, .up = true };
	struct source_view *view = source_view_build(&facts, levels, count);

	assert_non_null(view);
	return view;
}

/* -- names ----------------------------------------------------------------------------- */

static void names_stay_unique(void **state)
{
	struct arena *arena = arena_new();
	struct names *names = names_new();
	char longest[LABEL_VALUE_MAX + 100];
	(void)state;

	assert_string_equal(names_add(names, arena, "a"), "a");
	assert_string_equal(names_add(names, arena, "a#2"), "a#2");
	assert_string_equal(names_add(names, arena, "a"), "a#3"); /* #2 is somebody's real name */
	assert_string_equal(names_add(names, arena, "a"), "a#4");
	assert_string_equal(names_add(names, arena, "\xFF"), "\xEF\xBF\xBD");
	assert_string_equal(names_add(names, arena, "\xFE"), "\xEF\xBF\xBD#2"); /* repaired alike */
	memset(longest, 'x', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(strlen(names_add(names, arena, longest)), LABEL_VALUE_MAX);
	longest[LABEL_VALUE_MAX + 1] = 'y'; /* differs only behind the cut */
	const char *cut = names_add(names, arena, longest);
	assert_int_equal(strlen(cut), LABEL_VALUE_MAX);
	assert_true(text_ends_with(cut, "x#2"));
	names_free(names);
	arena_free(arena);
}

/* Thousands of names that are cut to the same text must not cost quadratic time. */
static void many_equal_names(void **state)
{
	struct arena *arena = arena_new();
	struct names *names = names_new();
	const char *last = NULL;
	(void)state;

	for (int i = 0; i < 20000; i++)
		last = names_add(names, arena, "same");
	assert_string_equal(last, "same#20000");
	names_free(names);
	arena_free(arena);
}

/* -- renewals -------------------------------------------------------------------------- */

static void sap_thresholds(void **state)
{
	static const struct {
		int64_t days;
		int64_t threshold_s;
	} table[] = {
		{ 1, DAY / 2 },    { 2, DAY },         { 14, DAY },      { 15, 3 * DAY },
		{ 31, 3 * DAY },   { 32, 7 * DAY },    { 154, 7 * DAY }, { 155, 30 * DAY },
		{ 365, 30 * DAY }, { 3650, 30 * DAY },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(table); i++)
		assert_true(renewal_threshold_s(table[i].days * DAY + 3600) ==
			    table[i].threshold_s);
}

static void sap_generated(void **state)
{
	const char *issuer =
		"CN=SAP Cloud Platform Client CA,OU=SAP Cloud Platform Clients,O=SAP SE,"
		"L=EU10-Canary,C=DE";
	const char *subject = "CN=my\\,cn,L=destination.example.com/"
			      "5f0e2d1c-9b8a-4c7d-8e6f-1a2b3c4d5e6f,OU=Canary,O=SAP SE,C=DE";
	(void)state;

	assert_true(renewal_is_sap_generated(subject, issuer));
	assert_false(renewal_is_sap_generated(subject, "CN=Other CA,O=SAP SE"));
	assert_false(renewal_is_sap_generated(
		subject, "CN=x\\,CN=SAP Cloud Platform Client CA,OU=SAP Cloud Platform Clients"));
	assert_false(renewal_is_sap_generated("CN=x,L=Walldorf,O=SAP SE", issuer));
	assert_false(
		renewal_is_sap_generated("CN=L=a.b/5f0e2d1c-9b8a-4c7d-8e6f-1a2b3c4d5e6f", issuer));
	assert_false(
		renewal_is_sap_generated("L=a.b/5f0e2d1c-9b8a-4c7d-8e6f-1a2b3c4d5e6fx", issuer));
	assert_false(renewal_is_sap_generated("", issuer));
	assert_false(renewal_is_sap_generated("L=a.b/\\", issuer));
}

static void due_times(void **state)
{
	struct certificate facts = { .has_not_before = true, .has_not_after = true };
	int64_t due_s = 0;
	(void)state;

	facts.not_before_s = NOW;
	facts.not_after_s = NOW + 365 * DAY + 3600;
	assert_true(renewal_due(&facts, RENEWAL_AUTOMATIC, &due_s));
	assert_true(due_s == facts.not_after_s - 30 * DAY);
	assert_true(renewal_due(&facts, RENEWAL_MANUAL, &due_s));
	assert_true(due_s == facts.not_after_s - 30 * DAY);
	facts.not_after_s = NOW + 7 * DAY + 3600;
	assert_true(renewal_due(&facts, RENEWAL_AUTOMATIC, &due_s));
	assert_true(due_s == facts.not_after_s - DAY);
	assert_true(renewal_due(&facts, RENEWAL_MANUAL, &due_s)); /* a third of its life */
	assert_true(due_s == facts.not_after_s - (7 * DAY + 3600) / 3);
	assert_false(renewal_due(&facts, RENEWAL_NONE, &due_s));
	facts.not_after_s = NOW - 1;
	assert_false(renewal_due(&facts, RENEWAL_MANUAL, &due_s));
	facts.has_not_after = false;
	assert_false(renewal_due(&facts, RENEWAL_AUTOMATIC, &due_s));
}

static void statuses(void **state)
{
	struct inventory_certificate row = { .has_not_before = true, .has_not_after = true };
	(void)state;

	row.not_before_s = NOW;
	row.not_after_s = NOW + 100 * DAY;
	assert_int_equal(certificate_status_at(&row, (double)NOW - 1), CERTIFICATE_NOT_YET_VALID);
	assert_int_equal(certificate_status_at(&row, (double)NOW), CERTIFICATE_VALID);
	assert_int_equal(certificate_status_at(&row, (double)(NOW + 70 * DAY) - 1),
			 CERTIFICATE_VALID);
	assert_int_equal(certificate_status_at(&row, (double)(NOW + 71 * DAY)),
			 CERTIFICATE_EXPIRING);
	assert_int_equal(certificate_status_at(&row, (double)row.not_after_s),
			 CERTIFICATE_EXPIRING);
	assert_int_equal(certificate_status_at(&row, (double)row.not_after_s + 1),
			 CERTIFICATE_EXPIRED);
	row.not_before_s = NOW + 200 * DAY; /* nonsense dates: expired wins */
	assert_int_equal(certificate_status_at(&row, (double)(NOW + 150 * DAY)),
			 CERTIFICATE_EXPIRED);
	row.has_not_after = false;
	row.not_before_s = NOW;
	assert_int_equal(certificate_status_at(&row, (double)NOW), CERTIFICATE_STATUS_UNKNOWN);
	row.not_after_s = -DAY; /* before 1970: not shown, but known to be over */
	assert_int_equal(certificate_status_at(&row, (double)NOW), CERTIFICATE_EXPIRED);
}

/* -- joining --------------------------------------------------------------------------- */

static const struct inventory_store *store_named(const struct source_view *view, const char *level,
						 const char *name)
{
	for (size_t i = 0; i < view->store_count; i++) {
		if (strcmp(view->stores[i].level, level) == 0 &&
		    strcmp(view->stores[i].name, name) == 0)
			return &view->stores[i];
	}
	return NULL;
}

static void references_resolve_same_level_first(void **state)
{
	struct source_level *levels[] = { whole_level(LEVEL_SUBACCOUNT),
					  whole_level(LEVEL_INSTANCE) };
	(void)state;

	add_pem(levels[0], "both.pem");
	add_pem(levels[1], "both.pem");
	add_pem(levels[1], "only-instance.pem");
	refer(levels[0], "A", "both.pem");
	refer(levels[0], "B", "only-instance.pem");
	refer(levels[0], "B", "only-instance.pem"); /* listed twice: one row */
	refer(levels[1], "A", "both.pem");
	refer(levels[0], "C", "Both.pem"); /* names are exact */
	refer(levels[0], "D", "gone.pem");
	struct source_view *view = view_of(levels, 2);
	const struct inventory_store *store = store_named(view, LEVEL_SUBACCOUNT, "both.pem");
	assert_int_equal(store->reference_count, 1);
	assert_string_equal(view->certificates[store->first_certificate].destinations[0], "A");
	store = store_named(view, LEVEL_INSTANCE, "only-instance.pem");
	assert_int_equal(store->reference_count, 1);
	assert_string_equal(view->references[store->first_reference].destination_level,
			    LEVEL_SUBACCOUNT);
	assert_int_equal(view->missing_count, 2);
	assert_string_equal(view->missing[0].name, "Both.pem");
	assert_string_equal(view->missing[1].destination, "D");
	source_view_unref(view);
	/* while a level is not listed whole nothing is said to be missing */
	levels[1]->whole &= ~(unsigned)PART_CERTIFICATES;
	view = view_of(levels, 2);
	assert_int_equal(view->missing_count, 0);
	source_view_unref(view);
	/* and with one level configured it is not known */
	view = view_of(levels, 1);
	assert_int_equal(view->missing_count, 0);
	source_view_unref(view);
	source_level_unref(levels[0]);
	source_level_unref(levels[1]);
}

static void many_destinations_become_a_star(void **state)
{
	struct source_level *level = whole_level(LEVEL_SUBACCOUNT);
	char name[32];
	(void)state;

	add_pem(level, "shared.pem");
	for (int i = 0; i < HEADLINE_SERIES_MAX; i++) {
		(void)snprintf(name, sizeof(name), "D%d", i);
		refer(level, name, "shared.pem");
	}
	struct source_view *view = view_of(&level, 1);
	assert_int_equal(view->certificates[0].destination_count, HEADLINE_SERIES_MAX);
	assert_int_equal(view->starred_stores, 0);
	source_view_unref(view);
	refer(level, "one more", "shared.pem");
	view = view_of(&level, 1);
	assert_int_equal(view->certificates[0].destination_count, 1);
	assert_string_equal(view->certificates[0].destinations[0], "*");
	assert_int_equal(view->starred_stores, 1);
	assert_int_equal(view->stores[0].reference_count, HEADLINE_SERIES_MAX + 1);
	source_view_unref(view);
	source_level_unref(level);
}

/* A label has the first names, the list all of them; both are one text where that is enough. */
static void san_in_label_and_list(void **state)
{
	struct source_level *level = whole_level(LEVEL_SUBACCOUNT);
	struct store_content *made = NULL;
	char many[] = "1,2,3\\,x,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18";
	char few[] = "a\\,b";
	char *const lists[] = { many, few };
	(void)state;

	assert_int_equal(store_content_new(STORE_FORMAT_PEM, &made), STATUS_OK);
	for (uint32_t i = 0; i < 2; i++) {
		struct certificate facts = { .san = lists[i] };
		struct certificate *copy = NULL;
		assert_int_equal(certificate_copy(&facts, &copy), STATUS_OK);
		assert_int_equal(store_add_certificate_take(made, i, copy), STATUS_OK);
	}
	store_content_finish(made);
	source_level_add_store(level, PART_CERTIFICATES, "many.pem", "", made);
	store_content_unref(made);
	struct source_view *view = view_of(&level, 1);
	assert_string_equal(view->certificates[0].texts[CERTIFICATE_SAN],
			    "1,2,3\\,x,4,5,6,7,8,9,10,11,12,13,14,15,16,…");
	assert_string_equal(view->certificates[0].san_list, many);
	assert_string_equal(view->certificates[1].texts[CERTIFICATE_SAN], few);
	assert_ptr_equal(view->certificates[1].san_list,
			 view->certificates[1].texts[CERTIFICATE_SAN]);
	source_view_unref(view);
	source_level_unref(level);
}

static int compare_strings(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Whatever comes in, identities are unique: names and aliases of a few hostile letters. */
static void identities_are_unique(void **state)
{
	static const char *const parts[] = { "a", "#2", "#3", "\xFF", "\n", "", "\xEF\xBF\xBD" };
	(void)state;

	srandom(1);
	for (int round = 0; round < 200; round++) {
		struct source_level *level = whole_level(LEVEL_SUBACCOUNT);
		size_t rows = 0;
		for (int s = 0; s < 12; s++) {
			char name[16];
			char alias[4][16];
			const char *aliases[4];
			(void)snprintf(name, sizeof(name), "%s%s", parts[random() % 7],
				       parts[random() % 7]);
			for (int e = 0; e < 4; e++) {
				(void)snprintf(alias[e], sizeof(alias[e]), "%s%s",
					       parts[random() % 7], parts[random() % 7]);
				aliases[e] = alias[e];
			}
			struct store_content *made = content(STORE_FORMAT_JKS, aliases, 4);
			source_level_add_store(level, PART_CERTIFICATES, name, "", made);
			store_content_unref(made);
			rows += 4;
		}
		struct source_view *view = view_of(&level, 1);
		assert_int_equal(view->certificate_count, rows);
		char *ids[48];
		for (size_t i = 0; i < rows; i++) {
			const struct inventory_certificate *row = &view->certificates[i];
			assert_true(asprintf(&ids[i], "%s\x01%s\x01%u",
					     view->stores[row->store].name, row->entry,
					     row->position) > 0);
		}
		qsort(ids, rows, sizeof(ids[0]), compare_strings);
		for (size_t i = 1; i < rows; i++)
			assert_string_not_equal(ids[i - 1], ids[i]);
		for (size_t i = 0; i < rows; i++)
			free(ids[i]);
		source_view_unref(view);
		source_level_unref(level);
	}
}

static void earliest_ignores_roots(void **state)
{
	struct source_level *level = whole_level(LEVEL_SUBACCOUNT);
	struct store_content *made = NULL;
	struct certificate *root = certificate("CN=root", NOW, NOW + 5 * DAY);
	(void)state;

	assert_int_equal(store_content_new(STORE_FORMAT_PEM, &made), STATUS_OK);
	assert_int_equal(store_add_entry(made, ""), STATUS_OK);
	root->role = CERTIFICATE_ROOT;
	assert_int_equal(store_add_certificate_take(made, 0, root), STATUS_OK);
	assert_int_equal(
		store_add_certificate_take(made, 1, certificate("CN=a", NOW, NOW + 90 * DAY)),
		STATUS_OK);
	assert_int_equal(
		store_add_certificate_take(made, 2, certificate("CN=b", NOW, NOW + 60 * DAY)),
		STATUS_OK);
	store_content_finish(made);
	source_level_add_store(level, PART_CERTIFICATES, "s", "", made);
	struct source_view *view = view_of(&level, 1);
	assert_true(view->stores[0].has_earliest);
	assert_true(view->stores[0].earliest_s == NOW + 60 * DAY);
	source_view_unref(view);
	source_level_unref(level);
	store_content_unref(made);
}

/* -- merging --------------------------------------------------------------------------- */

static void failed_parts_keep_older_knowledge(void **state)
{
	struct source_level *old = whole_level(LEVEL_SUBACCOUNT);
	struct source_level *fresh = whole_level(LEVEL_SUBACCOUNT);
	struct source_store *store;
	(void)state;

	add_pem(old, "kept.pem");
	add_pem(old, "gone.pem");
	refer(old, "OLD", "kept.pem");
	old->has_destinations = true;
	old->destinations = 1;
	fresh->whole = PART_CERTIFICATES | PART_FRAGMENTS;
	fresh->up = false;
	store = source_level_add_store(fresh, PART_CERTIFICATES, "kept.pem", "", NULL);
	source_store_set_state(store, STORE_UNAVAILABLE, "timeout");
	struct source_level *merged = level_merge(NULL, old, fresh, NOW);
	assert_int_equal(merged->store_count, 1); /* gone is gone: the list was whole */
	assert_int_equal(merged->stores[0].state, STORE_UNAVAILABLE);
	assert_ptr_equal(merged->stores[0].content, old->stores[0].content);
	assert_int_equal(merged->reference_count, 1); /* destinations were not listed */
	assert_true(merged->has_destinations && merged->destinations == 1);
	assert_false(merged->up);
	source_level_unref(merged);
	/* nothing was listed: all stays */
	fresh->whole = 0;
	fresh->store_count = 0;
	merged = level_merge(NULL, old, fresh, NOW);
	assert_int_equal(merged->store_count, 2);
	assert_int_equal(merged->stores[0].state, STORE_OK);
	source_level_unref(merged);
	merged = level_merge(NULL, NULL, fresh, NOW);
	assert_int_equal(merged->store_count, 0);
	source_level_unref(merged);
	source_level_unref(old);
	source_level_unref(fresh);
}

static void unknown_renewal_stays(void **state)
{
	struct source_level *old = whole_level(LEVEL_CONNECTOR);
	struct source_level *fresh = whole_level(LEVEL_CONNECTOR);
	(void)state;

	add_pem(old, "told.pem");
	add_pem(old, "untold.pem");
	add_pem(fresh, "told.pem");
	add_pem(fresh, "untold.pem");
	for (size_t i = 0; i < 2; i++) {
		old->stores[i].auto_renewed = true;
		old->stores[i].renewal_lead_s = 37 * DAY;
		fresh->stores[i].renewal_lead_s = 30 * DAY;
	}
	fresh->stores[1].renewal_unknown = true;
	struct source_level *merged = level_merge(NULL, old, fresh, NOW);
	assert_false(merged->stores[0].auto_renewed);
	assert_true(merged->stores[0].renewal_lead_s == 30 * DAY);
	assert_true(merged->stores[1].auto_renewed);
	assert_true(merged->stores[1].renewal_lead_s == 37 * DAY);
	source_level_unref(merged);
	source_level_unref(old);
	source_level_unref(fresh);
}

/* -- snapshots and the state file ------------------------------------------------------- */

static void snapshots_are_counted(void **state)
{
	struct snapshot_store *store = snapshot_store_new();
	struct source_level *level = whole_level(LEVEL_SUBACCOUNT);
	(void)state;

	add_pem(level, "a.pem");
	struct source_view *view = view_of(&level, 1);
	struct snapshot *first = snapshot_store_current(store);
	assert_int_equal(first->view_count, 0);
	snapshot_unref(snapshot_store_swap(store, snapshot_new(&view, 1)));
	source_view_unref(view);
	struct snapshot *second = snapshot_store_current(store);
	assert_true(second->generation > first->generation);
	snapshot_unref(snapshot_store_swap(store, snapshot_new(NULL, 0)));
	assert_string_equal(second->views[0]->stores[0].name, "a.pem"); /* a reader keeps it */
	snapshot_unref(first);
	snapshot_unref(second);
	snapshot_store_free(store);
	source_level_unref(level);
}

static void state_survives_a_restart(void **state)
{
	char path[] = "/tmp/test_state.XXXXXX";
	struct source_level *level = whole_level(LEVEL_SUBACCOUNT);
	struct state_source source = { .id = config.id,
				       .kind = config.kind,
				       .has_success = true,
				       .last_success_s = 1795000000.5,
				       .identity = (char[]){ "i" },
				       .host = (char[]){ "host\"\n" },
				       .subaccount_id = (char[]){ "s" },
				       .tenant_id = (char[]){ "" },
				       .levels = { level },
				       .level_count = 1 };
	struct state saved = { &source, 1 };
	struct state loaded = { 0 };
	struct state_unknown unknown;
	struct error error = { "" };
	(void)state;

	assert_true(close(mkstemp(path)) == 0);
	add_pem(level, "a \"quoted\" n\xC3\xA4me.pem");
	add_pem(level, "long-ago.pem");
	struct certificate *old = level->stores[1].content->entries[0].certificates[0].certificate;
	old->has_not_before = false;
	old->has_not_after = false;
	old->not_before_s = -2 * DAY;
	old->not_after_s = -DAY;
	refer(level, "D", "a.pem");
	level->has_fragments = true;
	level->fragments = 3;
	source_store_add_label(&level->stores[0], "env", "prod");
	assert_int_equal(state_save(path, &saved, &error), STATUS_OK);
	assert_int_equal(state_load(path, &loaded, &unknown, &error), STATUS_OK);
	assert_int_equal(loaded.count, 1);
	const struct source_level *back = loaded.sources[0].levels[0];
	assert_string_equal(loaded.sources[0].host, source.host);
	assert_true(loaded.sources[0].last_success_s == source.last_success_s);
	assert_string_equal(back->stores[0].name, level->stores[0].name);
	assert_string_equal(back->stores[0].labels[0].value, "prod");
	assert_true(back->stores[0].content->entries[0].certificates[0].certificate->not_after_s ==
		    NOW + 100 * DAY);
	old = back->stores[1].content->entries[0].certificates[0].certificate;
	assert_true(!old->has_not_before && old->not_before_s == -2 * DAY);
	assert_true(!old->has_not_after && old->not_after_s == -DAY);
	assert_string_equal(back->references[0].destination, "D");
	assert_true(back->has_fragments && back->fragments == 3 && !back->has_destinations);
	state_release(&loaded);
	/* every cut of the file is refused, and nothing is returned */
	struct buf buf;
	buf_init(&buf, 1 << 20);
	assert_int_equal(file_read(path, &buf, NULL, &error), STATUS_OK);
	for (size_t len = 0; len < buf.len - 1; len += 7) {
		assert_int_equal(truncate(path, (off_t)len), 0);
		assert_int_not_equal(state_load(path, &loaded, &unknown, &error), STATUS_OK);
		assert_int_equal(file_write_atomic(path, buf.data, buf.len, 0600, &error),
				 STATUS_OK);
	}
	buf_release(&buf);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(state_load(path, &loaded, &unknown, &error), STATUS_NOT_FOUND);
	source_level_unref(level);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_stay_unique),
		cmocka_unit_test(many_equal_names),
		cmocka_unit_test(sap_thresholds),
		cmocka_unit_test(sap_generated),
		cmocka_unit_test(due_times),
		cmocka_unit_test(statuses),
		cmocka_unit_test(references_resolve_same_level_first),
		cmocka_unit_test(many_destinations_become_a_star),
		cmocka_unit_test(san_in_label_and_list),
		cmocka_unit_test(identities_are_unique),
		cmocka_unit_test(earliest_ignores_roots),
		cmocka_unit_test(failed_parts_keep_older_knowledge),
		cmocka_unit_test(unknown_renewal_stays),
		cmocka_unit_test(snapshots_are_counted),
		cmocka_unit_test(state_survives_a_restart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
