/*
 * Sessions: which request is on its way, which waits for another try, which host is left alone. One
 * loop around one curl_multi handle. The rules of trying again (docs/operations.md) are in
 * http_host.c, one try in http_transfer.c, its meaning in http_result.c.
 */
#include "net/http.h"

#include <assert.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/proxy.h"
#include "net/http/host.h"
#include "net/http/result.h"
#include "net/http/transfer.h"
#include "net/tls.h"

#define SLOTS            16  /* requests under way: in flight, or waiting for another try */
#define IDLE_MAX         8   /* connections that are kept: those of two hosts */
#define POLL_MAX_MS      100 /* the stop flag is looked at this often */
#define TOKEN_ANSWER_MAX ((size_t)128 * 1024) /* a token of 64 KiB and its JSON */

struct http_session {
	struct http_transfer_settings transfer;
	struct proxy proxy;
	struct error proxy_error; /* of the environment's */
	uint32_t timeout_ms;
	struct telemetry_source *telemetry;
	const atomic_bool *stop;
	CURLM *multi;
	struct http_host *hosts;
	uint64_t deadline_ms;
	uint32_t budget;
	uint32_t budget_left;
	unsigned running;
	bool busy;
	struct http_transfer slots[SLOTS];
};

struct batch {
	struct http_session *session;
	const struct http_request *requests;
	const struct secret *form; /* of a token request */
	size_t count;
	size_t next;     /* the first one that was not taken up */
	size_t finished; /* handed to `done` */
	http_done *done;
	void *user;
};

/* ---- handing over ---- */

static void deliver(struct batch *batch, size_t index, struct http_response *response)
{
	batch->done(batch->user, index, response);
	http_response_init(response, 0); /* what was in it is theirs */
	batch->finished++;
}

/* Hands over a failure of a request that was never tried. */
static void deliver_failure(struct batch *batch, size_t index, enum status status, const char *text)
{
	struct http_response response;

	http_response_init(&response, 0);
	response.status = error_set(&response.error, status, "%s", text);
	deliver(batch, index, &response);
}

static void deliver_closed(struct batch *batch, size_t index, const struct http_host *host)
{
	struct http_response response;

	http_response_init(&response, 0);
	response.status = host->closed;
	response.error = host->closed_error;
	response.retry_after_s = host->closed_retry_after_s;
	deliver(batch, index, &response);
}

/* ---- transfers ---- */

static void record_try(const struct http_session *session, const struct http_transfer *t,
		       uint64_t now_ms)
{
	const struct http_response *r = &t->response;
	curl_off_t duration_us = 0;
	curl_off_t bytes = 0;

	(void)curl_easy_getinfo(t->easy, CURLINFO_TOTAL_TIME_T, &duration_us);
	(void)curl_easy_getinfo(t->easy, CURLINFO_SIZE_DOWNLOAD_T, &bytes);
	if (duration_us <= 0) /* ended from our side */
		duration_us = (curl_off_t)(now_ms - t->started_ms) * 1000;
	telemetry_request(session->telemetry, t->request->endpoint, r->code,
			  (double)duration_us / 1e6);
	if (!log_enabled(LOG_DEBUG))
		return;
	log_debug("request",
		  LOG_TEXT("endpoint",
			   telemetry_endpoint_name(session->telemetry, t->request->endpoint)),
		  LOG_TEXT("host", t->host->name), LOG_NUMBER("code", r->code),
		  LOG_TEXT("status", status_name(r->status)),
		  LOG_NUMBER("duration_ms", duration_us / 1000), LOG_NUMBER("bytes", bytes),
		  LOG_TEXT("request_id", r->request_id), LOG_NUMBER("try", t->tries));
}

static void hand_over(struct batch *batch, struct http_transfer *t)
{
	t->response.tries = t->tries;
	deliver(batch, t->index, &t->response);
	http_transfer_release(t);
}

static void leave_multi(struct http_session *session, struct http_transfer *t)
{
	(void)curl_multi_remove_handle(session->multi, t->easy);
	t->running = false;
	session->running--;
}

/* A try has ended by itself. */
static void end_try(struct batch *batch, struct http_transfer *t, CURLcode result)
{
	struct http_session *session = batch->session;
	uint64_t now_ms = clock_mono_ms();

	leave_multi(session, t);
	http_result(t, result);
	record_try(session, t, now_ms);
	t->response.tries = t->tries;
	http_host_learn(t->host, &t->response, http_result_connected(t), now_ms,
			session->deadline_ms);
	if (t->request->stop_at_401 && t->response.status == STATUS_HTTP_401)
		http_host_give_up(t->host, &t->response, "the credentials were refused");
	if (http_result_proxy_refused(t))
		http_host_give_up(t->host, &t->response, "it needs a proxy");
	uint64_t due_ms = http_host_retry(t->host, &t->response, t->tries, now_ms);
	if (due_ms < session->deadline_ms && session->budget_left > 0)
		t->due_ms = due_ms;
	else
		hand_over(batch, t);
}

/* Ends a transfer that runs or waits, from our side. */
static void abandon(struct batch *batch, struct http_transfer *t, enum status status,
		    const char *text)
{
	bool was_running = t->running;

	if (was_running)
		leave_multi(batch->session, t);
	http_transfer_abandon(t, status, text);
	if (t->host->closed == status)
		t->response.retry_after_s = t->host->closed_retry_after_s;
	if (was_running)
		record_try(batch->session, t, clock_mono_ms());
	hand_over(batch, t);
}

static void start_try(struct batch *batch, struct http_transfer *t, uint64_t now_ms)
{
	struct http_session *session = batch->session;
	uint64_t timeout_ms = session->timeout_ms;

	if (session->deadline_ms - now_ms < timeout_ms)
		timeout_ms = session->deadline_ms - now_ms;
	session->budget_left--;
	if (http_transfer_start(t, &session->transfer, timeout_ms) != STATUS_OK ||
	    curl_multi_add_handle(session->multi, t->easy) != CURLM_OK) {
		abandon(batch, t, STATUS_MEMORY, "out of memory");
		return;
	}
	t->running = true;
	session->running++;
}

static struct http_transfer *free_slot(struct http_session *session)
{
	for (size_t i = 0; i < SLOTS; i++) {
		if (session->slots[i].request == NULL)
			return &session->slots[i];
	}
	return NULL;
}

/* Takes up the next request of the batch. False: it has to wait. */
static bool start_next(struct batch *batch, uint64_t now_ms)
{
	struct http_session *session = batch->session;
	struct http_host *host = NULL;
	size_t index = batch->next;
	const struct http_request *request = &batch->requests[index];
	struct http_transfer *t = free_slot(session);

	if (t == NULL)
		return false;
	enum status status = http_hosts_find(&session->hosts, request->url, &host);
	if (status == STATUS_OK && host->closed == STATUS_OK && host->paused_until_ms > now_ms)
		return false;
	batch->next++;
	if (status == STATUS_UNSUPPORTED)
		deliver_failure(batch, index, status, "not an https URL");
	else if (status == STATUS_SYNTAX)
		deliver_failure(batch, index, status, "not a URL");
	else if (status != STATUS_OK)
		deliver_failure(batch, index, status, "out of memory");
	else if (host->closed != STATUS_OK)
		deliver_closed(batch, index, host);
	else if (session->budget_left == 0)
		deliver_failure(batch, index, STATUS_LIMIT, "too many requests in one refresh");
	else if (http_transfer_prepare(t, request, batch->form) != STATUS_OK)
		deliver_failure(batch, index, STATUS_MEMORY, "out of memory");
	else {
		t->index = index;
		t->host = host;
		start_try(batch, t, now_ms);
	}
	return true;
}

/* ---- the loop ---- */

static void start_all_that_may(struct batch *batch, uint64_t now_ms)
{
	struct http_session *session = batch->session;

	for (size_t i = 0; i < SLOTS && session->running < HTTP_PARALLEL; i++) {
		struct http_transfer *t = &session->slots[i];
		if (t->request == NULL || t->running || t->due_ms > now_ms)
			continue;
		if (t->host->paused_until_ms > now_ms)
			t->due_ms = t->host->paused_until_ms;
		else if (session->budget_left == 0)
			abandon(batch, t, STATUS_LIMIT, "too many requests in one refresh");
		else
			start_try(batch, t, now_ms);
	}
	while (session->running < HTTP_PARALLEL && batch->next < batch->count) {
		if (!start_next(batch, now_ms))
			break;
	}
}

/* Ends what is under way on hosts that were given up, but for answers that have begun. */
static void end_closed(struct batch *batch)
{
	for (size_t i = 0; i < SLOTS; i++) {
		struct http_transfer *t = &batch->session->slots[i];
		if (t->request == NULL || t->host->closed == STATUS_OK ||
		    (t->running && t->headers_done))
			continue;
		abandon(batch, t, t->host->closed, t->host->closed_error.text);
	}
}

/* True if something has ended. */
static bool collect(struct batch *batch)
{
	struct http_session *session = batch->session;
	bool ended = false;
	int left;

	for (CURLMsg *msg = curl_multi_info_read(session->multi, &left); msg != NULL;
	     msg = curl_multi_info_read(session->multi, &left)) {
		struct http_transfer *t = NULL;
		CURLcode result = msg->data.result;
		(void)curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, (char **)&t);
		end_try(batch, t, result);
		ended = true;
	}
	if (ended)
		end_closed(batch);
	return ended;
}

static uint64_t earlier(uint64_t wait_ms, uint64_t time_ms, uint64_t now_ms)
{
	uint64_t until_ms = time_ms > now_ms ? time_ms - now_ms : 1;

	return until_ms < wait_ms ? until_ms : wait_ms;
}

static void wait_for_more(const struct batch *batch)
{
	const struct http_session *session = batch->session;
	uint64_t now_ms = clock_mono_ms();
	uint64_t wait_ms = earlier(POLL_MAX_MS, session->deadline_ms, now_ms);

	if (session->running < HTTP_PARALLEL) {
		for (size_t i = 0; i < SLOTS; i++) {
			const struct http_transfer *t = &session->slots[i];
			if (t->request != NULL && !t->running)
				wait_ms = earlier(wait_ms, t->due_ms, now_ms);
		}
		for (const struct http_host *host = session->hosts; host != NULL;
		     host = host->next) {
			if (host->paused_until_ms > now_ms)
				wait_ms = earlier(wait_ms, host->paused_until_ms, now_ms);
		}
	}
	(void)curl_multi_poll(session->multi, NULL, 0, (int)wait_ms, NULL);
}

static void end_all(struct batch *batch, enum status status, const char *text)
{
	for (size_t i = 0; i < SLOTS; i++) {
		if (batch->session->slots[i].request != NULL)
			abandon(batch, &batch->session->slots[i], status, text);
	}
	while (batch->next < batch->count) {
		size_t index = batch->next++;
		deliver_failure(batch, index, status, text);
	}
}

static void run(struct batch *batch)
{
	struct http_session *session = batch->session;
	int running;

	assert(!session->busy); /* `done` must not start requests */
	session->busy = true;
	while (batch->finished < batch->count) {
		uint64_t now_ms = clock_mono_ms();
		if (session->stop != NULL && atomic_load(session->stop)) {
			end_all(batch, STATUS_CANCELLED, "the program stops");
		} else if (now_ms >= session->deadline_ms) {
			end_all(batch, STATUS_TIMEOUT, "the refresh has reached its time limit");
		} else {
			start_all_that_may(batch, now_ms);
			if (curl_multi_perform(session->multi, &running) != CURLM_OK)
				end_all(batch, STATUS_MEMORY, "out of memory");
			else if (!collect(batch) && batch->finished < batch->count)
				wait_for_more(batch);
		}
	}
	session->busy = false;
}

/* ---- public ---- */

enum status http_setup(void)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	(void)sigaction(SIGPIPE, &ignore, NULL);
	return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? STATUS_OK : STATUS_MEMORY;
}

void http_teardown(void)
{
	curl_global_cleanup();
}

static bool make_handles(struct http_session *session)
{
	CURLSH *share = curl_share_init();

	session->transfer.share = share;
	session->multi = curl_multi_init();
	return share != NULL && session->multi != NULL &&
	       curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION) ==
		       CURLSHE_OK &&
	       curl_multi_setopt(session->multi, CURLMOPT_MAXCONNECTS, (long)IDLE_MAX) == CURLM_OK;
}

/* The one of the settings, else of the environment. One of the environment that cannot be used
 * fails the requests that need it, not the session. */
static enum status choose_proxy(struct http_session *session, const char *setting,
				struct error *error)
{
	struct error reason = { "" };
	bool configured = setting != NULL && *setting != '\0';
	enum status status = configured
				     ? proxy_parse(setting, &session->proxy, &reason)
				     : proxy_of_environment(&session->proxy, &session->proxy_error);

	session->transfer.proxy = &session->proxy;
	session->transfer.proxy_of_environment = !configured;
	if (status == STATUS_MEMORY)
		return error_set(error, status, "out of memory");
	if (configured && status != STATUS_OK)
		return error_set(error, STATUS_SYNTAX, "proxy: %s", reason.text);
	if (status != STATUS_OK && status != STATUS_NOT_FOUND)
		session->transfer.proxy_refusal = session->proxy_error.text;
	return STATUS_OK;
}

enum status http_session_new(const struct http_settings *settings,
			     struct http_session **ret_session, struct error *error)
{
	struct http_session *session = calloc(1, sizeof(*session));

	if (session == NULL)
		return error_set(error, STATUS_MEMORY, "out of memory");
	session->timeout_ms = settings->timeout_s * 1000;
	session->transfer.connect_timeout_ms = settings->connect_timeout_s * 1000;
	session->transfer.insecure_skip_verify = settings->insecure_skip_verify;
	session->telemetry = settings->telemetry;
	session->stop = settings->stop;
	session->budget = settings->budget > 0 ? settings->budget : HTTP_BUDGET;
	http_session_begin(session, UINT64_MAX);
	enum status status = choose_proxy(session, settings->proxy, error);
	if (status == STATUS_OK)
		status = tls_new(settings, session->proxy.https, &session->transfer.tls, error);
	if (status == STATUS_OK && !make_handles(session))
		status = error_set(error, STATUS_MEMORY, "out of memory");
	if (status != STATUS_OK) {
		http_session_free(session);
		return status;
	}
	*ret_session = session;
	return STATUS_OK;
}

void http_session_free(struct http_session *session)
{
	if (session == NULL)
		return;
	assert(!session->busy);
	for (size_t i = 0; i < SLOTS; i++)
		curl_easy_cleanup(session->slots[i].easy);
	if (session->multi != NULL)
		(void)curl_multi_cleanup(session->multi);
	if (session->transfer.share != NULL)
		(void)curl_share_cleanup(session->transfer.share);
	tls_free(session->transfer.tls);
	proxy_release(&session->proxy);
	http_hosts_forget(&session->hosts);
	free(session);
}

void http_session_peer(const struct http_session *session, struct http_peer *ret_peer)
{
	tls_peer(session->transfer.tls, ret_peer);
}

void http_session_begin(struct http_session *session, uint64_t deadline_mono_ms)
{
	assert(!session->busy);
	http_hosts_forget(&session->hosts);
	session->deadline_ms = deadline_mono_ms;
	session->budget_left = session->budget;
}

static void keep_one(void *user, size_t index, struct http_response *response)
{
	struct http_response *ret_response = user;

	(void)index;
	*ret_response = *response;
}

enum status http_get(struct http_session *session, const struct http_request *request,
		     struct http_response *ret_response)
{
	http_get_many(session, request, 1, keep_one, ret_response);
	return ret_response->status;
}

void http_get_many(struct http_session *session, const struct http_request *requests, size_t count,
		   http_done *done, void *user)
{
	struct batch batch = {
		.session = session, .requests = requests, .count = count, .done = done, .user = user
	};

	run(&batch);
}

enum status http_post_token(struct http_session *session, size_t endpoint, const char *url,
			    const struct secret *form, struct http_response *ret_response)
{
	struct http_request request = { .endpoint = endpoint,
					.url = url,
					.body_max = TOKEN_ANSWER_MAX };
	struct batch batch = { .session = session,
			       .requests = &request,
			       .form = form,
			       .count = 1,
			       .done = keep_one,
			       .user = ret_response };

	run(&batch);
	return ret_response->status;
}
