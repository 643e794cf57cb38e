#ifndef NET_HTTP_H
#define NET_HTTP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/secret.h"
#include "base/status.h"
#include "net/http/message.h"
#include "telemetry/telemetry.h"

/*
 * HTTPS requests of one source, by libcurl: GET, and the one POST of an OAuth token. No other
 * method can be sent, no redirect is followed, plain http is refused. A session keeps connections
 * alive over one refresh and is used by one thread at a time; different sessions are independent.
 *
 * Inside a refresh the session retries (up to 3 tries: connect failures, timeouts, cut answers,
 * 429, 5xx but 501; 0.5 s, 1 s with jitter), while other requests of the batch go on. Retry-After
 * of 429 and 503 also pauses new requests to that host, if it is at most 30 s and is over before
 * the deadline; a longer one ends the retries, and with 429 the rest of the refresh for that host:
 * such requests fail at once with the same status and `retry_after_s`. After three connect failures
 * or timeouts in a row the rest of the refresh for that host fails at once with that reason. Three
 * timeouts of the same request do not count as a dead host, provided that a connection had been
 * established. Everything ends at the deadline.
 * Each try is counted in telemetry.
 *
 * TLS 1.2 or newer. Names and chains are verified against the system's anchors (SSL_CERT_FILE and
 * SSL_CERT_DIR replace their places) and those of `ca_file` in addition. A pin replaces both checks
 * and wins over `insecure_skip_verify`.
 */
#define HTTP_BODY_MAX     ((size_t)64 * 1024 * 1024) /* a list */
#define HTTP_BODY_ONE_MAX ((size_t)6 * 1024 * 1024)  /* one store of 4 MiB as base64 in JSON */
#define HTTP_PARALLEL     4                          /* requests in flight per host */
#define HTTP_TRIES        3
#define HTTP_BUDGET       50000 /* requests in one refresh: 10 000 stores, two levels, labels, room */

struct http_settings {
	uint32_t timeout_s;
	uint32_t connect_timeout_s;
	const char *ca_file;              /* PEM, anchors besides the system's; "" or NULL: none */
	const char *proxy;                /* base/proxy.h; "" or NULL: environment */
	const struct secret *certificate; /* PEM chain for mutual TLS, or NULL */
	const struct secret *private_key;
	bool insecure_skip_verify;
	const char *fingerprint_sha256;     /* pin of the server's certificate, or "" */
	struct telemetry_source *telemetry; /* NULL: not counted */
	const atomic_bool *stop;            /* becomes true when the program ends; may be NULL */
	uint32_t budget;                    /* tries in one refresh; 0: HTTP_BUDGET */
};

struct http_session;

/* Once per process, before threads (curl_global_init). SIGPIPE is ignored from then on: OpenSSL
 * writes to sockets that may be closed. STATUS_OK or STATUS_MEMORY. */
enum status http_setup(void) MUST_CHECK;
void http_teardown(void);

/* Settings are copied, `telemetry` and `stop` must outlive the session. Otherwise `error` names the
 * setting: STATUS_IO (CA file cannot be read), STATUS_SYNTAX (bad CA file, certificate, key or
 * pin or proxy), STATUS_LOCKED (the key has a passphrase), STATUS_MEMORY. */
enum status http_session_new(const struct http_settings *settings,
			     struct http_session **ret_session, struct error *error) MUST_CHECK;
void http_session_free(struct http_session *session);

/* The certificate a server showed in the last full handshake of this session. */
struct http_peer {
	bool known;
	bool has_not_after; /* false: unreadable, or outside 1970-01-02 .. 9999-12-31 */
	int64_t not_after_s;
	char fingerprint_sha256[65]; /* lower-case hex */
};

/* Also when it is not verified, and when the handshake failed because of it. Not known behind a
 * proxy that is reached by https: its own certificate could be taken for the server's. */
void http_session_peer(const struct http_session *session, struct http_peer *ret_peer);

/* Starts a refresh: requests end at `deadline_mono_ms` (clock_mono_ms()); the budget and the
 * failure counts of hosts begin anew. Without it there is no deadline. */
void http_session_begin(struct http_session *session, uint64_t deadline_mono_ms);

/* One request with retries. The caller owns what is in *ret_response, whatever the result, which is
 * also in ret_response->status. STATUS_CANCELLED when the program stops. */
enum status http_get(struct http_session *session, const struct http_request *request,
		     struct http_response *ret_response);

/* Up to HTTP_PARALLEL at a time; `done` is called on this thread once for each request, in the
 * order of completion, and owns what is in the response, not the struct itself. It must not use the
 * session: new requests can be added only between calls. */
typedef void http_done(void *user, size_t index, struct http_response *response);
void http_get_many(struct http_session *session, const struct http_request *requests, size_t count,
		   http_done *done, void *user);

/* The OAuth token request: `form` is application/x-www-form-urlencoded and secret. Otherwise like
 * http_get(). */
enum status http_post_token(struct http_session *session, size_t endpoint, const char *url,
			    const struct secret *form, struct http_response *ret_response);

#endif
