/*
 * Who is at the other end of a TLS connection.
 */
#ifndef SIM_PEER_H
#define SIM_PEER_H

#include <gnutls/gnutls.h>

#include "text.h"

/*
 * Subject (RFC 2253) and common name of the client's certificate, in the arena, if it sent one that
 * the trusted CA vouches for today; otherwise nothing is set. Both or none.
 */
void peer_read(struct arena *a, gnutls_session_t session, const char **ret_subject,
	       const char **ret_cn);

#endif
