#ifndef WEB_CLIENTS_H
#define WEB_CLIENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "web/body.h"
#include "web/tls.h"

/*
 * Every open connection, and how long it has been at what it does. The HTTP library only knows an
 * inactivity timeout, which a client that drips a byte now and then never meets; a thread here
 * closes those that take too long in total. All functions are thread-safe.
 */
struct clients_limits {
	uint64_t idle_ms;    /* from the connection, or the last answer, to the next request line */
	uint64_t request_ms; /* from the request line to the last byte of the answer */
};

/* The connections of one listener, which are limited in number. Beyond `comfort` each new one takes
 * the place of the one that has said nothing, or not all of its request, for longest. */
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
	bool cut;            /* was shut down from here */
	struct body *body;   /* a reference to what is being sent; NULL: a short text, or nothing */
	uint64_t sending_ms; /* clock_mono_ms() when that began */
	uint64_t sent_before;    /* bytes that the client had acknowledged by then */
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
/* Also takes in what has arrived unread: closing with that would reset the connection, and the
 * answer might be lost. NULL is fine. */
void clients_remove(struct client *client);

/* A request begins or ends. */
void clients_set_busy(struct client *client, bool busy);

/* The headers of the request are complete. */
void clients_set_asked(struct client *client);

/* The answer of the client's request is `body` from now on; until clients_set_busy(). */
void clients_set_sending(struct client *client, struct body *body);

/* Shuts down connections that send a body for at least `min_age_ms`, those first that have taken
 * least of it per time, until no one reads bodies of `bytes` in total any more. Their memory is
 * free once the threads of the connections have seen it. */
void clients_cut_slowest(struct clients *clients, uint64_t min_age_ms, size_t bytes);

/* Waits until no request is under way, at most `timeout_ms`. True when that is so. */
bool clients_wait_idle(struct clients *clients, uint64_t timeout_ms);

#endif
