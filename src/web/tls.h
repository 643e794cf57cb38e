#ifndef WEB_TLS_H
#define WEB_TLS_H

#include <stdbool.h>

#include <gnutls/gnutls.h>

#include "base/status.h"
#include "config/web_config.h"

/*
 * The server side of TLS (libmicrohttpd uses GnuTLS): key pair, versions and suites, and what
 * clients must present. One context is one state of the web configuration and its files; each
 * connection is given the current one before its handshake. Counted; immutable; thread-safe.
 */
struct tls_context;

/*
 * `config` is read and not kept. STATUS_OK: one reference is the caller's. STATUS_SYNTAX with a
 * text (key and certificate do not fit, a priority string that GnuTLS refuses, no TLS configured),
 * or STATUS_MEMORY.
 */
enum status tls_context_new(const struct web_config *config, struct tls_context **ret_context,
			    struct error *error) MUST_CHECK;
struct tls_context *tls_context_ref(struct tls_context *context);
void tls_context_unref(struct tls_context *context); /* NULL is fine */

/*
 * Prepares a session that has not shaken hands: everything the context holds, and a check of the
 * client's certificate and its names that fails the handshake. The context must outlive the
 * session. NULL: the handshake will fail (no key pair), which is how a broken configuration fails
 * closed.
 */
void tls_context_attach(struct tls_context *context, gnutls_session_t session);

#endif
