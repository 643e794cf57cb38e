/* Addresses to listen on. */
#include "base/listen_address.h"

#include <string.h>

bool listen_address_parse(const char *text, struct listen_address *ret_address)
{
	struct listen_address address = { .host = "" };
	const char *colon = strrchr(text, ':');

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
