#ifndef WEB_REFUSAL_H
#define WEB_REFUSAL_H

#include <stdbool.h>
#include <stddef.h>

#include <microhttpd.h>

/*
 * Requests that are refused for their size or form before anything else is done with them, and
 * requests that the HTTP library refuses by itself.
 *
 * The library keeps a request and the headers of its answer in one pool of fixed size for each
 * connection. It answers requests that do not fit, with two exceptions: before its version 1.0,
 * parameters that exhaust the pool get no answer, and there may be no room left for an answer. Both
 * are detected here before they happen.
 */
#define CONNECTION_MEMORY ((size_t)32 * 1024) /* the pool */
#define ANSWER_MEMORY     ((size_t)8 * 1024)  /* what must be left of it for an answer's headers */
#define URI_MAX           8000                /* what RFC 9112 (3) asks servers to support */
#define PARAMETERS_MAX    64

struct refusal {
	unsigned code;    /* 0: not refused */
	const char *text; /* static */
};

/* Judges a request target as it was received (untrusted): its length, the number of its parameters,
 * blanks in it. */
struct refusal refusal_of_uri(const char *uri);

/* Judges the headers of a request: HTTP/1.1 needs `Host` (RFC 9112 3.2). */
struct refusal refusal_of_headers(struct MHD_Connection *connection, const char *version);

/* True when the pool has room for an answer. Call this when the headers are read. */
bool refusal_has_room(struct MHD_Connection *connection);

/* Sends an answer around the library, which has no memory for one. The connection must be closed
 * afterwards. Never waits. */
void refusal_send(struct MHD_Connection *connection, struct refusal refusal);

/* The status code of an answer that the library gives by itself, from the message that it logs
 * about it; 0: the message is about something else. */
unsigned refusal_in_message(const char *message);

/* The library's own checks: the strictest level whose refusals are answers. */
int refusal_strictness(void);

#endif
