#ifndef BASE_AUTHORITY_H
#define BASE_AUTHORITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * `host[:port]`: names as in RFC 1123 with `_`, IPv4 addresses, and IPv6 addresses in brackets. The
 * text is untrusted, nothing is looked up. Thread-safe.
 */
#define AUTHORITY_NAME_MAX  253 /* RFC 1035 2.3.4, as text */
#define AUTHORITY_HOST_SIZE (AUTHORITY_NAME_MAX + 3)

struct authority {
	char host[AUTHORITY_HOST_SIZE]; /* in lower case, with the brackets of an IPv6 address */
	char port[6];                   /* "": none */
};

/* One DNS label: 1..63 letters, digits, `-` and `_`, not beginning or ending with `-`. */
bool authority_is_label(const char *text);
/* A dotted name of such labels, at most AUTHORITY_NAME_MAX bytes. */
bool authority_is_name(const char *text);
/* A port from `min` to 65535, in at most five digits. */
bool authority_is_port(const char *text, uint64_t min);
/* The length of an IPv6 address in brackets at the start of `text`, 0 if there is none. */
size_t authority_bracketed(const char *text);

/* Takes all of `text` apart; false when it is no authority. */
bool authority_split(const char *text, size_t len, struct authority *ret_authority);

#endif
