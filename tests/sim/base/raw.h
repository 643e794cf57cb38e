/*
 * Answers that a correct HTTP server cannot give: written straight into the TLS session of the
 * connection, whose thread is the caller's. The connection is of no use afterwards.
 */
#ifndef SIM_RAW_H
#define SIM_RAW_H

#include <gnutls/gnutls.h>

#include "sim.h"

/* True for the kinds that raw_answer() is for. */
bool fault_is_raw(int kind);

/* Sends the whole reply as it is, with an empty reason phrase if it wants one; then closes. */
uint64_t raw_plain(struct request *r, const struct reply *reply, gnutls_session_t session, int fd);

/* Sends (or does not send) the reply in the fault's way; returns the bytes that went out. */
uint64_t raw_answer(struct request *r, const struct reply *reply, const struct fault *fault,
		    gnutls_session_t session, int fd);

/* Ends the connection with a fatal TLS alert: the client certificate is refused. */
void raw_alert(const struct request *r, gnutls_session_t session, int fd);

#endif
