/*
 * Lists of a Destination service that are cut, huge or nonsense, or whose pages do not agree. A
 * broken list costs what it is about, with a reason, and is never a shorter list.
 */
#include "source/destination/levels.h"
#include "destination_fixture.h"

#include <stdio.h>
#include <stdlib.h>

static struct buf good; /* public keys of three certificates */

static int load(void **state)
{
	(void)state;
	recorded_file("destination/public-keys-pem.json", &good);
	return 0;
}

static int unload(void **state)
{
	(void)state;
	buf_release(&good);
	return 0;
}

/* `[{"Name":"s-0"},…]` */
static char *many_names(const char *member, size_t count)
{
	struct buf text;

	buf_init(&text, (size_t)8 << 20);
	buf_putc(&text, '[');
	for (size_t i = 0; i < count; i++)
		buf_printf(&text, "%s{\"%s\":\"s-%zu\"}", i > 0 ? "," : "", member, i);
	buf_putc(&text, ']');
	char *whole = buf_take(&text);
	assert_non_null(whole);
	return whole;
}

/* -- lists ------------------------------------------------------------------------------------- */

static const struct bad_list {
	const char *body;
	enum status reason;
} bad_lists[] = {
	{ "", STATUS_SYNTAX },
	{ "[", STATUS_SYNTAX },
	{ "[{\"Name\":\"a.pem\"},{\"Na", STATUS_SYNTAX }, /* cut */
	{ "[{\"Name\":\"a.pem\"}]]", STATUS_SYNTAX },
	{ "{\"Name\":\"a.pem\"}", STATUS_SYNTAX },
	{ "{\"value\":[{\"Name\":\"a.pem\"}]}", STATUS_SYNTAX },
	{ "null", STATUS_SYNTAX },
	{ "\"a.pem\"", STATUS_SYNTAX },
	{ "17", STATUS_SYNTAX },
	{ "<html><body>log on</body></html>", STATUS_SYNTAX },
	{ "[{\"Name\":\"a\xFF.pem\"}]", STATUS_SYNTAX },
	{ "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", STATUS_LIMIT },
};

static void test_lists_of_stores(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad_lists); i++) {
		const struct recorded rows[] = {
			NO_USERS,
			NO_PARTS,
			{ .path = NAMES_PATH, .code = 200, .body = bad_lists[i].body },
			{ .path = PAGE_PATH "*", .code = 200, .body = bad_lists[i].body },
			{ .path = STORE_PATH "*", .code = 200, .body = buf_text(&good) },
		};
		static const char *const settings[] = { "", "    collection: full\n" };
		for (size_t k = 0; k < COUNT_OF(settings); k++) {
			struct destination_fixture f;
			print_message("list %zu\n", i);
			destination_begin(&f, settings[k]);
			destination_refresh_from(&f, rows, COUNT_OF(rows));
			assert_int_equal(destination_level(&f)->whole & PART_CERTIFICATES, 0);
			assert_int_equal(destination_level(&f)->store_count, 0);
			assert_false(destination_level(&f)->up);
			assert_int_equal(destination_issues(&f, STAGE_LIST, bad_lists[i].reason),
					 1);
			assert_int_equal(f.result->issue_count, 1);
			destination_end(&f);
		}
	}
}

static void test_lists_of_users(void **state)
{
	static const struct {
		const char *bad, *other;
		unsigned part;
	} lists[] = {
		{ USERS_PATH "*", PARTS_PATH, PART_DESTINATIONS },
		{ PARTS_PATH, USERS_PATH "*", PART_FRAGMENTS },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad_lists) * COUNT_OF(lists); i++) {
		const struct bad_list *bad = &bad_lists[i / COUNT_OF(lists)];
		const struct recorded rows[] = {
			{ .path = lists[i % COUNT_OF(lists)].bad, .code = 200, .body = bad->body },
			{ .path = lists[i % COUNT_OF(lists)].other, .code = 200, .body = "[]" },
			{ .path = NAMES_PATH, .code = 200, .body = "[{\"Name\":\"a.pem\"}]" },
			{ .path = STORE_PATH "*", .code = 200, .body = buf_text(&good) },
		};
		struct destination_fixture f;
		destination_begin(&f, "");
		destination_refresh_from(&f, rows, COUNT_OF(rows));
		const struct source_level *level = destination_level(&f);
		assert_int_equal(level->whole & (PART_DESTINATIONS | PART_FRAGMENTS),
				 (PART_DESTINATIONS | PART_FRAGMENTS) &
					 ~lists[i % COUNT_OF(lists)].part);
		assert_false(level->up);
		assert_int_equal(level->reference_count, 0);
		(void)destination_store_in(&f, "a.pem", STORE_OK); /* not lost with it */
		assert_int_equal(destination_issues(&f, STAGE_REFERENCES, bad->reason), 1);
		destination_end(&f);
	}
}

/* Elements without a usable name are left out, and it is known that the list is not whole. */
static void test_elements(void **state)
{
	static const char list[] =
		"[17,null,[],\"a\",{},{\"Name\":\"\"},{\"Name\":17},"
		"{\"name\":\"other\"},{\"Name\":\"a.pem\"},{\"Name\":\"a.pem\"}]";
	const struct recorded rows[] = {
		{ .path = USERS_PATH "*", .code = 200, .body = list },
		{ .path = PARTS_PATH, .code = 200, .body = list },
		{ .path = NAMES_PATH, .code = 200, .body = list },
		{ .path = STORE_PATH "*", .code = 200, .body = buf_text(&good) },
	};
	struct destination_fixture f;

	(void)state;
	destination_begin(&f, "");
	destination_refresh_from(&f, rows, COUNT_OF(rows));
	const struct source_level *level = destination_level(&f);
	assert_int_equal(level->store_count, 1);
	(void)destination_store_in(&f, "a.pem", STORE_OK);
	assert_int_equal(level->destinations, 1); /* which came twice */
	assert_false(level->up);
	assert_int_equal(level->whole & PART_CERTIFICATES, 0);
	assert_int_equal(destination_issues(&f, STAGE_LIST, STATUS_SYNTAX), 1);
	assert_int_equal(destination_issues(&f, STAGE_REFERENCES, STATUS_SYNTAX), 2);
	destination_end(&f);
}

/* What was read before a limit is shown; the list is not known as a whole. */
static void test_long_lists(void **state)
{
	char *names = many_names("Name", 10001);
	char *parts = many_names("FragmentName", 10001);
	const struct recorded rows[] = {
		NO_USERS,
		{ .path = PARTS_PATH, .code = 200, .body = parts },
		{ .path = NAMES_PATH, .code = 200, .body = names },
		{ .path = STORE_PATH "*", .code = 200, .body = "[]" },
	};
	struct destination_fixture f;

	(void)state;
	destination_begin(&f, "");
	destination_refresh_from(&f, rows, COUNT_OF(rows));
	const struct source_level *level = destination_level(&f);
	assert_int_equal(level->store_count, 10000);
	assert_int_equal(level->whole, PART_DESTINATIONS | PART_SAML_TRUST);
	assert_int_equal(destination_issues(&f, STAGE_LIST, STATUS_LIMIT), 1);
	assert_int_equal(destination_issues(&f, STAGE_REFERENCES, STATUS_LIMIT), 1);
	destination_end(&f);
	free(names);
	free(parts);
}

/* -- pages ------------------------------------------------------------------------------------- */

#define A "[{\"Name\":\"a\"},{\"Name\":\"b\"}]"
#define B "[{\"Name\":\"c\"},{\"Name\":\"d\"}]"
#define PAGE(number, text)                                                                         \
	{                                                                                          \
		.path = USERS_PATH number "&*", .code = 200, .body = text                          \
	}
#define COUNTED(number, text, of, total)                                                           \
	{                                                                                          \
		.path = USERS_PATH number "&*", .code = 200, .body = text, .has_count = true,      \
		.pages = of, .entities = total                                                     \
	}

static void test_pages(void **state)
{
	static const struct {
		const char *what;
		struct recorded pages[3];
		enum status reason; /* STATUS_OK: the list is whole */
		uint64_t count;
		unsigned asked;
	} table[] = {
		{ "ends with a short page",
		  { PAGE("1", A), PAGE("2", "[{\"Name\":\"c\"}]") },
		  STATUS_OK,
		  3,
		  2 },
		{ "ends where the service knows no further page",
		  { PAGE("1", A), { .path = USERS_PATH "2&*", .code = 400 } },
		  STATUS_OK,
		  2,
		  2 },
		{ "ends where Page-Count says", { COUNTED("1", A, 1, 2) }, STATUS_OK, 2, 1 },
		{ "another order, so that one came twice and one never",
		  { COUNTED("1", A, 2, 4),
		    COUNTED("2", "[{\"Name\":\"b\"},{\"Name\":\"c\"}]", 2, 4) },
		  STATUS_TRUNCATED,
		  0,
		  4 },
		{ "Page-Count is more than came",
		  { COUNTED("1", A, 3, 6), COUNTED("2", "[]", 3, 6) },
		  STATUS_TRUNCATED,
		  0,
		  4 },
		{ "fewer were deleted meanwhile: no page is missing",
		  { COUNTED("1", A, 2, 5), COUNTED("2", B, 2, 5) },
		  STATUS_OK,
		  4,
		  4 },
		{ "each page is the first one", { PAGE("", A) }, STATUS_LIMIT, 0, 4 },
		{ "a page is cut",
		  { PAGE("1", A), PAGE("2", "[{\"Name\":") },
		  STATUS_SYNTAX,
		  0,
		  2 },
		{ "a page fails",
		  { PAGE("1", A), { .path = USERS_PATH "2&*", .code = 500 } },
		  STATUS_HTTP_5XX,
		  0,
		  2 },
		{ "the first page is refused",
		  { { .path = USERS_PATH "1&*", .code = 400 } },
		  STATUS_HTTP_4XX,
		  0,
		  1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		struct recorded rows[COUNT_OF(table[i].pages) + 2];
		size_t count = 0;
		struct destination_fixture f;
		print_message("%s\n", table[i].what);
		for (size_t k = 0; k < COUNT_OF(table[i].pages); k++) {
			if (table[i].pages[k].path != NULL)
				rows[count++] = table[i].pages[k];
		}
		if (strcmp(rows[0].path, USERS_PATH "&*") == 0)
			rows[0].path = USERS_PATH "*";
		rows[count++] = (struct recorded)NO_PARTS;
		rows[count++] = (struct recorded){ .path = NAMES_PATH, .code = 200, .body = "[]" };
		destination_begin(&f, "    page_size: 2\n");
		destination_refresh_from(&f, rows, count);
		const struct source_level *level = destination_level(&f);
		assert_int_equal(level->has_destinations, table[i].reason == STATUS_OK);
		assert_int_equal(level->destinations, table[i].count);
		assert_int_equal(level->up, table[i].reason == STATUS_OK);
		if (table[i].reason != STATUS_OK)
			assert_int_equal(destination_issues(&f, STAGE_REFERENCES, table[i].reason),
					 1);
		assert_int_equal(recorded_asked(USERS_PATH "*"), table[i].asked);
		destination_end(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists_of_stores), cmocka_unit_test(test_lists_of_users),
		cmocka_unit_test(test_elements),        cmocka_unit_test(test_long_lists),
		cmocka_unit_test(test_pages),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
