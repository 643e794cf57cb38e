/* Messages to the service manager: readiness, reloads, status, signs of life. */
#include "manager.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/text.h"
#include "inventory/expiry.h"
#include "inventory/usage.h"

#define TICK_MAX_MS UINT64_C(10000)
#define TICK_MIN_MS UINT64_C(50)
#define TICKS_OF_A_TERM                                                                            \
	4 /* a sign of life may be late, or two, while a page of many MB is made                   \
	   */
#define NAME_SHOWN_MAX 160

/* -- the line of status ---------------------------------------------------------------------- */

struct summary {
	size_t up;
	size_t untried;
	size_t expired;
	const struct source_view *view; /* these two: what expires next; NULL: nothing known */
	const struct inventory_certificate *next;
};

static void add_certificate(struct summary *summary, const struct source_view *view,
			    const struct inventory_certificate *certificate, double now_s)
{
	bool counts = certificate_expiry_is_known(certificate) &&
		      (summary->next == NULL || (double)certificate->not_after_s <= now_s ||
		       certificate->not_after_s < summary->next->not_after_s) &&
		      certificate_is_needed(view, certificate);

	if (!counts)
		return;
	if ((double)certificate->not_after_s <= now_s) {
		summary->expired++;
		return;
	}
	summary->view = view;
	summary->next = certificate;
}

static struct summary summarise(const struct snapshot *snapshot, double now_s)
{
	struct summary summary = { .up = 0 };

	for (size_t i = 0; i < snapshot->view_count; i++) {
		const struct source_view *view = snapshot->views[i];
		summary.untried += !view->has_attempt;
		summary.up += view->has_attempt && view->up;
		for (size_t k = 0; k < view->certificate_count; k++)
			add_certificate(&summary, view, &view->certificates[k], now_s);
	}
	return summary;
}

static void put_next(const struct summary *summary, double now_s, struct buf *line)
{
	char name[NAME_SHOWN_MAX];

	if (summary->next == NULL) {
		buf_puts(line, summary->expired > 0 ? "" : "; no expiry is known");
		return;
	}
	const char *store = summary->view->stores[summary->next->store].name;
	int64_t days = certificate_whole_days(summary->next, now_s);
	text_printable_into(name, sizeof(name), store, strlen(store));
	buf_printf(line, "; next expiry in %" PRId64 " day%s: %s of %s", days, days == 1 ? "" : "s",
		   name, summary->view->id);
}

void manager_status(const struct snapshot *snapshot, double now_s,
		    char ret_text[MANAGER_STATUS_SIZE])
{
	struct summary summary = summarise(snapshot, now_s);
	struct buf line;

	buf_init(&line, 4096);
	buf_printf(&line, "%zu of %zu sources up", summary.up, snapshot->view_count);
	if (summary.untried > 0)
		buf_printf(&line, ", %zu not asked yet", summary.untried);
	if (summary.expired > 0)
		buf_printf(&line, "; %zu certificate%s expired", summary.expired,
			   summary.expired == 1 ? " has" : "s have");
	put_next(&summary, now_s, &line);
	text_printable_into(ret_text, MANAGER_STATUS_SIZE, buf_text(&line), line.len);
	buf_release(&line);
}

/* -- messages -------------------------------------------------------------------------------- */

void manager_open(struct manager *manager)
{
	memset(manager, 0, sizeof(*manager));
	notify_open(&manager->notify);
	manager->watchdog_ms = notify_watchdog_ms();
}

void manager_close(struct manager *manager)
{
	notify_close(&manager->notify);
}

uint64_t manager_tick_ms(const struct manager *manager)
{
	uint64_t ms = TICK_MAX_MS;

	if (manager->notify.fd < 0)
		return 0;
	if (manager->watchdog_ms > 0 && manager->watchdog_ms / TICKS_OF_A_TERM < ms)
		ms = manager->watchdog_ms / TICKS_OF_A_TERM;
	return ms > TICK_MIN_MS ? ms : TICK_MIN_MS;
}

void manager_ready(const struct manager *manager)
{
	notify_send(&manager->notify, "READY=1");
}

/* The manager compares the time with that of its own request, to the microsecond. */
void manager_reloading(const struct manager *manager)
{
	struct timespec now;
	char lines[64];

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	(void)snprintf(lines, sizeof(lines), "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
		       (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000);
	notify_send(&manager->notify, lines);
}

void manager_reloaded(struct manager *manager, bool success)
{
	atomic_store(&manager->reload_failed, !success);
	manager_ready(manager);
}

void manager_stopping(const struct manager *manager)
{
	notify_send(&manager->notify, "STOPPING=1\nSTATUS=stopping");
}

static void send_status(struct manager *manager, const struct snapshot *snapshot, double now_s)
{
	const char *before =
		atomic_load(&manager->reload_failed) ? "the last reload failed, see the log; " : "";
	char text[MANAGER_STATUS_SIZE];
	char line[MANAGER_LINE_SIZE] = "";

	manager_status(snapshot, now_s, text);
	(void)snprintf(line, sizeof(line), "STATUS=%s%s", before, text);
	if (strcmp(line, manager->status) == 0)
		return;
	memcpy(manager->status, line, sizeof(line));
	notify_send(&manager->notify, line);
}

void manager_tick(struct manager *manager, const struct snapshot *snapshot, double now_s,
		  bool alive, const char *why)
{
	send_status(manager, snapshot, now_s);
	if (manager->watchdog_ms == 0)
		return;
	manager->missed = alive ? 0 : manager->missed + 1;
	if (alive)
		notify_send(&manager->notify, "WATCHDOG=1");
	else if (manager->missed == 2) /* one alone is only late */
		log_error("no sign of life is given to the service manager",
			  LOG_TEXT("reason", why));
}
