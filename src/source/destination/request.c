/* Requests to the Destination service: addresses, tokens, one repeat after a 401. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "source/destination/run.h"

#define BASE_PATH "/destination-configuration/v1/"

/* Hands the address over, if it is one that may be asked. */
static enum status finish_url(struct buf *url, char **ret_url, struct error *error)
{
	enum status status = buf_status(url);
	char *text = buf_take(url);

	buf_release(url);
	if (status == STATUS_TOO_LARGE)
		return error_set(error, STATUS_LIMIT, "the address is too long for a request");
	if (text == NULL)
		return error_set(error, STATUS_MEMORY, "out of memory");
	*ret_url = text;
	return STATUS_OK;
}

enum status ds_url(const struct ds_run *run, const char *level, const char *suffix, char **ret_url,
		   struct error *error)
{
	struct buf url;

	buf_init(&url, DS_URL_MAX);
	buf_printf(&url, "%s" BASE_PATH "%s%s", run->service->credentials.host, level, suffix);
	return finish_url(&url, ret_url, error);
}

enum status ds_store_url(const struct ds_run *run, const char *level, const char *name,
			 const char *suffix, char **ret_url, struct error *error)
{
	struct buf url;

	if (strlen(name) > DS_NAME_MAX)
		return error_set(error, STATUS_LIMIT,
				 "the name has %zu bytes, more than %d: it is not asked for",
				 strlen(name), DS_NAME_MAX);
	buf_init(&url, DS_URL_MAX);
	buf_printf(&url, "%s" BASE_PATH "%sCertificates/", run->service->credentials.host, level);
	text_percent_encode(&url, name);
	buf_puts(&url, suffix);
	return finish_url(&url, ret_url, error);
}

static void token_issue(struct ds_run *run)
{
	const struct ds_failure *failure = &run->token_failure;

	if (failure->retry_after_s > run->result->retry_after_s)
		run->result->retry_after_s = failure->retry_after_s;
	(void)ds_issue_text(run, STAGE_TOKEN, failure->status, "", "token", failure->error.text);
}

enum status ds_need_token(struct ds_run *run, struct http_response *ret_response)
{
	struct destination_service *service = run->service;
	struct oauth_client client = {
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

static size_t level_index(const struct source_level *level)
{
	return strcmp(level->name, LEVEL_SUBACCOUNT) == 0 ? 0 : 1;
}

void ds_set_incomplete(struct ds_run *run, const struct source_level *level)
{
	run->incomplete[level_index(level)] = true;
}

bool ds_is_incomplete(const struct ds_run *run, const struct source_level *level)
{
	return run->incomplete[level_index(level)];
}

enum status ds_issue_text(struct ds_run *run, enum stage stage, enum status reason,
			  const char *level, const char *item, const char *text)
{
	if (reason == STATUS_CANCELLED)
		return STATUS_OK; /* the program ends: nothing failed */
	if (run->token_failure.status != STATUS_OK && stage != STAGE_TOKEN)
		return STATUS_OK; /* told once, at the stage where it belongs */
	if (reason == STATUS_HTTP_401 || reason == STATUS_HTTP_403)
		run->result->wait_interval = true;
	return source_result_add_issue(run->result, stage, reason, level, item, text);
}

enum status ds_issue(struct ds_run *run, enum stage stage, const char *level, const char *item,
		     const struct http_response *response)
{
	if (response->retry_after_s > run->result->retry_after_s)
		run->result->retry_after_s = response->retry_after_s;
	return ds_issue_text(run, stage, response->status, level, item, response->error.text);
}

enum status ds_get(struct ds_run *run, enum endpoint endpoint, const char *url, size_t body_max,
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

struct many {
	struct ds_run *run;
	http_done *done;
	void *user;
	const size_t *origin; /* index in the caller's array; NULL: the same */
	size_t *refused;      /* indices that got a 401; NULL: no repeat any more */
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

void ds_get_many(struct ds_run *run, struct http_request *requests, size_t count, http_done *done,
		 void *user)
{
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
