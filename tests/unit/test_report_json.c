/* JSON and CSV of the inventory, the filters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "golden.h"
#include "report/csv.h"
#include "report/json.h"
#include "source/destination/service.h"
#include "sample_view.h"

#define DAY      86400.0
#define TEXT_MAX ((size_t)16 * 1024 * 1024)

static struct telemetry *telemetry;
static const struct snapshot *sample;

static int set_up(void **state)
{
	(void)state;
	telemetry = telemetry_new();
	if (telemetry == NULL)
		return -1;
	sample = sample_snapshot(telemetry);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	telemetry_free(telemetry);
	return 0;
}

/* -- golden files ----------------------------------------------------------------------- */

static void test_golden(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, TEXT_MAX);
	assert_int_equal(report_certificates_json(sample, NULL, SAMPLE_NOW, &buf), STATUS_OK);
	golden_check("certificates.json", buf_text(&buf));
	buf_release(&buf);
	assert_int_equal(report_certificates_csv(sample, NULL, SAMPLE_NOW, &buf), STATUS_OK);
	golden_check("certificates.csv", buf_text(&buf));
	buf_release(&buf);
	assert_int_equal(report_stores_json(sample, SAMPLE_NOW, &buf), STATUS_OK);
	golden_check("stores.json", buf_text(&buf));
	buf_release(&buf);
	assert_int_equal(report_sources_json(sample, SAMPLE_NOW, &buf), STATUS_OK);
	golden_check("sources.json", buf_text(&buf));
	buf_release(&buf);
	assert_int_equal(report_sources_json(sample_outage(), SAMPLE_NOW, &buf), STATUS_OK);
	golden_check("sources.outage.json", buf_text(&buf));
	buf_release(&buf);
}

/* -- JSON ------------------------------------------------------------------------------- */

static struct cJSON *parse(struct buf *buf)
{
	struct cJSON *document = NULL;
	struct error error = { "" };

	if (json_parse(buf_text(buf), buf->len, &document, &error) != STATUS_OK)
		fail_msg("%s", error.text);
	return document;
}

static const struct cJSON *element(const struct cJSON *document, const char *name, size_t index)
{
	const struct cJSON *item = json_first(json_member(document, name));

	while (index-- > 0 && item != NULL)
		item = json_next(item);
	return item;
}

static size_t count(const struct cJSON *array)
{
	size_t n = 0;

	json_each (item, array)
		n++;
	return n;
}

static void test_certificate(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, TEXT_MAX);
	assert_int_equal(report_certificates_json(sample, NULL, SAMPLE_NOW, &buf), STATUS_OK);
	struct cJSON *document = parse(&buf);
	assert_string_equal(json_member_text(document, "generated_at"), "2026-01-01T00:00:00Z");
	assert_int_equal(count(json_member(document, "certificates")), 14);
	const struct cJSON *erp = element(document, "certificates", 3);
	assert_string_equal(json_member_text(erp, "name"), "erp.jks");
	assert_string_equal(json_member_text(erp, "not_after"), "2026-01-15T00:00:00Z");
	assert_string_equal(json_member_text(erp, "renewal"), "manual");
	assert_string_equal(json_member_text(erp, "system_id"), "PRD");
	assert_int_equal(count(json_member(erp, "destinations")), 3);
	const struct cJSON *third =
		json_next(json_next(json_first(json_member(erp, "destinations"))));
	assert_string_equal(json_member_text(third, "name"), "ERP_ORDERS");
	assert_string_equal(json_member_text(third, "level"), "instance");
	assert_string_equal(json_member_text(third, "kind"), "fragment");
	assert_int_equal(count(json_member(json_member(erp, "labels"), "team")), 2);
	/* the chain is not what destinations refer to */
	const struct cJSON *chain = element(document, "certificates", 4);
	assert_int_equal(count(json_member(chain, "destinations")), 0);
	assert_true(json_is_null(json_member(chain, "renewal")));
	/* unknown is null */
	const struct cJSON *unknown = element(document, "certificates", 11);
	assert_string_equal(json_member_text(unknown, "status"), "unknown");
	assert_true(json_is_null(json_member(unknown, "not_after")));
	assert_true(json_is_null(json_member(unknown, "days_until_expiry")));
	json_free(document);
	buf_release(&buf);
}

static void test_sources(void **state)
{
	struct buf buf;
	bool up = true;

	(void)state;
	buf_init(&buf, TEXT_MAX);
	assert_int_equal(report_sources_json(sample, SAMPLE_NOW, &buf), STATUS_OK);
	struct cJSON *document = parse(&buf);
	const struct cJSON *dev = element(document, "sources", 2);
	assert_true(json_bool(json_member(dev, "up"), &up));
	assert_false(up);
	assert_string_equal(json_member_text(dev, "last_error"),
			    "token: 401 with client \"sb-dev\": the service key may be revoked");
	assert_true(json_is_null(json_member(dev, "last_success")));
	assert_string_equal(json_member_text(dev, "next_attempt"), "2025-12-31T23:52:40Z");
	const struct cJSON *level = json_first(json_member(dev, "levels"));
	assert_true(json_is_null(json_member(level, "certificates")));
	assert_true(json_is_null(json_member(dev, "certificates")));
	const struct cJSON *untried = element(document, "sources", 3);
	assert_true(json_is_null(json_member(untried, "up")));
	assert_true(json_is_null(json_member(untried, "last_attempt")));
	assert_true(json_is_null(json_member(untried, "next_attempt")));
	/* nothing was counted yet */
	assert_true(json_is_null(json_member(untried, "certificates")));
	assert_true(json_is_null(json_member(untried, "stores")));
	assert_true(json_is_null(json_member(untried, "stores_not_ok")));
	const struct cJSON *local = element(document, "sources", 1);
	uint64_t n = 0;
	assert_true(json_u64(json_member(local, "certificates"), &n));
	assert_int_equal(n, 2);
	json_free(document);
	buf_release(&buf);
}

/* -- older knowledge -------------------------------------------------------------------- */

static void assert_age(const struct cJSON *object, bool stale, const char *as_of)
{
	bool value = !stale;

	assert_true(json_bool(json_member(object, "stale"), &value));
	assert_int_equal(value, stale);
	if (as_of != NULL)
		assert_string_equal(json_member_text(object, "as_of"), as_of);
	else
		assert_true(json_is_null(json_member(object, "as_of")));
}

static void test_older_knowledge_has_an_age(void **state)
{
	static const char then[] = "2025-12-31T22:00:00Z";
	struct buf buf;

	(void)state;
	buf_init(&buf, TEXT_MAX);
	assert_int_equal(report_certificates_json(sample_outage(), NULL, SAMPLE_NOW, &buf),
			 STATUS_OK);
	struct cJSON *document = parse(&buf);
	assert_int_equal(count(json_member(document, "certificates")), 14);
	assert_age(element(document, "certificates", 0), true, then);
	assert_age(element(document, "certificates", 10), false, "2025-12-31T23:50:00Z");
	/* who uses it: older knowledge, and null rather than nobody */
	const struct cJSON *users =
		json_member(element(document, "certificates", 2), "destinations");
	assert_age(json_first(users), true, then);
	assert_true(
		json_is_null(json_member(element(document, "certificates", 1), "destinations")));
	/* nothing can refer to a file */
	assert_true(
		json_is_array(json_member(element(document, "certificates", 10), "destinations")));
	json_free(document);
	buf_release(&buf);
	assert_int_equal(report_stores_json(sample_outage(), SAMPLE_NOW, &buf), STATUS_OK);
	document = parse(&buf);
	assert_age(element(document, "stores", 5), true, then);
	assert_true(json_is_null(json_member(element(document, "stores", 1), "destinations")));
	json_free(document);
	buf_release(&buf);
}

static void test_missing_is_never_an_empty_list_of_what_is_not_known(void **state)
{
	struct source_view view = { .id = "a",
				    .kind = &destination_service_kind,
				    .name = "a",
				    .system_id = "",
				    .host = "",
				    .subaccount_id = "",
				    .tenant_id = "",
				    .last_error = "",
				    .has_attempt = true };
	struct source_view *views[] = { &view };
	struct snapshot snapshot = { 1, views, 1 };
	bool stale = false;
	struct buf buf;

	(void)state;
	buf_init(&buf, TEXT_MAX);
	assert_int_equal(report_sources_json(sample_outage(), SAMPLE_NOW, &buf), STATUS_OK);
	struct cJSON *document = parse(&buf);
	const struct cJSON *down = element(document, "sources", 0);
	assert_age(down, true, "2025-12-31T22:00:00Z");
	assert_age(json_first(json_member(down, "levels")), true, "2025-12-31T22:00:00Z");
	assert_int_equal(count(json_member(down, "missing")), 1);
	assert_age(json_first(json_member(down, "missing")), true, "2025-12-31T22:00:00Z");
	assert_true(json_bool(json_member(down, "missing_stale"), &stale) && stale);
	assert_string_equal(json_member_text(down, "missing_as_of"), "2025-12-31T22:00:00Z");
	json_free(document);
	buf_release(&buf);
	for (int known = 0; known < 2; known++) { /* nothing is missing, or nobody knows */
		view.missing_known = known;
		assert_int_equal(report_sources_json(&snapshot, SAMPLE_NOW, &buf), STATUS_OK);
		document = parse(&buf);
		const struct cJSON *missing =
			json_member(element(document, "sources", 0), "missing");
		assert_int_equal(json_is_null(missing), !known);
		assert_int_equal(json_is_array(missing), known);
		json_free(document);
		buf_release(&buf);
	}
}

static void test_csv_has_the_age(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, TEXT_MAX);
	assert_int_equal(report_certificates_csv(sample_outage(), NULL, SAMPLE_NOW, &buf),
			 STATUS_OK);
	const char *text = buf_text(&buf);
	assert_non_null(strstr(text, ",labels,stale,as_of,destinations_stale\r\n"));
	assert_non_null(strstr(text, ",true,2025-12-31T22:00:00Z,true\r\n"));
	/* a later certificate of a chain has no users of its own */
	assert_non_null(strstr(text, ",true,2025-12-31T22:00:00Z,false\r\n"));
	assert_non_null(strstr(text, ",false,2025-12-31T23:50:00Z,false\r\n"));
	buf_release(&buf);
}

/* Nothing at all is still a document, and a buffer with a ceiling is a failure, not a cut one. */
static void test_limits(void **state)
{
	struct snapshot none = { 0 };
	struct buf buf;

	(void)state;
	buf_init(&buf, TEXT_MAX);
	assert_int_equal(report_certificates_json(&none, NULL, SAMPLE_NOW, &buf), STATUS_OK);
	assert_string_equal(buf_text(&buf),
			    "{\"generated_at\":\"2026-01-01T00:00:00Z\",\"certificates\":[]}\n");
	buf_release(&buf);
	buf_init(&buf, 1000);
	assert_int_equal(report_certificates_json(sample, NULL, SAMPLE_NOW, &buf),
			 STATUS_TOO_LARGE);
	buf_release(&buf);
	assert_int_equal(report_certificates_csv(sample, NULL, SAMPLE_NOW, &buf), STATUS_TOO_LARGE);
	buf_release(&buf);
	assert_int_equal(report_stores_json(sample, SAMPLE_NOW, &buf), STATUS_TOO_LARGE);
	buf_release(&buf);
	assert_int_equal(report_sources_json(sample, SAMPLE_NOW, &buf), STATUS_TOO_LARGE);
	buf_release(&buf);
}

/* -- CSV -------------------------------------------------------------------------------- */

/* A snapshot of one certificate whose texts are `text`. */
static void check_cell(const char *text, const char *cell)
{
	struct source_view view = *sample->views[1];
	struct inventory_store store = view.stores[0];
	struct inventory_certificate certificate = view.certificates[0];
	struct source_view *views[] = { &view };
	struct snapshot snapshot = { 1, views, 1 };
	char expected[200];
	struct buf buf;

	certificate.texts[CERTIFICATE_SUBJECT] = text;
	certificate.texts[CERTIFICATE_ISSUER] = "I";
	store.name = "N";
	view.stores = &store;
	view.store_count = 1;
	view.certificates = &certificate;
	view.certificate_count = 1;
	buf_init(&buf, TEXT_MAX);
	assert_int_equal(report_certificates_csv(&snapshot, NULL, SAMPLE_NOW, &buf), STATUS_OK);
	assert_true((size_t)snprintf(expected, sizeof(expected),
				     "\r\nlocal,,directory,N,,0,"
				     "certificate,leaf,pem,%s,I,7b,",
				     cell) < sizeof(expected));
	if (strstr(buf_text(&buf), expected) == NULL)
		fail_msg("%s is not in %s", expected, buf_text(&buf));
	buf_release(&buf);
}

static void test_csv_cells(void **state)
{
	(void)state;
	check_cell("", "");
	check_cell("CN=a", "CN=a");
	check_cell("CN=a,O=b", "\"CN=a,O=b\"");
	check_cell("say \"hi\"", "\"say \"\"hi\"\"\"");
	check_cell("two\nlines", "\"two\nlines\"");
	check_cell(" blank", "\" blank\"");
	check_cell("=1+1", "\"'=1+1\"");
	check_cell("=cmd|' /C calc'!A0", "\"'=cmd|' /C calc'!A0\"");
	check_cell("+41", "\"'+41\"");
	check_cell("-1", "\"'-1\"");
	check_cell("@SUM(A1)", "\"'@SUM(A1)\"");
	check_cell("\tx", "\"'\tx\"");
	check_cell("Zürich 東京", "Zürich 東京");
}

/* -- filters ---------------------------------------------------------------------------- */

static size_t matching(const struct report_filter *filter)
{
	struct buf buf;

	buf_init(&buf, TEXT_MAX);
	assert_int_equal(report_certificates_json(sample, filter, SAMPLE_NOW, &buf), STATUS_OK);
	struct cJSON *document = parse(&buf);
	size_t n = count(json_member(document, "certificates"));
	json_free(document);
	buf_release(&buf);
	assert_int_equal(report_certificates_csv(sample, filter, SAMPLE_NOW, &buf), STATUS_OK);
	size_t lines = 0;
	for (size_t i = 0; i < buf.len; i++)
		lines += buf.data[i] == '\n';
	assert_int_equal(lines, n + 1);
	buf_release(&buf);
	return n;
}

static void test_filters(void **state)
{
	static const struct {
		struct report_filter filter;
		size_t count;
	} table[] = {
		{ { .source = NULL }, 14 },
		{ { .source = "prod-eu10" }, 10 },
		{ { .source = "local" }, 2 },
		{ { .source = "prod" }, 0 },
		{ { .system_id = "PRD" }, 12 },
		{ { .system_id = "" }, 2 },
		{ { .status = "expired" }, 1 },
		{ { .status = "expiring" }, 4 },
		{ { .status = "unknown" }, 1 },
		{ { .status = "EXPIRED" }, 0 },
		{ { .type = "keystore" }, 5 },
		{ { .type = "saml_trust" }, 1 },
		{ { .type = "subaccount" }, 1 },
		{ { .has_within = true, .within_s = 30 * DAY }, 5 },
		{ { .has_within = true, .within_s = 0 }, 1 },
		{ { .has_within = true, .within_s = 0, .or_unknown = true }, 2 },
		{ { .has_within = true, .within_s = 20 * DAY - 0.5 }, 4 },
		{ { .has_within = true, .within_s = 20 * DAY - 0.6 }, 3 },
		{ { .type = "keystore", .status = "expiring", .source = "prod-eu10" }, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		assert_int_equal(matching(&table[i].filter), table[i].count);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_certificate),
		cmocka_unit_test(test_sources),
		cmocka_unit_test(test_older_knowledge_has_an_age),
		cmocka_unit_test(test_missing_is_never_an_empty_list_of_what_is_not_known),
		cmocka_unit_test(test_csv_has_the_age),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_csv_cells),
		cmocka_unit_test(test_filters),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
