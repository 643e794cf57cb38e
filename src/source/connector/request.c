/* Requests to a Cloud Connector (docs/reference/cloud-connector.md 3.3, 6, 7 and 8). */
#include "source/connector/request.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

#define URL_MAX 16384 /* two encoded names of SCC_TEXT_MAX and a path */

#define CONFIGURATION "/api/v1/configuration"

static const struct scc_version plural_since = { { 2, 18 } };

/* ---- addresses ---- */

/* The part of the path whose spelling depends on the version. A 404 is ambiguous, so the version
 * decides first (docs/reference/cloud-connector.md 6). */
static void put_on_premises(struct buf *url, const struct scc_run *run)
{
	bool plural = run->has_version && scc_version_at_least(&run->version, &plural_since);

	if (run->other_spelling)
		plural = !plural;
	buf_printf(url, CONFIGURATION "/connector/onPremise%s", plural ? "s" : "");
}

char *scc_url(const struct scc_run *run, const struct scc_request *request)
{
	const struct scc_call *call = request->call;
	struct buf url;

	buf_init(&url, strlen(run->settings->url) + URL_MAX);
	buf_puts(&url, run->settings->url);
	if (call->flags & SCC_ON_PREMISES) {
		put_on_premises(&url, run);
	} else if (call->per_subaccount != NULL) {
		buf_puts(&url, CONFIGURATION "/subaccounts/");
		text_percent_encode(&url, request->row->region_host);
		buf_putc(&url, '/');
		text_percent_encode(&url, request->row->subaccount);
	}
	buf_puts(&url, call->path);
	if (call->flags & SCC_OF_CHANNEL)
		buf_puts(&url, scc_channel_name(request->channel));
	return buf_take(&url);
}

/* ---- answers ---- */

enum status scc_read(struct scc_run *run, const struct scc_request *request, const char *body,
		     size_t len, struct error *error)
{
	const struct scc_call *call = request->call;
	struct cJSON *json = NULL;

	if (call->read == NULL)
		return STATUS_OK;
	enum status status = json_parse(body, len, &json, error);
	if (status == STATUS_OK)
		status = call->read(run, request->row, json, error);
	json_free(json);
	return status;
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

/* The first answer that comes from the connector itself, and not out of a cache
 * (docs/reference/cloud-connector.md 2), shows how far the clocks are apart. */
static void note_clock(struct scc_run *run, const struct scc_call *call,
		       const struct http_response *response)
{
	if (run->has_clock_skew || response->date_s < 0 || (call->flags & SCC_MAY_BE_CACHED))
		return;
	run->has_clock_skew = true;
	run->clock_skew_s = (double)(response->date_s - clock_now_s());
}

struct batch {
	struct scc_run *run;
	const struct scc_request *requests;
};

static void read_answer(struct scc_run *run, const struct scc_request *request,
			struct http_response *response)
{
	if (!(request->call->flags & SCC_EXPOSED))
		run->accepted = true;
	response->status = scc_read(run, request, buf_text(&response->body), response->body.len,
				    &response->error);
}

static void done(void *user, size_t index, struct http_response *response)
{
	struct batch *batch = user;
	struct scc_run *run = batch->run;
	const struct scc_request *request = &batch->requests[index];
	const struct scc_call *call = request->call;
	const struct scc_failure *failure = NULL;

	note_clock(run, call, response);
	scc_find_login_page(call, response);
	replace_refusal(run, response);
	if (response->status == STATUS_OK)
		read_answer(run, request, response);
	if (response->status == STATUS_MEMORY) /* of this call: the others are made all the same */
		(void)error_set(&response->error, STATUS_MEMORY, "out of memory");
	enum scc_outcome outcome = scc_outcome_of(call, response);
	run->tally[call->endpoint][outcome]++;
	if (outcome == SCC_FAILED)
		failure = scc_record_failure(run, call, request->row, response);
	if (call->on_outcome != NULL)
		call->on_outcome(run, request->row, outcome, failure);
	http_response_release(response);
}

/* ---- requests ---- */

static void fill_request(const struct scc_run *run, const struct scc_call *call, const char *url,
			 struct http_request *request)
{
	bool exposed = (call->flags & SCC_EXPOSED) != 0;

	*request = (struct http_request){
		.endpoint = call->endpoint,
		.url = url,
		.accept = call->flags & (SCC_EXPOSED | SCC_ANY_TYPE) ? "*/*" : NULL,
		.body_max = SCC_BODY_MAX,
		.close = true,
		.stop_at_401 = !exposed,
	};
	if (!exposed && run->connector->logon.data != NULL)
		request->basic = &run->connector->logon;
}

void scc_request_all(struct scc_run *run, const struct scc_request *requests, size_t count)
{
	struct batch batch = { run, requests };
	struct http_request *sent = calloc(count + 1, sizeof(*sent));
	char **urls = calloc(count + 1, sizeof(*urls));
	size_t ready = 0;

	if (sent == NULL || urls == NULL)
		goto out;
	for (; ready < count; ready++) {
		urls[ready] = scc_url(run, &requests[ready]);
		if (urls[ready] == NULL)
			goto out;
		fill_request(run, requests[ready].call, urls[ready], &sent[ready]);
	}
	http_get_many(run->connector->session, sent, count, done, &batch);
out:
	if (sent == NULL || urls == NULL || ready < count)
		run->status = STATUS_MEMORY;
	for (size_t i = 0; urls != NULL && i < ready; i++)
		free(urls[i]);
	free(urls);
	free(sent);
}
