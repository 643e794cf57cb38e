/*
 * What failed in a refresh. Failures are kept until the role in the high availability pair is
 * known: a shadow refuses what only masters tell, and is not down because of it
 * (docs/reference/cloud-connector.md 10).
 */
#include <stdlib.h>
#include <string.h>

#include "source/connector/run.h"

#define NO_ROW SIZE_MAX

bool scc_is_initial_password(const char *text)
{
	return strstr(text, "initial password") != NULL;
}

bool scc_is_role_undefined(const char *text)
{
	return strstr(text, "HA role undefined") != NULL;
}

static bool is_first_run(const struct scc_failure *failure)
{
	return failure->code == 403 &&
	       (scc_is_initial_password(failure->text) || scc_is_role_undefined(failure->text));
}

/* Every other call would fail alike, and each may count against an account. */
static bool ends_refresh(const struct scc_run *run, const struct scc_failure *failure)
{
	if (failure->status == STATUS_HTTP_401 || is_first_run(failure))
		return true;
	if (run->accepted)
		return false;
	return failure->status == STATUS_DNS || failure->status == STATUS_CONNECT ||
	       failure->status == STATUS_TLS || failure->status == STATUS_TIMEOUT;
}

static bool room_for_failure(struct scc_run *run)
{
	if (run->failure_count < run->failure_capacity)
		return true;
	size_t capacity = run->failure_capacity > 0 ? run->failure_capacity * 2 : 16;
	struct scc_failure *grown =
		reallocarray(run->failures, capacity, sizeof(struct scc_failure));
	if (grown == NULL)
		return false;
	run->failures = grown;
	run->failure_capacity = capacity;
	return true;
}

/* The state of a subaccount's store whose details could not be read. */
static bool mark_row(struct scc_subaccount *row, const struct http_response *response)
{
	free(row->failure);
	row->failure = strdup(response->error.text);
	row->state = response->status == STATUS_HTTP_403 ? STORE_FORBIDDEN : STORE_UNAVAILABLE;
	return row->failure != NULL;
}

static bool is_of_subaccount(enum endpoint endpoint)
{
	return endpoint == ENDPOINT_SCC_SUBACCOUNT || endpoint == ENDPOINT_SCC_IDPS ||
	       endpoint == ENDPOINT_SCC_CHANNELS;
}

void scc_failed(struct scc_run *run, const struct scc_ask *ask,
		const struct http_response *response)
{
	struct scc_failure failure = {
		.endpoint = ask->endpoint,
		.row = is_of_subaccount(ask->endpoint) ? ask->row : NO_ROW,
		.status = response->status,
		.code = response->code,
		.tries = response->tries,
		.retry_after_s = response->retry_after_s,
		.text = strdup(response->error.text),
	};

	if (failure.text == NULL || !room_for_failure(run) ||
	    (ask->endpoint == ENDPOINT_SCC_SUBACCOUNT &&
	     !mark_row(&run->subaccounts[ask->row], response))) {
		free(failure.text);
		run->status = STATUS_MEMORY;
		return;
	}
	run->failures[run->failure_count++] = failure;
	run->ended = run->ended || ends_refresh(run, &failure);
}

/* Nobody has written down which version brought them (docs/reference/cloud-connector.md 8.6,
 * 8.7). */
static bool is_undated(enum endpoint endpoint)
{
	return endpoint == ENDPOINT_SCC_EMAIL_TRUSTSTORE || endpoint == ENDPOINT_SCC_ALERTING;
}

/* What a failure turns out to be; SCC_FAILED if it is one. */
static enum scc_outcome meaning_of(const struct scc_run *run, const struct scc_failure *failure)
{
	/* what only masters tell */
	if (run->role == SCC_ROLE_SHADOW && failure->code == 403 &&
	    failure->endpoint != ENDPOINT_SCC_VERSION && !is_first_run(failure))
		return SCC_REFUSED;
	/* an unknown path may lead to the login page (docs/reference/cloud-connector.md 4) */
	if (run->accepted && failure->status == STATUS_LOGIN_PAGE &&
	    (scc_lacks(run, failure->endpoint) || is_undated(failure->endpoint)))
		return SCC_UNSUPPORTED;
	return SCC_FAILED;
}

/* When every subaccount of the list answers 404, that is no removal: the call is not there. */
static void doubt_removals(struct scc_run *run)
{
	unsigned *tally = run->tally[ENDPOINT_SCC_SUBACCOUNT - SCC_CALL_FIRST];

	size_t asked = 0;

	for (size_t i = 0; i < run->subaccount_count; i++)
		asked += !run->subaccounts[i].too_long;
	if (asked == 0 || tally[SCC_NONE] != asked)
		return;
	tally[SCC_UNSUPPORTED] += tally[SCC_NONE];
	tally[SCC_NONE] = 0;
	for (size_t i = 0; i < run->subaccount_count; i++)
		run->subaccounts[i].outcome = SCC_UNSUPPORTED;
}

void scc_forgive(struct scc_run *run)
{
	size_t kept = 0;

	doubt_removals(run);

	for (size_t i = 0; i < run->failure_count; i++) {
		struct scc_failure *failure = &run->failures[i];
		unsigned *tally = run->tally[failure->endpoint - SCC_CALL_FIRST];
		enum scc_outcome meaning = meaning_of(run, failure);
		if (meaning == SCC_FAILED) {
			run->failures[kept++] = *failure;
			continue;
		}
		tally[SCC_FAILED]--;
		tally[meaning]++;
		if (failure->endpoint == ENDPOINT_SCC_SUBACCOUNT)
			run->subaccounts[failure->row].outcome = meaning;
		free(failure->text);
	}
	run->failure_count = kept;
}

static bool is_list(enum endpoint endpoint)
{
	return endpoint == ENDPOINT_SCC_SUBACCOUNTS || endpoint == ENDPOINT_SCC_IDPS ||
	       endpoint == ENDPOINT_SCC_CHANNELS || endpoint == ENDPOINT_SCC_TRUSTSTORE ||
	       endpoint == ENDPOINT_SCC_CORRUPTED_SUBACCOUNTS ||
	       endpoint == ENDPOINT_SCC_EMAIL_TRUSTSTORE ||
	       endpoint == ENDPOINT_SCC_MONITORING_CERTIFICATES ||
	       endpoint == ENDPOINT_SCC_MONITORING_SUBACCOUNTS || endpoint == ENDPOINT_SCC_ALERTS;
}

static enum status tell(struct scc_run *run, const struct scc_failure *failure)
{
	enum stage stage = is_list(failure->endpoint) ? STAGE_LIST : STAGE_FETCH;
	const char *item = endpoint_name(failure->endpoint);

	if (failure->row == NO_ROW)
		return source_result_add_issue(run->result, stage, failure->status, LEVEL_CONNECTOR,
					       item, failure->text);
	const char *prefix = failure->endpoint == ENDPOINT_SCC_IDPS ? "idp" : "subaccount";
	char *name = scc_subaccount_name(prefix, &run->subaccounts[failure->row]);
	if (name == NULL)
		return STATUS_MEMORY;
	enum status status = source_result_add_issue(run->result, stage, failure->status,
						     LEVEL_CONNECTOR, name, failure->text);
	free(name);
	return status;
}

static enum status tell_nameless(struct scc_run *run)
{
	if (run->nameless == 0)
		return STATUS_OK;
	return source_result_add_issue(run->result, STAGE_LIST, STATUS_SYNTAX, LEVEL_CONNECTOR, "",
				       "elements of lists without a usable name were left out");
}

/* Without what these calls tell the source is down. */
static bool is_needed(enum endpoint endpoint)
{
	return endpoint == ENDPOINT_SCC_SUBACCOUNTS || endpoint == ENDPOINT_SCC_IDPS ||
	       endpoint == ENDPOINT_SCC_UI_CERTIFICATE ||
	       endpoint == ENDPOINT_SCC_SYSTEM_CERTIFICATE ||
	       endpoint == ENDPOINT_SCC_CA_CERTIFICATE || endpoint == ENDPOINT_SCC_TRUSTSTORE ||
	       endpoint == ENDPOINT_SCC_EMAIL_TRUSTSTORE;
}

/* Asking again soon would not help, and might lock an account (docs/operations.md). */
static bool asks_to_wait(const struct scc_run *run, const struct scc_failure *failure, bool refusal)
{
	return refusal || (failure->status == STATUS_HTTP_403 &&
			   (!run->accepted || is_needed(failure->endpoint)));
}

enum status scc_tell_failures(struct scc_run *run)
{
	enum status status = STATUS_OK;
	bool refusal_told = false;

	for (size_t i = 0; i < run->failure_count && status == STATUS_OK; i++) {
		const struct scc_failure *failure = &run->failures[i];
		bool login_page = failure->status == STATUS_LOGIN_PAGE && !run->accepted;
		bool refusal =
			failure->status == STATUS_HTTP_401 || is_first_run(failure) || login_page;
		if (failure->retry_after_s > run->result->retry_after_s)
			run->result->retry_after_s = failure->retry_after_s;
		if (asks_to_wait(run, failure, refusal))
			run->result->wait_interval = true;
		/* told once, where it belongs; the end of the program is no failure */
		if (failure->tries == 0 || (refusal && refusal_told) ||
		    failure->status == STATUS_CANCELLED)
			continue;
		refusal_told = refusal_told || refusal;
		status = tell(run, failure);
	}
	return status == STATUS_OK ? tell_nameless(run) : status;
}

/* Whether this connector offers a call: false when that is not known. */
static bool is_supported(const struct scc_run *run, enum endpoint endpoint, bool *ret_supported)
{
	unsigned lacking =
		scc_count(run, endpoint, SCC_UNSUPPORTED) + scc_count(run, endpoint, SCC_REFUSED);
	bool none = scc_count(run, endpoint, SCC_NONE) > 0;

	/* "no such certificate" and "no such call" look alike; they came with the UI's call */
	if (none && (endpoint == ENDPOINT_SCC_SYSTEM_CERTIFICATE ||
		     endpoint == ENDPOINT_SCC_CA_CERTIFICATE))
		none = scc_count(run, ENDPOINT_SCC_UI_CERTIFICATE, SCC_UNSUPPORTED) == 0;
	*ret_supported = scc_answered(run, endpoint) || none;
	return *ret_supported || lacking > 0 || scc_count(run, endpoint, SCC_NONE) > 0;
}

enum status scc_tell_calls(struct scc_run *run)
{
	enum status status = STATUS_OK;

	for (int i = SCC_CALL_FIRST; i < SCC_CALL_FIRST + SCC_CALL_COUNT; i++) {
		enum endpoint endpoint = (enum endpoint)i;
		bool failed = scc_count(run, endpoint, SCC_FAILED) > 0;
		bool supported = false;
		bool known = is_supported(run, endpoint, &supported);
		if (status == STATUS_OK && known && (supported || !failed))
			status = scc_sample(run, FACT_SAPCC_ENDPOINT_SUPPORTED, supported,
					    endpoint_name(endpoint), NULL, NULL);
		if (status == STATUS_OK && (failed || supported))
			status = scc_sample(run, FACT_SAPCC_ENDPOINT_UP, failed ? 0 : 1,
					    endpoint_name(endpoint), NULL, NULL);
	}
	return status;
}
