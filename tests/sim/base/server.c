/*
 * See server.h.
 */
#include "server.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "raw.h"

#define BODY_MAX        ((size_t)64 << 20)
#define CONNECTIONS_MAX 2000
#define BACKLOG         511

struct listener {
	struct server *server;
	int host;
	struct MHD_Daemon *daemon;
};

struct server {
	struct sim *sim;
	struct listener listeners[HOSTS_MAX];
};

static void request_free(struct request *r)
{
	if (r == NULL)
		return;
	recorder_done(r->sim->recorder, r);
	scenario_unref(r->sc);
	fault_set_unref(r->faults);
	text_release(&r->body);
	free(r->target);
	arena_release(&r->arena);
	free(r);
}

/* First of all comes the raw request line's target: here a request begins. */
static void *on_target(void *cls, const char *uri, struct MHD_Connection *connection)
{
	struct listener *l = cls;
	struct request *r = calloc(1, sizeof *r);

	(void)connection;
	if (r == NULL)
		return NULL;
	r->sim = l->server->sim;
	r->host = l->host;
	r->target = strdup(uri);
	if (r->target == NULL) {
		free(r);
		return NULL;
	}
	return r;
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **req_cls,
			 enum MHD_RequestTerminationCode toe)
{
	(void)cls;
	(void)connection;
	(void)toe;
	request_free(*req_cls);
	*req_cls = NULL;
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **socket_cls,
			  enum MHD_ConnectionNotificationCode toe)
{
	struct listener *l = cls;

	(void)connection;
	(void)socket_cls;
	if (toe == MHD_CONNECTION_NOTIFY_STARTED && l->host != control_host())
		recorder_connection(l->server->sim->recorder);
}

const char *request_header(const struct request *r, const char *name)
{
	return MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, name);
}

static gnutls_session_t tls_session(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);

	return info != NULL ? info->tls_session : NULL;
}

static int connection_fd(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	return info != NULL ? info->connect_fd : -1;
}

/* Headers have come: take down what is needed of them. */
static bool request_begin(struct request *r, struct MHD_Connection *connection, const char *method)
{
	char *query = strchr(r->target, '?');
	size_t path_len = query != NULL ? (size_t)(query - r->target) : strlen(r->target);

	r->method = arena_strdup(&r->arena, method);
	r->path = arena_copy(&r->arena, r->target, path_len);
	r->query = query != NULL ? query + 1 : "";
	r->params_len = request_split_form(r, r->query, r->params, PARAMS_MAX);
	r->connection = connection;
	r->details = arena_alloc(&r->arena, 1, product.details_size);
	if (product.hosts[r->host].client_certificates)
		peer_read(&r->arena, tls_session(connection), &r->peer);
	r->sc = sim_scenario(r->sim);
	r->faults = sim_faults(r->sim);
	if (r->arena.failed)
		return false;
	if (r->host != control_host())
		recorder_begin(r->sim->recorder, r);
	return true;
}

static void answer(struct request *r, struct reply *reply)
{
	text_release(&reply->body);
	*reply = (struct reply){ 0 };
	if (r->host == control_host())
		control_answer(r, reply);
	else
		product.answer(r, reply);
}

/* Makes the answer: good, then late, then spoiled. Returns the fault, if one applies. */
static const struct fault *prepare(struct request *r, struct reply *reply)
{
	int latency_ms = product.latency_ms(r);
	const struct fault *fault = NULL;
	struct fault_query query;

	answer(r, reply);
	if (r->host == control_host())
		return NULL;
	query = (struct fault_query){ r->endpoint, r->level, r->tenant, r->name, r->page };
	fault = fault_set_match(r->faults, &query, &latency_ms);
	if (fault != NULL && fault->kind >= FAULT_CONTENT_TYPE && reply->status == 304) {
		r->unconditional = true; /* there has to be a body to spoil */
		answer(r, reply);
	}
	if (latency_ms > 0)
		(void)sim_wait(r->sim, -1, latency_ms);
	if (fault != NULL)
		spoil(r, reply, fault);
	product.finish(r, reply, fault);
	return fault;
}

/* A body that is sent in chunks. */
static ssize_t read_body(void *cls, uint64_t at, char *to, size_t max)
{
	const struct text *body = cls;
	size_t left = body->len - (size_t)at;
	size_t n = left < max ? left : max;

	if (left == 0)
		return MHD_CONTENT_READER_END_OF_STREAM;
	memcpy(to, body->data + at, n);
	return (ssize_t)n;
}

static void free_body(void *cls)
{
	struct text *body = cls;

	text_release(body);
	free(body);
}

/* The reply's body goes over to the response. */
static struct MHD_Response *make_response(struct reply *reply)
{
	struct MHD_Response *response = NULL;
	struct text *body;

	text_adds(&reply->body, "");
	if (reply->body.failed)
		return NULL;
	if (!reply->chunked) {
		response = MHD_create_response_from_buffer(reply->body.len, reply->body.data,
							   MHD_RESPMEM_MUST_FREE);
		if (response != NULL)
			reply->body = (struct text){ 0 };
		return response;
	}
	body = malloc(sizeof *body);
	if (body == NULL)
		return NULL;
	*body = reply->body;
	response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 65536, read_body, body,
						     free_body);
	if (response == NULL)
		free(body);
	else
		reply->body = (struct text){ 0 };
	return response;
}

static enum MHD_Result send_reply(struct request *r, struct MHD_Connection *connection,
				  struct reply *reply)
{
	uint64_t bytes = reply->body.len;
	struct MHD_Response *response = make_response(reply);
	enum MHD_Result result;

	if (response == NULL)
		return MHD_NO;
	if (reply->content_type != NULL)
		(void)MHD_add_response_header(response, "Content-Type", reply->content_type);
	for (size_t i = 0; i < reply->headers_len; i++)
		(void)MHD_add_response_header(response, reply->headers[i].name,
					      reply->headers[i].value);
	if (r->host != control_host()) {
		recorder_sent(r->sim->recorder, r, bytes);
		recorder_done(r->sim->recorder, r);
	}
	result = MHD_queue_response(connection, (unsigned)reply->status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result request_answer(struct request *r, struct MHD_Connection *connection)
{
	struct reply reply = { 0 };
	const struct fault *fault = prepare(r, &reply);
	bool raw = fault != NULL && fault_is_raw(fault->kind);
	bool silent =
		r->alert || (raw && (fault->kind == FAULT_HANG || fault->kind == FAULT_CLOSE));
	enum MHD_Result result = MHD_NO;

	if (r->host != control_host())
		recorder_answer(r->sim->recorder, r, silent ? 0 : reply.status,
				fault != NULL ? fault_kind_name(fault->kind) : NULL);
	if (r->alert && fault == NULL) {
		raw_alert(r, tls_session(connection), connection_fd(connection));
		recorder_sent(r->sim->recorder, r, 0);
	} else if (raw) {
		recorder_sent(r->sim->recorder, r,
			      raw_answer(r, &reply, fault, tls_session(connection),
					 connection_fd(connection)));
	} else if (reply.empty_reason && product.hosts[r->host].tls) {
		recorder_sent(
			r->sim->recorder, r,
			raw_plain(r, &reply, tls_session(connection), connection_fd(connection)));
	} else {
		result = send_reply(r, connection, &reply);
	}
	text_release(&reply.body);
	return result;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
				  const char *method, const char *version, const char *upload,
				  size_t *upload_len, void **req_cls)
{
	struct request *r = *req_cls;

	(void)cls;
	(void)url;
	(void)version;
	if (r == NULL)
		return MHD_NO;
	if (r->method == NULL)
		return request_begin(r, connection, method) ? MHD_YES : MHD_NO;
	if (*upload_len > 0) {
		if (r->body.len <= BODY_MAX)
			text_add(&r->body, upload, *upload_len);
		*upload_len = 0;
		return r->body.failed ? MHD_NO : MHD_YES;
	}
	return request_answer(r, connection);
}

static struct MHD_Daemon *start_daemon(struct listener *l, const struct tls_files *tls, int port)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	unsigned flags = MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD |
			 MHD_USE_POLL | MHD_USE_ITC;
	struct MHD_OptionItem tls_options[] = {
		{ MHD_OPTION_HTTPS_MEM_CERT, 0, tls->certificate.data },
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, tls->key.data },
		{ MHD_OPTION_HTTPS_MEM_TRUST, 0, tls->client_ca.data },
		{ MHD_OPTION_END, 0, NULL },
	};

	address.sin_port = htons((uint16_t)port);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (product.hosts[l->host].tls)
		flags |= MHD_USE_TLS;
	else
		tls_options[0].option = MHD_OPTION_END;
	if (!product.hosts[l->host].client_certificates || tls->client_ca.len == 0)
		tls_options[2].option = MHD_OPTION_END;
	return MHD_start_daemon(
		flags, (uint16_t)port, NULL, NULL, on_request, l, MHD_OPTION_SOCK_ADDR,
		(struct sockaddr *)&address, MHD_OPTION_URI_LOG_CALLBACK, on_target, l,
		MHD_OPTION_NOTIFY_COMPLETED, on_completed, l, MHD_OPTION_NOTIFY_CONNECTION,
		on_connection, l, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)0, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)65536, MHD_OPTION_LISTEN_BACKLOG_SIZE, (unsigned)BACKLOG, MHD_OPTION_ARRAY,
		tls_options, MHD_OPTION_END);
}

struct server *server_start(struct sim *sim, const struct tls_files *tls,
			    const int ports[HOSTS_MAX], char ret_error[ERROR_SIZE])
{
	struct server *server = calloc(1, sizeof *server);

	if (server == NULL)
		return NULL;
	server->sim = sim;
	for (int host = 0; host < product.hosts_len; host++) {
		struct listener *l = &server->listeners[host];
		const union MHD_DaemonInfo *info;

		l->server = server;
		l->host = host;
		l->daemon = start_daemon(l, tls, ports[host]);
		info = l->daemon != NULL ? MHD_get_daemon_info(l->daemon, MHD_DAEMON_INFO_BIND_PORT)
					 : NULL;
		if (info == NULL) {
			(void)snprintf(ret_error, ERROR_SIZE,
				       "port %d cannot be opened, or the TLS files do not fit",
				       ports[host]);
			server_stop(server);
			return NULL;
		}
		sim->ports[host] = info->port;
	}
	return server;
}

void server_stop(struct server *server)
{
	if (server == NULL)
		return;
	for (int host = 0; host < product.hosts_len; host++) {
		if (server->listeners[host].daemon != NULL)
			MHD_stop_daemon(server->listeners[host].daemon);
	}
	free(server);
}
