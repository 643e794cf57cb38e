#include "connector_fixture.h"
#include "source/connector/connector.h"
#include "source/kinds.h"

#include <stdio.h>
#include <string.h>

#define LOGON "Authorization: Basic bW9uaXRvcjpwYXNzOndvcmQ=\r\n" /* monitor:pass:word */

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

void connector_begin(struct connector *connector)
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
	connector->settings = (struct connector_settings){
		.url = connector->url,
		.username = connector->user,
		.password = { .value = { connector->password, strlen(connector->password) } },
	};
	connector->config = (struct source_config){
		.kind = &cloud_connector_kind,
		.own = &connector->settings,
		.ca_file = fixture_pki.ca_file,
		.timeout_s = 100, /* only what hangs takes so long */
		.connect_timeout_s = 100,
		.refresh_timeout_s = 600,
	};
}

struct source_result *connector_refresh(struct connector *connector)
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

void connector_end(struct connector *connector, struct source_result *result)
{
	source_result_free(result);
	server_stop(connector->server);
	(void)pthread_mutex_destroy(&connector->lock);
}

const struct source_store *connector_store(const struct source_result *result, const char *name)
{
	const struct source_level *level = result->levels[0];

	for (size_t i = 0; i < level->store_count; i++) {
		if (strcmp(level->stores[i].name, name) == 0)
			return &level->stores[i];
	}
	return NULL;
}

const struct certificate *connector_certificate(const struct source_result *result,
						const char *name)
{
	const struct source_store *store = connector_store(result, name);

	assert_non_null(store);
	assert_non_null(store->content);
	return store->content->entries[0].certificates[0].certificate;
}

double connector_sample(const struct source_result *result, enum scc_fact fact,
			const char *last_label)
{
	const struct source_level *level = result->levels[0];

	for (size_t i = 0; i < level->sample_count; i++) {
		const struct source_sample *sample = &level->samples[i];
		size_t labels = 0;
		while (labels < FACT_LABELS_MAX && sample->labels[labels] != NULL)
			labels++;
		if (sample->fact == &scc_facts[fact] &&
		    (last_label == NULL ||
		     (labels > 0 && strcmp(sample->labels[labels - 1], last_label) == 0)))
			return sample->value;
	}
	return -1;
}
