/* The page: what it says of nothing, before the first attempt, and while a source is down. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "sample_view.h"
#include "source/destination/levels.h"
#include "source/destination/service.h"
#include "web/page/assets.h"
#include "web/page/page.h"

static void test_page_of_nothing(void **state)
{
	struct snapshot_store *store = snapshot_store_new();
	struct snapshot *snapshot = snapshot_store_current(store);
	struct page page = { .snapshot = snapshot, .now_s = 1e9, .telemetry_path = "/\"><b>" };
	struct buf buf;
	char *policy = page_content_security_policy();

	(void)state;
	buf_init(&buf, PAGE_MAX);
	assert_int_equal(page_write(&page, &buf), STATUS_OK);
	assert_non_null(strstr(buf_text(&buf), "No certificate is known yet."));
	assert_non_null(strstr(buf_text(&buf), "href=\"/&quot;&gt;&lt;b&gt;\""));
	assert_non_null(policy);
	free(policy);
	buf_release(&buf);
	snapshot_unref(snapshot);
	snapshot_store_free(store);
}

static void test_page_of_a_source_that_was_not_tried(void **state)
{
	static struct inventory_level levels[] = { { .name = LEVEL_SUBACCOUNT } };
	struct source_view fresh = { .id = "a",
				     .kind = &destination_service_kind,
				     .name = "a",
				     .host = "",
				     .last_error = "",
				     .levels = levels,
				     .level_count = 1 };
	struct source_view *views[] = { &fresh };
	struct snapshot snapshot = { .view_count = 1, .views = views };
	struct page page = { .snapshot = &snapshot, .now_s = 1e9, .telemetry_path = "/metrics" };
	struct buf buf;

	(void)state;
	for (int known = 0; known < 2; known++) {
		fresh.has_attempt = fresh.up = levels[0].has_up = levels[0].up = known;
		fresh.missing_known = fresh.users_known = known;
		buf_init(&buf, PAGE_MAX);
		assert_int_equal(page_write(&page, &buf), STATUS_OK);
		const char *text = buf_text(&buf);
		assert_int_equal(strstr(text, "data-l=\"Certificates\">0<") != NULL, known);
		assert_int_equal(strstr(text, "data-l=\"Stores\">0<") != NULL, known);
		assert_int_equal(strstr(text, "every store could be read") != NULL, known);
		assert_int_equal(strstr(text, "refers to exists") != NULL, known);
		assert_int_equal(strstr(text, "1 of them nothing is known yet") != NULL, !known);
		assert_int_equal(strstr(text, "Not tried yet") != NULL, !known);
		/* what nobody knows is no number */
		assert_int_equal(strstr(text, "<b>0</b><span>expired<") != NULL, known);
		assert_int_equal(strstr(text, "<b>?</b><span>expired<") != NULL, !known);
		assert_int_equal(strstr(text, "<b>0</b><span>missing references<") != NULL, known);
		assert_int_equal(strstr(text, "missing of a is not known") != NULL, !known);
		buf_release(&buf);
	}
}

/* Every number of a card that says a status. */
static size_t sum_of_status_cards(const char *text)
{
	size_t sum = 0;

	while ((text = strstr(text, "data-f=\"")) != NULL) {
		text += strlen("data-f=\"");
		const char *number = strstr(text, "<b>");
		assert_non_null(number);
		sum += *text != '"' ? strtoul(number + 3, NULL, 10) : 0;
	}
	return sum;
}

static void test_page_in_an_outage(void **state)
{
	struct telemetry *telemetry = telemetry_new();
	const struct snapshot *before = sample_snapshot(telemetry);
	struct page page = { .snapshot = before,
			     .now_s = SAMPLE_NOW,
			     .telemetry_path = "/metrics" };
	struct buf buf;

	(void)state;
	buf_init(&buf, PAGE_MAX);
	assert_int_equal(page_write(&page, &buf), STATUS_OK);
	assert_int_equal(sum_of_status_cards(buf_text(&buf)), 14); /* one is not yet valid */
	assert_non_null(strstr(buf_text(&buf), "<b>1</b><span>not yet valid<"));
	assert_non_null(strstr(buf_text(&buf), "<b>1</b><span>of unknown expiry<"));
	assert_non_null(strstr(buf_text(&buf), "<b>3</b><span>stores with problems<"));
	assert_non_null(strstr(buf_text(&buf), "/<wbr>empty.jks")); /* it is one of them */
	assert_null(strstr(buf_text(&buf), "<small class=\"old\">"));
	assert_null(strstr(buf_text(&buf), "Older knowledge"));
	assert_non_null(
		strstr(buf_text(&buf), "data-v=\"1766188800\">-13<")); /* 12 d and 0.5 s ago */
	buf_release(&buf);
	page.snapshot = sample_outage();
	assert_int_equal(page_write(&page, &buf), STATUS_OK);
	const char *text = buf_text(&buf);
	assert_int_equal(sum_of_status_cards(text), 14);
	assert_non_null(strstr(text, "10 of 14 certificates could not be read"));
	assert_non_null(strstr(text, "Not read whole: Production EU10 (<time"));
	assert_non_null(strstr(text,
			       "<small class=\"old\"><time datetime=\"2025-12-31T22:00:00Z\" "
			       "title=\"2025-12-31T22:00:00Z\">as of 2 h ago</time></small>"));
	assert_non_null(strstr(text, "<b>?</b><span>missing references, 1 from before<"));
	assert_non_null(strstr(text, "What is missing of Production EU10 cannot be said now"));
	assert_non_null(strstr(text, "; 1 was missing then."));
	assert_non_null(strstr(text, "legacy-trust.jks"));
	assert_non_null(strstr(text, "not known now</small>")); /* who uses the others */
	assert_null(strstr(text, "refers to exists"));
	buf_release(&buf);
	telemetry_free(telemetry);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_page_of_nothing),
		cmocka_unit_test(test_page_of_a_source_that_was_not_tried),
		cmocka_unit_test(test_page_in_an_outage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
