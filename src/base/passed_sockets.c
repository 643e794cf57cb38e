/* What systemd says in the environment about the sockets that it has passed. */
#include "base/passed_sockets.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"

#define FIRST_FD    3 /* SD_LISTEN_FDS_START */
#define HEALTH_NAME "health"
#define NO_SOCKETS                                                                                 \
	"systemd has passed no socket to this process (LISTEN_FDS); a .socket unit of the same "   \
	"name passes them"

static bool option_of(int fd, int name, int *ret_value)
{
	socklen_t len = sizeof(*ret_value);

	return getsockopt(fd, SOL_SOCKET, name, ret_value, &len) == 0;
}

static bool is_listening_stream(int fd)
{
	int type = 0;
	int listening = 0;

	return option_of(fd, SO_TYPE, &type) && type == SOCK_STREAM &&
	       option_of(fd, SO_ACCEPTCONN, &listening) && listening != 0;
}

static bool prepare(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0 &&
	       fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

/* Takes the first name off the list, which is separated by colons. */
static bool next_is_health(const char **names)
{
	size_t len = strcspn(*names, ":");
	bool health = len == strlen(HEALTH_NAME) && memcmp(*names, HEALTH_NAME, len) == 0;

	*names += len + ((*names)[len] == ':');
	return health;
}

/* How many there are; 0 when they are not for this process. */
static enum status read_count(uint64_t *ret_count, struct error *error)
{
	const char *pid = getenv("LISTEN_PID");
	const char *count = getenv("LISTEN_FDS");
	uint64_t number;

	*ret_count = 0;
	if (pid == NULL || count == NULL)
		return STATUS_OK;
	if (parse_u64(pid, INT32_MAX, &number) != STATUS_OK)
		return error_set(error, STATUS_SYNTAX, "LISTEN_PID is no process id");
	if (number != (uint64_t)getpid())
		return STATUS_OK;
	if (parse_u64(count, PASSED_SOCKETS_MAX, ret_count) != STATUS_OK)
		return error_set(error, STATUS_SYNTAX, "LISTEN_FDS must be a number up to %d",
				 PASSED_SOCKETS_MAX);
	return STATUS_OK;
}

enum status passed_sockets_read(struct passed_sockets *ret_sockets, struct error *error)
{
	const char *names = getenv("LISTEN_FDNAMES");
	uint64_t count;
	enum status status = read_count(&count, error);

	if (status != STATUS_OK)
		return status;
	if (count == 0)
		return error_set(error, STATUS_NOT_FOUND, "%s", NO_SOCKETS);
	if (names == NULL)
		names = "";
	ret_sockets->count = 0;
	for (int fd = FIRST_FD; fd < FIRST_FD + (int)count; fd++) {
		if (!is_listening_stream(fd) || !prepare(fd))
			return error_set(error, STATUS_UNSUPPORTED,
					 "descriptor %d, which systemd has passed, is no "
					 "listening stream socket (ListenStream=, Accept=no)",
					 fd);
		struct passed_socket one = { fd, next_is_health(&names) };
		ret_sockets->items[ret_sockets->count++] = one;
	}
	return STATUS_OK;
}
