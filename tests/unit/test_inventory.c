/* The inventory room: renewals, statuses, merging, snapshots, the state file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "inventory/expiry.h"
#include "inventory/merge.h"
#include "inventory/renewal.h"
#include "inventory/snapshot.h"
#include "inventory/state/load.h"
#include "inventory/state/save.h"

#include "source/destination/levels.h"
#include "source/connector/levels.h"
#include "inventory_fixture.h"

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
		cmocka_unit_test(sap_thresholds),
		cmocka_unit_test(sap_generated),
		cmocka_unit_test(due_times),
		cmocka_unit_test(statuses),
		cmocka_unit_test(earliest_ignores_roots),
		cmocka_unit_test(failed_parts_keep_older_knowledge),
		cmocka_unit_test(unknown_renewal_stays),
		cmocka_unit_test(snapshots_are_counted),
		cmocka_unit_test(state_survives_a_restart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
