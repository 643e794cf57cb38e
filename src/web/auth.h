#ifndef WEB_AUTH_H
#define WEB_AUTH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/secret.h"
#include "base/status.h"
#include "config/web_config.h"

/*
 * Basic authentication (RFC 7617) against bcrypt hashes. A comparison costs tens of milliseconds by
 * design, so one thread of its own makes them, one at a time; requests that wait for the same
 * answer share it. Results, good and bad, are cached under a digest (HMAC-SHA256 with a key of this
 * process) of user, hash and password: no password is kept, and a client that has logged in once
 * never waits again.
 */
#define AUTH_CACHE_MAX 100
#define AUTH_QUEUE_MAX 64 /* comparisons that wait; with the usual cost, some seconds */

struct auth;

enum auth_verdict {
	AUTH_GRANTED,
	AUTH_DENIED,
	AUTH_PENDING, /* a comparison is needed: auth_submit() */
	AUTH_BUSY,    /* too many comparisons wait, or the server is stopping */
};

#define AUTH_KEY_SIZE  32
#define AUTH_HASH_SIZE 128

/* What one comparison needs. */
struct auth_attempt {
	uint8_t key[AUTH_KEY_SIZE]; /* of the cache */
	char hash[AUTH_HASH_SIZE];
	bool known_user; /* false: the comparison is made for its duration only */
	struct secret password;
};

/* A request that waits for a comparison. `done` is called once, on the thread of the comparisons or
 * from within auth_submit(). */
struct auth_waiter {
	struct auth_waiter *next;
	void (*done)(struct auth_waiter *waiter, enum auth_verdict verdict);
};

/* NULL without memory, thread or random numbers. */
struct auth *auth_new(void);
/* Ends the thread (after at most one comparison); requests that still wait get AUTH_BUSY. NULL is
 * fine. */
void auth_free(struct auth *auth);
/* The first half of auth_free(): no request waits any more and every later attempt is AUTH_BUSY. */
void auth_stop(struct auth *auth);

/*
 * Judges the value of `Authorization` (untrusted; NULL: missing). Without users everybody is
 * granted. With AUTH_PENDING, *ret_attempt is filled and goes to auth_submit(). An unknown user
 * is handled as a known one is. Thread-safe; never waits.
 */
enum auth_verdict auth_check(struct auth *auth, const struct web_config *config,
			     const char *authorization, struct auth_attempt *ret_attempt);

/* Queues a comparison; takes what the attempt holds. */
void auth_submit(struct auth *auth, struct auth_attempt *attempt, struct auth_waiter *waiter);

#endif
