#ifndef WEB_EXCHANGE_H
#define WEB_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <microhttpd.h>

#include "base/buf.h"
#include "base/status.h"
#include "inventory/snapshot.h"
#include "web/auth.h"
#include "web/body.h"
#include "web/clients.h"
#include "web/refusal.h"
#include "web/render.h"
#include "web/settings.h"

/*
 * One request and its reply: what the steps of web/request.h hand on to each other, and what the
 * functions of the routes (web/answer/) need to make an answer. At any time exactly one thread owns
 * a request.
 */
struct web_server;
struct route;
struct lane;

/* What will be sent. It has room for its own text, so that an error can be answered without
 * memory. */
#define REPLY_TEXT_MAX (ERROR_TEXT_MAX + 128)
struct reply {
	unsigned code;
	const char *content_type; /* static; NULL: plain text */
	const char *vary;         /* static; NULL: no such header */
	const char *csp;          /* lives as long as the server; NULL: no such header */
	const char *allow;        /* static; of a 405 */
	bool no_cache;
	bool challenge;    /* of a 401 */
	bool retry;        /* of a 503 that will pass: sends Retry-After */
	bool close;        /* the connection is closed afterwards */
	bool gzip;         /* the compressed form is sent, if there is one */
	struct body *body; /* NULL: `text` is sent */
	char text[REPLY_TEXT_MAX];
};

enum request_stage {
	REQUEST_HEADERS, /* only the request line has been seen */
	REQUEST_BODY,    /* the headers are read; what the client sends now is thrown away */
	REQUEST_AUTH,    /* another thread compares the password */
	REQUEST_RENDER,  /* another thread makes the body */
	REQUEST_WORK,    /* another thread does what was asked for */
	REQUEST_DONE,    /* the answer is on its way */
};

/* What the function of a route has done. */
enum route_result {
	ROUTE_READY,  /* `reply` is complete */
	ROUTE_RENDER, /* request_render() was called */
	ROUTE_WORK,   /* request_work() was called */
};

struct request {
	struct web_server *server;
	struct MHD_Connection *connection;
	struct client *client;
	bool health_only; /* it came in on the listener for probes */
	bool nul_in_path; /* `%00`: the library hands out a text that ends there */
	bool nul_in_query;
	struct refusal refusal; /* of its target */
	const struct route *route;
	enum request_stage stage;
	uint64_t start_ns;            /* monotonic; when the route's function was called */
	struct active_config *config; /* NULL until it is known; then its headers are sent */
	struct auth_attempt attempt;
	struct auth_waiter waiter;
	enum auth_verdict verdict;
	struct lane *lane; /* counts this request until its body is made; NULL: no lane does */
	struct render_job job;
	const struct rendering *rendering; /* of ROUTE_RENDER */
	void (*finish)(struct request *request);
	unsigned variant; /* which form of its answer the route's function has chosen */
	void *data;       /* what else it has to remember; `release` is called with it at the end */
	void (*release)(void *data);
	struct reply reply;
};

/* How a body is made of the current snapshot. */
struct rendering {
	const char *what; /* "the page": in the text about a failure */
	size_t max;       /* the most bytes of a body */
	/* Appends the body. Called on a thread of its own; the result is buf_status(). */
	enum status (*write)(const struct request *request, const struct snapshot *snapshot,
			     double now_s, struct buf *buf);
	/* Makes the entity tag of that body; NULL: it has none. */
	void (*tag)(const struct request *request, const struct snapshot *snapshot, double now_s,
		    char ret_tag[ETAG_SIZE]);
	/* Completes the reply, whose body is made. */
	void (*finish)(struct request *request);
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

/* Asks for a body, which the thread of the route's lane makes. Requests with equal keys that wait
 * at the same time share one; `key` lives as long as the request. */
enum route_result request_render(struct request *request, const char *key,
				 const struct rendering *rendering);

/* Asks for work that takes time and makes no body. `finish` fills the reply: job.status and
 * job.error say what became of it. Requests share the work as they would share a body. */
enum route_result request_work(struct request *request, const char *key,
			       enum status (*work)(struct render_job *job, struct body **ret_body,
						   struct error *error),
			       void (*finish)(struct request *request));

#endif
