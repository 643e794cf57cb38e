#ifndef NET_HTTP_PARSE_H
#define NET_HTTP_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * What is read out of the headers of an answer and out of the body of a refusal. Everything here is
 * untrusted. All functions are thread-safe and keep nothing.
 */
#define HTTP_RETRY_AFTER_MAX_S 3600 /* longer values are capped to this */

/* An HTTP date (RFC 9110 5.6.7) as Unix time. False: it is none. */
bool http_date(const char *value, int64_t *ret_time_s);

/* Retry-After (RFC 9110 10.2.3): seconds, or a date, which is compared with `now_s`. 0 up to
 * HTTP_RETRY_AFTER_MAX_S; false: neither. */
bool http_retry_after(const char *value, int64_t now_s, int64_t *ret_seconds);

/* A media type of JSON: application/json, text/json, anything/…+json; parameters do not matter. */
bool http_is_json(const char *content_type);

/*
 * The text for people in the body of a refusal: ErrorMessage or message of an object, or of the
 * first element of an array; OAuth's error and error_description (RFC 6749 5.2); a JSON string;
 * otherwise the first line with something in it, unless it looks like HTML or like JSON. Appended
 * as it came: not cleaned, not cut, and it may repeat credentials. False: there is none.
 */
bool http_error_body_text(const char *body, size_t len, struct buf *ret_text);

#endif
