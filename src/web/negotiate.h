#ifndef WEB_NEGOTIATE_H
#define WEB_NEGOTIATE_H

#include <stdbool.h>

#include "metrics/metrics.h"

/*
 * Content negotiation (RFC 9110 section 12): what a client asked for, against what can be offered.
 * The header values are untrusted; NULL means that the header is missing. Nothing is ever refused:
 * a client that accepts none of the offers gets the plainest one. Thread-safe; no allocation.
 */

/*
 * Text 0.0.4 or OpenMetrics 1.0.0 by `Accept`, each judged by its most specific range; the higher
 * q wins, then the more specific range, then the earlier one. Text when nothing acceptable is
 * named. Other parameters (`charset`, `escaping`) do not matter: the names are plain ASCII in every
 * escaping.
 */
enum exposition_format negotiate_exposition(const char *accept);

/* True when `text/csv` is preferred to `application/json`. */
bool negotiate_csv(const char *accept);

/* True when `Accept-Encoding` allows gzip and does not prefer identity. `q=0` refuses. */
bool negotiate_gzip(const char *accept_encoding);

/* True when `If-None-Match` lists `etag` (with its quotes), or `*`. The comparison is the weak one
 * (RFC 9110 8.8.3.2): `W/` does not matter on either side. */
bool etag_listed(const char *if_none_match, const char *etag);

#endif
