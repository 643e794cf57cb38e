/* Addresses to listen on. */
#include "base/listen_address.h"

#include <string.h>

#include "base/text.h"

#define UNIX_PREFIX "unix:"

static bool parse_unix(const char *path, struct listen_address *ret_address)
{
	struct listen_address address = { .host = "" };
	size_t len = strlen(path);

	if (len < 2 || len >= sizeof(address.unix_path))
		return false;
	memcpy(address.unix_path, path, len + 1);
	*ret_address = address;
	return true;
}

bool listen_address_parse(const char *text, struct listen_address *ret_address)
{
	struct listen_address address = { .host = "" };
	const char *colon = strrchr(text, ':');

	if (text_starts_with(text, UNIX_PREFIX "/"))
		return parse_unix(text + strlen(UNIX_PREFIX), ret_address);
	if (colon == NULL || !authority_is_port(colon + 1, 0))
		return false;
	size_t len = (size_t)(colon - text);
	if (len >= sizeof(address.host))
		return false;
	memcpy(address.host, text, len);
	memcpy(address.port, colon + 1, strlen(colon + 1) + 1);
	if (len > 0 && authority_bracketed(address.host) == len) {
		memmove(address.host, address.host + 1, len - 2);
		address.host[len - 2] = '\0';
	} else if (len > 0 && !authority_is_name(address.host)) {
		return false;
	}
	*ret_address = address;
	return true;
}
