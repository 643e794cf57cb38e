/* Whole refreshes of a Cloud Connector against a server that answers as a test tells it to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net_fixture.h"
#include "source/cloud_connector.h"

#define CONFIGURATION "/api/v1/configuration"
#define REGION        "cf.eu12.hana.ondemand.com"
#define ONE           "b1799d1c-ce91-4cd4-8b6e-dc8f4eaf0ad9"
#define LOGON         "Authorization: Basic bW9uaXRvcjpwYXNzOndvcmQ=\r\n" /* monitor:pass:word */
#define SUBJECT       "\"subjectDN\":\"CN=scc,O=x\",\"issuer\":\"CN=ca\""
#define DETAIL_PATH   CONFIGURATION "/subaccounts/" REGION "/" ONE

struct answer {
	const char *path;
	int code;
	const char *body;
};

/* Of a small connector; the first answer for a path counts. Everything else is 404. */
static const struct answer plain[] = {
	{ "/api/v1/connector/version", 200, "{\"version\":\"2.19.0.2\"}" },
	{ CONFIGURATION "/subaccounts", 200,
	  "[{\"regionHost\":\"" REGION "\",\"subaccount\":\"" ONE "\",\"locationID\":\"\"}]" },
	{ DETAIL_PATH, 200,
	  "{\"displayName\":\"Sales\",\"autoCertRenewal\":true,\"tunnel\":{\"state\":\"Connected\","
	  "\"connectedSinceTimeStamp\":1785830559013,\"connections\":2,\"serviceChannels\":[],"
	  "\"subaccountCertificate\":{\"notAfterTimeStamp\":1817366557000,"
	  "\"notBeforeTimeStamp\":1785826957000,\"subjectDN\":\"CN=one\",\"issuer\":\"CN=SAP\","
	  "\"serialNumber\":\"cf:eb:8\"},\"user\":\"jane.doe@example.com\"},"
	  "\"regionHost\":\"" REGION "\",\"subaccount\":\"" ONE "\",\"locationID\":\"\"}" },
	{ CONFIGURATION "/connector/ui/uiCertificate", 200,
	  "{\"notAfterTimeStamp\":1804840757000," SUBJECT ",\"serialNumber\":\"1:2\"}" },
	{ CONFIGURATION "/connector/onPremises/truststore", 200,
	  "{\"trustAllBackends\":true,\"trustedBackends\":[{\"alias\":\"a.1\","
	  "\"notAfterTimeStamp\":1814249600000}]}" },
	{ "/api/monitoring/certificates", 200,
	  "{\"expired\":[{\"type\":\"System\",\"validTo\":1712760831000}],\"expiring\":[],"
	  "\"ok\":[{\"type\":\"UI\",\"validTo\":1718277891000},{\"type\":\"subaccount\","
	  "\"subaccountName\":\"" ONE "\",\"subaccountRegion\":\"" REGION "\","
	  "\"validTo\":1743601324000},{\"type\":\"subaccount\",\"subaccountName\":\"stale\","
	  "\"subaccountRegion\":\"x\",\"validTo\":1743601324000}]}" },
	{ CONFIGURATION "/connector/haRole", 200, "\"master\"" },
	{ "/exposed?action=hasMasterRole", 200, "true" },
	{ NULL, 0, NULL },
};

/* What the server did; filled by its threads. */
struct connector {
	struct answer answers[4]; /* before `plain` */
	pthread_mutex_t lock;
	unsigned requests;
	unsigned refused;
	unsigned with_logon;
	unsigned exposed_with_logon;
	unsigned kept_alive;
	struct server *server;
	struct source_config config;
	char url[64];
	char user[16];
	char password[16];
};

static const struct answer *find_answer(const struct connector *connector, const char *path)
{
	for (size_t i = 0; i < 4; i++) {
		const struct answer *answer = &connector->answers[i];
		if (answer->path != NULL && strcmp(answer->path, path) == 0)
			return answer;
	}
	for (const struct answer *answer = plain; answer->path != NULL; answer++) {
		if (strcmp(answer->path, path) == 0)
			return answer;
	}
	return NULL;
}

static bool serve(struct exchange *x, void *user)
{
	struct connector *connector = user;
	const struct answer *answer = find_answer(connector, x->path);
	bool exposed = strncmp(x->path, "/exposed", 8) == 0;
	bool logon = strstr(x->head, LOGON) != NULL;

	pthread_mutex_lock(&connector->lock);
	connector->requests++;
	connector->with_logon += logon;
	connector->exposed_with_logon += exposed && strstr(x->head, "Authorization") != NULL;
	connector->kept_alive += strstr(x->head, "Connection: close\r\n") == NULL;
	connector->refused += answer != NULL && answer->code == 401;
	pthread_mutex_unlock(&connector->lock);
	if (answer == NULL)
		reply(x, 404, JSON, "{\"type\":\"NOT_FOUND\",\"message\":\"no such thing\"}");
	else if (answer->body[0] == '<')
		reply(x, answer->code, "Content-Type: text/html\r\n", answer->body);
	else
		reply(x, answer->code, JSON, answer->body);
	return false;
}

static void begin(struct connector *connector)
{
	struct server_options options = { .certificate = fixture_pki.server,
					  .key = fixture_pki.server_key,
					  .handler = serve,
					  .user = connector };

	assert_int_equal(pthread_mutex_init(&connector->lock, NULL), 0);
	connector->server = server_start(&options);
	(void)snprintf(connector->url, sizeof(connector->url), "https://127.0.0.1:%u",
		       server_port(connector->server));
	(void)snprintf(connector->user, sizeof(connector->user), "monitor");
	(void)snprintf(connector->password, sizeof(connector->password), "pass:word");
	connector->config = (struct source_config){
		.kind = SOURCE_CLOUD_CONNECTOR,
		.url = connector->url,
		.username = connector->user,
		.password = { .value = { connector->password, strlen(connector->password) } },
		.ca_file = fixture_pki.ca_file,
		.timeout_s = 5,
		.connect_timeout_s = 5,
		.refresh_timeout_s = 60,
	};
}

static struct source_result *refresh(struct connector *connector)
{
	struct source_context context = { .config = &connector->config };
	struct source *source = NULL;

	assert_int_equal(source_open(&context, &source), STATUS_OK);
	struct source_result *result = source_refresh(source);
	source_close(source);
	assert_non_null(result);
	assert_int_equal(result->level_count, 1);
	return result;
}

static void end(struct connector *connector, struct source_result *result)
{
	source_result_free(result);
	server_stop(connector->server);
	(void)pthread_mutex_destroy(&connector->lock);
}

static const struct source_store *store_of(const struct source_result *result, const char *name)
{
	const struct source_level *level = result->levels[0];

	for (size_t i = 0; i < level->store_count; i++) {
		if (strcmp(level->stores[i].name, name) == 0)
			return &level->stores[i];
	}
	return NULL;
}

static const struct certificate *certificate_of(const struct source_result *result,
						const char *name)
{
	const struct source_store *store = store_of(result, name);

	assert_non_null(store);
	assert_non_null(store->content);
	return store->content->entries[0].certificates[0].certificate;
}

/* The value of a sample, -1 if there is none. */
static double sample_of(const struct source_result *result, enum source_fact fact,
			const char *last_label)
{
	const struct source_level *level = result->levels[0];

	for (size_t i = 0; i < level->sample_count; i++) {
		const struct source_sample *sample = &level->samples[i];
		size_t labels = 0;
		while (labels < FACT_LABELS_MAX && sample->labels[labels] != NULL)
			labels++;
		if (sample->fact == fact &&
		    (last_label == NULL ||
		     (labels > 0 && strcmp(sample->labels[labels - 1], last_label) == 0)))
			return sample->value;
	}
	return -1;
}

#define assert_number(value, wanted) assert_true((value) == (wanted))

/* The one issue is that this call is not offered. */
static void assert_reason(const struct source_result *result, const char *item)
{
	assert_int_equal(result->issue_count, 1);
	assert_int_equal(result->issues[0].stage, STAGE_LIST);
	assert_int_equal(result->issues[0].reason, STATUS_UNSUPPORTED);
	assert_string_equal(result->issues[0].item, item);
}

static void test_everything(void **state)
{
	struct connector connector = { 0 };

	(void)state;
	begin(&connector);
	struct source_result *result = refresh(&connector);
	const struct source_level *level = result->levels[0];
	assert_true(level->up);
	assert_int_equal(result->issue_count, 0);
	assert_int_equal(level->store_count, 4); /* and not the stale subaccount */
	/* the details, not what the lists say of the same certificate */
	const struct certificate *one = certificate_of(result, "subaccount/" REGION "/" ONE);
	assert_number(one->not_after_s, 1817366557);
	assert_string_equal(one->serial_number, "cfeb8");
	assert_number(certificate_of(result, "ui")->not_after_s, 1804840757);
	/* 404 of the configuration, but listed */
	assert_number(certificate_of(result, "system")->not_after_s, 1712760831);
	assert_null(store_of(result, "ca"));
	assert_number(certificate_of(result, "backend_trust/a.1")->not_after_s, 1814249600);
	assert_true(store_of(result, "subaccount/" REGION "/" ONE)->auto_renewed);
	assert_number(store_of(result, "subaccount/" REGION "/" ONE)->renewal_lead_s, 37L * 86400);
	assert_number(store_of(result, "ui")->renewal_lead_s, 30L * 86400);
	assert_number(sample_of(result, FACT_SAPCC_INFO, "2.19.0.2"), 1);
	assert_number(sample_of(result, FACT_SAPCC_HA_ROLE, "master"), 1);
	assert_number(sample_of(result, FACT_SAPCC_TUNNEL_STATE, "Connected"), 1);
	assert_number(sample_of(result, FACT_SAPCC_TUNNEL_STATE, "Disconnected"), 0);
	assert_number(sample_of(result, FACT_SAPCC_BACKEND_TRUST_ALL, NULL), 1);
	assert_number(sample_of(result, FACT_SAPCC_ENDPOINT_SUPPORTED, "scc_memory"), 0);
	assert_number(sample_of(result, FACT_SAPCC_ENDPOINT_UP, "scc_memory"), -1);
	assert_true(sample_of(result, FACT_SAPCC_PEER_NOT_AFTER_SECONDS, NULL) > 0);
	/* each request stands for itself, and only those that need it carry the password */
	assert_int_equal(connector.kept_alive, 0);
	assert_int_equal(connector.exposed_with_logon, 0);
	assert_int_equal(connector.with_logon, connector.requests - 2);
	for (size_t i = 0; i < level->sample_count; i++) {
		for (size_t k = 0; k < FACT_LABELS_MAX && level->samples[i].labels[k]; k++)
			assert_null(strstr(level->samples[i].labels[k], "jane"));
	}
	end(&connector, result);
}

static void test_wrong_password(void **state)
{
	struct connector connector = {
		.answers = { { "/api/v1/connector/version", 401, "no monitor:pass:word" } },
	};

	(void)state;
	begin(&connector);
	struct source_result *result = refresh(&connector);
	assert_int_equal(connector.requests, 1);
	assert_true(result->wait_interval);
	assert_false(result->levels[0]->up);
	assert_int_equal(result->levels[0]->whole, 0);
	assert_int_equal(result->issue_count, 1);
	assert_int_equal(result->issues[0].reason, STATUS_HTTP_401);
	assert_null(strstr(result->issues[0].text, "monitor"));
	end(&connector, result);
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
	begin(&connector);
	struct source_result *result = refresh(&connector);
	assert_int_equal(connector.refused, 1);
	assert_true(result->wait_interval);
	assert_false(result->levels[0]->up);
	end(&connector, result);
}

/* The password changes while a refresh runs. */
static void test_password_ends(void **state)
{
	struct connector connector = {
		.answers = { { CONFIGURATION "/subaccounts", 401, "" } },
	};

	(void)state;
	begin(&connector);
	struct source_result *result = refresh(&connector);
	assert_int_equal(connector.refused, 1);
	assert_true(result->wait_interval);
	assert_false(result->levels[0]->up);
	assert_int_equal(result->levels[0]->whole & PART_SUBACCOUNTS, 0);
	assert_int_equal(result->issue_count, 1);
	end(&connector, result);
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
	begin(&connector);
	struct source_result *result = refresh(&connector);
	assert_true(result->levels[0]->up);
	assert_int_equal(result->issue_count, 0);
	assert_number(certificate_of(result, "subaccount/" REGION "/" ONE)->not_after_s,
		      1743601324);
	assert_number(certificate_of(result, "ui")->not_after_s, 1718277891);
	assert_number(sample_of(result, FACT_SAPCC_ENDPOINT_SUPPORTED, "scc_version"), 0);
	assert_true(sample_of(result, FACT_SAPCC_TUNNEL_CONNECTED_SINCE, ONE) > 1547720762);
	assert_number(sample_of(result, FACT_SAPCC_INFO, NULL), -1);
	end(&connector, result);
}

/* An unknown path may lead to the login page (reference 4), also where no version is documented. */
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
	begin(&connector);
	struct source_result *result = refresh(&connector);
	assert_true(result->levels[0]->up);
	assert_int_equal(result->issue_count, 0);
	assert_number(sample_of(result, FACT_SAPCC_ENDPOINT_SUPPORTED, "scc_subaccounts"), 0);
	assert_number(sample_of(result, FACT_SAPCC_ENDPOINT_SUPPORTED, "scc_ha_role"), 0);
	end(&connector, result);
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
	begin(&connector);
	struct source_result *result = refresh(&connector);
	assert_true(result->levels[0]->up);
	assert_int_equal(result->issue_count, 0);
	assert_number(sample_of(result, FACT_SAPCC_ENDPOINT_SUPPORTED, "scc_alerting"), 0);
	end(&connector, result);

	/* but not where each version has it */
	connector.answers[2].path = CONFIGURATION "/connector/ui/uiCertificate";
	begin(&connector);
	result = refresh(&connector);
	assert_int_equal(result->issue_count, 1);
	assert_int_equal(result->issues[0].reason, STATUS_LOGIN_PAGE);
	end(&connector, result);
}

/* A role that is not enough will not be enough a minute later. */
static void test_role(void **state)
{
	struct connector connector = {
		.answers = { { CONFIGURATION "/subaccounts", 403, "{}" } },
	};

	(void)state;
	begin(&connector);
	struct source_result *result = refresh(&connector);
	assert_false(result->levels[0]->up);
	assert_true(result->wait_interval);
	end(&connector, result);

	/* without these the source is not down, and what else fails is tried again soon */
	struct connector display = {
		.answers = { { "/api/monitoring/certificates", 403, "{}" },
			     { "/api/monitoring/alerts", 403, "{}" },
			     { CONFIGURATION "/connector/onPremises/truststore", 200, "{" } },
	};
	begin(&display);
	result = refresh(&display);
	assert_false(result->levels[0]->up);
	assert_false(result->wait_interval);
	end(&display, result);
}

static void test_failed_details(void **state)
{
	struct connector connector = {
		.answers = { { DETAIL_PATH, 403, "{}" },
			     { "/api/monitoring/certificates", 403, "{}" } },
	};

	(void)state;
	begin(&connector);
	struct source_result *result = refresh(&connector);
	const struct source_store *store = store_of(result, "subaccount/" REGION "/" ONE);
	assert_non_null(store);
	assert_null(store->content); /* the older one stays */
	assert_int_equal(store->state, STORE_FORBIDDEN);
	assert_true(store->renewal_unknown);
	assert_int_equal(result->issue_count, 2);
	end(&connector, result);
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
	begin(&connector);
	struct source_result *result = refresh(&connector);
	assert_true(result->levels[0]->up);
	assert_int_equal(result->issue_count, 0);
	end(&connector, result);
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
	begin(&connector);
	struct source_result *result = refresh(&connector);
	assert_true(result->levels[0]->up);
	assert_int_equal(result->issue_count, 0);
	assert_number(sample_of(result, FACT_SAPCC_HA_ROLE, "shadow"), 1);
	assert_number(sample_of(result, FACT_SAPCC_HA_ROLE, "master"), 0);
	assert_number(sample_of(result, FACT_SAPCC_HA_STATE, "READY"), 0);
	assert_number(sample_of(result, FACT_SAPCC_HA_STATE, "DREAMING"), 1);
	assert_number(sample_of(result, FACT_SAPCC_ENDPOINT_SUPPORTED, "scc_memory"), 0);
	end(&connector, result);
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
		begin(&connector);
		struct source_result *result = refresh(&connector);
		assert_false(result->levels[0]->up);
		assert_true(result->wait_interval);
		assert_int_equal(result->issue_count, 1);
		assert_int_equal(result->issues[0].reason, STATUS_HTTP_403);
		if (i == 1)
			assert_number(sample_of(result, FACT_SAPCC_HA_ROLE, "undefined"), 1);
		end(&connector, result);
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
	begin(&connector);
	struct source_result *result = refresh(&connector);
	assert_false(result->levels[0]->up);
	assert_int_equal(result->levels[0]->whole, 0);
	assert_int_equal(result->issue_count, 1);
	assert_int_equal(result->issues[0].reason, STATUS_LOGIN_PAGE);
	assert_int_equal(connector.requests, 4);
	end(&connector, result);
}

/* Every listed subaccount answers 404: that is no removal of all of them. */
static void test_no_details(void **state)
{
	struct connector connector = {
		.answers = { { DETAIL_PATH, 404, "{}" },
			     { "/api/monitoring/certificates", 404, "{}" } },
	};

	(void)state;
	begin(&connector);
	struct source_result *result = refresh(&connector);
	assert_false(result->levels[0]->up);
	assert_int_equal(result->levels[0]->whole & PART_SUBACCOUNTS, 0);
	assert_reason(result, "scc_subaccount");
	end(&connector, result);
}

/* Nothing failed, and still not everything is known: that has to be said. */
static void test_not_offered(void **state)
{
	struct connector connector = {
		.answers = { { CONFIGURATION "/connector/ui/uiCertificate", 404, "{}" },
			     { "/api/monitoring/certificates", 404, "{}" } },
	};

	(void)state;
	begin(&connector);
	struct source_result *result = refresh(&connector);
	assert_false(result->levels[0]->up);
	assert_reason(result, "scc_ui_certificate");
	end(&connector, result);

	struct connector listless = {
		.answers = { { CONFIGURATION "/subaccounts", 400, "{}" },
			     { "/api/monitoring/certificates", 400, "{}" } },
	};
	begin(&listless);
	result = refresh(&listless);
	assert_false(result->levels[0]->up);
	assert_reason(result, "scc_subaccounts");
	end(&listless, result);
}

static void test_stranger(void **state)
{
	struct connector connector = {
		.answers = { { "/api/v1/connector/version", 404, "{}" },
			     { CONFIGURATION "/subaccounts", 404, "{}" },
			     { "/api/monitoring/certificates", 404, "{}" } },
	};

	(void)state;
	begin(&connector);
	struct source_result *result = refresh(&connector);
	assert_false(result->levels[0]->up);
	assert_int_equal(result->levels[0]->whole, 0);
	assert_int_equal(result->issue_count, 1);
	assert_int_equal(result->issues[0].reason, STATUS_UNSUPPORTED);
	assert_int_equal(connector.requests, 4);
	end(&connector, result);
}

static void test_no_password(void **state)
{
	struct connector connector = { 0 };
	char missing[] = "/nonexistent/password";

	(void)state;
	begin(&connector);
	connector.config.password = (struct secret_setting){ .file = missing };
	struct source_result *result = refresh(&connector);
	assert_false(result->levels[0]->up);
	assert_int_equal(result->issue_count, 1);
	assert_int_equal(result->issues[0].stage, STAGE_CONFIG);
	assert_int_equal(connector.requests, 0);
	end(&connector, result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_everything),
		cmocka_unit_test(test_wrong_password),
		cmocka_unit_test(test_password_ends),
		cmocka_unit_test(test_old_version),
		cmocka_unit_test(test_failed_details),
		cmocka_unit_test(test_null_list),
		cmocka_unit_test(test_shadow),
		cmocka_unit_test(test_new_installation),
		cmocka_unit_test(test_login_page),
		cmocka_unit_test(test_no_details),
		cmocka_unit_test(test_stranger),
		cmocka_unit_test(test_no_password),
		cmocka_unit_test(test_not_offered),
		cmocka_unit_test(test_wrong_password_behind_cache),
		cmocka_unit_test(test_pages_for_undated_calls),
		cmocka_unit_test(test_role),
		cmocka_unit_test(test_old_version_with_pages),
	};

	return cmocka_run_group_tests(tests, fixture_set_up, fixture_tear_down);
}
