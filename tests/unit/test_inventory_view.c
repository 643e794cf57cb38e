/* Views: names that stay unique, who uses what, texts of labels. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "inventory/names.h"

#include "source/destination/levels.h"
#include "inventory_fixture.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_stay_unique),
		cmocka_unit_test(many_equal_names),
		cmocka_unit_test(references_resolve_same_level_first),
		cmocka_unit_test(many_destinations_become_a_star),
		cmocka_unit_test(san_in_label_and_list),
		cmocka_unit_test(identities_are_unique),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
