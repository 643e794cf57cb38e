#ifndef INVENTORY_EXPIRY_H
#define INVENTORY_EXPIRY_H

#include <stdbool.h>
#include <stdint.h>

#include "inventory/view.h"

/*
 * When a certificate expires, and what that makes of it at a moment: what every output says of its
 * status and of the days that are left. Pure functions, thread-safe.
 */

enum certificate_status {
	CERTIFICATE_VALID,
	CERTIFICATE_EXPIRING,
	CERTIFICATE_EXPIRED,
	CERTIFICATE_NOT_YET_VALID,
	CERTIFICATE_STATUS_UNKNOWN,
};
#define CERTIFICATE_STATUS_COUNT (CERTIFICATE_STATUS_UNKNOWN + 1)
const char *certificate_status_name(enum certificate_status status);

/* The status at `now_s` (docs/metrics.md: expired wins over not yet valid; expiring = 30 days). */
enum certificate_status certificate_status_at(const struct inventory_certificate *certificate,
					      double now_s);

/* Also true for a certificate that expired too long ago for its time to be shown: then not_after_s
 * is negative, without has_not_after. */
bool certificate_expiry_is_known(const struct inventory_certificate *certificate);

/* Days that are left, with their fraction. Only with has_not_after. */
double certificate_days_left(const struct inventory_certificate *certificate, double now_s);

/* The same in whole days, rounded down: an expired certificate has -1 or less, never 0. */
int64_t certificate_whole_days(const struct inventory_certificate *certificate, double now_s);

#endif
