#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"

/* Text: numbers, UTF-8, encodings, patterns. All functions are thread-safe. */

/*
 * An unsigned decimal number: digits only, all of `text`, at most `max`.
 * STATUS_OK sets *ret_value; STATUS_SYNTAX; STATUS_RANGE.
 */
enum status parse_u64(const char *text, uint64_t max, uint64_t *ret_value) MUST_CHECK;

/* A duration of the configuration: a number and one of s, m, h, d; at most `max_s` seconds.
 * STATUS_OK sets *ret_s (seconds); STATUS_SYNTAX; STATUS_RANGE. */
enum status parse_duration(const char *text, uint64_t max_s, uint64_t *ret_s) MUST_CHECK;
/* The other way: "90s", "1h", "7d", in the largest unit that fits. */
#define DURATION_TEXT_SIZE 16
void text_duration(uint32_t seconds, char ret_text[DURATION_TEXT_SIZE]);

/* True when all bytes are well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms). */
bool utf8_valid(const void *data, size_t len);

/* The length of the well-formed UTF-8 sequence at `data`, 0 if there is none. */
size_t utf8_sequence(const uint8_t *data, size_t len);

/* Appends `data` as UTF-8: each bad byte becomes U+FFFD, control characters become \xNN. */
void text_printable(struct buf *buf, const void *data, size_t len);

/* The same into fixed storage, cut at a whole character; always NUL-terminated. */
void text_printable_into(char *ret_text, size_t size, const void *data, size_t len);

/* Lower-case hex, no separators. */
void text_hex(struct buf *buf, const uint8_t *data, size_t len);

/* Percent-encodes everything but RFC 3986 "unreserved": one path segment, or a form value. */
void text_percent_encode(struct buf *buf, const char *text);
void text_percent_encode_secret(struct buf *buf, const char *text, size_t len);

/*
 * Decodes base64 (RFC 4648 section 4), tolerating white space and missing padding. The bytes are
 * appended to `buf` as secret. STATUS_OK, STATUS_SYNTAX, STATUS_TOO_LARGE, STATUS_MEMORY.
 */
enum status text_base64_decode(struct buf *buf, const char *text, size_t len) MUST_CHECK;

/* ASCII letters to lower case, in place; other bytes stay. */
void text_lower(char *text);

/* Trailing and leading ASCII white space removed, in place. Returns the new start. */
char *text_trim(char *text);

bool text_starts_with(const char *text, const char *prefix);
bool text_ends_with(const char *text, const char *suffix);

/*
 * The patterns of the configuration: fnmatch(3) without flags, so case-sensitive and `*` matches
 * `/` too. A pattern without `/` is matched against what follows the last `/` of `name`.
 */
bool pattern_match(const char *pattern, const char *name);
/* Whether fnmatch(3) would find more than a plain text in it: `*`, `?` or `[` without a backslash.
 */
bool pattern_has_wildcard(const char *pattern);
/* Removes the backslashes of a pattern without wildcards, in place. */
void pattern_unescape(char *text);

/* Whether a text that should name a file seems to be what belongs into one: JSON, base64 of JSON,
 * PEM or several lines. Such a text is not repeated in messages. */
bool text_is_content(const char *text);

/* The length of `text`, cut to at most `max` bytes between two characters of UTF-8. */
size_t text_cut(const char *text, size_t max);

/* The times that are shown: 1970-01-02 up to 9999-12-31T23:59:59Z (RFC 5280 4.1.2.5). An earlier
 * one is a filler that nobody meant. */
#define TIME_SHOWABLE_MIN_S INT64_C(86400)
#define TIME_SHOWABLE_MAX_S INT64_C(253402300799)
bool time_is_showable(int64_t time_s);

/* RFC 3339 in UTC with seconds, for example 2026-11-21T08:00:00Z, of a Unix time in the years
 * 1970..9999; `ret_text` holds at least 32 bytes. Other times give "". */
#define RFC3339_SIZE 32
void text_rfc3339(int64_t time_s, char ret_text[RFC3339_SIZE]);

/* A length of time as people say it, in one whole unit and never more than it is: "40 s", "5 min",
 * "3 h", "12 d". Below two of a unit the next smaller one is taken. A negative one counts as 0. */
#define TEXT_AGE_SIZE 32
void text_age(double seconds, char ret_text[TEXT_AGE_SIZE]);

#endif
