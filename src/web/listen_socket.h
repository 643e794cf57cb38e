#ifndef WEB_LISTEN_SOCKET_H
#define WEB_LISTEN_SOCKET_H

#include <stddef.h>

#include "base/status.h"

/*
 * The addresses of --web.listen-address: `host:port`, `[v6]:port`, `:port` (all addresses, both
 * families). All functions are thread-safe.
 */
#define ADDRESS_HOST_MAX 256 /* a DNS name has at most 253 characters (RFC 1035) */
#define ADDRESS_TEXT_MAX 320 /* [host]:port */

struct listen_address {
	char host[ADDRESS_HOST_MAX]; /* without brackets; "" = all addresses */
	char port[6];                /* decimal, 0..65535 */
};

/* STATUS_OK, or STATUS_SYNTAX with a text that names the address and what is right. */
enum status listen_address_parse(const char *text, struct listen_address *ret_address,
				 struct error *error) MUST_CHECK;

/*
 * Opens a non-blocking listening socket. A name with several addresses is opened on the first one,
 * IPv4 preferred. STATUS_OK: *ret_fd is the caller's. STATUS_IO with a text that names address and
 * reason.
 */
enum status listen_socket_open(const struct listen_address *address, int *ret_fd,
			       struct error *error) MUST_CHECK;

/* The address a socket is bound to, with the port that was taken: `127.0.0.1:9936`, `[::]:9936`. */
void listen_socket_name(int fd, char ret_text[ADDRESS_TEXT_MAX]);

#endif
