/* Whole refreshes of a Cloud Connector: what is read, logons, refusals, high availability. */
#include "connector_fixture.h"

#include <string.h>

static void test_everything(void **state)
{
	struct connector connector = { 0 };

	(void)state;
	connector_begin(&connector);
	struct source_result *result = connector_refresh(&connector);
	const struct source_level *level = result->levels[0];
	assert_true(level->up);
	assert_int_equal(result->issue_count, 0);
	assert_int_equal(level->store_count, 4); /* and not the stale subaccount */
	/* the details, not what the lists say of the same certificate */
	const struct certificate *one = connector_certificate(result, "subaccount/" REGION "/" ONE);
	assert_number(one->not_after_s, 1817366557);
	assert_string_equal(one->serial_number, "cfeb8");
	assert_number(connector_certificate(result, "ui")->not_after_s, 1804840757);
	/* 404 of the configuration, but listed */
	assert_number(connector_certificate(result, "system")->not_after_s, 1712760831);
	assert_null(connector_store(result, "ca"));
	assert_number(connector_certificate(result, "backend_trust/a.1")->not_after_s, 1814249600);
	assert_true(connector_store(result, "subaccount/" REGION "/" ONE)->auto_renewed);
	assert_number(connector_store(result, "subaccount/" REGION "/" ONE)->renewal_lead_s,
		      37L * 86400);
	assert_number(connector_store(result, "ui")->renewal_lead_s, 30L * 86400);
	assert_number(connector_sample(result, FACT_SAPCC_INFO, "2.19.0.2"), 1);
	assert_number(connector_sample(result, FACT_SAPCC_HA_ROLE, "master"), 1);
	assert_number(connector_sample(result, FACT_SAPCC_TUNNEL_STATE, "Connected"), 1);
	assert_number(connector_sample(result, FACT_SAPCC_TUNNEL_STATE, "Disconnected"), 0);
	assert_number(connector_sample(result, FACT_SAPCC_BACKEND_TRUST_ALL, NULL), 1);
	assert_number(connector_sample(result, FACT_SAPCC_ENDPOINT_SUPPORTED, "scc_memory"), 0);
	assert_number(connector_sample(result, FACT_SAPCC_ENDPOINT_UP, "scc_memory"), -1);
	assert_true(connector_sample(result, FACT_SAPCC_PEER_NOT_AFTER_SECONDS, NULL) > 0);
	/* each request stands for itself, and only those that need it carry the password */
	assert_int_equal(connector.kept_alive, 0);
	assert_int_equal(connector.exposed_with_logon, 0);
	assert_int_equal(connector.with_logon, connector.requests - 2);
	for (size_t i = 0; i < level->sample_count; i++) {
		for (size_t k = 0; k < FACT_LABELS_MAX && level->samples[i].labels[k]; k++)
			assert_null(strstr(level->samples[i].labels[k], "jane"));
	}
	connector_end(&connector, result);
}

static void test_wrong_password(void **state)
{
	struct connector connector = {
		.answers = { { "/api/v1/connector/version", 401, "no monitor:pass:word" } },
	};

	(void)state;
	connector_begin(&connector);
	struct source_result *result = connector_refresh(&connector);
	assert_int_equal(connector.requests, 1);
	assert_true(result->wait_interval);
	assert_false(result->levels[0]->up);
	assert_int_equal(result->levels[0]->whole, 0);
	assert_int_equal(result->issue_count, 1);
	assert_int_equal(result->issues[0].reason, STATUS_HTTP_401);
	assert_null(strstr(result->issues[0].text, "monitor"));
	connector_end(&connector, result);
}

/* The version comes out of a proxy's cache, the rest is refused. */
static void test_wrong_password_behind_cache(void **state)
{
	struct connector connector = {
		.answers = { { CONFIGURATION "/subaccounts", 401, "" },
			     { CONFIGURATION "/connector/ui/uiCertificate", 401, "" },
			     { "/api/monitoring/certificates", 401, "" },
			     { CONFIGURATION "/connector/onPremises/truststore", 401, "" } },
	};

	(void)state;
	connector_begin(&connector);
	struct source_result *result = connector_refresh(&connector);
	assert_int_equal(connector.refused, 1);
	assert_true(result->wait_interval);
	assert_false(result->levels[0]->up);
	connector_end(&connector, result);
}

/* The password changes while a refresh runs. */
static void test_password_ends(void **state)
{
	struct connector connector = {
		.answers = { { CONFIGURATION "/subaccounts", 401, "" } },
	};

	(void)state;
	connector_begin(&connector);
	struct source_result *result = connector_refresh(&connector);
	assert_int_equal(connector.refused, 1);
	assert_true(result->wait_interval);
	assert_false(result->levels[0]->up);
	assert_int_equal(result->levels[0]->whole & PART_SUBACCOUNTS, 0);
	assert_int_equal(result->issue_count, 1);
	connector_end(&connector, result);
}

/* A role that is not enough will not be enough a minute later. */
static void test_role(void **state)
{
	struct connector connector = {
		.answers = { { CONFIGURATION "/subaccounts", 403, "{}" } },
	};

	(void)state;
	connector_begin(&connector);
	struct source_result *result = connector_refresh(&connector);
	assert_false(result->levels[0]->up);
	assert_true(result->wait_interval);
	connector_end(&connector, result);

	/* without these the source is not down, and what else fails is tried again soon */
	struct connector display = {
		.answers = { { "/api/monitoring/certificates", 403, "{}" },
			     { "/api/monitoring/alerts", 403, "{}" },
			     { CONFIGURATION "/connector/onPremises/truststore", 200, "{" } },
	};
	connector_begin(&display);
	result = connector_refresh(&display);
	assert_false(result->levels[0]->up);
	assert_false(result->wait_interval);
	connector_end(&display, result);
}

static void test_failed_details(void **state)
{
	struct connector connector = {
		.answers = { { DETAIL_PATH, 403, "{}" },
			     { "/api/monitoring/certificates", 403, "{}" } },
	};

	(void)state;
	connector_begin(&connector);
	struct source_result *result = connector_refresh(&connector);
	const struct source_store *store = connector_store(result, "subaccount/" REGION "/" ONE);
	assert_non_null(store);
	assert_null(store->content); /* the older one stays */
	assert_int_equal(store->state, STORE_FORBIDDEN);
	assert_true(store->renewal_unknown);
	assert_int_equal(result->issue_count, 2);
	connector_end(&connector, result);
}

/* null is how some serializers write a list without elements. */
static void test_null_list(void **state)
{
	struct connector connector = {
		.answers = { { CONFIGURATION "/connector/onPremises/truststore", 200,
			       "{\"trustAllBackends\":false,\"trustedBackends\":null}" },
			     { CONFIGURATION "/connector/email/truststore", 200,
			       "{\"trustedEmailCertificates\":null}" } },
	};

	(void)state;
	connector_begin(&connector);
	struct source_result *result = connector_refresh(&connector);
	assert_true(result->levels[0]->up);
	assert_int_equal(result->issue_count, 0);
	connector_end(&connector, result);
}

static void test_shadow(void **state)
{
	struct connector connector = {
		.answers = { { "/api/monitoring/certificates", 403, "{}" },
			     { "/api/monitoring/memory", 403, "{}" },
			     { CONFIGURATION "/connector/haRole", 200, "\"shadow\"" },
			     { CONFIGURATION "/connector/ha/shadow/state", 200,
			       "{\"state\":\"DREAMING\"}" } },
	};

	(void)state;
	connector_begin(&connector);
	struct source_result *result = connector_refresh(&connector);
	assert_true(result->levels[0]->up);
	assert_int_equal(result->issue_count, 0);
	assert_number(connector_sample(result, FACT_SAPCC_HA_ROLE, "shadow"), 1);
	assert_number(connector_sample(result, FACT_SAPCC_HA_ROLE, "master"), 0);
	assert_number(connector_sample(result, FACT_SAPCC_HA_STATE, "READY"), 0);
	assert_number(connector_sample(result, FACT_SAPCC_HA_STATE, "DREAMING"), 1);
	assert_number(connector_sample(result, FACT_SAPCC_ENDPOINT_SUPPORTED, "scc_memory"), 0);
	connector_end(&connector, result);
}

static void test_no_password(void **state)
{
	struct connector connector = { 0 };
	char missing[] = "/nonexistent/password";

	(void)state;
	connector_begin(&connector);
	connector.settings.password = (struct secret_setting){ .file = missing };
	struct source_result *result = connector_refresh(&connector);
	assert_false(result->levels[0]->up);
	assert_int_equal(result->issue_count, 1);
	assert_int_equal(result->issues[0].stage, STAGE_CONFIG);
	assert_int_equal(connector.requests, 0);
	connector_end(&connector, result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_everything),
		cmocka_unit_test(test_wrong_password),
		cmocka_unit_test(test_wrong_password_behind_cache),
		cmocka_unit_test(test_password_ends),
		cmocka_unit_test(test_role),
		cmocka_unit_test(test_failed_details),
		cmocka_unit_test(test_null_list),
		cmocka_unit_test(test_shadow),
		cmocka_unit_test(test_no_password),
	};

	return cmocka_run_group_tests(tests, fixture_set_up, fixture_tear_down);
}
