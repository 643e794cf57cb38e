#ifndef CONFIG_ADDRESS_H
#define CONFIG_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

/*
 * Addresses as people and service keys write them, checked and brought into one form (RFC 3986,
 * host names as in RFC 1123 with `_`). Only https: a credential goes to every one of them. Error
 * texts never repeat the address: it can hold a password. Nothing is looked up. Thread-safe.
 *
 * STATUS_OK: *ret_text is the caller's to free(). STATUS_SYNTAX with a text; STATUS_MEMORY.
 */

/* A service: `https://host[:port]` or a bare `host[:port]`; without a trailing slash. The paths
 * that the documentation of the Destination service shows behind its host are taken off. */
enum status address_service(const char *text, char **ret_text, struct error *error) MUST_CHECK;

/* The same for a service that may stand behind a reverse proxy, under a path of its own, which is
 * kept. */
enum status address_with_path(const char *text, char **ret_text, struct error *error) MUST_CHECK;

/* A token endpoint, with its path or without: `/oauth/token` is added unless the path already ends
 * with `/token`. */
enum status address_token(const char *text, char **ret_text, struct error *error) MUST_CHECK;

/* Replaces the first label of the host of a token endpoint by that of a subscriber. */
enum status address_with_subdomain(const char *token_url, const char *subdomain, char **ret_text,
				   struct error *error) MUST_CHECK;

#endif
