/* The table of --once: golden files, colours, hostile texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "golden.h"
#include "report/table.h"
#include "report/width.h"
#include "sample_view.h"
#include "source/destination/levels.h"
#include "source/destination/service.h"
#include "source/directory/directory.h"
#include "source/directory/levels.h"

#define TEXT_MAX ((size_t)16 * 1024 * 1024)

static const struct report_table everything = {
	.judge = { .now_s = SAMPLE_NOW, .critical_days = 14 },
};

static void render(struct buf *buf, const struct snapshot *snapshot, bool colour, unsigned width)
{
	struct report_table table = everything;

	table.colour = colour;
	table.width = width;
	buf_init(buf, TEXT_MAX);
	assert_int_equal(report_table(snapshot, &table, buf), STATUS_OK);
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
	for (unsigned width = 40; width <= 250; width += 9) {
		render(&buf, sample_random(arena, telemetry, 50, width), false, width);
		size_t lines = 0;
		for (const char *p = buf_text(&buf); *p != '\0';) {
			size_t len = strcspn(p, "\n");
			bool of_sections = *p == ' ' || p[len + 1] == '\0';
			assert_true(len < sizeof(line));
			memcpy(line, p, len);
			line[len] = '\0';
			assert_true(utf8_valid(line, len));
			/* the sections and the summary are never cut */
			assert_true(of_sections || text_columns(line) <= width);
			lines += len > 0 && !of_sections && line[len - 1] != ':';
			p += len + 1;
		}
		assert_int_equal(lines, 50 + 2); /* with the titles of both parts */
		buf_release(&buf);
	}
	telemetry_free(telemetry);
	arena_free(arena);
}

/* -- order and choice ------------------------------------------------------------------- */

#define DAY INT64_C(86400)

static const char *const nobody[] = { "" };

/* A certificate in a store of its own, for each `days`; the text of the table. */
static void render_days(struct buf *buf, const struct report_table *table, const int *days,
			size_t count)
{
	struct inventory_store stores[8];
	struct inventory_certificate certificates[8];
	char names[8][32];
	struct source_view view = { .id = "files",
				    .kind = &directory_kind,
				    .has_attempt = true,
				    .up = true,
				    .last_error = "" };
	struct source_view *views[] = { &view };
	struct snapshot snapshot = { 1, views, 1 };

	for (size_t i = 0; i < count; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "day%d.pem", days[i]);
		stores[i] = (struct inventory_store){ .level = LEVEL_DIRECTORY,
						      .name = names[i],
						      .type = "certificate",
						      .detail = "" };
		certificates[i] = (struct inventory_certificate){
			.store = i,
			.entry = "",
			.role = CERTIFICATE_LEAF,
			.has_not_after = days[i] != INT32_MAX,
			.not_after_s = (int64_t)SAMPLE_NOW + days[i] * DAY + 1,
			.texts[CERTIFICATE_SUBJECT] = "",
			.destinations = nobody,
			.destination_count = 1,
		};
	}
	view.stores = stores;
	view.certificates = certificates;
	view.store_count = view.certificate_count = count;
	stores[count - 1].state = STORE_PARTIAL;
	buf_init(buf, TEXT_MAX);
	assert_int_equal(report_table(&snapshot, table, buf), STATUS_OK);
}

static size_t place(const struct buf *buf, const char *text)
{
	const char *found = strstr(buf_text(buf), text);

	if (found == NULL)
		fail_msg("%s is not in:\n%s", text, buf_text(buf));
	return (size_t)(found - buf_text(buf));
}

/* What matters most is what a terminal shows: the end. */
static void test_soonest_last(void **state)
{
	static const int days[] = { 300, -3, INT32_MAX, 20, 5, 31, -40 };
	static const char *const order[] = {
		"day300.pem",
		"day31.pem",
		"stores with problems:",
		"partial",
		"needs attention:",
		"EXPIRES ",
		"day2147483647.pem",
		"day20.pem",
		"day5.pem",
		"day-3.pem",
		"day-40.pem",
		"7 certificates in 7",
		"; 5 need attention;",
	};
	size_t before = 0;
	struct buf buf;

	(void)state;
	render_days(&buf, &everything, days, 7);
	assert_int_equal(place(&buf, "EXPIRES"), 0);
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		const char *found = strstr(buf_text(&buf) + before + 1, order[i]);
		if (found == NULL)
			fail_msg("%s is not behind the others in:\n%s", order[i], buf_text(&buf));
		before = (size_t)(found - buf_text(&buf));
	}
	buf_release(&buf);
}

static void test_days_limit_what_is_shown(void **state)
{
	static const int days[] = { 300, -3, INT32_MAX, 20, 5 };
	struct report_filter within = { .has_within = true,
					.within_s = 10 * 86400,
					.or_unknown = true };
	struct report_table table = everything;
	struct buf buf;

	(void)state;
	table.filter = &within;
	render_days(&buf, &table, days, 5);
	assert_null(strstr(buf_text(&buf), "day300.pem"));
	assert_null(strstr(buf_text(&buf), "day20.pem"));
	(void)place(&buf, "day5.pem");
	(void)place(&buf, "day-3.pem");
	(void)place(&buf, "day2147483647.pem"); /* nobody knows */
	(void)place(&buf, "partial");           /* what is broken is always shown */
	(void)place(&buf, "5 certificates in 5 stores of 1 source: 1 expired, 2 expiring, 1 valid, "
			  "1 unknown; 3 shown (--once.days=10); 4 need attention");
	buf_release(&buf);
}

static void test_critical_days_need_attention(void **state)
{
	static const int days[] = { 60, 300 };
	struct report_table table = everything;
	struct buf buf;

	(void)state;
	render_days(&buf, &table, days, 2);
	assert_null(strstr(buf_text(&buf), "attention"));
	buf_release(&buf);
	table.judge.critical_days = 90;
	render_days(&buf, &table, days, 2);
	assert_true(place(&buf, "needs attention:") < place(&buf, "day60.pem"));
	assert_true(place(&buf, "day300.pem") < place(&buf, "needs attention:"));
	buf_release(&buf);
}

/* Roots and what nobody uses stand with what needs nobody, unless they are asked for. */
static void test_count_all(void **state)
{
	struct telemetry *telemetry = telemetry_new();
	struct report_table table = everything;
	struct buf buf;

	(void)state;
	assert_non_null(telemetry);
	const struct snapshot *snapshot = sample_snapshot(telemetry);
	render(&buf, snapshot, false, 0);
	assert_true(place(&buf, "gen-client.pem") < place(&buf, "needs attention:"));
	(void)place(&buf, "nobody");
	buf_release(&buf);
	table.judge.all = true;
	buf_init(&buf, TEXT_MAX);
	assert_int_equal(report_table(snapshot, &table, &buf), STATUS_OK);
	assert_true(place(&buf, "needs attention:") < place(&buf, "gen-client.pem"));
	buf_release(&buf);
	telemetry_free(telemetry);
}

/* A destination that names a store twice counts once; what stands behind five names is counted. */
static void test_users(void **state)
{
	static const char *const names[] = { "A", "B", "C", "D", "E", "F", "G" };
	static const char *const star[] = { "*" };
	struct inventory_store store = { .level = LEVEL_SUBACCOUNT,
					 .name = "a.pem",
					 .type = "certificate",
					 .detail = "",
					 .reference_count = 9,
					 .certificate_count = 2 };
	struct inventory_certificate rows[2] = {
		{ .entry = "",
		  .texts[CERTIFICATE_SUBJECT] = "",
		  .destinations = names,
		  .destination_count = 7 },
		{ .entry = "",
		  .texts[CERTIFICATE_SUBJECT] = "",
		  .position = 1,
		  .destinations = nobody,
		  .destination_count = 1 },
	};
	struct inventory_reference references[9] = { { 0 } };
	struct source_view view = { .id = "prod",
				    .kind = &destination_service_kind,
				    .has_attempt = true,
				    .up = true,
				    .last_error = "",
				    .stores = &store,
				    .store_count = 1,
				    .references = references,
				    .reference_count = 9,
				    .certificates = rows,
				    .certificate_count = 2 };
	struct source_view *views[] = { &view };
	struct snapshot snapshot = { 1, views, 1 };
	struct buf buf;

	(void)state;
	for (size_t i = 0; i < 9; i++)
		references[i].property = "KeyStoreLocation";
	render(&buf, &snapshot, false, 0);
	(void)place(&buf, "a.pem     A, B, C, D, E and 2 more  prod");
	(void)place(&buf, "a.pem #1  A, B, C, D, E and 2 more  prod");
	buf_release(&buf);
	rows[0].destinations = star;
	rows[0].destination_count = 1;
	render(&buf, &snapshot, false, 0);
	(void)place(&buf, "a.pem #1  9 references");
	buf_release(&buf);
}

/* What is not of the last attempt is marked with its age; what is not known is said to be so. */
static void test_older_knowledge(void **state)
{
	struct freshness older = { true, SAMPLE_NOW - 3 * 3600 };
	struct inventory_level level = { .name = LEVEL_SUBACCOUNT, .has_up = true };
	struct inventory_store store = { .level = LEVEL_SUBACCOUNT,
					 .name = "old.pem",
					 .type = "certificate",
					 .detail = "",
					 .freshness = older,
					 .certificate_count = 1 };
	struct inventory_certificate certificate = { .entry = "",
						     .has_not_after = true,
						     .not_after_s = (int64_t)SAMPLE_NOW + 90 * DAY,
						     .texts[CERTIFICATE_SUBJECT] = "",
						     .destinations = nobody,
						     .destination_count = 1 };
	struct inventory_missing missing = { LEVEL_SUBACCOUNT,   "SHOP",     REFERENCE_DESTINATION,
					     "KeyStoreLocation", "gone.p12", older };
	struct source_view view = { .id = "prod",
				    .kind = &destination_service_kind,
				    .has_attempt = true,
				    .last_error = "list: connect: no route",
				    .levels = &level,
				    .level_count = 1,
				    .stores = &store,
				    .store_count = 1,
				    .certificates = &certificate,
				    .certificate_count = 1,
				    .older_missing = &missing,
				    .older_missing_count = 1 };
	struct source_view *views[] = { &view };
	struct snapshot snapshot = { 1, views, 1 };
	struct buf buf;

	(void)state;
	render(&buf, &snapshot, false, 0);
	assert_string_equal(
		buf_text(&buf),
		"EXPIRES     DAYS  STATUS  READ     NAME     USED BY    SOURCE  LEVEL       TYPE\n"
		"2026-04-01    89  valid   3 h ago  old.pem  not known  prod    subaccount  "
		"certificate\n"
		"\n"
		"missing:\n"
		"  prod  subaccount  destination  SHOP  KeyStoreLocation  gone.p12  not known now, "
		"missing 3 h ago\n"
		"\n"
		"missing references are not known of:\n"
		"  prod  one of the two levels is not configured\n"
		"\n"
		"failed:\n"
		"  prod  list: connect: no route\n"
		"\n"
		"1 certificate (1 older knowledge) in 1 store of 1 source: 1 valid; 1 source with "
		"unknown missing references; 1 source failed\n");
	buf_release(&buf);
}

/* -- the other inventories -------------------------------------------------------------- */

static void test_nothing(void **state)
{
	struct snapshot none = { 0 };
	struct buf buf;

	(void)state;
	render(&buf, &none, true, 80);
	assert_string_equal(buf_text(&buf), "0 certificates in 0 stores of 0 sources\n");
	buf_release(&buf);
	buf_init(&buf, 10);
	assert_int_equal(report_table(&none, &everything, &buf), STATUS_TOO_LARGE);
	buf_release(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_colours),
		cmocka_unit_test(test_fits),
		cmocka_unit_test(test_soonest_last),
		cmocka_unit_test(test_days_limit_what_is_shown),
		cmocka_unit_test(test_critical_days_need_attention),
		cmocka_unit_test(test_count_all),
		cmocka_unit_test(test_users),
		cmocka_unit_test(test_older_knowledge),
		cmocka_unit_test(test_nothing),
	};

	(void)setlocale(LC_CTYPE, "C.UTF-8"); /* as main() does */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
