#ifndef WEB_REFUSAL_H
#define WEB_REFUSAL_H

#include <stdbool.h>
#include <stddef.h>

#include <microhttpd.h>

/*
 * Requests that are refused for their size or form before anything is done for them, and what the
 * HTTP library refuses by itself.
 *
 * The library keeps a request and the headers of its answer in one pool of fixed size for each
 * connection. It answers what does not fit, except that parameters exhaust the pool without an
 * answer (before its version 1.0), and that no room may be left for the answer. Both are found here
 * before they happen.
 */
#define CONNECTION_MEMORY ((size_t)32 * 1024) /* the pool */
#define ANSWER_MEMORY     ((size_t)8 * 1024)  /* what must be left of it for an answer's headers */
#define URI_MAX           8000                /* what RFC 9112 (3) asks servers to support */
#define PARAMETERS_MAX    64

struct refusal {
	unsigned code;    /* 0: not refused */
	const char *text; /* static */
};

/* Whether a request target as it came in (untrusted) is refused: its length, the number of its
 * parameters, blanks in it. */
struct refusal refusal_of_uri(const char *uri);

/* Whether a request is refused for its headers: HTTP/1.1 without `Host` (RFC 9112 3.2). */
struct refusal refusal_of_headers(struct MHD_Connection *connection, const char *version);

/* Whether the pool has room for an answer, once the headers are read. */
bool refusal_has_room(struct MHD_Connection *connection);

/* Sends an answer past the library, which has no memory for one; the connection must be closed
 * then. Never waits. */
void refusal_send(struct MHD_Connection *connection, struct refusal refusal);

/* The status code of an answer that the library says (in its log) to give by itself; 0: the message
 * is about something else. */
unsigned refusal_in_message(const char *message);

/* The library's own checks: the strictest level whose refusals are answers. */
int refusal_strictness(void);

#endif
