/* Missing memory while the web server makes an answer: queries, reports with their tags, the page,
 * bodies. There is a whole answer or none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "memory.h"
#include "report/json.h"
#include "sample_view.h"
#include "web/body.h"
#include "web/page/page.h"
#include "web/query.h"

#define BODY_MAX ((size_t)16 << 20)

static struct telemetry *telemetry;
static const struct snapshot *snapshot;

static int setup(void **state)
{
	(void)state;
	telemetry = telemetry_new();
	snapshot = sample_snapshot(telemetry);
	return snapshot != NULL ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	telemetry_free(telemetry);
	return 0;
}

struct answer {
	struct api_query *query;
	char tag[ETAG_SIZE];
	struct body_account account;
	struct body *body;
	char *expected; /* with all the memory */
	char expected_tag[ETAG_SIZE];
};

/* What becomes of a body after it was written. */
static enum status finish_body(struct buf *buf, enum status status, struct answer *answer)
{
	if (status != STATUS_OK) {
		buf_release(buf);
		return status;
	}
	status = body_new(buf, &answer->account, &answer->body);
	if (status == STATUS_OK)
		body_compress(answer->body, true); /* plain if that is not possible */
	return status;
}

static void check_body(struct answer *answer, enum status status)
{
	if (status == STATUS_OK && answer->expected == NULL)
		answer->expected = strdup(answer->body->data);
	if (status == STATUS_OK)
		assert_string_equal(answer->body->data, answer->expected);
	else
		assert_null(answer->body);
	body_unref(answer->body);
	answer->body = NULL;
	assert_int_equal(answer->account.bytes, 0);
	assert_int_equal(answer->account.count, 0);
}

/* -- the API ----------------------------------------------------------------------------------- */

static enum status walk_api(void *user)
{
	static const char *const parameters[][2] = { { "within", "9000d" },
						     { "source", "prod-eu10" } };
	static const unsigned char salt[TAG_SALT_LEN] = { 1 };
	struct answer *answer = user;
	struct error error = { "" };
	struct buf buf;

	answer->query = api_query_new(API_CERTIFICATES);
	if (answer->query == NULL)
		return STATUS_MEMORY;
	for (size_t i = 0; i < 2; i++) {
		enum status status =
			api_query_set(answer->query, parameters[i][0], parameters[i][1], &error);
		if (status != STATUS_OK)
			return status;
	}
	enum status status = api_query_finish(answer->query);
	if (status != STATUS_OK)
		return status;
	api_query_tag(answer->query, snapshot, SAMPLE_NOW, salt, answer->tag);
	buf_init(&buf, BODY_MAX);
	status = report_certificates_json(snapshot, &answer->query->filter, SAMPLE_NOW, &buf);
	return finish_body(&buf, status, answer);
}

static void check_api(void *user, enum status status, bool lacked)
{
	struct answer *answer = user;

	if (answer->expected_tag[0] == '\0')
		memcpy(answer->expected_tag, answer->tag, sizeof(answer->tag));
	/* no tag is right, another one would be a lie */
	if (status == STATUS_OK && (answer->tag[0] != '\0' || !lacked))
		assert_string_equal(answer->tag, answer->expected_tag);
	check_body(answer, status);
	api_query_free(answer->query);
	memset(answer->tag, 0, sizeof(answer->tag));
}

static void test_api(void **state)
{
	struct answer answer = { .query = NULL };
	const struct memory_way way = { .name = "an answer of the API",
					.walk = walk_api,
					.check = check_api,
					.user = &answer,
					.recovers = true };

	(void)state;
	assert_true(memory_torture(&way) > 5);
	assert_non_null(strstr(answer.expected, "\"source\":\"prod-eu10\""));
	free(answer.expected);
}

/* -- the page ---------------------------------------------------------------------------------- */

static enum status walk_page(void *user)
{
	const struct page page = { snapshot, SAMPLE_NOW, "/metrics" };
	struct buf buf;

	buf_init(&buf, PAGE_MAX);
	enum status status = page_write(&page, &buf);
	return finish_body(&buf, status, user);
}

/* A path that could not be cut is shown as a whole; nothing is left out. */
static void check_page(void *user, enum status status, bool lacked)
{
	struct answer *answer = user;

	if (status == STATUS_OK && lacked) {
		assert_true(answer->body->len >= strlen(answer->expected));
		assert_non_null(strstr(answer->body->data, "</html>"));
		body_unref(answer->body);
		answer->body = NULL;
	} else {
		check_body(answer, status);
	}
}

static void test_page(void **state)
{
	struct answer answer = { .query = NULL };
	const struct memory_way way = { .name = "the page",
					.walk = walk_page,
					.check = check_page,
					.user = &answer,
					.recovers = true }; /* it is sent plain, too */

	(void)state;
	assert_true(memory_torture(&way) > 5);
	assert_non_null(strstr(answer.expected, "</html>"));
	free(answer.expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_api),
		cmocka_unit_test(test_page),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
