/* The table of --once: golden files, widths, colours, hostile texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "golden.h"
#include "report/grid.h"
#include "report/report.h"
#include "report/width.h"
#include "sample_view.h"

#define TEXT_MAX ((size_t)16 * 1024 * 1024)

static void render(struct buf *buf, const struct snapshot *snapshot, bool colour, unsigned width)
{
	buf_init(buf, TEXT_MAX);
	assert_int_equal(report_table(snapshot, SAMPLE_NOW, colour, width, buf), STATUS_OK);
}

static void test_golden(void **state)
{
	struct telemetry *telemetry = telemetry_new();
	static const unsigned widths[] = { 0, 80, 120, 200 };
	char file[64];
	struct buf buf;

	(void)state;
	assert_non_null(telemetry);
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		render(&buf, sample_snapshot(telemetry), false, widths[i]);
		(void)snprintf(file, sizeof(file), "table.%u.txt", widths[i]);
		golden_check(file, buf_text(&buf));
		buf_release(&buf);
	}
	telemetry_free(telemetry);
}

static void test_colours(void **state)
{
	struct telemetry *telemetry = telemetry_new();
	struct buf buf;

	(void)state;
	assert_non_null(telemetry);
	const struct snapshot *snapshot = sample_snapshot(telemetry);
	render(&buf, snapshot, false, 120);
	assert_null(strchr(buf_text(&buf), '\033'));
	buf_release(&buf);
	render(&buf, snapshot, true, 120);
	size_t red = 0;
	size_t yellow = 0;
	for (const char *p = buf_text(&buf); (p = strchr(p, '\033')) != NULL; p++) {
		red += strncmp(p, "\033[31m", 5) == 0;
		yellow += strncmp(p, "\033[33m", 5) == 0;
	}
	assert_int_equal(red, 1);
	assert_int_equal(yellow, 4);
	buf_release(&buf);
	telemetry_free(telemetry);
}

/* No line of the certificates is wider than the terminal, whatever is in them. */
static void test_fits(void **state)
{
	struct arena *arena = arena_new();
	struct telemetry *telemetry = telemetry_new();
	struct buf buf;
	char line[8192];

	(void)state;
	assert_true(arena != NULL && telemetry != NULL);
	for (unsigned width = 70; width <= 250; width += 9) {
		render(&buf, sample_random(arena, telemetry, 50, width), false, width);
		size_t lines = 0;
		for (const char *p = buf_text(&buf); *p != '\n' && *p != '\0'; lines++) {
			size_t len = strcspn(p, "\n");
			assert_true(len < sizeof(line));
			memcpy(line, p, len);
			line[len] = '\0';
			assert_true(utf8_valid(line, len));
			assert_true(text_columns(line) <= width);
			p += len + 1;
		}
		assert_int_equal(lines, 51); /* with the titles */
		buf_release(&buf);
	}
	telemetry_free(telemetry);
	arena_free(arena);
}

static void test_nothing(void **state)
{
	struct snapshot none = { 0 };
	struct buf buf;

	(void)state;
	render(&buf, &none, true, 80);
	assert_string_equal(buf_text(&buf), "0 certificates in 0 stores of 0 sources\n");
	buf_release(&buf);
	buf_init(&buf, 10);
	assert_int_equal(report_table(&none, SAMPLE_NOW, false, 80, &buf), STATUS_TOO_LARGE);
	buf_release(&buf);
}

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
		enum cut cut;
		const char *shown;
		size_t used;
	} table[] = {
		{ "abcdef", 6, CUT_END, "abcdef", 6 },
		{ "abcdef", 5, CUT_END, "abcd…", 5 },
		{ "abcdef", 1, CUT_END, "…", 1 },
		{ "abcdef", 0, CUT_END, "", 0 },
		{ "abcdef", SIZE_MAX, CUT_END, "abcdef", 6 },
		{ "abcdef", 5, CUT_MIDDLE, "ab…ef", 5 },
		{ "abcdef", 4, CUT_MIDDLE, "a…ef", 4 },
		{ "abcdef", 2, CUT_MIDDLE, "…f", 2 },
		{ "abcdef", 1, CUT_MIDDLE, "…", 1 },
		{ "東京都", 5, CUT_END, "東京…", 5 },
		{ "東京都", 4, CUT_END, "東…", 3 },
		{ "東京都", 5, CUT_MIDDLE, "東…都", 5 },
		{ "東京都", 4, CUT_MIDDLE, "…都", 3 },
		{ "uu\xCC\x88u", 2, CUT_MIDDLE, "…u", 2 },
		{ "a\xE2\x80\xAE"
		  "b",
		  9, CUT_END,
		  "a\xEF\xBF\xBD"
		  "b",
		  3 },
	};
	struct buf buf;

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		buf_init(&buf, TEXT_MAX);
		assert_int_equal(
			text_put_columns(&buf, table[i].text, table[i].columns, table[i].cut),
			table[i].used);
		assert_string_equal(buf_text(&buf), table[i].shown);
		buf_release(&buf);
	}
}

static void test_grid(void **state)
{
	static const struct grid_column columns[] = {
		{ "A", 3, 1, 0, false, CUT_END },
		{ "LONG", 4, 1, 1, true, CUT_END },
		{ "EMPTY", 4, 1, 0, false, CUT_END },
		{ "LAST", 4, 3, 0, false, CUT_END },
	};
	static const char *const first[] = { "one", "1", "", "the first of all rows" };
	static const char *const second[] = { "three", "12345", "", "x" };
	struct grid *grid = grid_new(columns, 4);
	struct buf buf;

	(void)state;
	assert_non_null(grid);
	assert_true(grid_add(grid, first, GRID_PLAIN));
	assert_true(grid_add(grid, second, GRID_RED));
	assert_int_equal(grid_rows(grid), 2);
	buf_init(&buf, TEXT_MAX);
	grid_put(grid, &buf, 0, 1, false);
	assert_string_equal(buf_text(&buf), " A       LONG  EMPTY  LAST\n"
					    " one        1         the first of all rows\n"
					    " three  12345         x\n");
	buf_release(&buf);
	grid_put(grid, &buf, 24, 0, false);
	assert_string_equal(buf_text(&buf), "A    LONG  EMP…  LAST\n"
					    "one     1        the fi…\n"
					    "th…  123…        x\n");
	buf_release(&buf);
	grid_put(grid, &buf, 18, 0, true);
	assert_non_null(strstr(buf_text(&buf), "\033[31mth"));
	assert_null(strstr(buf_text(&buf), "LONG"));
	buf_release(&buf);
	grid_free(grid);
	grid_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),  cmocka_unit_test(test_colours),
		cmocka_unit_test(test_fits),    cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_columns), cmocka_unit_test(test_cut),
		cmocka_unit_test(test_grid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
