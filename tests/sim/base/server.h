/*
 * The listeners on libmicrohttpd (one thread per connection), and the way of a request from
 * the wire to the wire.
 */
#ifndef SIM_SERVER_H
#define SIM_SERVER_H

#include "sim.h"

struct server;

struct tls_files {
	struct text certificate; /* PEM */
	struct text key;
	struct text client_ca;
};

/*
 * Opens the product's ports on 127.0.0.1 (0: a free one) and writes the real numbers into
 * sim->ports. NULL with a reason on failure. `sim` and `tls` have to outlive the server.
 */
struct server *server_start(struct sim *sim, const struct tls_files *tls,
			    const int ports[HOSTS_MAX], char ret_error[ERROR_SIZE]);

/* Ends every connection and its thread; sim->stop_fd has to be readable by now. */
void server_stop(struct server *server);

#endif
