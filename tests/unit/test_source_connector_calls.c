/* The table of the calls of a Cloud Connector: its rows, and what is made of them. */
#include "connector_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "source/connector/request.h"

#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))

static void test_each_endpoint_once(void **state)
{
	(void)state;
	assert_int_equal(scc_endpoints.count, ENDPOINT_SCC_COUNT);
	for (size_t endpoint = 0; endpoint < scc_endpoints.count; endpoint++) {
		const char *name = scc_endpoint_name((enum scc_endpoint)endpoint);
		size_t rows = 0;
		for (size_t i = 0; i < scc_call_count; i++)
			rows += scc_calls[i].endpoint == endpoint;
		if (rows != 1 || strncmp(name, "scc_", 4) != 0)
			fail_msg("%s has %zu rows", name, rows);
	}
}

static void test_rows_make_sense(void **state)
{
	const unsigned of_subaccounts = SCC_OF_CHANNEL | SCC_NEEDS_LIST | SCC_MAY_BE_GONE;
	unsigned phases = 0;
	unsigned parts = 0;

	(void)state;
	for (size_t i = 0; i < scc_call_count; i++) {
		const struct scc_call *call = &scc_calls[i];
		assert_non_null(call->path);
		assert_in_range(call->phase, 0, SCC_PHASE_COUNT - 1);
		phases |= 1u << call->phase;
		assert_true(call->per_subaccount != NULL || !(call->flags & of_subaccounts));
		assert_false(call->per_subaccount != NULL && call->flags & SCC_ON_PREMISES);
		/* rows are complete only after the first phase */
		assert_false(call->per_subaccount != NULL && call->phase == SCC_PHASE_LISTS);
		/* no answer without credentials shows that they are good */
		assert_false(call->flags & SCC_EXPOSED && call->flags & SCC_TRIED_FIRST);
		assert_true(call->phase == SCC_PHASE_LISTS || !(call->flags & SCC_TRIED_FIRST));
		assert_true(call->role == SCC_ROLE_UNKNOWN || call->phase == SCC_PHASE_REST);
		/* each part of the level is listed by one call */
		assert_int_equal(parts & call->part, 0);
		parts |= call->part;
	}
	assert_int_equal(phases, (1u << SCC_PHASE_COUNT) - 1);
	assert_int_equal(parts, PART_UI | PART_SYSTEM | PART_CA | PART_SUBACCOUNTS |
					PART_BACKEND_TRUST | PART_EMAIL_TRUST | PART_IDP);
}

/* A reader of a list says so of an answer that is none: that decides the stage. */
static void test_stages(void **state)
{
	struct scc_subaccount row = { 0 };
	struct scc_run run = { 0 };

	(void)state;
	for (size_t i = 0; i < scc_call_count; i++) {
		struct scc_request request = { &scc_calls[i], &row, 0 };
		struct error error = { "" };
		enum status status = scc_read(&run, &request, "0", 1, &error);
		bool is_list = strstr(error.text, "list") != NULL;
		assert_int_equal(status, scc_calls[i].read != NULL ? STATUS_SYNTAX : STATUS_OK);
		if (scc_calls[i].stage != (is_list ? STAGE_LIST : STAGE_FETCH))
			fail_msg("%s is of stage %s", scc_endpoint_name(scc_calls[i].endpoint),
				 stage_name(scc_calls[i].stage));
	}
}

/* A call that was made has a sample, be it that the small connector does not offer it. */
static bool was_made(const struct source_result *result, const struct scc_call *call)
{
	return connector_sample(result, FACT_SAPCC_ENDPOINT_SUPPORTED,
				scc_endpoint_name(call->endpoint)) >= 0;
}

static void test_every_call_is_made(void **state)
{
	static const struct {
		const char *text;
		enum scc_role role;
	} roles[] = { { "\"master\"", SCC_ROLE_MASTER }, { "\"shadow\"", SCC_ROLE_SHADOW } };

	(void)state;
	for (size_t k = 0; k < COUNT_OF(roles); k++) {
		struct connector connector = {
			.answers = { { CONFIGURATION "/connector/haRole", 200, roles[k].text },
				     { DETAIL_PATH, 200,
				       "{\"tunnel\":{\"serviceChannels\":[{\"type\":\"K8S\"}]}"
				       "}" } },
		};
		connector_begin(&connector);
		struct source_result *result = connector_refresh(&connector);
		for (size_t i = 0; i < scc_call_count; i++) {
			const struct scc_call *call = &scc_calls[i];
			bool wanted = call->role == SCC_ROLE_UNKNOWN || call->role == roles[k].role;
			if (was_made(result, call) != wanted)
				fail_msg("%s: %s", roles[k].text,
					 scc_endpoint_name(call->endpoint));
		}
		connector_end(&connector, result);
	}
}

static void test_outcomes(void **state)
{
	static const struct {
		enum scc_endpoint endpoint;
		enum status status;
		long code;
		enum scc_outcome outcome;
	} table[] = {
		{ ENDPOINT_SCC_VERSION, STATUS_OK, 200, SCC_ANSWERED },
		{ ENDPOINT_SCC_VERSION, STATUS_HTTP_404, 404, SCC_UNSUPPORTED },
		{ ENDPOINT_SCC_VERSION, STATUS_HTTP_401, 401, SCC_FAILED },
		{ ENDPOINT_SCC_VERSION, STATUS_LOGIN_PAGE, 200, SCC_FAILED },
		{ ENDPOINT_SCC_MONITORING_CERTIFICATES, STATUS_HTTP_4XX, 400, SCC_UNSUPPORTED },
		{ ENDPOINT_SCC_MONITORING_CERTIFICATES, STATUS_HTTP_403, 403, SCC_FAILED },
		{ ENDPOINT_SCC_ALERTS, STATUS_HTTP_4XX, 405, SCC_UNSUPPORTED },
		{ ENDPOINT_SCC_ALERTS, STATUS_HTTP_5XX, 501, SCC_UNSUPPORTED },
		{ ENDPOINT_SCC_ALERTS, STATUS_HTTP_5XX, 500, SCC_FAILED },
		{ ENDPOINT_SCC_ALERTS, STATUS_SYNTAX, 200, SCC_FAILED },
		{ ENDPOINT_SCC_ALERTS, STATUS_TIMEOUT, 0, SCC_FAILED },
		{ ENDPOINT_SCC_SYSTEM_CERTIFICATE, STATUS_HTTP_404, 404, SCC_NONE },
		{ ENDPOINT_SCC_CA_CERTIFICATE, STATUS_HTTP_404, 404, SCC_NONE },
		{ ENDPOINT_SCC_UI_CERTIFICATE, STATUS_HTTP_404, 404, SCC_UNSUPPORTED },
		{ ENDPOINT_SCC_SUBACCOUNT, STATUS_HTTP_404, 404, SCC_NONE },
		{ ENDPOINT_SCC_IDPS, STATUS_HTTP_404, 404, SCC_UNSUPPORTED },
		{ ENDPOINT_SCC_HA_MASTER_STATE, STATUS_HTTP_4XX, 400, SCC_REFUSED },
		{ ENDPOINT_SCC_HA_SHADOW_STATE, STATUS_HTTP_403, 403, SCC_REFUSED },
		{ ENDPOINT_SCC_HA_SHADOW_STATE, STATUS_HTTP_404, 404, SCC_UNSUPPORTED },
		{ ENDPOINT_SCC_PING, STATUS_HTTP_401, 401, SCC_UNSUPPORTED },
		{ ENDPOINT_SCC_HAS_MASTER_ROLE, STATUS_HTTP_403, 403, SCC_UNSUPPORTED },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		struct http_response response = { .status = table[i].status,
						  .code = table[i].code };
		assert_int_equal(scc_outcome_of(scc_call_of(table[i].endpoint), &response),
				 table[i].outcome);
	}
}

static char *url_of(const struct scc_run *run, enum scc_endpoint endpoint, enum scc_channel channel,
		    struct scc_subaccount *row)
{
	struct scc_request request = { scc_call_of(endpoint), row, channel };

	return scc_url(run, &request);
}

static void test_addresses(void **state)
{
	char address[] = "https://proxy.example/scc";
	char region_host[] = "cf.eu10.hana.ondemand.com";
	char subaccount[] = "../a b/ü?#%";
	struct scc_subaccount row = { .region_host = region_host, .subaccount = subaccount };
	struct connector_settings settings = { .url = address };
	struct scc_run run = { .settings = &settings };
	static const struct {
		enum scc_endpoint endpoint;
		enum scc_channel channel;
		const char *version;
		const char *url;
	} table[] = {
		{ ENDPOINT_SCC_VERSION, 0, "",
		  "https://proxy.example/scc/api/v1/connector/version" },
		{ ENDPOINT_SCC_MEMORY, 0, "", "https://proxy.example/scc/api/monitoring/memory" },
		{ ENDPOINT_SCC_SYSTEM_CERTIFICATE, 0, "",
		  "https://proxy.example/scc/api/v1/configuration/connector/onPremise/"
		  "systemCertificate" },
		{ ENDPOINT_SCC_SYSTEM_CERTIFICATE, 0, "2.17.2",
		  "https://proxy.example/scc/api/v1/configuration/connector/onPremise/"
		  "systemCertificate" },
		{ ENDPOINT_SCC_CA_CERTIFICATE, 0, "2.19.0.2",
		  "https://proxy.example/scc/api/v1/configuration/connector/onPremises/"
		  "ppCaCertificate" },
		{ ENDPOINT_SCC_SUBACCOUNT, 0, "",
		  "https://proxy.example/scc/api/v1/configuration/subaccounts/"
		  "cf.eu10.hana.ondemand.com/..%2Fa%20b%2F%C3%BC%3F%23%25" },
		{ ENDPOINT_SCC_CHANNELS, SCC_CHANNEL_ABAP_CLOUD_SNC, "",
		  "https://proxy.example/scc/api/v1/configuration/subaccounts/"
		  "cf.eu10.hana.ondemand.com/..%2Fa%20b%2F%C3%BC%3F%23%25/channels/ABAPCloudSNC" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		run.has_version = scc_version_parse(table[i].version, &run.version);
		char *url = url_of(&run, table[i].endpoint, table[i].channel, &row);
		assert_string_equal(url, table[i].url);
		free(url);
	}
	run.other_spelling = true; /* of 2.19: the older one */
	run.has_version = scc_version_parse("2.19", &run.version);
	char *url = url_of(&run, ENDPOINT_SCC_TRUSTSTORE, 0, &row);
	assert_string_equal(url, "https://proxy.example/scc/api/v1/configuration/connector/"
				 "onPremise/truststore");
	free(url);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_endpoint_once),
		cmocka_unit_test(test_rows_make_sense),
		cmocka_unit_test(test_stages),
		cmocka_unit_test(test_every_call_is_made),
		cmocka_unit_test(test_outcomes),
		cmocka_unit_test(test_addresses),
	};

	return cmocka_run_group_tests(tests, fixture_set_up, fixture_tear_down);
}
