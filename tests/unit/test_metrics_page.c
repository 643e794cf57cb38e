/*
 * The page as a whole: well-formed, no series twice, families contiguous over any inventory; what
 * is unknown is absent.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "metrics/facts.h"
#include "metrics/families.h"
#include "metrics/inventory.h"
#include "metrics/metrics.h"
#include "metrics/self.h"
#include "metrics/sources.h"
#include "sample_view.h"

#define ROUNDS       60
#define FAMILIES_MAX 200

struct fixture {
	struct telemetry *telemetry;
	struct arena *arena;
	struct buf page;
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	if (fixture == NULL)
		return -1;
	fixture->telemetry = telemetry_new();
	fixture->arena = arena_new();
	buf_init(&fixture->page, EXPOSITION_MAX);
	*state = fixture;
	return fixture->telemetry != NULL && fixture->arena != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	buf_release(&fixture->page);
	arena_free(fixture->arena);
	telemetry_free(fixture->telemetry);
	free(fixture);
	return 0;
}

static const char *write_page(struct fixture *fixture, const struct snapshot *snapshot,
			      enum exposition_format format, bool whole)
{
	struct exposition exposition = { .format = format,
					 .snapshot = snapshot,
					 .telemetry = fixture->telemetry,
					 .now_s = SAMPLE_NOW,
					 .with_process = whole,
					 .with_web = whole };

	buf_release(&fixture->page);
	assert_int_equal(metrics_write(&exposition, &fixture->page), STATUS_OK);
	return buf_text(&fixture->page);
}

/* -- labels ------------------------------------------------------------------------------ */

/* Two rows of a list of labels that are swapped, in the table or where they get their values, are
 * reported by name: in a golden page only a reader of the difference would see them. */
static void test_labels_are_in_their_places(void **state)
{
	static void (*const parts[])(struct writer * w, const struct exposition *exposition) = {
		page_inventory,
		page_sources,
		page_facts,
		page_self,
	};
	struct fixture *fixture = *state;
	const struct exposition exposition = { .snapshot = sample_snapshot(fixture->telemetry),
					       .telemetry = fixture->telemetry,
					       .now_s = SAMPLE_NOW,
					       .with_process = true,
					       .with_web = true };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct writer w;
		writer_init(&w, &fixture->page, EXPOSITION_TEXT);
		parts[i](&w, &exposition);
		if (w.mistake.family != NULL)
			fail_msg("%s: label \"%s\" is written where \"%s\" is next",
				 w.mistake.family, w.mistake.label, w.mistake.next);
	}
	assert_int_equal(buf_status(&fixture->page), STATUS_OK);
}

/* -- a strict reader of samples --------------------------------------------------------- */

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || c == '_' || (c >= '0' && c <= '9');
}

/* The end of `name="value"` at `p`, NULL if it is none. */
static const char *label_end(const char *p)
{
	const char *name = p;

	while (is_name(*p))
		p++;
	if (p == name || p[0] != '=' || p[1] != '"')
		return NULL;
	for (p += 2; *p != '"'; p++) {
		if (*p == '\0' || *p == '\n')
			return NULL;
		if (*p == '\\') {
			p++;
			if (*p != '\\' && *p != '"' && *p != 'n')
				return NULL;
		}
	}
	return p + 1;
}

/* The length of the series at the start of a line (name and labels), 0 if it is none. */
static size_t series_len(const char *line)
{
	const char *p = line;

	while (is_name(*p))
		p++;
	if (*p == '{') {
		do {
			p = label_end(p + 1);
		} while (p != NULL && *p == ',');
		if (p == NULL || *p != '}')
			return 0;
		p++;
	}
	return *p == ' ' ? (size_t)(p - line) : 0;
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Splits the page into its series, checks each line, each value, and that none is there twice. */
static size_t check_page(char *page)
{
	size_t count = 0;
	size_t lines = 0;

	assert_true(utf8_valid(page, strlen(page)));
	for (const char *p = page; *p != '\0'; p++)
		lines += *p == '\n';
	char **all = calloc(lines + 1, sizeof(*all));
	assert_non_null(all);
	for (char *line = page; *line != '\0';) {
		char *end = strchr(line, '\n');
		assert_non_null(end); /* the last line too */
		*end = '\0';
		if (*line != '#') {
			size_t len = series_len(line);
			if (len == 0)
				fail_msg("not a sample: %s", line);
			char *after = NULL;
			(void)strtod(line + len + 1, &after);
			assert_true(after != line + len + 1 && *after == '\0');
			line[len] = '\0';
			all[count++] = line;
		}
		line = end + 1;
	}
	qsort(all, count, sizeof(*all), compare_texts);
	for (size_t i = 1; i < count; i++) {
		if (strcmp(all[i - 1], all[i]) == 0)
			fail_msg("twice: %s", all[i]);
	}
	free(all);
	return count;
}

/* Every HELP and TYPE once, followed by samples of that family only. */
static void check_families(const char *page)
{
	char family[200] = "";
	size_t types = 0;
	const char *names[FAMILIES_MAX];

	for (const char *line = page; *line != '\0'; line = strchr(line, '\n') + 1) {
		if (strncmp(line, "# TYPE ", 7) == 0) {
			assert_true(sscanf(line + 7, "%199s", family) == 1);
			assert_true(types < families_count() && types < FAMILIES_MAX);
			for (size_t i = 0; i < types; i++)
				assert_false(strncmp(names[i], line, strlen(family) + 8) == 0);
			names[types++] = line;
		} else if (*line != '#') {
			assert_true(strncmp(line, family, strlen(family)) == 0);
		}
	}
	assert_true(types > 0);
}

/* -- tests
 * ----------------------------------------------------------------------------------------- */

static void test_random_inventories(void **state)
{
	struct fixture *fixture = *state;

	for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
		const struct snapshot *snapshot =
			sample_random(fixture->arena, fixture->telemetry, 1 + seed * 3, seed);
		enum exposition_format format =
			seed % 2 != 0 ? EXPOSITION_TEXT : EXPOSITION_OPENMETRICS;
		check_families(write_page(fixture, snapshot, format, true));
		size_t series = check_page(fixture->page.data);
		assert_true(series > seed * 3 * 4);
	}
}

static void test_sample_is_well_formed(void **state)
{
	struct fixture *fixture = *state;
	const struct snapshot *snapshot = sample_snapshot(fixture->telemetry);

	check_families(write_page(fixture, snapshot, EXPOSITION_TEXT, true));
	(void)check_page(fixture->page.data);
	const char *page = write_page(fixture, snapshot, EXPOSITION_OPENMETRICS, true);
	assert_string_equal(page + strlen(page) - 6, "# EOF\n");
	(void)check_page(fixture->page.data);
}

/* No source at all: what is left is the exporter itself. */
static void test_empty(void **state)
{
	struct fixture *fixture = *state;
	struct snapshot none = { 0 };
	const char *page = write_page(fixture, &none, EXPOSITION_TEXT, true);

	assert_null(strstr(page, "btp_certificate"));
	assert_null(strstr(page, "btp_source"));
	assert_null(strstr(page, "sapcc_"));
	assert_non_null(strstr(page, "\nbtp_cert_exporter_build_info{version=\""));
	assert_non_null(strstr(page, "\nprocess_start_time_seconds "));
	assert_non_null(strstr(page, "\nprocess_open_fds "));
	page = write_page(fixture, &none, EXPOSITION_TEXT, false);
	assert_null(strstr(page, "process_"));
	assert_null(strstr(page, "http_requests"));
	assert_null(strstr(page, "scrape_duration"));
	assert_null(strstr(page, "reload"));
	assert_non_null(strstr(page, "btp_cert_exporter_build_info{"));
}

static void test_unknown_is_absent(void **state)
{
	struct fixture *fixture = *state;
	const char *page =
		write_page(fixture, sample_snapshot(fixture->telemetry), EXPOSITION_TEXT, true);
	static const char *const absent[] = {
		/* never tried */
		"btp_source_up{source=\"test-us10\"}",
		"btp_source_level_up{source=\"test-us10\"",
		"btp_source_last_attempt_timestamp_seconds{source=\"test-us10\"}",
		"btp_source_last_success_timestamp_seconds{source=\"test-us10\"}",
		/* tried, never successful: nothing is known, not even that there is nothing */
		"btp_source_last_success_timestamp_seconds{source=\"dev-us10\"}",
		"btp_certificates{source=\"dev-us10\"",
		"btp_certificate_stores{source=\"dev-us10\"",
		"btp_destinations{source=\"dev-us10\"",
		/* fragments of the subaccount were not listed */
		"btp_destinations{source=\"prod-eu10\",level=\"subaccount\",kind=\"fragment\"}",
		/* verified */
		"btp_source_tls_verification_disabled{source=\"prod-eu10\"}",
		/* a certificate whose times could not be read */
		"東京.pem\",entry=\"\",position=\"1\"} ",
		/* a locked store has no end */
		"level=\"subaccount\",name=\"partner.p12\"} ",
		/* endpoints that were not used, kinds that have none */
		"btp_api_requests_total{source=\"prod-eu10\",endpoint=\"fragments\"",
		"btp_api_requests_total{source=\"local\"",
		"btp_source_errors_total{source=\"local\",stage=\"token\"",
		/* facts: a time that is none, a number that is none, what other kinds do not have
		 */
		("sapcc_subaccount_tunnel_connected_since_timestamp_seconds{source=\"scc-"
		 "walldorf\",region_host=\"cf.eu10.hana.ondemand.com\",subaccount=\"00000000\""),
		"sapcc_cpu_usage_ratio{source=\"scc-walldorf\",scope=\"total\"}",
		"sapcc_info{source=\"prod-eu10\"",
		/* the API of a Cloud Connector has no tokens and no bytes of certificates */
		"btp_source_errors_total{source=\"scc-walldorf\",stage=\"token\"",
		"btp_source_errors_total{source=\"scc-walldorf\",stage=\"decode\"",
		"{source=\"scc-walldorf\",stage=\"fetch\",reason=\"http_404\"}",
	};
	static const char *const there[] = {
		"btp_source_up{source=\"dev-us10\"} 0\n",
		"btp_source_up{source=\"prod-eu10\"} 1\n",
		"btp_source_level_up{source=\"dev-us10\",level=\"subaccount\"} 0\n",
		"btp_source_poll_interval_seconds{source=\"test-us10\"} 3600\n",
		"東京.pem\",entry=\"\",position=\"1\",status=\"unknown\"} 1\n",
		"{source=\"dev-us10\",stage=\"token\",reason=\"http_401\"} 1\n",
		"{source=\"test-us10\",stage=\"list\",reason=\"timeout\"} 0\n",
		"{source=\"local\",stage=\"fetch\",reason=\"io\"} 0\n",
		"{source=\"scc-walldorf\",stage=\"list\",reason=\"login_page\"} 0\n",
		"sapcc_corrupted_subaccounts{source=\"scc-walldorf\"} 0\n",
		"sapcc_clock_skew_seconds{source=\"scc-walldorf\"} -2\n",
		/* not in the table of what can occur, but it did */
		"{source=\"dev-us10\",stage=\"token\",reason=\"login_page\"} 1\n",
		"{source=\"dev-us10\",endpoint=\"token\",code_class=\"2xx\"} 0\n",
		"btp_certificate_cache_misses_total{source=\"test-us10\"} 0\n",
	};

	for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++) {
		if (strstr(page, absent[i]) != NULL)
			fail_msg("should be absent: %s", absent[i]);
	}
	for (size_t i = 0; i < sizeof(there) / sizeof(there[0]); i++) {
		if (strstr(page, there[i]) == NULL)
			fail_msg("should be there: %s", there[i]);
	}
}

/* The status and the days are of the moment of the scrape, not of the refresh. */
static void test_moment_of_the_scrape(void **state)
{
	struct fixture *fixture = *state;
	struct exposition exposition = { .snapshot = sample_snapshot(fixture->telemetry),
					 .telemetry = fixture->telemetry,
					 .now_s = SAMPLE_NOW + 100 * 86400 };

	assert_int_equal(metrics_write(&exposition, &fixture->page), STATUS_OK);
	assert_non_null(strstr(buf_text(&fixture->page),
			       "btp_certificate_status{source=\"prod-eu10\",level=\"binding\",name="
			       "\"binding\",entry=\"\",position=\"0\",status=\"expired\"} 1\n"));
	assert_non_null(strstr(buf_text(&fixture->page), "} -95.000006\n"));
}

static void test_too_large(void **state)
{
	struct fixture *fixture = *state;
	struct exposition exposition = { .snapshot = sample_snapshot(fixture->telemetry),
					 .telemetry = fixture->telemetry,
					 .now_s = SAMPLE_NOW,
					 .with_web = true };
	struct buf small;

	for (size_t max = 0; max < 50000; max += 3911) {
		buf_init(&small, max);
		assert_int_equal(metrics_write(&exposition, &small), STATUS_TOO_LARGE);
		buf_release(&small);
	}
}

static void test_content_types(void **state)
{
	(void)state;
	assert_string_equal(exposition_content_type(EXPOSITION_TEXT),
			    "text/plain; version=0.0.4; charset=utf-8");
	assert_string_equal(exposition_content_type(EXPOSITION_OPENMETRICS),
			    "application/openmetrics-text; version=1.0.0; charset=utf-8");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_labels_are_in_their_places, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_random_inventories, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_sample_is_well_formed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_empty, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_unknown_is_absent, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_moment_of_the_scrape, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_too_large, set_up, tear_down),
		cmocka_unit_test(test_content_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
