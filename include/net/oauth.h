#ifndef NET_OAUTH_H
#define NET_OAUTH_H

#include <stddef.h>
#include <stdint.h>

#include "base/secret.h"
#include "base/status.h"
#include "net/http.h"

/*
 * OAuth 2.0 client credentials (RFC 6749 4.4) against XSUAA, with a client secret in the body or
 * with mutual TLS (RFC 8705: the session carries the certificate and no secret is sent). Follows
 * docs/reference/destination-service.md 2. One cache holds the token of one client in one tenant;
 * used by one thread at a time.
 */
struct oauth_client {
	size_t endpoint; /* of its requests, as in struct http_request */
	const char *token_url;
	const char *client_id;
	const struct secret *client_secret; /* NULL: mutual TLS */
};

#define OAUTH_ID_SIZE 64 /* a UUID has 36 characters */

/* Begins as all zeros; ends with oauth_token_drop(). */
struct oauth_token {
	struct secret access_token; /* data NULL: none */
	uint64_t expires_mono_ms;
	uint64_t renew_mono_ms; /* after 80 % of its lifetime or 5 minutes before it expires,
				   whichever comes first */
	/* claims of the JWT, not verified: for labels only; "" if absent */
	char subaccount_id[OAUTH_ID_SIZE]; /* ext_attr.subaccountid */
	char tenant_id[OAUTH_ID_SIZE];     /* zid */
};

/*
 * A valid token: the cached one, or a new one. When a renewal fails because nobody answers, the old
 * token stays in use until it expires (which is logged); when it is refused (4xx), that is the
 * result. STATUS_OK; otherwise a reason, `error` and *ret_retry_after_s (-1: none) as http_get()
 * gives them; STATUS_SYNTAX when the answer has no token. The refused token, if any, stays in
 * `token` until it is dropped.
 */
enum status oauth_token_get(struct oauth_token *token, struct http_session *session,
			    const struct oauth_client *client, int64_t *ret_retry_after_s,
			    struct error *error) MUST_CHECK;

/* Forgets the token (after a 401 of the service, or when credentials changed). */
void oauth_token_drop(struct oauth_token *token);

/* The two claims of a JWT (RFC 7519) that is untrusted and not verified; "" where it has none or is
 * none. */
void oauth_claims(const char *token, size_t len, char ret_subaccount_id[OAUTH_ID_SIZE],
		  char ret_tenant_id[OAUTH_ID_SIZE]);

#endif
