#ifndef BASE_STATUS_H
#define BASE_STATUS_H

/*
 * Results and error texts, used by every room.
 *
 * One closed set of results. The names of the values up to STATUS_LOGIN_PAGE are the values of the
 * metric label `reason` (btp_source_errors_total) and of log keys: part of the contract.
 */

enum status {
	STATUS_OK = 0,
	STATUS_DNS,
	STATUS_CONNECT,
	STATUS_TLS,
	STATUS_TIMEOUT,
	STATUS_TRUNCATED, /* the answer or file ended before its announced end */
	STATUS_HTTP_401,
	STATUS_HTTP_403,
	STATUS_HTTP_404,
	STATUS_HTTP_429,
	STATUS_HTTP_4XX,
	STATUS_HTTP_5XX,
	STATUS_REDIRECT,     /* redirects are never followed */
	STATUS_CONTENT_TYPE, /* for example HTML where JSON was due */
	STATUS_SYNTAX,
	STATUS_TOO_LARGE, /* more bytes than a named limit */
	STATUS_LIMIT,     /* more items, depth or requests than a named limit */
	STATUS_MEMORY,
	STATUS_IO,
	STATUS_LOCKED, /* no password fits */
	STATUS_UNSUPPORTED,
	STATUS_LOGIN_PAGE,
	/* not reasons: never shown as a metric */
	STATUS_NOT_FOUND,
	STATUS_RANGE,
	STATUS_CANCELLED, /* the program is stopping */
};

#define STATUS_REASON_COUNT (STATUS_LOGIN_PAGE + 1) /* STATUS_OK is counted for plain indexing */

/* The name of a status, for example "http_401". Static storage; thread-safe. */
const char *status_name(enum status status);

/*
 * A text for people, in fixed storage of the caller: nothing is allocated on the way of an error.
 * The text never holds a secret; remote text in it has passed text_printable().
 */
#define ERROR_TEXT_MAX 512

struct error {
	char text[ERROR_TEXT_MAX];
};

/*
 * Writes a formatted text; `error` may be NULL. A text that is too long is cut. Returns `status`,
 * so that a failing branch reads `return error_set(error, STATUS_SYNTAX, "...")`.
 */
enum status error_set(struct error *error, enum status status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#define MUST_CHECK __attribute__((warn_unused_result))

#endif
