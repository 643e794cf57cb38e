/* Renewal: SAP's published thresholds for what renews itself, a lead time for what does not. */
#include "inventory/renewal.h"

#include <ctype.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"

#define DAY_S       INT64_C(86400)
#define HOUR_S      INT64_C(3600)
#define SAP_EXTRA_S HOUR_S /* SAP issues for the requested duration plus one hour */

const char *renewal_name(enum renewal renewal)
{
	switch (renewal) {
	case RENEWAL_NONE:
		return "";
	case RENEWAL_AUTOMATIC:
		return "automatic";
	case RENEWAL_MANUAL:
		return "manual";
	}
	return "";
}

static bool is_uuid(const char *text, size_t len)
{
	if (len != 36)
		return false;
	for (size_t i = 0; i < len; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		if (dash ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
			return false;
	}
	return true;
}

/* The next `,` that is not escaped, or the end. */
static const char *rdn_end(const char *dn)
{
	while (*dn != '\0' && *dn != ',') {
		if (*dn == '\\' && dn[1] != '\0')
			dn++;
		dn++;
	}
	return dn;
}

/* L=<host>/<uuid> */
static bool is_service_location(const char *rdn, const char *end)
{
	if (!text_starts_with(rdn, "L="))
		return false;
	const char *host = rdn + 2;
	const char *slash = memchr(host, '/', (size_t)(end - host));
	if (slash == NULL || memchr(host, '.', (size_t)(slash - host)) == NULL)
		return false;
	return is_uuid(slash + 1, (size_t)(end - slash - 1));
}

bool renewal_is_sap_generated(const char *subject, const char *issuer)
{
	if (!text_starts_with(issuer, "CN=SAP Cloud Platform Client CA,"))
		return false;
	for (const char *rdn = subject;;) {
		const char *end = rdn_end(rdn);
		if (is_service_location(rdn, end))
			return true;
		if (*end == '\0')
			return false;
		rdn = end + 1;
	}
}

int64_t renewal_threshold_s(int64_t life_s)
{
	static const struct {
		int64_t days_max;
		int64_t threshold_s;
	} table[] = {
		{ 1, 12 * HOUR_S },
		{ 14, 1 * DAY_S },
		{ 31, 3 * DAY_S },
		{ 154, 7 * DAY_S },
	};
	int64_t days = (life_s - SAP_EXTRA_S + DAY_S / 2) / DAY_S;

	for (size_t i = 0; i < COUNT_OF(table); i++) {
		if (days <= table[i].days_max)
			return table[i].threshold_s;
	}
	return 30 * DAY_S;
}

bool renewal_due_before(const struct certificate *certificate, int64_t lead_s, int64_t *ret_due_s)
{
	if (!certificate->has_not_after)
		return false;
	*ret_due_s = certificate->not_after_s - lead_s;
	return true;
}

bool renewal_due(const struct certificate *certificate, enum renewal renewal, int64_t *ret_due_s)
{
	if (!certificate->has_not_before || !certificate->has_not_after ||
	    certificate->not_after_s <= certificate->not_before_s)
		return false;
	int64_t life_s = certificate->not_after_s - certificate->not_before_s;
	int64_t lead_s = 0;
	switch (renewal) {
	case RENEWAL_NONE:
		return false;
	case RENEWAL_AUTOMATIC:
		lead_s = renewal_threshold_s(life_s);
		break;
	case RENEWAL_MANUAL:
		lead_s = life_s / 3 < 30 * DAY_S ? life_s / 3 : 30 * DAY_S;
		break;
	}
	*ret_due_s = certificate->not_after_s - lead_s;
	return true;
}
