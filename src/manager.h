#ifndef MANAGER_H
#define MANAGER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/notify.h"
#include "inventory/snapshot.h"

/*
 * What the service manager (systemd, Type=notify) hears of this process: that it is ready, reloads
 * or stops, a line for `systemctl status`, and signs of life for its watchdog. Without a manager
 * nothing of this does anything.
 */
#define MANAGER_STATUS_SIZE 512
#define MANAGER_LINE_SIZE   (MANAGER_STATUS_SIZE + 64) /* with what comes before it */

struct manager {
	struct notify notify;
	uint64_t watchdog_ms; /* 0: no signs of life are wanted */
	atomic_bool reload_failed;
	/* of manager_tick() */
	char status[MANAGER_LINE_SIZE]; /* as it was sent last */
	unsigned missed;                /* signs of life in a row that were not given */
};

void manager_open(struct manager *manager);
void manager_close(struct manager *manager);

/* How often manager_tick() is due; 0: never, there is no manager. */
uint64_t manager_tick_ms(const struct manager *manager);

/* The listeners are open. Call manager_tick() right after it. */
void manager_ready(const struct manager *manager);
/* A reload begins or has ended; may be called from any thread. */
void manager_reloading(const struct manager *manager);
void manager_reloaded(struct manager *manager, bool success);
void manager_stopping(const struct manager *manager);

/*
 * Sends the line of status when it has changed, and a sign of life if `alive`. `why` says what does
 * not answer otherwise, which is logged when it lasts: the manager then ends the process soon.
 */
void manager_tick(struct manager *manager, const struct snapshot *snapshot, double now_s,
		  bool alive, const char *why);

/* `2 of 3 sources up; next expiry in 12 days: partner.p12 of prod`. One line, printable, no
 * secret. Certificates that nobody needs (inventory/usage.h) do not count. */
void manager_status(const struct snapshot *snapshot, double now_s,
		    char ret_text[MANAGER_STATUS_SIZE]);

#endif
