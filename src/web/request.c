/* One request from its request line to its last byte: the steps in their order, and the answer with
 * its headers. The order is that of Prometheus' exporter-toolkit. */
#include "web/request.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "telemetry/telemetry.h"
#include "web/exchange.h"
#include "web/negotiate.h"
#include "web/routes.h"
#include "web/service.h"

#define REQUEST_BODY_MAX 8192 /* bytes that clients may send in a request; none is used */
#define ESCAPED_NUL      "%00"

static uint64_t monotonic_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static struct request *request_of_waiter(struct auth_waiter *waiter)
{
	return (struct request *)((char *)waiter - offsetof(struct request, waiter));
}

static void leave_lane(struct request *request)
{
	if (request->lane != NULL)
		atomic_fetch_sub(&request->lane->waiting, 1);
	request->lane = NULL;
}

/* Counts the request in the lane of its route until its body is made or the request ends; false
 * (and a reply of 503) when as many wait as may. How long clients take to read their answers does
 * not matter here: service_is_full(). */
static bool enter_lane(struct request *request)
{
	if (request->route->lane == LANE_NONE)
		return true;
	request->lane = &request->server->lanes[request->route->lane];
	unsigned max = request->lane->max;
	if (atomic_fetch_add(&request->lane->waiting, 1) < max || max == 0)
		return true;
	leave_lane(request);
	reply_text(request, MHD_HTTP_SERVICE_UNAVAILABLE,
		   "Limit of concurrent requests reached (%u), try again later.", max);
	request->reply.retry = true;
	return false;
}

/* -- the answer -------------------------------------------------------------- */

static void add(struct MHD_Response *response, const char *name, const char *value)
{
	if (value != NULL)
		(void)MHD_add_response_header(response, name, value);
}

/* Adds the headers of the web configuration, except those that the answer sets itself. */
static void add_configured(const struct request *request, struct MHD_Response *response)
{
	bool nosniff = false;

	for (size_t i = 0; request->config != NULL && i < request->config->config->header_count;
	     i++) {
		const struct web_header *header = &request->config->config->headers[i];
		nosniff = nosniff || strcasecmp(header->name, "X-Content-Type-Options") == 0;
		if (request->reply.csp != NULL &&
		    strcasecmp(header->name, "Content-Security-Policy") == 0)
			continue;
		add(response, header->name, header->value);
	}
	if (!nosniff)
		add(response, "X-Content-Type-Options", "nosniff");
}

static void add_headers(const struct request *request, struct MHD_Response *response, bool gzip)
{
	const struct reply *reply = &request->reply;

	add_configured(request, response);
	add(response, "Content-Type",
	    reply->content_type != NULL ? reply->content_type : "text/plain; charset=utf-8");
	add(response, "Content-Encoding", gzip ? "gzip" : NULL);
	add(response, "Vary", reply->vary);
	add(response, "Content-Security-Policy", reply->csp);
	add(response, "Allow", reply->allow);
	add(response, "Cache-Control", reply->no_cache ? "no-cache" : NULL);
	add(response, "WWW-Authenticate", reply->challenge ? "Basic" : NULL);
	add(response, "Retry-After", reply->retry ? "1" : NULL);
	if (reply->body != NULL && reply->body->etag[0] != '\0')
		add(response, "ETag", reply->body->etag);
	if (reply->close || atomic_load(&request->server->stopping))
		add(response, "Connection", "close");
}

static void release_body(void *user)
{
	body_unref(user);
}

/* True when the client has this answer already, so that the reply is 304. */
static bool is_known(const struct request *request)
{
	char storage[HEADER_VALUE_MAX];
	const struct body *body = request->reply.body;

	if (body == NULL || body->etag[0] == '\0' || request->reply.code != MHD_HTTP_OK)
		return false;
	return etag_listed(request_header(request, "If-None-Match", storage, sizeof(storage)),
			   body->etag);
}

static struct MHD_Response *make_response(struct request *request, bool gzip)
{
	struct reply *reply = &request->reply;
	struct body *body = reply->body;

	if (reply->code == MHD_HTTP_NOT_MODIFIED)
		return MHD_create_response_from_buffer(0, reply->text, MHD_RESPMEM_PERSISTENT);
	if (body == NULL)
		return MHD_create_response_from_buffer(strlen(reply->text), reply->text,
						       MHD_RESPMEM_MUST_COPY);
	struct MHD_Response *response = MHD_create_response_from_buffer_with_free_callback_cls(
		gzip ? body->gzip_len : body->len, gzip ? body->gzip : body->data, release_body,
		body_ref(body));
	if (response == NULL)
		body_unref(body);
	return response;
}

/* Queues the reply. MHD_NO closes the connection: there is no memory for any answer. */
static enum MHD_Result send_reply(struct request *request)
{
	struct reply *reply = &request->reply;
	bool gzip = reply->body != NULL && reply->gzip && reply->body->gzip != NULL;

	request->stage = REQUEST_DONE;
	if (is_known(request))
		reply->code = MHD_HTTP_NOT_MODIFIED;
	struct MHD_Response *response = make_response(request, gzip);
	if (response == NULL)
		return MHD_NO;
	add_headers(request, response, gzip);
	if (reply->body != NULL && request->client != NULL)
		clients_set_sending(request->client, reply->body);
	telemetry_http_request(request->server->telemetry, request->route->name, reply->code);
	enum MHD_Result queued = MHD_queue_response(request->connection, reply->code, response);
	MHD_destroy_response(response);
	return queued;
}

/* -- rendering --------------------------------------------------------------- */

/* On the renderer's thread. */
static void rendered(struct render_job *job)
{
	struct request *request = request_of_job(job);

	MHD_resume_connection(request->connection);
}

static enum MHD_Result send_rendered(struct request *request)
{
	struct render_job *job = &request->job;

	leave_lane(request);
	if (job->status == STATUS_OK) {
		request->reply.code = MHD_HTTP_OK;
		request->reply.body = job->body;
		job->body = NULL; /* handed over */
		request->finish(request);
	} else if (job->status == STATUS_CANCELLED) {
		reply_text(request, MHD_HTTP_SERVICE_UNAVAILABLE, "The server is stopping.");
		request->reply.retry = true;
	} else {
		log_error("an answer cannot be rendered", LOG_TEXT("handler", request->route->name),
			  LOG_TEXT("problem", job->error.text));
		reply_text(request, MHD_HTTP_INTERNAL_SERVER_ERROR, "%s", job->error.text);
	}
	if (request->route->lane == LANE_SCRAPES)
		telemetry_scrape(request->server->telemetry,
				 (double)(monotonic_ns() - request->start_ns) / 1e9);
	return send_reply(request);
}

static enum MHD_Result start_rendering(struct request *request)
{
	char storage[HEADER_VALUE_MAX];

	if (service_is_full(request->server)) {
		reply_text(request, MHD_HTTP_SERVICE_UNAVAILABLE,
			   "Too many answers are waiting for slow readers, try again later.");
		request->reply.retry = true;
		return send_reply(request);
	}
	request->reply.gzip = negotiate_gzip(
		request_header(request, "Accept-Encoding", storage, sizeof(storage)));
	request->job.gzip = request->reply.gzip;
	request->job.done = rendered;
	request->stage = REQUEST_RENDER;
	MHD_suspend_connection(request->connection);
	renderer_submit(request->lane->renderer, &request->job);
	return MHD_YES; /* the request belongs to the renderer's thread now */
}

/* Only the requests that ask for the work wait for it. */
static enum MHD_Result start_work(struct request *request)
{
	request->job.done = rendered;
	request->stage = REQUEST_WORK;
	MHD_suspend_connection(request->connection);
	renderer_submit(request->lane->renderer, &request->job);
	return MHD_YES; /* the request belongs to the worker's thread now */
}

static enum MHD_Result send_worked(struct request *request)
{
	request->finish(request);
	return send_reply(request);
}

/* -- the steps before it ----------------------------------------------------- */

static enum MHD_Result answer(struct request *request)
{
	request->start_ns = monotonic_ns();
	if (request->nul_in_query && request->route != route_unknown()) {
		reply_text(request, MHD_HTTP_BAD_REQUEST, "A parameter contains a NUL (%%00).");
		request->reply.allow = NULL;
		return send_reply(request);
	}
	if (request->reply.allow != NULL) {
		reply_text(request, MHD_HTTP_METHOD_NOT_ALLOWED, "Method not allowed.");
		return send_reply(request);
	}
	if (!enter_lane(request))
		return send_reply(request);
	switch (request->route->answer(request)) {
	case ROUTE_READY:
		break;
	case ROUTE_RENDER:
		return start_rendering(request);
	case ROUTE_WORK:
		return start_work(request);
	}
	return send_reply(request);
}

static enum MHD_Result judge(struct request *request)
{
	switch (request->verdict) {
	case AUTH_GRANTED:
		return answer(request);
	case AUTH_BUSY:
		reply_text(request, MHD_HTTP_SERVICE_UNAVAILABLE,
			   "Too many logins at the same time, try again later.");
		request->reply.retry = true;
		break;
	case AUTH_DENIED:
	case AUTH_PENDING:
		reply_text(request, MHD_HTTP_UNAUTHORIZED, "Unauthorized");
		request->reply.challenge = true;
		break;
	}
	request->reply.allow = NULL;
	return send_reply(request);
}

/* On the thread of the comparisons. */
static void compared(struct auth_waiter *waiter, enum auth_verdict verdict)
{
	struct request *request = request_of_waiter(waiter);

	request->verdict = verdict;
	MHD_resume_connection(request->connection);
}

static enum MHD_Result refuse(struct request *request, unsigned code, const char *text)
{
	request->reply.allow = NULL;
	reply_text(request, code, "%s", text);
	return send_reply(request);
}

static enum MHD_Result admit(struct request *request)
{
	struct web_server *server = request->server;

	if (request->health_only)
		return answer(request);
	struct active_config *config = settings_for_request(server->settings);
	if (config == NULL)
		return refuse(request, MHD_HTTP_INTERNAL_SERVER_ERROR, "Internal Server Error");
	if (!rate_limit_take(&server->rate_limit, clock_mono_ms())) {
		active_config_unref(config);
		return refuse(request, MHD_HTTP_TOO_MANY_REQUESTS, "Too Many Requests");
	}
	request->config = config;
	const char *authorization =
		MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, "Authorization");
	request->verdict =
		auth_check(server->auth, config->config, authorization, &request->attempt);
	if (request->verdict != AUTH_PENDING)
		return judge(request);
	request->stage = REQUEST_AUTH;
	request->waiter.done = compared;
	MHD_suspend_connection(request->connection);
	auth_submit(server->auth, &request->attempt, &request->waiter);
	return MHD_YES; /* the request belongs to the thread of the comparisons now */
}

/* True when the client announces a body that is not worth reading. */
static bool announces_much(const struct request *request)
{
	const char *length =
		MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, "Content-Length");
	uint64_t value;

	if (MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND,
					"Transfer-Encoding") != NULL)
		return true;
	return length != NULL && parse_u64(length, REQUEST_BODY_MAX, &value) != STATUS_OK;
}

static const struct route *choose_route(const struct request *request, const char *url)
{
	if (request->nul_in_path)
		return route_unknown();
	return route_find(url, request->server->options->telemetry_path, request->health_only);
}

/* For a request that has left no memory of its connection for an answer. */
static enum MHD_Result refuse_past_library(struct request *request)
{
	static const struct refusal headers = { MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE,
						"The request's headers are too large." };
	struct refusal refusal = request->refusal.code != 0 ? request->refusal : headers;

	telemetry_http_request(request->server->telemetry, request->route->name, refusal.code);
	refusal_send(request->connection, refusal);
	return MHD_NO; /* closes the connection */
}

static enum MHD_Result see_headers(struct request *request, const char *url, const char *method,
				   const char *version)
{
	if (request->client != NULL)
		clients_set_asked(request->client);
	request->route = choose_route(request, url);
	if (!refusal_has_room(request->connection))
		return refuse_past_library(request);
	if (request->refusal.code == 0)
		request->refusal = refusal_of_headers(request->connection, version);
	if (request->refusal.code != 0)
		return refuse(request, request->refusal.code, request->refusal.text);
	(void)route_allows(request->route, method, &request->reply.allow);
	log_debug("request", LOG_TEXT("method", method), LOG_TEXT("path", url),
		  LOG_TEXT("handler", request->route->name));
	request->stage = REQUEST_BODY;
	if (!announces_much(request))
		return MHD_YES;
	request->reply.close = true;
	return refuse(request, MHD_HTTP_CONTENT_TOO_LARGE, "Request bodies are not accepted.");
}

/* -- callbacks --------------------------------------------------------------- */

/* The library gives each parameter a record from its pool, and before its version 1.0 it has no
 * answer when the pool is used up. So a target that is refused anyway loses its parameters: it lies
 * in the connection's own buffer, and the library begins to parse it after this has returned. */
static void drop_parameters(const char *uri)
{
	char *query = strchr(uri, '?');

	if (query != NULL)
		query[1] = '\0';
}

/* The library unescapes in place and hands out C strings, so an escaped NUL would hide what
 * follows. */
static void find_nul(struct request *request, const char *uri)
{
	const char *query = strchr(uri, '?');
	const char *nul = strstr(uri, ESCAPED_NUL);

	request->nul_in_path = nul != NULL && (query == NULL || nul < query);
	request->nul_in_query = query != NULL && strstr(query, ESCAPED_NUL) != NULL;
}

void *request_begin(void *user, const char *uri, struct MHD_Connection *connection)
{
	const struct listener *listener = user;
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct refusal refusal = refusal_of_uri(uri);
	struct request *request = calloc(1, sizeof(*request));

	if (request != NULL)
		find_nul(request, uri);
	if (refusal.code != 0)
		drop_parameters(uri);
	if (request == NULL)
		return NULL;
	request->refusal = refusal;
	request->server = listener->server;
	request->health_only = listener->health_only;
	request->connection = connection;
	request->client = info != NULL ? info->socket_context : NULL;
	request->stage = REQUEST_HEADERS;
	if (request->client != NULL)
		clients_set_busy(request->client, true);
	return request;
}

enum MHD_Result request_handle(void *user, struct MHD_Connection *connection, const char *url,
			       const char *method, const char *version, const char *upload_data,
			       size_t *upload_data_size, void **context)
{
	struct request *request = *context;

	(void)user;
	(void)connection;
	(void)upload_data;
	if (request == NULL)
		return MHD_NO;
	switch (request->stage) {
	case REQUEST_HEADERS:
		return see_headers(request, url, method, version);
	case REQUEST_BODY:
		if (*upload_data_size == 0)
			return admit(request);
		*upload_data_size = 0;
		return MHD_YES;
	case REQUEST_AUTH:
		return judge(request);
	case REQUEST_RENDER:
		return send_rendered(request);
	case REQUEST_WORK:
		return send_worked(request);
	case REQUEST_DONE:
		return MHD_YES;
	}
	return MHD_NO;
}

void request_end(void *user, struct MHD_Connection *connection, void **context,
		 enum MHD_RequestTerminationCode code)
{
	struct request *request = *context;

	(void)user;
	(void)connection;
	(void)code;
	if (request == NULL)
		return;
	*context = NULL;
	leave_lane(request);
	if (request->client != NULL)
		clients_set_busy(request->client, false);
	active_config_unref(request->config);
	body_unref(request->reply.body);
	body_unref(request->job.body);
	if (request->release != NULL)
		request->release(request->data);
	free(request);
}
