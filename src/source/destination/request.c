/* Requests to the Destination service: tokens, and one repeat after a 401. */
#include "source/destination/request.h"

#include <stdlib.h>
#include <string.h>

static void token_issue(struct ds_run *run)
{
	struct ds_failure *failure = &run->token_failure;

	ds_retry_after(run, failure->retry_after_s);
	ds_issue_text(run, STAGE_TOKEN, failure->status, "", "token", failure->error.text);
}

enum status ds_need_token(struct ds_run *run, struct http_response *ret_response)
{
	struct destination_service *service = run->service;
	struct oauth_client client = {
		.endpoint = ENDPOINT_DS_TOKEN,
		.token_url = service->credentials.token_url,
		.client_id = service->credentials.client_id,
		.client_secret =
			service->credentials.x509 ? NULL : &service->credentials.client_secret,
	};

	if (run->token_failure.status == STATUS_OK) {
		struct ds_failure failure = { .retry_after_s = -1 };
		failure.status = oauth_token_get(&service->token, service->session, &client,
						 &failure.retry_after_s, &failure.error);
		run->token_failure = failure;
		if (failure.status != STATUS_OK)
			token_issue(run);
	}
	ret_response->status = run->token_failure.status;
	ret_response->retry_after_s = run->token_failure.retry_after_s;
	ret_response->error = run->token_failure.error;
	return ret_response->status;
}

enum status ds_get(struct ds_run *run, enum ds_endpoint endpoint, const char *url, size_t body_max,
		   struct http_response *ret_response)
{
	struct http_request request = {
		.endpoint = endpoint,
		.url = url,
		.bearer = &run->service->token.access_token,
		.body_max = body_max,
	};

	memset(ret_response, 0, sizeof(*ret_response));
	for (int attempt = 0;; attempt++) {
		if (ds_need_token(run, ret_response) != STATUS_OK)
			return ret_response->status;
		(void)http_get(run->service->session, &request, ret_response);
		if (ret_response->status != STATUS_HTTP_401)
			return ret_response->status;
		if (attempt > 0 || run->new_token_refused) {
			run->new_token_refused = true;
			return ret_response->status;
		}
		oauth_token_drop(&run->service->token);
		http_response_release(ret_response);
		memset(ret_response, 0, sizeof(*ret_response));
	}
}

/* -- batches --------------------------------------------------------------------------- */

enum status ds_batch_init(struct ds_batch *batch, size_t capacity)
{
	batch->requests = calloc(capacity + 1, sizeof(*batch->requests));
	batch->which = calloc(capacity + 1, sizeof(*batch->which));
	batch->urls = calloc(capacity + 1, sizeof(*batch->urls));
	batch->count = 0;
	bool ok = batch->requests != NULL && batch->which != NULL && batch->urls != NULL;
	return ok ? STATUS_OK : STATUS_MEMORY;
}

void ds_batch_add_take(struct ds_batch *batch, size_t which, const struct http_request *request,
		       char *url)
{
	batch->requests[batch->count] = *request;
	batch->requests[batch->count].url = url;
	batch->which[batch->count] = which;
	batch->urls[batch->count++] = url;
}

void ds_batch_release(struct ds_batch *batch)
{
	for (size_t i = 0; i < batch->count; i++)
		free(batch->urls[i]);
	free(batch->urls);
	free(batch->which);
	free(batch->requests);
	*batch = (struct ds_batch){ 0 };
}

struct many {
	struct ds_run *run;
	http_done *done;
	void *user;
	const size_t *origin; /* index in the batch; NULL: the same */
	size_t *refused;      /* of requests that got a 401; NULL: no repeat any more */
	size_t refused_count;
};

static void many_done(void *user, size_t index, struct http_response *response)
{
	struct many *many = user;
	size_t origin = many->origin != NULL ? many->origin[index] : index;

	if (response->status == STATUS_HTTP_401 && many->refused != NULL) {
		many->refused[many->refused_count++] = origin;
		http_response_release(response);
		return;
	}
	if (response->status == STATUS_HTTP_401)
		many->run->new_token_refused = true;
	many->done(many->user, origin, response);
}

/* Every listed request fails with what the token said. */
static void fail_all(struct many *many, size_t count, const struct http_response *because)
{
	for (size_t i = 0; i < count; i++) {
		struct http_response response = {
			.status = because->status,
			.retry_after_s = because->retry_after_s,
			.error = because->error,
		};
		many->done(many->user, many->origin != NULL ? many->origin[i] : i, &response);
	}
}

static void repeat_refused(struct ds_run *run, const struct http_request *requests,
			   const struct many *first, struct many *again)
{
	struct http_response because = { 0 };
	struct http_request *repeated = calloc(first->refused_count, sizeof(*repeated));

	oauth_token_drop(&run->service->token);
	if (repeated == NULL)
		because.status = STATUS_MEMORY;
	else
		(void)ds_need_token(run, &because);
	if (because.status != STATUS_OK) {
		fail_all(again, first->refused_count, &because);
		free(repeated);
		return;
	}
	for (size_t i = 0; i < first->refused_count; i++) {
		repeated[i] = requests[first->refused[i]];
		repeated[i].bearer = &run->service->token.access_token;
	}
	http_get_many(run->service->session, repeated, first->refused_count, many_done, again);
	free(repeated);
}

void ds_batch_get(struct ds_run *run, struct ds_batch *batch, http_done *done, void *user)
{
	struct http_request *requests = batch->requests;
	size_t count = batch->count;
	struct http_response because = { 0 };
	struct many many = { .run = run, .done = done, .user = user };
	size_t *refused = calloc(count + 1, sizeof(*refused));

	if (count == 0)
		goto out;
	if (refused == NULL)
		because.status = STATUS_MEMORY;
	else
		(void)ds_need_token(run, &because);
	if (because.status != STATUS_OK) {
		fail_all(&many, count, &because);
		goto out;
	}
	for (size_t i = 0; i < count; i++)
		requests[i].bearer = &run->service->token.access_token;
	many.refused = run->new_token_refused ? NULL : refused;
	http_get_many(run->service->session, requests, count, many_done, &many);
	if (many.refused_count > 0) {
		struct many again = { .run = run, .done = done, .user = user, .origin = refused };
		repeat_refused(run, requests, &many, &again);
	}
out:
	free(refused);
}
