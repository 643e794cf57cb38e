/*
 * Who is at the other end of a TLS connection.
 */
#ifndef SIM_PEER_H
#define SIM_PEER_H

#include <gnutls/gnutls.h>
#include <openssl/x509.h>

#include "text.h"

#define PEER_CHAIN_MAX 8

/* What the client showed. Everything lives in the request's arena. */
struct peer {
	/* of the first certificate, only if the trusted CA vouches for it today; both or none */
	const char *subject; /* RFC 2253 */
	const char *cn;
	/* as it was sent, trusted or not; leaf first */
	struct peer_certificate {
		const unsigned char *der;
		size_t len;
	} chain[PEER_CHAIN_MAX];
	size_t chain_len;
};

void peer_read(struct arena *a, gnutls_session_t session, struct peer *ret_peer);

/* A name as RFC 2253 prints it, UTF-8 kept; NULL when it cannot be printed. */
char *name_text(struct arena *a, const X509_NAME *name);
/* The last value of that kind in the name, as UTF-8; "" when there is none. */
const char *name_value(struct arena *a, const X509_NAME *name, const ASN1_OBJECT *kind);

#endif
