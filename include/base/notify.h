#ifndef BASE_NOTIFY_H
#define BASE_NOTIFY_H

#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

/*
 * Words to the service manager (sd_notify(3)): one datagram of lines NAME=VALUE to the socket that
 * NOTIFY_SOCKET names. The protocol is stable and this small, so libsystemd is not used for it (see
 * base/passed_sockets.h). Sending waits for some seconds at most, and does not fail: nobody may
 * listen.
 */
struct notify {
	int fd; /* -1: there is no service manager */
	struct sockaddr_un address;
	socklen_t len;
};

/* Reads NOTIFY_SOCKET: an absolute path, or `@name` in the abstract name space of unix(7). */
void notify_open(struct notify *ret_notify);
void notify_close(struct notify *notify);

/* Sends lines that are separated by `\n`. Values must hold no line break. Thread-safe. */
void notify_send(const struct notify *notify, const char *lines);

/* Within how long the manager wants a sign of life again and again (WATCHDOG_USEC, WATCHDOG_PID);
 * 0: it wants none of this process. */
uint64_t notify_watchdog_ms(void);

#endif
