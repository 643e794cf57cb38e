#ifndef NET_HTTP_MESSAGE_H
#define NET_HTTP_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/secret.h"
#include "base/status.h"

/* What net/http.h sends and what it hands over. Plain data; what a response holds is untrusted. */

struct http_request {
	size_t endpoint;             /* index of the endpoints of the session's source */
	const char *url;             /* https:// */
	const struct secret *bearer; /* NULL: none; sent as Authorization: Bearer */
	const struct secret *basic;  /* NULL, or "user:password" */
	const char *if_none_match;   /* NULL or the ETag to send back byte for byte */
	const char *accept;          /* NULL: application/json; the answer must be JSON then */
	size_t body_max;             /* bytes of a 2xx body */
	bool close;                  /* send Connection: close */
	bool stop_at_401;            /* a 401 ends the refresh for this host: accounts get locked */
};

struct http_response {
	enum status status; /* STATUS_OK for 2xx and a 304 that was asked for, else the reason */
	long code;          /* 0 when there was no answer */
	struct buf body;    /* wiped when released; empty unless 2xx with STATUS_OK */
	char *etag;         /* as received, NULL if absent */
	char *content_type; /* NULL if absent */
	bool has_page_count;
	uint64_t page_count;
	bool has_entity_count;
	uint64_t entity_count;
	int64_t retry_after_s; /* -1: none; capped at 3600 */
	int64_t date_s;        /* the server's clock (Date), Unix seconds; -1: unknown */
	unsigned tries;        /* 0: never sent, the host was given up before */
	struct error error;    /* for people: what failed; the remote's ErrorMessage, cleaned, never
				* with a credential of the request */
	char request_id[64];   /* X-Vcap-Request-Id, "" if none */
};

/* An empty response: status STATUS_OK, no code, at most `body_max` bytes of body. */
void http_response_init(struct http_response *response, size_t body_max);

/* Wipes the body and frees what the response owns; it is empty again. */
void http_response_release(struct http_response *response);

#endif
