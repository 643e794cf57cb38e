#ifndef WEB_UNIX_SOCKET_H
#define WEB_UNIX_SOCKET_H

#include <sys/types.h>

#include "base/listen_address.h"
#include "base/status.h"

/*
 * Listening Unix sockets (unix(7)) and their files. The file is open to owner and group (0660):
 * connecting takes the permission to write. Whoever wants another owner or mode lets systemd open
 * the socket (base/passed_sockets.h).
 */

/* A file that unix_socket_open() has made. */
struct unix_socket_file {
	char path[UNIX_PATH_SIZE]; /* "": none */
	dev_t device;
	ino_t inode;
};

/*
 * Opens a non-blocking listening socket. A socket file that nobody listens on any more is replaced.
 * Changes the umask for a moment, so no other thread may make files meanwhile.
 * STATUS_OK: *ret_fd is the caller's, *ret_file is for unix_socket_remove(). STATUS_IO with a text
 * that names the path and the reason: somebody listens there, another kind of file has that name,
 * the kernel's reason.
 */
enum status unix_socket_open(const char *path, int backlog, int *ret_fd,
			     struct unix_socket_file *ret_file, struct error *error) MUST_CHECK;

/* Removes the file, unless another one has taken its place. */
void unix_socket_remove(const struct unix_socket_file *file);

#endif
