/* Listening Unix sockets: the file is made, replaced when it is stale, and removed at the end. */
#include "web/unix_socket.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define FILE_MODE 0660 /* connecting takes the permission to write */

static enum status fail(const char *path, struct error *error, const char *why)
{
	return error_set(error, STATUS_IO, "unix:%s: %s", path, why);
}

static struct sockaddr_un address_of(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	strncpy(address.sun_path, path, sizeof(address.sun_path) - 1);
	return address;
}

/* False only when nobody listens on the socket. */
static bool is_in_use(const char *path)
{
	struct sockaddr_un address = address_of(path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return true;
	bool used = connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0 ||
		    errno != ECONNREFUSED;
	(void)close(fd);
	return used;
}

/* What a process left that did not end by itself (a crash, SIGKILL) makes room. */
static enum status remove_stale(const char *path, struct error *error)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return errno == ENOENT ? STATUS_OK : fail(path, error, strerror(errno));
	if (!S_ISSOCK(st.st_mode))
		return fail(path, error, "a file that is no socket has this name");
	if (is_in_use(path))
		return fail(path, error, "another process listens there, or may not be asked");
	if (unlink(path) != 0 && errno != ENOENT)
		return fail(path, error, strerror(errno));
	return STATUS_OK;
}

/* The file has its mode from its first moment on. */
static int bind_file(int fd, const char *path)
{
	struct sockaddr_un address = address_of(path);
	mode_t before = umask(0777 & ~FILE_MODE);
	int rc = bind(fd, (const struct sockaddr *)&address, sizeof(address));
	int reason = errno;

	(void)umask(before);
	errno = reason;
	return rc;
}

enum status unix_socket_open(const char *path, int backlog, int *ret_fd,
			     struct unix_socket_file *ret_file, struct error *error)
{
	struct unix_socket_file file = { .path = "" };
	struct stat st;
	enum status status = remove_stale(path, error);

	if (status != STATUS_OK)
		return status;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return fail(path, error, strerror(errno));
	if (bind_file(fd, path) != 0 || lstat(path, &st) != 0) {
		status = fail(path, error, strerror(errno));
		goto out;
	}
	(void)strncpy(file.path, path, sizeof(file.path) - 1);
	file.device = st.st_dev;
	file.inode = st.st_ino;
	if (listen(fd, backlog) != 0) {
		status = fail(path, error, strerror(errno));
		unix_socket_remove(&file);
		goto out;
	}
	*ret_fd = fd;
	*ret_file = file;
	return STATUS_OK;
out:
	(void)close(fd);
	return status;
}

void unix_socket_remove(const struct unix_socket_file *file)
{
	struct stat st;

	if (file->path[0] != '\0' && lstat(file->path, &st) == 0 && st.st_dev == file->device &&
	    st.st_ino == file->inode)
		(void)unlink(file->path);
}
