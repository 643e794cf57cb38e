#ifndef BASE_PASSED_SOCKETS_H
#define BASE_PASSED_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

/*
 * Listening sockets that systemd has opened and passed to this process (sd_listen_fds(3)):
 * descriptors from 3 on, LISTEN_FDS of them, for the process LISTEN_PID, with names in
 * LISTEN_FDNAMES. libsystemd is not used: three variables are read here, and one datagram is sent
 * in base/notify.h, for which a further library in each image and package is not worth its weight.
 */
#define PASSED_SOCKETS_MAX 64

struct passed_socket {
	int fd;
	bool for_probes; /* its name is `health`; any other name, `web` for example, serves all */
};

struct passed_sockets {
	struct passed_socket items[PASSED_SOCKETS_MAX];
	size_t count;
};

/*
 * The sockets in their order, non-blocking, and closed when another program is executed. They stay
 * those of the environment: call it once. STATUS_OK, with at least one; STATUS_NOT_FOUND: none was
 * passed to this process; STATUS_UNSUPPORTED: one of them is no listening stream socket, or there
 * are too many; STATUS_SYNTAX: the variables make no sense. `error` says which.
 */
enum status passed_sockets_read(struct passed_sockets *ret_sockets, struct error *error) MUST_CHECK;

#endif
