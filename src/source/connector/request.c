/*
 * The calls of a Cloud Connector (docs/reference/cloud-connector.md 7 and 8): their addresses, how
 * they are sent, what an answer means. Each request carries its credentials and closes the
 * connection, so that no session is left behind (docs/reference/cloud-connector.md 3.3).
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/text.h"
#include "source/connector/run.h"

/* Without credentials, and of a content type that is not documented. */
#define EXPOSED 1u
/* No JSON is expected. */
#define SILENT 2u
/* JSON, but of a content type that is not documented. */
#define ANY_TYPE 4u
/* 404 says that there is no such thing, not that the call is unknown. */
#define MAY_BE_NONE 8u
/* About one subaccount. */
#define OF_SUBACCOUNT 16u
/* Below the part of the path whose spelling depends on the version. */
#define ON_PREMISES 32u

#define CONFIGURATION "/api/v1/configuration"
#define MONITORING    "/api/monitoring"

struct call {
	const char *path;
	unsigned flags;
	struct scc_version since; /* docs/reference/cloud-connector.md 6; 0: not known */
	scc_reader *read;
};

static const struct call calls[SCC_CALL_COUNT] = {
#define CALL(name) [ENDPOINT_SCC_##name - SCC_CALL_FIRST]
	CALL(VERSION) = { "/api/v1/connector/version", 0, { { 2, 14 } }, scc_read_version },
	CALL(SUBACCOUNTS) = { CONFIGURATION "/subaccounts", 0, { { 0 } }, scc_read_subaccounts },
	CALL(SUBACCOUNT) = { "", OF_SUBACCOUNT | MAY_BE_NONE, { { 0 } }, scc_read_subaccount },
	CALL(CHANNELS) = { "/channels/", OF_SUBACCOUNT, { { 0 } }, scc_read_channels },
	CALL(IDPS) = { "/trust/idps", OF_SUBACCOUNT, { { 2, 14 } }, scc_read_idps },
	CALL(CORRUPTED_SUBACCOUNTS) = { CONFIGURATION "/subaccounts/corrupted",
					0,
					{ { 2, 19, 1 } },
					scc_read_corrupted },
	CALL(UI_CERTIFICATE) = { CONFIGURATION "/connector/ui/uiCertificate",
				 0,
				 { { 2, 13 } },
				 scc_read_ui },
	CALL(SYSTEM_CERTIFICATE) = { "/systemCertificate",
				     ON_PREMISES | MAY_BE_NONE,
				     { { 2, 13 } },
				     scc_read_system },
	CALL(CA_CERTIFICATE) = { "/ppCaCertificate",
				 ON_PREMISES | MAY_BE_NONE,
				 { { 2, 13 } },
				 scc_read_ca },
	CALL(TRUSTSTORE) = { "/truststore", ON_PREMISES, { { 2, 15 } }, scc_read_truststore },
	CALL(EMAIL_TRUSTSTORE) = { CONFIGURATION "/connector/email/truststore",
				   0,
				   { { 0 } },
				   scc_read_email_truststore },
	CALL(ALERTING) = { CONFIGURATION "/connector/alerting", 0, { { 0 } }, scc_read_alerting },
	CALL(MONITORING_CERTIFICATES) = { MONITORING "/certificates",
					  0,
					  { { 2, 13 } },
					  scc_read_monitoring_certificates },
	CALL(MONITORING_SUBACCOUNTS) = { MONITORING "/subaccounts",
					 0,
					 { { 2, 10 } },
					 scc_read_monitoring_subaccounts },
	CALL(HA_ROLE) = { CONFIGURATION "/connector/haRole",
			  ANY_TYPE,
			  { { 0 } },
			  scc_read_ha_role },
	CALL(HAS_MASTER_ROLE) = { "/exposed?action=hasMasterRole",
				  EXPOSED,
				  { { 2, 15 } },
				  scc_read_has_master_role },
	CALL(HA_MASTER_STATE) = { CONFIGURATION "/connector/ha/master/state",
				  0,
				  { { 2, 13 } },
				  scc_read_ha_master_state },
	CALL(HA_SHADOW_STATE) = { CONFIGURATION "/connector/ha/shadow/state",
				  0,
				  { { 2, 13 } },
				  scc_read_ha_shadow_state },
	CALL(PING) = { "/exposed?action=ping", EXPOSED | SILENT, { { 2, 6 } }, NULL },
	CALL(ALERTS) = { MONITORING "/alerts", 0, { { 2, 19 } }, scc_read_alerts },
	CALL(MEMORY) = { MONITORING "/memory", 0, { { 2, 13 } }, scc_read_memory },
	CALL(DISK) = { MONITORING "/disk", 0, { { 2, 17 } }, scc_read_disk },
	CALL(CPU) = { MONITORING "/cpu", 0, { { 2, 17 } }, scc_read_cpu },
#undef CALL
};

static const struct scc_version plural_since = { { 2, 18 } };

static const struct call *call_of(enum endpoint endpoint)
{
	return &calls[endpoint - SCC_CALL_FIRST];
}

/* ---- addresses ---- */

char *scc_url(const struct scc_run *run, const struct scc_ask *ask)
{
	const struct call *call = call_of(ask->endpoint);
	struct buf url;

	buf_init(&url, strlen(run->config->url) + SCC_URL_MAX);
	buf_puts(&url, run->config->url);
	if (call->flags & ON_PREMISES) {
		/* a 404 is ambiguous, so the spelling goes by the version first
		 * (docs/reference/cloud-connector.md 6) */
		bool plural =
			run->has_version && scc_version_at_least(&run->version, &plural_since);
		if (run->other_spelling)
			plural = !plural;
		buf_printf(&url, CONFIGURATION "/connector/onPremise%s", plural ? "s" : "");
	} else if (call->flags & OF_SUBACCOUNT) {
		const struct scc_subaccount *row = &run->subaccounts[ask->row];
		buf_puts(&url, CONFIGURATION "/subaccounts/");
		text_percent_encode(&url, row->region_host);
		buf_putc(&url, '/');
		text_percent_encode(&url, row->subaccount);
	}
	buf_puts(&url, call->path);
	if (ask->endpoint == ENDPOINT_SCC_CHANNELS)
		buf_puts(&url, scc_channel_name(ask->channel));
	return buf_take(&url);
}

/* ---- what an answer means ---- */

unsigned scc_count(const struct scc_run *run, enum endpoint endpoint, enum scc_outcome outcome)
{
	return run->tally[endpoint - SCC_CALL_FIRST][outcome];
}

bool scc_answered(const struct scc_run *run, enum endpoint endpoint)
{
	return scc_count(run, endpoint, SCC_ANSWERED) > 0;
}

bool scc_lacks(const struct scc_run *run, enum endpoint endpoint)
{
	const struct scc_version *since = &call_of(endpoint)->since;

	if (run->has_version)
		return !scc_version_at_least(&run->version, since);
	return run->before_version;
}

/* The answers of a version that lacks the call (docs/reference/cloud-connector.md 4 and 12.3). */
static bool is_unknown_call(long code)
{
	return code == 400 || code == 404 || code == 405 || code == 501;
}

enum scc_outcome scc_judge(enum endpoint endpoint, const struct http_response *response)
{
	const struct call *call = call_of(endpoint);

	if (response->status == STATUS_OK)
		return SCC_ANSWERED;
	if (response->code == 404 && (call->flags & MAY_BE_NONE))
		return SCC_NONE;
	/* a shadow has no master's state and the other way round
	 * (docs/reference/cloud-connector.md 8.8) */
	if ((endpoint == ENDPOINT_SCC_HA_MASTER_STATE ||
	     endpoint == ENDPOINT_SCC_HA_SHADOW_STATE) &&
	    (response->code == 400 || response->code == 403))
		return SCC_REFUSED;
	if (is_unknown_call(response->code))
		return SCC_UNSUPPORTED;
	/* a proxy may close these calls to the outside */
	if ((call->flags & EXPOSED) && (response->code == 401 || response->code == 403))
		return SCC_UNSUPPORTED;
	return SCC_FAILED;
}

static bool is_html(const struct http_response *response)
{
	return response->content_type != NULL &&
	       strncasecmp(response->content_type, "text/html", 9) == 0;
}

/* Who is not logged on gets a page with status 200 (docs/reference/cloud-connector.md 3.3). */
static void find_login_page(const struct call *call, struct http_response *response)
{
	bool wrong = response->status == STATUS_CONTENT_TYPE || response->status == STATUS_OK;

	if (!wrong || response->code != 200 || !is_html(response) || (call->flags & SILENT))
		return;
	response->status = error_set(&response->error, STATUS_LOGIN_PAGE,
				     "the answer is a page for people: not logged on");
}

/* What the connector says to a refused password may repeat the user. */
static void replace_refusal(const struct scc_run *run, struct http_response *response)
{
	if (response->status != STATUS_HTTP_401)
		return;
	(void)error_set(&response->error, STATUS_HTTP_401, "HTTP 401: %s is refused",
			run->connector->logon.data != NULL ? "the user or the password"
							   : "the client certificate");
}

static void note_clock(struct scc_run *run, enum endpoint endpoint,
		       const struct http_response *response)
{
	/* the version is the one answer that may come out of a cache
	 * (docs/reference/cloud-connector.md 2) */
	if (run->has_clock_skew || response->date_s < 0 || endpoint == ENDPOINT_SCC_VERSION)
		return;
	run->has_clock_skew = true;
	run->clock_skew_s = (double)(response->date_s - clock_now_s());
}

enum status scc_read(struct scc_run *run, const struct scc_ask *ask, const char *body, size_t len,
		     struct error *error)
{
	const struct call *call = call_of(ask->endpoint);
	struct scc_subaccount *row =
		(call->flags & OF_SUBACCOUNT) ? &run->subaccounts[ask->row] : NULL;
	struct cJSON *json = NULL;

	if (call->flags & SILENT)
		return STATUS_OK;
	enum status status = json_parse(body, len, &json, error);
	if (status == STATUS_OK)
		status = call->read(run, row, json, error);
	json_free(json);
	return status;
}

struct batch {
	struct scc_run *run;
	const struct scc_ask *asks;
};

static void done(void *user, size_t index, struct http_response *response)
{
	struct batch *batch = user;
	struct scc_run *run = batch->run;
	const struct scc_ask *ask = &batch->asks[index];
	const struct call *call = call_of(ask->endpoint);

	note_clock(run, ask->endpoint, response);
	find_login_page(call, response);
	replace_refusal(run, response);
	if (response->status == STATUS_OK)
		run->accepted = run->accepted || !(call->flags & EXPOSED);
	if (response->status == STATUS_OK)
		response->status = scc_read(run, ask, buf_text(&response->body), response->body.len,
					    &response->error);
	if (response->status == STATUS_MEMORY) /* of this call: the others are asked all the same */
		(void)error_set(&response->error, STATUS_MEMORY, "out of memory");
	enum scc_outcome outcome = scc_judge(ask->endpoint, response);
	run->tally[ask->endpoint - SCC_CALL_FIRST][outcome]++;
	if (ask->endpoint == ENDPOINT_SCC_VERSION)
		run->before_version =
			outcome == SCC_UNSUPPORTED || response->status == STATUS_LOGIN_PAGE;
	if (ask->endpoint == ENDPOINT_SCC_SUBACCOUNT) {
		run->subaccounts[ask->row].asked = true;
		run->subaccounts[ask->row].outcome = outcome;
	}
	if (outcome == SCC_FAILED)
		scc_failed(run, ask, response);
	http_response_release(response);
}

/* ---- requests ---- */

static void fill_request(const struct scc_run *run, const struct scc_ask *ask, const char *url,
			 struct http_request *request)
{
	unsigned flags = call_of(ask->endpoint)->flags;
	bool exposed = (flags & EXPOSED) != 0;

	*request = (struct http_request){
		.endpoint = ask->endpoint,
		.url = url,
		.accept = flags & (EXPOSED | ANY_TYPE) ? "*/*" : NULL,
		.body_max = SCC_BODY_MAX,
		.close = true,
		.stop_at_401 = !exposed,
	};
	if (!exposed && run->connector->logon.data != NULL)
		request->basic = &run->connector->logon;
}

void scc_ask_many(struct scc_run *run, const struct scc_ask *asks, size_t count)
{
	struct batch batch = { run, asks };
	struct http_request *requests = calloc(count + 1, sizeof(*requests));
	char **urls = calloc(count + 1, sizeof(*urls));
	size_t ready = 0;

	if (requests == NULL || urls == NULL)
		goto out;
	for (; ready < count; ready++) {
		urls[ready] = scc_url(run, &asks[ready]);
		if (urls[ready] == NULL)
			goto out;
		fill_request(run, &asks[ready], urls[ready], &requests[ready]);
	}
	http_get_many(run->connector->session, requests, count, done, &batch);
out:
	if (requests == NULL || urls == NULL || ready < count)
		run->status = STATUS_MEMORY;
	for (size_t i = 0; urls != NULL && i < ready; i++)
		free(urls[i]);
	free(urls);
	free(requests);
}

void scc_ask_one(struct scc_run *run, enum endpoint endpoint)
{
	struct scc_ask ask = { .endpoint = endpoint };

	if (run->status == STATUS_OK && !run->ended)
		scc_ask_many(run, &ask, 1);
}
