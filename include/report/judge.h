#ifndef REPORT_JUDGE_H
#define REPORT_JUDGE_H

#include <stdbool.h>

#include "inventory/snapshot.h"

/* What of the inventory somebody has to act upon, and what that makes the exit code of --once.
 * Read-only; thread-safe. */

/* Which certificates somebody has to act upon, and when. */
struct report_judge {
	double now_s;
	unsigned critical_days;
	bool all; /* also those that nobody needs (inventory/usage.h) */
};

/*
 * True for a certificate that counts (`all`, or it is needed) and that has expired, expires within
 * 30 days or `critical_days`, is not valid yet, or whose expiry is not known. One that renews
 * itself needs nobody before its renewal is overdue.
 */
bool report_needs_attention(const struct report_judge *judge, const struct source_view *view,
			    const struct inventory_certificate *certificate);

/* True for a certificate that should have renewed itself by now, and has not. */
bool renewal_is_overdue(const struct inventory_certificate *certificate, double now_s);

/* True for a source that the last attempt did not read whole, or that was not tried yet. */
bool source_has_failed(const struct source_view *view);

/*
 * The exit code of --once (docs/configuration.md). 2: a source has failed or was not tried. Else 1:
 * a certificate that counts has expired or expires within `critical_days`; one that renews itself
 * only when its renewal is overdue too. Else 0.
 */
int report_exit_code(const struct snapshot *snapshot, const struct report_judge *judge);

#endif
