/* The datagrams of sd_notify(3). */
#include "base/notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/text.h"

#define SEND_WAIT_S 3 /* the queue of a busy manager may be full for a moment */

void notify_open(struct notify *ret_notify)
{
	const char *name = getenv("NOTIFY_SOCKET");
	const struct timeval wait = { .tv_sec = SEND_WAIT_S };
	size_t len = name != NULL ? strlen(name) : 0;

	memset(ret_notify, 0, sizeof(*ret_notify));
	ret_notify->fd = -1;
	if (len < 2 || len >= sizeof(ret_notify->address.sun_path) ||
	    (name[0] != '/' && name[0] != '@'))
		return;
	ret_notify->address.sun_family = AF_UNIX;
	memcpy(ret_notify->address.sun_path, name, len);
	if (name[0] == '@')
		ret_notify->address.sun_path[0] = '\0';
	ret_notify->len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	ret_notify->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (ret_notify->fd >= 0)
		(void)setsockopt(ret_notify->fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
}

void notify_close(struct notify *notify)
{
	if (notify->fd >= 0)
		(void)close(notify->fd);
	notify->fd = -1;
}

void notify_send(const struct notify *notify, const char *lines)
{
	if (notify->fd >= 0)
		(void)sendto(notify->fd, lines, strlen(lines), MSG_NOSIGNAL,
			     (const struct sockaddr *)&notify->address, notify->len);
}

uint64_t notify_watchdog_ms(void)
{
	const char *usec = getenv("WATCHDOG_USEC");
	const char *pid = getenv("WATCHDOG_PID");
	uint64_t number;

	if (pid != NULL &&
	    (parse_u64(pid, INT32_MAX, &number) != STATUS_OK || number != (uint64_t)getpid()))
		return 0;
	if (usec == NULL || parse_u64(usec, UINT64_MAX, &number) != STATUS_OK)
		return 0;
	return number / 1000;
}
