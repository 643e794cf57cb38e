#ifndef WEB_CLIENTS_H
#define WEB_CLIENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "web/body.h"
#include "web/tls.h"

/*
 * Every open connection, and since when it has been doing what it does. The HTTP library has only a
 * timeout for inactivity, which a client that sends a byte now and then never reaches; a thread
 * here closes the connections that take too long in total. All functions are thread-safe.
 */
struct clients_limits {
	uint64_t idle_ms;    /* from the connection, or the last answer, to the next request line */
	uint64_t request_ms; /* from the request line to the last byte of the answer */
};

/* The connections of one listener, which are limited in number. Beyond `comfort`, each new one
 * takes the place of the one that has waited longest without a complete request. */
struct crowd {
	size_t comfort;
	size_t count; /* of clients.c, under its lock */
};

struct client {
	struct client *next, *previous;
	struct clients *clients;
	struct crowd *crowd;
	int fd;
	uint64_t since_ms;   /* clock_mono_ms() of the last change of `busy` */
	bool busy;           /* a request is under way */
	bool asked;          /* its headers are complete */
	bool cut;            /* clients.c has shut it down */
	struct body *body;   /* a reference to what is being sent; NULL: a short text, or nothing */
	uint64_t sending_ms; /* clock_mono_ms() when the sending began */
	uint64_t sent_before;    /* bytes that the client had acknowledged until then */
	bool may_be_cut;         /* of clients_cut_slowest() */
	uint64_t pace;           /* of clients_cut_slowest(): bytes a second */
	struct tls_context *tls; /* a reference, NULL without TLS; the connection's thread only */
};

struct clients;

/* NULL without memory or thread. */
struct clients *clients_new(struct clients_limits limits);
void clients_free(struct clients *clients); /* every client must be removed; NULL is fine */

/* NULL without memory. The descriptor and `crowd` must stay until clients_remove(). */
struct client *clients_add(struct clients *clients, struct crowd *crowd, int fd);
/* Also reads what has arrived and nobody has read: to close the connection with unread bytes would
 * reset it, and the client might lose the answer. NULL is fine. */
void clients_remove(struct client *client);

/* A request begins or ends. */
void clients_set_busy(struct client *client, bool busy);

/* The headers of the request are complete. */
void clients_set_asked(struct client *client);

/* The client is being sent `body`, until the next clients_set_busy(). */
void clients_set_sending(struct client *client, struct body *body);

/* Shuts down connections that have been sent a body for at least `min_age_ms`, the slowest readers
 * first, until bodies of `bytes` in total have no reader left. Their memory becomes free when the
 * threads of the connections notice. */
void clients_cut_slowest(struct clients *clients, uint64_t min_age_ms, size_t bytes);

/* Waits until no request is under way, but at most `timeout_ms`. Returns true when none is. */
bool clients_wait_idle(struct clients *clients, uint64_t timeout_ms);

#endif
