#ifndef NET_TLS_H
#define NET_TLS_H

#include <stdbool.h>

#include "base/status.h"
#include "net/http.h"

/*
 * Trust anchors, pin and client certificate of a session. Read and checked
 * once, then put into each TLS context that libcurl makes. Nothing in it changes afterwards but
 * what is known of the peer, so it serves one thread.
 *
 * Anchors: those of the system (SSL_CERT_FILE and SSL_CERT_DIR replace their places, as everywhere
 * with OpenSSL) and those of `ca_file` in addition. A pin takes the place of all verification: the
 * server's certificate itself must be the one with that SHA-256. A proxy that is reached by https
 * is judged by the same rules.
 */
struct tls;

/*
 * Takes ca_file, certificate, private_key, insecure_skip_verify and fingerprint_sha256 of
 * `settings`. `https_proxy`: the proxy's own certificate may be seen before the server's, so the
 * peer stays unknown. STATUS_OK: *ret_tls is the caller's. Otherwise `error` says what is wrong:
 * STATUS_IO (CA file cannot be read), STATUS_SYNTAX (no certificate in it, a bad pin, certificate
 * or key, a key of another certificate), STATUS_LOCKED (the key has a passphrase), STATUS_MEMORY.
 */
enum status tls_new(const struct http_settings *settings, bool https_proxy, struct tls **ret_tls,
		    struct error *error) MUST_CHECK;
void tls_free(struct tls *tls);

bool tls_pinned(const struct tls *tls);

/* Whether the last server that was looked at did not have the pinned certificate. */
bool tls_pin_refused(const struct tls *tls);

/* See http_session_peer(). */
void tls_peer(const struct tls *tls, struct http_peer *ret_peer);

/* Puts everything into an SSL_CTX. False: OpenSSL refuses the client certificate. */
bool tls_apply(struct tls *tls, void *ssl_ctx);

#endif
