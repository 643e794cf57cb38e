/* Starting and stopping: listeners, one libmicrohttpd daemon with one epoll thread for each, and
 * what they share. */
#include "web/server.h"

#include <gnutls/abstract.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/passed_sockets.h"
#include "web/heartbeat.h"
#include "web/refusal.h"
#include "web/request.h"
#include "web/routes.h"
#include "web/service.h"

/* Open connections of the whole server. Each takes about 10 kB (with TLS about 50 kB), and while it
 * has a request at most CONNECTION_MEMORY more. One address gets only a part of those of a
 * listener, so that no peer can take them all. */
#define CONNECTIONS_MAX         1536u
#define ADDRESS_SHARE           4u  /* one address takes at most 1/4 of a listener's */
#define ADDRESS_MIN             8u  /* but always this number, if the listener has them */
#define CROWDED_SHARE           8u  /* the last 1/8 of a listener's are kept for newcomers */
#define DESCRIPTORS_LEFT_FOR_US 2   /* connections take at most 1/2 of the descriptors */
#define LAST_WORDS_MS           100 /* for the 503 to those who wait when the server stops */
#define MHD_MESSAGE_MAX         512

/* -- callbacks of the library ------------------------------------------------ */

static void on_message(void *user, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

/* The library logs about single clients, which is worth no more than debug. But only here it
 * mentions the answers that it gives by itself, which are counted. */
static void on_message(void *user, const char *format, va_list args)
{
	const struct web_server *server = user;
	char text[MHD_MESSAGE_MAX];

	if (vsnprintf(text, sizeof(text), format, args) < 0)
		return;
	text[strcspn(text, "\n")] = '\0';
	unsigned code = refusal_in_message(text);
	if (code != 0)
		telemetry_http_request(server->telemetry, route_unknown()->name, code);
	log_debug("libmicrohttpd", LOG_TEXT("detail", text));
}

static void prepare_tls(const struct listener *listener, struct MHD_Connection *connection,
			struct client *client)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	struct tls_context *context = NULL;

	if (info == NULL || info->tls_session == NULL)
		return;
	if (client != NULL) {
		context = settings_for_handshake(listener->server->settings);
		client->tls = context;
	}
	tls_context_attach(context, info->tls_session);
}

static void on_connection(void *user, struct MHD_Connection *connection, void **socket_context,
			  enum MHD_ConnectionNotificationCode code)
{
	struct listener *listener = user;

	log_never_wait(); /* this thread serves everybody */
	atomic_fetch_add(&listener->turns, 1);
	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		clients_remove(*socket_context);
		*socket_context = NULL;
		return;
	}
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	if (info == NULL)
		return;
	struct client *client =
		clients_add(listener->server->clients, &listener->crowd, info->connect_fd);
	if (client == NULL)
		(void)shutdown(info->connect_fd, SHUT_RDWR);
	if (listener->tls)
		prepare_tls(listener, connection, client);
	*socket_context = client;
}

/* Sessions get their key pair in prepare_tls(). One that did not get it has none, and fails. */
static int no_key_pair(gnutls_session_t session, const gnutls_datum_t *names, int name_count,
		       const gnutls_pk_algorithm_t *algorithms, int algorithm_count,
		       gnutls_pcert_st **certificates, unsigned *count, gnutls_privkey_t *key)
{
	(void)session;
	(void)names;
	(void)name_count;
	(void)algorithms;
	(void)algorithm_count;
	(void)certificates;
	(void)count;
	(void)key;
	return -1;
}

/* -- starting ---------------------------------------------------------------- */

/* Collecting needs descriptors too: many clients must not take them all. */
static unsigned connection_limit(const struct web_server *server)
{
	unsigned limit = CONNECTIONS_MAX;
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0 &&
	    files.rlim_cur / DESCRIPTORS_LEFT_FOR_US < limit)
		limit = (unsigned)(files.rlim_cur / DESCRIPTORS_LEFT_FOR_US);
	limit /= (unsigned)server->listener_count;
	return limit > 0 ? limit : 1;
}

static unsigned address_limit(unsigned listener_limit)
{
	unsigned share = listener_limit / ADDRESS_SHARE;
	unsigned limit = share > ADDRESS_MIN ? share : ADDRESS_MIN;

	return limit < listener_limit ? limit : listener_limit;
}

static enum status start_daemon(struct web_server *server, struct listener *listener,
				struct error *error)
{
	unsigned limit = connection_limit(server);
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME |
			 MHD_USE_ERROR_LOG | (listener->tls ? MHD_USE_TLS : 0);
	struct MHD_OptionItem tls_options[] = {
		{ listener->tls ? MHD_OPTION_HTTPS_CERT_CALLBACK : MHD_OPTION_END, 0, NULL },
		{ MHD_OPTION_END, 0, NULL },
	};
	union {
		gnutls_certificate_retrieve_function2 *function;
		void *pointer;
	} callback = { no_key_pair };

	listener->crowd.comfort = limit - limit / CROWDED_SHARE;
	tls_options[0].ptr_value = callback.pointer;
	listener->daemon = MHD_start_daemon(
		flags, 0, NULL, NULL, request_handle, listener, MHD_OPTION_EXTERNAL_LOGGER,
		on_message, server, MHD_OPTION_LISTEN_SOCKET, listener->fd,
		MHD_OPTION_CONNECTION_LIMIT, limit, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
		address_limit(limit), MHD_OPTION_CONNECTION_TIMEOUT, server->limits.inactivity_s,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, MHD_OPTION_STRICT_FOR_CLIENT,
		refusal_strictness(), MHD_OPTION_URI_LOG_CALLBACK, request_begin, listener,
		MHD_OPTION_NOTIFY_COMPLETED, request_end, listener, MHD_OPTION_NOTIFY_CONNECTION,
		on_connection, listener, MHD_OPTION_ARRAY, tls_options, MHD_OPTION_END);
	if (listener->daemon != NULL)
		return STATUS_OK;
	listener->fd = -1; /* the library has closed it */
	return error_set(error, STATUS_IO, "cannot serve on %s", listener->name);
}

/* The next listener has its socket. */
static void add_listener(struct web_server *server, int fd, bool health_only)
{
	struct listener *listener = &server->listeners[server->listener_count++];

	listener->server = server;
	listener->fd = fd;
	listener->health_only = health_only;
	listener->tls = !health_only && settings_initial(server->settings)->tls;
	listen_socket_name(listener->fd, listener->name);
}

static enum status open_listener(struct web_server *server, const char *text, bool health_only,
				 struct error *error)
{
	struct unix_socket_file *file = &server->listeners[server->listener_count].file;
	struct listen_address address;
	int fd = -1;
	enum status status;

	if (!listen_address_parse(text, &address))
		return error_set(error, STATUS_SYNTAX, "listen address \"%s\": %s", text,
				 LISTEN_ADDRESS_RULE);
	if (address.unix_path[0] != '\0')
		status = unix_socket_open(address.unix_path, LISTEN_SOCKET_BACKLOG, &fd, file,
					  error);
	else
		status = listen_socket_open(&address, &fd, error);
	if (status == STATUS_OK)
		add_listener(server, fd, health_only);
	return status;
}

/* Those of systemd that serve everything, or those for probes. */
static void add_passed(struct web_server *server, const struct passed_sockets *passed,
		       bool for_probes)
{
	for (size_t i = 0; i < passed->count; i++) {
		if (passed->items[i].for_probes != for_probes)
			continue;
		server->listeners[server->listener_count].passed = true;
		add_listener(server, passed->items[i].fd, for_probes);
	}
}

static void log_listeners(const struct listener *listeners, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *tls = listeners[i].tls ? "true" : "false";
		const char *serves = listeners[i].health_only ? "probes" : "all";
		log_info("listening", LOG_TEXT("address", listeners[i].name), LOG_TEXT("tls", tls),
			 LOG_TEXT("serves", serves));
	}
}

/* Those that serve everything come first. */
static enum status make_listeners(struct web_server *server, struct error *error)
{
	const struct options *options = server->options;
	size_t count = options->listen_addresses.count;
	struct passed_sockets passed = { .count = 0 };
	enum status status = STATUS_OK;

	if (options->systemd_socket)
		status = passed_sockets_read(&passed, error);
	if (status != STATUS_OK)
		return status;
	server->listeners = calloc(passed.count + count + 1, sizeof(*server->listeners));
	if (server->listeners == NULL)
		return STATUS_MEMORY;
	add_passed(server, &passed, false);
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = open_listener(server, options->listen_addresses.items[i], false, error);
	if (status == STATUS_OK && server->listener_count == 0)
		status = error_set(error, STATUS_NOT_FOUND,
				   "systemd has passed sockets of the name health only, and none "
				   "that serves the metrics");
	add_passed(server, &passed, true);
	if (status == STATUS_OK && options->health_listen_address != NULL)
		status = open_listener(server, options->health_listen_address, true, error);
	return status;
}

/* All of them are open before the first one serves. */
static enum status open_listeners(struct web_server *server, struct error *error)
{
	enum status status = make_listeners(server, error);

	for (size_t i = 0; i < server->listener_count && status == STATUS_OK; i++)
		status = start_daemon(server, &server->listeners[i], error);
	if (status == STATUS_OK)
		log_listeners(server->listeners, server->listener_count);
	return status;
}

enum status web_server_start_limited(const struct options *options,
				     struct snapshot_store *snapshots, struct telemetry *telemetry,
				     const struct web_hooks *hooks, const struct web_limits *limits,
				     struct web_server **ret_server, struct error *error)
{
	struct web_server *server = calloc(1, sizeof(*server));

	if (server == NULL)
		return STATUS_MEMORY;
	server->options = options;
	server->snapshots = snapshots;
	server->telemetry = telemetry;
	server->hooks = *hooks;
	server->limits = *limits;
	enum status status = service_open(server, error);
	if (status == STATUS_OK)
		status = open_listeners(server, error);
	if (status != STATUS_OK) {
		web_server_stop(server, 0);
		return status;
	}
	*ret_server = server;
	return STATUS_OK;
}

enum status web_server_start(const struct options *options, struct snapshot_store *snapshots,
			     struct telemetry *telemetry, const struct web_hooks *hooks,
			     struct web_server **ret_server, struct error *error)
{
	return web_server_start_limited(options, snapshots, telemetry, hooks, &web_limits_default,
					ret_server, error);
}

const char *web_server_address(const struct web_server *server, size_t index)
{
	return index < server->listener_count ? server->listeners[index].name : NULL;
}

/* -- signs of life ----------------------------------------------------------- */

bool web_server_beats(struct web_server *server, struct error *error)
{
	static const char *const lanes[LANE_COUNT] = {
		[LANE_SCRAPES] = "the thread that makes the metrics does not answer",
		[LANE_REPORTS] = "the thread that makes pages and reports does not answer",
		[LANE_WORK] = "the thread that does reloads does not answer",
	};
	bool all = true;

	for (size_t i = 0; i < LANE_COUNT; i++) {
		if (heartbeat_of_lane(&server->lanes[i]))
			continue;
		(void)error_set(error, STATUS_OK, "%s", lanes[i]);
		all = false;
	}
	for (size_t i = 0; i < server->listener_count; i++) {
		if (heartbeat_of_listener(&server->listeners[i]))
			continue;
		(void)error_set(error, STATUS_OK, "the thread that serves %s does not answer",
				server->listeners[i].name);
		all = false;
	}
	return all;
}

/* -- stopping ---------------------------------------------------------------- */

/* From here on the kernel refuses new clients, except where systemd has the socket too: there they
 * wait for the next process. The library still owns the descriptor. */
static void stop_accepting(struct web_server *server)
{
	atomic_store(&server->stopping, true);
	for (size_t i = 0; i < server->listener_count; i++) {
		struct listener *listener = &server->listeners[i];
		if (listener->daemon != NULL)
			(void)MHD_quiesce_daemon(listener->daemon);
		if (listener->fd >= 0 && !listener->passed)
			(void)shutdown(listener->fd, SHUT_RDWR);
		unix_socket_remove(&listener->file);
	}
}

void web_server_stop(struct web_server *server, uint32_t grace_ms)
{
	if (server == NULL)
		return;
	stop_accepting(server);
	bool idle = server->clients == NULL || clients_wait_idle(server->clients, grace_ms);
	service_stop(server);
	if (!idle)
		(void)clients_wait_idle(server->clients, LAST_WORDS_MS);
	for (size_t i = 0; i < server->listener_count; i++) {
		struct listener *listener = &server->listeners[i];
		if (listener->daemon != NULL)
			MHD_stop_daemon(listener->daemon);
		if (listener->fd >= 0)
			(void)close(listener->fd);
	}
	service_release(server);
	free(server->listeners);
	free(server);
}
