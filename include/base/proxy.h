#ifndef BASE_PROXY_H
#define BASE_PROXY_H

#include <stdbool.h>

#include "base/secret.h"
#include "base/status.h"

/*
 * A proxy as people write it: `[scheme://][user[:password]@]host[:port][/]`, the scheme one of
 * http, https, socks, socks4, socks4a, socks5 and socks5h. It is taken apart here, strictly, and
 * not by libcurl, whose texts quote what they do not understand, and which goes without a proxy
 * where a user or password cannot be decoded. No error text repeats any part of the value.
 */
struct proxy {
	char *address;          /* scheme://host[:port], nothing secret; NULL: no proxy */
	bool https;             /* it is reached by https itself */
	struct secret user;     /* decoded; user.data NULL: it asks for none */
	struct secret password; /* decoded, may be empty; set when `user` is */
	struct secret login;    /* `user:password`, percent-encoded; set when `user` is */
};

/* STATUS_OK: *ret_proxy is the caller's, released with proxy_release(). STATUS_SYNTAX, STATUS_RANGE
 * (a control character) or STATUS_MEMORY: it is empty, `error` says what would be right. */
enum status proxy_parse(const char *text, struct proxy *ret_proxy, struct error *error) MUST_CHECK;
void proxy_release(struct proxy *proxy);

/* Whether a well-formed proxy holds a password. */
bool proxy_has_password(const char *text);

/*
 * The proxy of the environment for https addresses: the first of https_proxy, HTTPS_PROXY,
 * all_proxy and ALL_PROXY that is not empty, as with curl. Exceptions (no_proxy, NO_PROXY) are
 * libcurl's business, but for `*`, which means that there is no proxy. STATUS_OK;
 * STATUS_NOT_FOUND (none); else a failure of proxy_parse(), whose text names the variable.
 */
enum status proxy_of_environment(struct proxy *ret_proxy, struct error *error) MUST_CHECK;

#endif
