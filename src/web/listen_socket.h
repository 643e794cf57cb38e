#ifndef WEB_LISTEN_SOCKET_H
#define WEB_LISTEN_SOCKET_H

#include <stddef.h>

#include "base/listen_address.h"
#include "base/status.h"

/* Listening sockets. All functions are thread-safe. */
#define ADDRESS_TEXT_MAX      320 /* [host]:port, unix:/path */
#define LISTEN_SOCKET_BACKLOG 512

/*
 * Opens a non-blocking listening socket for host and port. A name with several addresses is opened
 * on the first one, IPv4 preferred. STATUS_OK: *ret_fd is the caller's. STATUS_IO with a text that
 * names address and reason.
 */
enum status listen_socket_open(const struct listen_address *address, int *ret_fd,
			       struct error *error) MUST_CHECK;

/* The address a socket is bound to, with the port that was taken: `127.0.0.1:9936`, `[::]:9936`,
 * `unix:/run/x.sock`, `unix:@x` (in the abstract name space of unix(7)). */
void listen_socket_name(int fd, char ret_text[ADDRESS_TEXT_MAX]);

#endif
