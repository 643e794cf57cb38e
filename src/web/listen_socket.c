/* Listening sockets. */
#include "web/listen_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"

/* Bytes of the kernel's memory that a client takes when it does not read its answer. The default
 * grows to 4 MB; with less than 256 kB throughput suffers. Accepted sockets inherit it. */
#define SEND_BUFFER (256 * 1024)

static enum status fail(const struct listen_address *address, struct error *error, const char *why)
{
	const char *left = strchr(address->host, ':') != NULL ? "[" : "";
	const char *right = *left != '\0' ? "]" : "";

	return error_set(error, STATUS_IO, "%s%s%s:%s: %s", left, address->host, right,
			 address->port, why);
}

/* A listening socket on one address, -1 with errno. Any IPv6 address means IPv4 too. */
static int open_one(const struct sockaddr *addr, socklen_t len)
{
	const int on = 1;
	const int off = 0;
	const int size = SEND_BUFFER;
	int fd = socket(addr->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	if (addr->sa_family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (bind(fd, addr, len) == 0 && listen(fd, LISTEN_SOCKET_BACKLOG) == 0)
		return fd;
	int reason = errno;
	(void)close(fd);
	errno = reason;
	return -1;
}

static int open_any(in_port_t port)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = port };
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = port };
	int fd = open_one((const struct sockaddr *)&six, sizeof(six));

	/* a machine without IPv6 */
	if (fd < 0 && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL))
		fd = open_one((const struct sockaddr *)&four, sizeof(four));
	return fd;
}

/* Opens a name on its first IPv4 address; if it has none, on its first address. */
static int open_first(const struct addrinfo *list)
{
	const struct addrinfo *chosen = list;

	for (const struct addrinfo *i = list; i != NULL; i = i->ai_next) {
		if (i->ai_family == AF_INET) {
			chosen = i;
			break;
		}
	}
	if (chosen != NULL)
		return open_one(chosen->ai_addr, chosen->ai_addrlen);
	errno = EADDRNOTAVAIL;
	return -1;
}

enum status listen_socket_open(const struct listen_address *address, int *ret_fd,
			       struct error *error)
{
	struct addrinfo hints = {
		.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
	};
	struct addrinfo *list = NULL;
	uint64_t port;
	int fd;

	if (address->host[0] == '\0') {
		if (parse_u64(address->port, 65535, &port) != STATUS_OK)
			return fail(address, error, "bad port");
		fd = open_any(htons((uint16_t)port));
	} else {
		int rc = getaddrinfo(address->host, address->port, &hints, &list);
		if (rc != 0)
			return fail(address, error,
				    rc == EAI_SYSTEM ? strerror(errno) : gai_strerror(rc));
		fd = open_first(list);
	}
	int reason = errno;
	if (list != NULL)
		freeaddrinfo(list);
	if (fd < 0)
		return fail(address, error, strerror(reason));
	*ret_fd = fd;
	return STATUS_OK;
}

/* A name that begins with a zero byte is in the abstract name space. */
static void unix_name(const struct sockaddr_un *address, socklen_t len,
		      char ret_text[ADDRESS_TEXT_MAX])
{
	size_t max = len > offsetof(struct sockaddr_un, sun_path)
			     ? len - offsetof(struct sockaddr_un, sun_path)
			     : 0;
	bool abstract = max > 0 && address->sun_path[0] == '\0';
	const char *name = address->sun_path + abstract;

	(void)snprintf(ret_text, ADDRESS_TEXT_MAX, "unix:%s%.*s", abstract ? "@" : "",
		       (int)(max - abstract), name);
}

void listen_socket_name(int fd, char ret_text[ADDRESS_TEXT_MAX])
{
	struct sockaddr_storage addr = { 0 };
	socklen_t len = sizeof(addr);
	char host[AUTHORITY_HOST_SIZE] = "";
	char port[8] = "";

	(void)getsockname(fd, (struct sockaddr *)&addr, &len);
	if (addr.ss_family == AF_UNIX) {
		unix_name((const struct sockaddr_un *)&addr, len, ret_text);
		return;
	}
	(void)getnameinfo((const struct sockaddr *)&addr, len, host, sizeof(host), port,
			  sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV);
	bool six = addr.ss_family == AF_INET6;
	(void)snprintf(ret_text, ADDRESS_TEXT_MAX, "%s%s%s:%s", six ? "[" : "", host,
		       six ? "]" : "", port);
}
