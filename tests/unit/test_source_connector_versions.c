/* Whole refreshes of Cloud Connectors that do not offer everything, or answer with pages. */
#include "connector_fixture.h"

/* The one issue is that this call is not offered. */
static void assert_reason(const struct source_result *result, const char *item)
{
	assert_int_equal(result->issue_count, 1);
	assert_int_equal(result->issues[0].stage, STAGE_LIST);
	assert_int_equal(result->issues[0].reason, STATUS_UNSUPPORTED);
	assert_string_equal(result->issues[0].item, item);
}

static void test_old_version(void **state)
{
	struct connector connector = {
		.answers = { { "/api/v1/connector/version", 400, "{}" },
			     { CONFIGURATION "/subaccounts", 404, "{}" },
			     { CONFIGURATION "/connector/ui/uiCertificate", 400, "{}" },
			     { "/api/monitoring/subaccounts", 200,
			       "{\"subaccounts\":[{\"displayName\":\"d\",\"tunnel\":{\"state\":"
			       "\"Connected\",\"connectedSince\":\"2019-01-17T11:26:02.584 "
			       "+0100\"},"
			       "\"regionHost\":\"" REGION "\",\"subaccount\":\"" ONE "\"}]}" } },
	};

	(void)state;
	connector_begin(&connector);
	struct source_result *result = connector_refresh(&connector);
	assert_true(result->levels[0]->up);
	assert_int_equal(result->issue_count, 0);
	assert_number(connector_certificate(result, "subaccount/" REGION "/" ONE)->not_after_s,
		      1743601324);
	assert_number(connector_certificate(result, "ui")->not_after_s, 1718277891);
	assert_number(connector_sample(result, FACT_SAPCC_ENDPOINT_SUPPORTED, "scc_version"), 0);
	assert_true(connector_sample(result, FACT_SAPCC_TUNNEL_CONNECTED_SINCE, ONE) > 1547720762);
	assert_number(connector_sample(result, FACT_SAPCC_INFO, NULL), -1);
	connector_end(&connector, result);
}

/* An unknown path may lead to the login page (docs/reference/cloud-connector.md 4), also where no
 * version is documented. */
static void test_old_version_with_pages(void **state)
{
	struct connector connector = {
		.answers = { { "/api/v1/connector/version", 200, "<html>" },
			     { CONFIGURATION "/subaccounts", 200, "<html>" },
			     { CONFIGURATION "/connector/haRole", 200, "<html>" },
			     { "/api/monitoring/subaccounts", 200,
			       "{\"subaccounts\":[{\"regionHost\":\"" REGION
			       "\",\"subaccount\":\"" ONE "\"}]}" } },
	};

	(void)state;
	connector_begin(&connector);
	struct source_result *result = connector_refresh(&connector);
	assert_true(result->levels[0]->up);
	assert_int_equal(result->issue_count, 0);
	assert_number(connector_sample(result, FACT_SAPCC_ENDPOINT_SUPPORTED, "scc_subaccounts"),
		      0);
	assert_number(connector_sample(result, FACT_SAPCC_ENDPOINT_SUPPORTED, "scc_ha_role"), 0);
	connector_end(&connector, result);
}

/* Likewise where the version is known, and that of the call is not. */
static void test_pages_for_undated_calls(void **state)
{
	struct connector connector = {
		.answers = { { "/api/v1/connector/version", 200, "{\"version\":\"2.15.0\"}" },
			     { CONFIGURATION "/connector/email/truststore", 200, "<html>" },
			     { CONFIGURATION "/connector/alerting", 200, "<html>" } },
	};

	(void)state;
	connector_begin(&connector);
	struct source_result *result = connector_refresh(&connector);
	assert_true(result->levels[0]->up);
	assert_int_equal(result->issue_count, 0);
	assert_number(connector_sample(result, FACT_SAPCC_ENDPOINT_SUPPORTED, "scc_alerting"), 0);
	connector_end(&connector, result);

	/* but not where each version has it */
	connector.answers[2].path = CONFIGURATION "/connector/ui/uiCertificate";
	connector_begin(&connector);
	result = connector_refresh(&connector);
	assert_int_equal(result->issue_count, 1);
	assert_int_equal(result->issues[0].reason, STATUS_LOGIN_PAGE);
	connector_end(&connector, result);
}

static void test_new_installation(void **state)
{
	static const char *const texts[] = {
		"{\"type\":\"FORBIDDEN_REQUEST\",\"message\":\"operation unavailable unless "
		"initial password is changed\"}",
		"{\"type\":\"FORBIDDEN_REQUEST\",\"message\":\"method is not allowed for connector "
		"running with HA role undefined\"}",
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct connector connector = {
			.answers = { { CONFIGURATION "/subaccounts", 403, texts[i] } },
		};
		connector_begin(&connector);
		struct source_result *result = connector_refresh(&connector);
		assert_false(result->levels[0]->up);
		assert_true(result->wait_interval);
		assert_int_equal(result->issue_count, 1);
		assert_int_equal(result->issues[0].reason, STATUS_HTTP_403);
		if (i == 1)
			assert_number(connector_sample(result, FACT_SAPCC_HA_ROLE, "undefined"), 1);
		connector_end(&connector, result);
	}
}

static void test_login_page(void **state)
{
	struct connector connector = {
		.answers = { { "/api/v1/connector/version", 200, "<html>" },
			     { CONFIGURATION "/subaccounts", 200, "<html>" },
			     { "/api/monitoring/subaccounts", 200, "<html>" },
			     { "/api/monitoring/certificates", 200, "<html>" } },
	};

	(void)state;
	connector_begin(&connector);
	struct source_result *result = connector_refresh(&connector);
	assert_false(result->levels[0]->up);
	assert_int_equal(result->levels[0]->whole, 0);
	assert_int_equal(result->issue_count, 1);
	assert_int_equal(result->issues[0].reason, STATUS_LOGIN_PAGE);
	assert_int_equal(connector.requests, 4);
	connector_end(&connector, result);
}

/* Every listed subaccount answers 404: that is no removal of all of them. */
static void test_no_details(void **state)
{
	struct connector connector = {
		.answers = { { DETAIL_PATH, 404, "{}" },
			     { "/api/monitoring/certificates", 404, "{}" } },
	};

	(void)state;
	connector_begin(&connector);
	struct source_result *result = connector_refresh(&connector);
	assert_false(result->levels[0]->up);
	assert_int_equal(result->levels[0]->whole & PART_SUBACCOUNTS, 0);
	assert_reason(result, "scc_subaccount");
	connector_end(&connector, result);
}

/* Nothing failed, and still not everything is known: that has to be said. */
static void test_not_offered(void **state)
{
	struct connector connector = {
		.answers = { { CONFIGURATION "/connector/ui/uiCertificate", 404, "{}" },
			     { "/api/monitoring/certificates", 404, "{}" } },
	};

	(void)state;
	connector_begin(&connector);
	struct source_result *result = connector_refresh(&connector);
	assert_false(result->levels[0]->up);
	assert_reason(result, "scc_ui_certificate");
	connector_end(&connector, result);

	struct connector listless = {
		.answers = { { CONFIGURATION "/subaccounts", 400, "{}" },
			     { "/api/monitoring/certificates", 400, "{}" } },
	};
	connector_begin(&listless);
	result = connector_refresh(&listless);
	assert_false(result->levels[0]->up);
	assert_reason(result, "scc_subaccounts");
	connector_end(&listless, result);
}

static void test_stranger(void **state)
{
	struct connector connector = {
		.answers = { { "/api/v1/connector/version", 404, "{}" },
			     { CONFIGURATION "/subaccounts", 404, "{}" },
			     { "/api/monitoring/certificates", 404, "{}" } },
	};

	(void)state;
	connector_begin(&connector);
	struct source_result *result = connector_refresh(&connector);
	assert_false(result->levels[0]->up);
	assert_int_equal(result->levels[0]->whole, 0);
	assert_int_equal(result->issue_count, 1);
	assert_int_equal(result->issues[0].reason, STATUS_UNSUPPORTED);
	assert_int_equal(connector.requests, 4);
	connector_end(&connector, result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_old_version),
		cmocka_unit_test(test_old_version_with_pages),
		cmocka_unit_test(test_pages_for_undated_calls),
		cmocka_unit_test(test_new_installation),
		cmocka_unit_test(test_login_page),
		cmocka_unit_test(test_no_details),
		cmocka_unit_test(test_not_offered),
		cmocka_unit_test(test_stranger),
	};

	return cmocka_run_group_tests(tests, fixture_set_up, fixture_tear_down);
}
