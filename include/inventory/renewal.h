#ifndef INVENTORY_RENEWAL_H
#define INVENTORY_RENEWAL_H

#include <stdbool.h>
#include <stdint.h>

#include "cert/certificate.h"

/*
 * When a certificate should be renewed, by SAP itself or by hand
 * (docs/reference/destination-service.md 4.4, docs/metrics.md). Pure functions, thread-safe.
 */

enum renewal { RENEWAL_NONE, RENEWAL_AUTOMATIC, RENEWAL_MANUAL };
const char *renewal_name(enum renewal renewal); /* "", automatic, manual */

/* True for a certificate that the Destination service generated through SAP Cloud PKI, which renews
 * it: issuer CN "SAP Cloud Platform Client CA" and a subject with L=<host>/<uuid>. A heuristic: the
 * API does not tell. Both are RFC 2253 texts. */
bool renewal_is_sap_generated(const char *subject, const char *issuer);

/* Seconds before notAfter at which SAP makes its first attempt, for a life of so many seconds. */
int64_t renewal_threshold_s(int64_t life_s);

/* The time so long before notAfter, as a service tells it; false without a notAfter. */
bool renewal_due_before(const struct certificate *certificate, int64_t lead_s, int64_t *ret_due_s);

/* The renewal due time; false when the dates do not allow one. */
bool renewal_due(const struct certificate *certificate, enum renewal renewal, int64_t *ret_due_s);

#endif
