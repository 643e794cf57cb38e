/* Older knowledge: what is marked as such, since when, and the figures that people are shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"
#include "inventory/figures.h"
#include "inventory/merge.h"
#include "inventory/state/load.h"
#include "inventory/state/save.h"
#include "source/destination/levels.h"
#include "source/destination/service.h"
#include "source/destination/settings.h"
#include "source/directory/directory.h"
#include "source/directory/levels.h"

#define DAY    INT64_C(86400)
#define STATES (STORE_UNAVAILABLE + 1)
#define NOW    1795000000.0
#define FIRST  (NOW - 7200) /* the end of a refresh that went well */
#define LAST   (NOW - 60)   /* the end of the one after it */
#define ALL    (PART_CERTIFICATES | PART_SAML_TRUST | PART_DESTINATIONS | PART_FRAGMENTS)

static struct destination_settings settings;
static struct source_config config = {
	.own = &settings,
	.id = (char[]){ "prod" },
	.name = (char[]){ "Production" },
	.system_id = (char[]){ "PRD" },
	.kind = &destination_service_kind,
	.poll_interval_s = 3600,
};

static struct store_content *content(int64_t not_after_s)
{
	struct certificate facts = {
		.role = CERTIFICATE_LEAF,
		.has_not_after = true,
		.not_after_s = not_after_s,
		.subject = (char[]){ "CN=a" },
		.issuer = (char[]){ "CN=CA" },
	};
	struct certificate *copy = NULL;
	struct store_content *made = NULL;

	assert_int_equal(certificate_copy(&facts, &copy), STATUS_OK);
	assert_int_equal(store_content_new(STORE_FORMAT_PEM, &made), STATUS_OK);
	assert_int_equal(store_add_entry(made, ""), STATUS_OK);
	assert_int_equal(store_add_certificate_take(made, 0, copy), STATUS_OK);
	store_content_finish(made);
	return made;
}

static void add_store(struct source_level *level, const char *name)
{
	struct store_content *made = content((int64_t)NOW + 100 * DAY);

	source_level_add_store(level, PART_CERTIFICATES, name, "", made);
	store_content_unref(made);
}

static void add_unavailable(struct source_level *level, const char *name)
{
	struct source_store *store;

	store = source_level_add_store(level, PART_CERTIFICATES, name, "", NULL);
	source_store_set_state(store, STORE_UNAVAILABLE, "503");
}

static void refer(struct source_level *level, const char *destination, const char *name)
{
	source_level_add_reference(level, REFERENCE_DESTINATION, destination, "KeyStoreLocation",
				   name);
}

static struct source_level *level_new(const char *name, unsigned whole)
{
	struct source_level *level = source_level_new(name);

	assert_non_null(level);
	level->whole = whole;
	level->up = whole == ALL;
	return level;
}

/* What a source with both levels knows. */
struct known {
	struct source_level *levels[2]; /* subaccount, instance */
};

static void forget(struct known *known)
{
	source_level_unref(known->levels[0]);
	source_level_unref(known->levels[1]);
}

/* A refresh that ended at `read_s` and gave these levels, which are released. */
static struct known refresh(const struct known *before, struct source_level *subaccount,
			    struct source_level *instance, double read_s)
{
	struct source_level *fresh[2] = { subaccount, instance };
	struct known known;

	for (size_t i = 0; i < 2; i++) {
		known.levels[i] = level_merge(NULL, before != NULL ? before->levels[i] : NULL,
					      fresh[i], read_s);
		assert_non_null(known.levels[i]);
		source_level_unref(fresh[i]);
	}
	return known;
}

/* Two stores, one of them used, and one reference to nothing. */
static struct known first_refresh(void)
{
	struct source_level *subaccount = level_new(LEVEL_SUBACCOUNT, ALL);

	add_store(subaccount, "a.pem");
	add_store(subaccount, "b.pem");
	refer(subaccount, "USER", "a.pem");
	refer(subaccount, "BROKEN", "gone.pem");
	return refresh(NULL, subaccount, level_new(LEVEL_INSTANCE, ALL), FIRST);
}

static struct source_view *view_of(const struct known *known, bool has_attempt, double last_s)
{
	struct source_facts facts = {
		.config = &config,
		.has_attempt = has_attempt,
		.up = known->levels[0]->up && known->levels[1]->up,
		.last_attempt_s = last_s,
		.has_success = true,
		.last_success_s = FIRST,
	};
	struct source_view *view = source_view_build(&facts, known->levels, 2);

	assert_non_null(view);
	return view;
}

static const struct inventory_level *level_named(const struct source_view *view, const char *name)
{
	for (size_t i = 0; i < view->level_count; i++) {
		if (strcmp(view->levels[i].name, name) == 0)
			return &view->levels[i];
	}
	return NULL;
}

static void assert_freshness(struct freshness freshness, bool stale, double as_of_s)
{
	assert_int_equal(freshness.stale, stale);
	assert_true(freshness.as_of_s >= as_of_s && freshness.as_of_s <= as_of_s);
}

/* -- what is older knowledge ------------------------------------------------------------ */

static void what_was_just_read_is_not_stale(void **state)
{
	struct known known = first_refresh();
	struct source_view *view = view_of(&known, true, FIRST);
	(void)state;

	assert_freshness(view->freshness, false, FIRST);
	assert_freshness(level_named(view, LEVEL_SUBACCOUNT)->freshness, false, FIRST);
	assert_freshness(view->stores[0].freshness, false, FIRST);
	assert_freshness(view->references[0].freshness, false, FIRST);
	assert_int_equal(view->missing_count, 1);
	assert_freshness(view->missing[0].freshness, false, FIRST);
	assert_true(view->missing_known && view->users_known);
	assert_int_equal(view->older_missing_count, 0);
	source_view_unref(view);
	forget(&known);
}

/* Nothing could be listed: all rows stay, and say since when. */
static void outage_keeps_rows_with_their_age(void **state)
{
	struct known before = first_refresh();
	struct known known = refresh(&before, level_new(LEVEL_SUBACCOUNT, 0),
				     level_new(LEVEL_INSTANCE, 0), LAST);
	struct source_view *view = view_of(&known, true, LAST);
	struct inventory_counts counts = { 0 };
	(void)state;

	assert_freshness(view->freshness, true, FIRST);
	assert_freshness(level_named(view, LEVEL_INSTANCE)->freshness, true, FIRST);
	assert_int_equal(view->store_count, 2);
	assert_freshness(view->stores[1].freshness, true, FIRST);
	assert_freshness(view->references[0].freshness, true, FIRST);
	assert_true(freshness_age_s(view->stores[1].freshness, NOW) >= 7200);
	assert_true(freshness_age_s(view->stores[1].freshness, NOW) <= 7200);
	/* what is missing cannot be said, but what was missing then */
	assert_int_equal(view->missing_count, 0);
	assert_false(view->missing_known);
	assert_int_equal(view->older_missing_count, 1);
	assert_string_equal(view->older_missing[0].destination, "BROKEN");
	assert_freshness(view->older_missing[0].freshness, true, FIRST);
	assert_true(view->missing_as_of_s >= FIRST && view->missing_as_of_s <= FIRST);
	source_view_count(view, NOW, &counts);
	assert_int_equal(counts.stale_certificates, 2);
	assert_int_equal(counts.stale_stores, 2);
	assert_int_equal(counts.sources_stale, 1);
	assert_int_equal(counts.older_missing, 1);
	assert_int_equal(counts.missing_unknown_sources, 1);
	source_view_unref(view);
	/* a third attempt that fails moves nothing */
	struct known third =
		refresh(&known, level_new(LEVEL_SUBACCOUNT, 0), level_new(LEVEL_INSTANCE, 0), NOW);
	view = view_of(&third, true, NOW);
	assert_freshness(view->stores[0].freshness, true, FIRST);
	assert_freshness(view->older_missing[0].freshness, true, FIRST);
	source_view_unref(view);
	forget(&third);
	forget(&known);
	forget(&before);
}

/* Clocks stand still, go back, and are set: what was kept is older all the same. */
static void clock_does_not_matter(void **state)
{
	struct known before = first_refresh();
	(void)state;

	for (int back = 0; back < 2; back++) {
		double now_s = back ? FIRST - 3600 : FIRST;
		struct known known = refresh(&before, level_new(LEVEL_SUBACCOUNT, 0),
					     level_new(LEVEL_INSTANCE, 0), now_s);
		struct source_view *view = view_of(&known, true, now_s);
		assert_freshness(view->freshness, true, FIRST);
		assert_freshness(view->stores[0].freshness, true, FIRST);
		assert_true(freshness_age_s(view->stores[0].freshness, now_s) <= 0);
		assert_false(view->missing_known);
		assert_int_equal(view->older_missing_count, 1);
		source_view_unref(view);
		forget(&known);
	}
	forget(&before);
}

/* An attempt without any result (no memory) leaves the levels as they were, and they are older. */
static void attempt_without_result_makes_all_stale(void **state)
{
	struct known known = first_refresh();
	struct source_view *view = view_of(&known, true, LAST);
	(void)state;

	assert_freshness(view->freshness, true, FIRST);
	assert_false(level_named(view, LEVEL_SUBACCOUNT)->up);
	assert_freshness(view->stores[0].freshness, true, FIRST);
	assert_int_equal(view->missing_count, 0);
	assert_int_equal(view->older_missing_count, 1);
	source_view_unref(view);
	forget(&known);
}

/* Certificates were listed, destinations were not: stores are fresh, who uses them is older. */
static void parts_age_by_themselves(void **state)
{
	struct known before = first_refresh();
	struct source_level *subaccount =
		level_new(LEVEL_SUBACCOUNT, ALL & ~(unsigned)PART_DESTINATIONS);
	(void)state;

	add_store(subaccount, "a.pem");
	add_store(subaccount, "c.pem");
	struct known known = refresh(&before, subaccount, level_new(LEVEL_INSTANCE, ALL), LAST);
	struct source_view *view = view_of(&known, true, LAST);
	assert_freshness(level_named(view, LEVEL_SUBACCOUNT)->freshness, true, FIRST);
	assert_freshness(level_named(view, LEVEL_INSTANCE)->freshness, false, LAST);
	assert_freshness(view->freshness, true, FIRST);
	assert_string_equal(view->stores[0].name, "a.pem");
	assert_freshness(view->stores[0].freshness, false, LAST);
	assert_freshness(view->references[0].freshness, true, FIRST);
	assert_false(view->users_known);
	assert_true(store_users_are_known(view, &view->stores[0]));
	assert_true(store_users_are_stale(view, &view->stores[0]));
	assert_false(store_users_are_known(view, &view->stores[1])); /* not "nobody" */
	assert_true(store_users_are_stale(view, &view->stores[1]));
	struct inventory_store own = { .level = LEVEL_BINDING };
	assert_true(store_users_are_known(view, &own)); /* nothing refers to our own certificate */
	assert_int_equal(view->missing_count, 0);
	assert_freshness(view->older_missing[0].freshness, true, FIRST);
	source_view_unref(view);
	forget(&known);
	forget(&before);
}

/* One level is known now: its findings are certain only when both lists of stores are. */
static void missing_is_told_by_what_it_rests_on(void **state)
{
	struct known before = first_refresh();
	struct source_level *subaccount = level_new(LEVEL_SUBACCOUNT, ALL);
	struct source_level *instance =
		level_new(LEVEL_INSTANCE, ALL & ~(unsigned)PART_DESTINATIONS);
	(void)state;

	refer(subaccount, "BROKEN", "gone.pem");
	struct known known = refresh(&before, subaccount, instance, LAST);
	struct source_view *view = view_of(&known, true, LAST);
	assert_int_equal(view->missing_count, 1); /* rests on what was listed */
	assert_false(view->missing_known); /* but destinations of the instance may add some */
	source_view_unref(view);
	forget(&known);
	forget(&before);
}

static void never_read_is_unknown(void **state)
{
	struct known known =
		refresh(NULL, level_new(LEVEL_SUBACCOUNT, 0), level_new(LEVEL_INSTANCE, 0), LAST);
	struct source_view *view = view_of(&known, true, LAST);
	struct inventory_counts counts = { 0 };
	(void)state;

	assert_false(view->freshness.stale); /* nothing is known that could be old */
	assert_false(view->missing_known);
	assert_int_equal(view->older_missing_count, 0);
	assert_false(view->missing_as_of_s > 0);
	source_view_count(view, NOW, &counts);
	assert_int_equal(counts.sources_unknown, 1);
	assert_int_equal(counts.sources_stale, 0);
	source_view_unref(view);
	forget(&known);
}

/* Its level is fine, and its old entries are shown: these are older knowledge. */
static void unavailable_store_has_stale_entries(void **state)
{
	struct known before = first_refresh();
	struct source_level *subaccount = level_new(LEVEL_SUBACCOUNT, ALL);
	(void)state;

	add_unavailable(subaccount, "a.pem");
	add_store(subaccount, "b.pem");
	add_unavailable(subaccount, "new.pem");
	struct known known = refresh(&before, subaccount, level_new(LEVEL_INSTANCE, ALL), LAST);
	struct source_view *view = view_of(&known, true, LAST);
	assert_freshness(level_named(view, LEVEL_SUBACCOUNT)->freshness, false, LAST);
	assert_int_equal(view->stores[0].certificate_count, 1);
	assert_freshness(view->stores[0].freshness, true, FIRST);
	assert_freshness(view->stores[1].freshness, false, LAST);
	assert_freshness(view->stores[2].freshness, false, LAST); /* nothing old is shown of it */
	source_view_unref(view);
	/* still unavailable: its entries do not become younger */
	subaccount = level_new(LEVEL_SUBACCOUNT, ALL);
	add_unavailable(subaccount, "a.pem");
	struct known third = refresh(&known, subaccount, level_new(LEVEL_INSTANCE, ALL), NOW);
	view = view_of(&third, true, NOW);
	assert_freshness(view->stores[0].freshness, true, FIRST);
	source_view_unref(view);
	forget(&third);
	forget(&known);
	forget(&before);
}

/* After a restart all is older knowledge until the first attempt, with the times of the file. */
static void state_file_keeps_the_times(void **state)
{
	char path[] = "/tmp/test_freshness.XXXXXX";
	struct known known = first_refresh();
	struct state_source source = { .id = config.id,
				       .kind = config.kind,
				       .has_success = true,
				       .last_success_s = FIRST,
				       .identity = (char[]){ "i" },
				       .host = (char[]){ "h" },
				       .subaccount_id = (char[]){ "s" },
				       .tenant_id = (char[]){ "" },
				       .levels = { known.levels[0], known.levels[1] },
				       .level_count = 2 };
	struct state saved = { &source, 1 };
	struct state loaded = { 0 };
	struct state_unknown unknown;
	struct error error = { "" };
	(void)state;

	assert_true(close(mkstemp(path)) == 0);
	assert_int_equal(state_save(path, &saved, &error), STATUS_OK);
	assert_int_equal(state_load(path, &loaded, &unknown, &error), STATUS_OK);
	struct known back = { { loaded.sources[0].levels[0], loaded.sources[0].levels[1] } };
	struct source_view *view = view_of(&back, false, 0);
	assert_freshness(view->freshness, true, FIRST);
	assert_freshness(view->stores[0].freshness, true, FIRST);
	assert_false(view->missing_known);
	assert_int_equal(view->missing_count, 0);
	assert_int_equal(view->older_missing_count, 1);
	assert_freshness(view->older_missing[0].freshness, true, FIRST);
	source_view_unref(view);
	/* and after a first attempt that failed, too */
	struct known after =
		refresh(&back, level_new(LEVEL_SUBACCOUNT, 0), level_new(LEVEL_INSTANCE, 0), LAST);
	view = view_of(&after, true, LAST);
	assert_freshness(view->stores[0].freshness, true, FIRST);
	assert_int_equal(view->older_missing_count, 1);
	source_view_unref(view);
	forget(&after);
	state_release(&loaded);
	assert_int_equal(unlink(path), 0);
	forget(&known);
}

/* A file of a program that did not record the times: older, and not known how old. */
static void times_may_be_unknown(void **state)
{
	struct known known = first_refresh();
	(void)state;

	for (size_t l = 0; l < 2; l++) {
		memset(known.levels[l]->listed_s, 0, sizeof(known.levels[l]->listed_s));
		known.levels[l]->read_s = 0;
		known.levels[l]->whole = 0;
		for (size_t i = 0; i < known.levels[l]->store_count; i++)
			known.levels[l]->stores[i].read_s = 0;
	}
	struct source_view *view = view_of(&known, false, 0);
	assert_freshness(view->freshness, true, 0);
	assert_freshness(view->stores[0].freshness, true, 0);
	assert_int_equal(view->older_missing_count, 0);
	source_view_unref(view);
	view = view_of(&known, true, LAST);
	assert_freshness(view->freshness, true, 0);
	assert_freshness(view->stores[0].freshness, true, 0);
	source_view_unref(view);
	forget(&known);
}

/* Nothing can be missing where nothing refers; while such a source is down even that is not said.
 */
static void kinds_without_references(void **state)
{
	struct source_level *level = level_new(LEVEL_DIRECTORY, PART_CERTIFICATES);
	struct source_config directory = config;
	struct source_facts facts = { .config = &directory, .has_attempt = true, .up = true };
	(void)state;

	directory.kind = &directory_kind;
	struct source_view *view = source_view_build(&facts, &level, 1);
	assert_non_null(view);
	assert_false(source_view_has_references(view));
	assert_true(view->missing_known && view->users_known);
	source_view_unref(view);
	facts.up = false;
	view = source_view_build(&facts, &level, 1);
	assert_non_null(view);
	assert_false(view->missing_known);
	source_view_unref(view);
	source_level_unref(level);
}

/* -- figures ---------------------------------------------------------------------------- */

static void days_are_rounded_down(void **state)
{
	static const struct {
		double left_s;
		int64_t days;
	} table[] = {
		{ 10.0 * 86400, 10 },
		{ 10.0 * 86400 - 1, 9 },
		{ 86400, 1 },
		{ 86399, 0 },
		{ 1, 0 },
		{ 0, 0 },
		{ -1, -1 },
		{ -43200, -1 },
		{ -35.2 * 86400, -36 },
		{ -36.0 * 86400, -36 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct inventory_certificate certificate = { .has_not_after = true,
							     .not_after_s = (int64_t)NOW };
		double now_s = NOW - table[i].left_s;
		int64_t days = certificate_whole_days(&certificate, now_s);
		bool expired = certificate_status_at(&certificate, now_s) == CERTIFICATE_EXPIRED;
		assert_int_equal(days, table[i].days);
		assert_int_equal(days < 0, expired);
	}
}

static void counts_add_up(void **state)
{
	static const int64_t ends[] = { -5, 10, 400 };
	struct source_level *level = level_new(LEVEL_SUBACCOUNT, ALL);
	struct source_store *store;
	struct inventory_counts counts = { 0 };
	size_t sum = 0;
	(void)state;

	for (size_t i = 0; i < 3; i++) {
		struct store_content *made = content((int64_t)NOW + ends[i] * DAY);
		char name[] = { (char)('a' + i), '\0' };
		source_level_add_store(level, PART_CERTIFICATES, name, "", made);
		store_content_unref(made);
	}
	add_store(level, "not-yet");
	struct certificate *later =
		level->stores[3].content->entries[0].certificates[0].certificate;
	later->has_not_before = true;
	later->not_before_s = (int64_t)NOW + DAY;
	add_store(level, "unreadable-time");
	level->stores[4].content->entries[0].certificates[0].certificate->has_not_after = false;
	for (int i = STORE_OK; i < STATES; i++) { /* one of each */
		char name[] = { 's', (char)('0' + i), '\0' };
		store = source_level_add_store(level, PART_CERTIFICATES, name, "", NULL);
		source_store_set_state(store, (enum store_state)i, "");
	}
	struct known known = refresh(NULL, level, level_new(LEVEL_INSTANCE, ALL), LAST);
	struct source_view *view = view_of(&known, true, LAST);
	source_view_count(view, NOW, &counts);
	for (size_t i = 0; i < CERTIFICATE_STATUS_COUNT; i++) {
		assert_int_equal(counts.by_status[i], 1);
		sum += counts.by_status[i];
	}
	assert_int_equal(counts.certificates, sum);
	assert_int_equal(counts.stores, 5 + STATES);
	assert_int_equal(counts.problem_stores, STATES - 1); /* all but ok */
	source_view_unref(view);
	forget(&known);
}

static void ages_are_said_in_one_unit(void **state)
{
	static const struct {
		double seconds;
		const char *text;
	} table[] = {
		{ -3, "0 s" },      { 0.9, "0 s" },      { 119, "119 s" },
		{ 120, "2 min" },   { 7199, "119 min" }, { 7200, "2 h" },
		{ 172799, "47 h" }, { 172800, "2 d" },   { 1e9, "11574 d" },
	};
	char text[TEXT_AGE_SIZE];
	(void)state;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		text_age(table[i].seconds, text);
		assert_string_equal(text, table[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_just_read_is_not_stale),
		cmocka_unit_test(outage_keeps_rows_with_their_age),
		cmocka_unit_test(clock_does_not_matter),
		cmocka_unit_test(attempt_without_result_makes_all_stale),
		cmocka_unit_test(parts_age_by_themselves),
		cmocka_unit_test(missing_is_told_by_what_it_rests_on),
		cmocka_unit_test(never_read_is_unknown),
		cmocka_unit_test(unavailable_store_has_stale_entries),
		cmocka_unit_test(state_file_keeps_the_times),
		cmocka_unit_test(times_may_be_unknown),
		cmocka_unit_test(kinds_without_references),
		cmocka_unit_test(days_are_rounded_down),
		cmocka_unit_test(counts_add_up),
		cmocka_unit_test(ages_are_said_in_one_unit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
