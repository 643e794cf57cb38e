/* Widths of text on a terminal, and the grid that the table is made with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>
#include <string.h>

#include "base/text.h"
#include "report/grid.h"
#include "report/width.h"

#define TEXT_MAX ((size_t)16 * 1024 * 1024)

static void test_columns(void **state)
{
	static const struct {
		const char *text;
		size_t columns;
	} table[] = {
		{ "", 0 },
		{ "abc", 3 },
		{ "Zürich", 6 },
		{ "u\xCC\x88", 1 }, /* u and a combining diaeresis */
		{ "東京", 4 },
		{ "😀", 2 },
		{ "ཀི", 1 }, /* Tibetan KA with a vowel sign above it */
		{ "…", 1 },
		{ "a\tb", 3 },
		{ "\x1b[31m", 5 }, /* shown as U+FFFD and the rest */
		{ "\xff", 1 },
		{ "\xE2\x80\xAE"
		  "abc",
		  4 }, /* right-to-left override */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		assert_int_equal(text_columns(table[i].text), table[i].columns);
}

static void test_cut(void **state)
{
	static const struct {
		const char *text;
		size_t columns;
		size_t keep;
		const char *shown;
		size_t used;
	} table[] = {
		{ "abcdef", 6, 0, "abcdef", 6 },
		{ "abcdef", 5, 0, "abcd…", 5 },
		{ "abcdef", 1, 0, "…", 1 },
		{ "abcdef", 0, 0, "", 0 },
		{ "abcdef", SIZE_MAX, 0, "abcdef", 6 },
		{ "abcdef", 5, 2, "ab…ef", 5 },
		{ "abcdef", 4, 2, "a…ef", 4 },
		{ "abcdef", 3, 2, "…ef", 3 },
		{ "abcdef", 1, 2, "…", 1 },
		{ "abcdef", 5, SIZE_MAX, "abcd…", 5 },
		{ "/opt/app/conf/東京.jks [a/b]", 30, 15, "/opt/app/conf/東京.jks [a/b]", 28 },
		{ "/opt/app/conf/東京.jks [a/b]", 16, 15, "…/東京.jks [a/b]", 16 },
		{ "/opt/app/conf/東京.jks [a/b]", 13, 15, "…/東京.jks […", 13 },
		{ "/opt/app/conf/東京.jks [a/b]", 17, 15, "/…/東京.jks [a/b]", 17 },
		{ "東京都", 5, 0, "東京…", 5 },
		{ "東京都", 4, 0, "東…", 3 },
		{ "東京都", 5, 2, "東…都", 5 },
		{ "東京都", 4, 2, "…都", 3 },
		{ "uu\xCC\x88u", 2, 1, "…u", 2 },
		{ "a\xE2\x80\xAE"
		  "b",
		  9, 0,
		  "a\xEF\xBF\xBD"
		  "b",
		  3 },
	};
	struct buf buf;

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		buf_init(&buf, TEXT_MAX);
		size_t used =
			text_put_columns(&buf, table[i].text, table[i].columns, table[i].keep);
		assert_string_equal(buf_text(&buf), table[i].shown);
		assert_int_equal(used, table[i].used);
		buf_release(&buf);
	}
}

static void put(const struct grid *grid, unsigned width, unsigned indent, bool colour,
		const char *wanted)
{
	struct buf buf;

	buf_init(&buf, TEXT_MAX);
	grid_put(grid, &buf, 0, grid_rows(grid), width, indent, colour);
	assert_string_equal(buf_text(&buf), wanted);
	buf_release(&buf);
}

static void test_grid(void **state)
{
	static const struct grid_column columns[] = {
		{ "A", 3, 3, false },     { "LONG", 4, 4, true },   { "WORD", 4, 4, false },
		{ "EMPTY", 4, 4, false }, { "LAST", 11, 0, false },
	};
	static const char *const first[] = { "one", "1", "yes", "", "the first of all rows" };
	static const char *const second[] = { "three", "12345", "", "", "x" };
	struct grid *grid = grid_new(columns, 5);

	(void)state;
	assert_non_null(grid);
	assert_true(grid_add(grid, first, GRID_PLAIN));
	assert_true(grid_add(grid, second, GRID_RED));
	assert_int_equal(grid_rows(grid), 2);
	put(grid, 0, 1, false,
	    " A       LONG  WORD  LAST\n"
	    " one        1  yes   the first of all rows\n"
	    " three  12345        x\n");
	/* the last column has at least what it wants */
	put(grid, 31, 0, false,
	    "A       LONG  WORD  LAST\n"
	    "one        1  yes   the first …\n"
	    "three  12345        x\n");
	/* or it is left out, and the others have its place */
	put(grid, 25, 0, false,
	    "A       LONG  WORD\n"
	    "one        1  yes\n"
	    "three  12345\n");
	put(grid, 16, 0, true,
	    "\033[1mA     LONG  WORD\033[0m\n"
	    "one      1  yes\n"
	    "\033[31mthr…  123…\033[0m\n");
	grid_free(grid);
	grid_free(NULL);
}

/* What is never cut is not padded either where that would only make the lines longer. */
static void test_grid_without_titles(void **state)
{
	static const struct grid_column columns[3] = { { .title = NULL } };
	static const char *const long_row[] = { "source", "/a/long/path", "why" };
	static const char *const short_row[] = { "b", "c", "" };
	struct grid *grid = grid_new(columns, 3);

	(void)state;
	assert_non_null(grid);
	assert_true(grid_add(grid, long_row, GRID_PLAIN));
	assert_true(grid_add(grid, short_row, GRID_PLAIN));
	put(grid, 27, 2, false,
	    "  source  /a/long/path  why\n"
	    "  b       c\n");
	put(grid, 26, 2, false,
	    "  source  /a/long/path  why\n"
	    "  b  c\n");
	grid_free(grid);
}

/* The end of a text that says what it is stays as long as another column can give something. */
static void test_grid_keeps(void **state)
{
	static const struct grid_column columns[] = {
		{ "N", 4, 4, false },
		{ "U", 9, 5, false },
		{ "S", 9, 0, false },
	};
	static const char *const row[] = { "/opt/application/erp.jks [a/b]", "WHO_USES_IT",
					   "source" };
	struct grid *grid = grid_new(columns, 3);

	(void)state;
	assert_non_null(grid);
	assert_true(grid_add(grid, row, GRID_PLAIN));
	grid_keep(grid, 0, strlen("/erp.jks [a/b]"));
	put(grid, 40, 0, false,
	    "N                    U            S\n"
	    "/opt…/erp.jks [a/b]  WHO_USES_IT  source\n");
	put(grid, 24, 0, false,
	    "N                U\n"
	    "…/erp.jks [a/b]  WHO_US…\n");
	put(grid, 18, 0, false,
	    "N            U\n"
	    "…/erp.jks …  WHO_…\n");
	grid_free(grid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_columns),    cmocka_unit_test(test_cut),
		cmocka_unit_test(test_grid),       cmocka_unit_test(test_grid_without_titles),
		cmocka_unit_test(test_grid_keeps),
	};

	(void)setlocale(LC_CTYPE, "C.UTF-8"); /* as main() does */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
