#ifndef WEB_EXCHANGE_H
#define WEB_EXCHANGE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <microhttpd.h>

#include "base/status.h"
#include "web/auth.h"
#include "web/body.h"
#include "web/clients.h"
#include "web/refusal.h"
#include "web/render.h"
#include "web/settings.h"

/*
 * One request on its way through the server:
 *
 *   headers -> (web configuration, rate limit, authentication) -> route -> (rendering) -> answer
 *
 * The steps in brackets may suspend the connection and hand the request to another thread; at any
 * time exactly one thread owns it.
 */
struct web_server;
struct route;
struct api_query;

/* What will be sent. Fixed texts only: nothing is allocated on the way of an error. */
#define REPLY_TEXT_MAX (ERROR_TEXT_MAX + 128)
struct reply {
	unsigned code;
	const char *content_type; /* static; NULL: plain text */
	const char *vary;         /* static; NULL: none */
	const char *csp;          /* lives as long as the server; NULL: none */
	const char *allow;        /* static; of a 405 */
	bool no_cache;
	bool challenge;    /* of a 401 */
	bool retry;        /* of a 503 that passes: Retry-After */
	bool close;        /* end the connection afterwards */
	bool gzip;         /* send the compressed form, if there is one */
	struct body *body; /* NULL: `text` */
	char text[REPLY_TEXT_MAX];
};

enum request_stage {
	REQUEST_HEADERS, /* nothing but the request line was seen */
	REQUEST_BODY,    /* the headers are read; what the client sends now is thrown away */
	REQUEST_AUTH,    /* another thread compares the password */
	REQUEST_RENDER,  /* another thread makes the body */
	REQUEST_WORK,    /* another thread does what was asked for */
	REQUEST_DONE,    /* the answer is on its way */
};

/* What a route's function did. */
enum route_result {
	ROUTE_READY,  /* `reply` is complete */
	ROUTE_RENDER, /* `job` has its key and its function; then `finish` completes the reply */
	ROUTE_WORK,   /* the same for what takes time and makes no body; `finish` fills the reply */
};

struct request {
	struct web_server *server;
	struct MHD_Connection *connection;
	struct client *client;
	bool health_only; /* came in on the listener for probes */
	bool nul_in_path; /* `%00`: what the library hands out ends there */
	bool nul_in_query;
	struct refusal refusal; /* of its target */
	const struct route *route;
	enum request_stage stage;
	uint64_t start_ns;            /* monotonic; when the route's function was called */
	struct active_config *config; /* NULL until it is known; then its headers are sent */
	struct auth_attempt attempt;
	struct auth_waiter waiter;
	enum auth_verdict verdict;
	atomic_uint *slot; /* counts requests of this kind that are not rendered; NULL: in none */
	struct render_job job;
	void (*finish)(struct request *request);
	struct api_query *query; /* of the routes below /api */
	struct reply reply;
};

/* Fills the reply with a code and a line of text. */
void reply_text(struct request *request, unsigned code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The value of a request header, several of one name joined by commas; NULL: missing. Valid until
 * the request ends; the rest of a very long value is left out. */
const char *request_header(const struct request *request, const char *name, char *storage,
			   size_t size);
#define HEADER_VALUE_MAX 2048

/* The request whose job this is. */
struct request *request_of_job(struct render_job *job);

/* Counts the request in `slots` until its body is made or it ends; false (and a reply of 503) when
 * there are `max` already. `max` 0: no limit. How long a client takes to read its answer is no
 * matter of slots: web_server_is_full(). */
bool request_take_slot(struct request *request, atomic_uint *slots, unsigned max);

/* -- callbacks of the HTTP library; `user` is a struct listener ----------------------------------
 */
void *request_begin(void *user, const char *uri, struct MHD_Connection *connection);
enum MHD_Result request_handle(void *user, struct MHD_Connection *connection, const char *url,
			       const char *method, const char *version, const char *upload_data,
			       size_t *upload_data_size, void **request);
void request_end(void *user, struct MHD_Connection *connection, void **request,
		 enum MHD_RequestTerminationCode code);

#endif
