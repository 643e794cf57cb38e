/* The status of a certificate, and the days until it expires. */
#include "inventory/expiry.h"

#include <math.h>

#define DAY_S      86400
#define EXPIRING_S (30 * DAY_S)

const char *certificate_status_name(enum certificate_status status)
{
	switch (status) {
	case CERTIFICATE_VALID:
		return "valid";
	case CERTIFICATE_EXPIRING:
		return "expiring";
	case CERTIFICATE_EXPIRED:
		return "expired";
	case CERTIFICATE_NOT_YET_VALID:
		return "not_yet_valid";
	case CERTIFICATE_STATUS_UNKNOWN:
		return "unknown";
	}
	return "unknown";
}

bool certificate_expiry_is_known(const struct inventory_certificate *certificate)
{
	return certificate->has_not_after || certificate->not_after_s < 0;
}

enum certificate_status certificate_status_at(const struct inventory_certificate *certificate,
					      double now_s)
{
	bool known = certificate_expiry_is_known(certificate);

	if (known && now_s > (double)certificate->not_after_s)
		return CERTIFICATE_EXPIRED;
	if (certificate->has_not_before && now_s < (double)certificate->not_before_s)
		return CERTIFICATE_NOT_YET_VALID;
	if (!known)
		return CERTIFICATE_STATUS_UNKNOWN;
	if ((double)certificate->not_after_s - now_s <= EXPIRING_S)
		return CERTIFICATE_EXPIRING;
	return CERTIFICATE_VALID;
}

double certificate_days_left(const struct inventory_certificate *certificate, double now_s)
{
	return ((double)certificate->not_after_s - now_s) / DAY_S;
}

int64_t certificate_whole_days(const struct inventory_certificate *certificate, double now_s)
{
	return (int64_t)floor(((double)certificate->not_after_s - now_s) / DAY_S);
}
