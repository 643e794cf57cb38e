/* The host and the port of an address, checked strictly and never repeated. */
#include "base/authority.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/text.h"

#define LABEL_MAX 63
#define PORT_MAX  65535

static bool label_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_';
}

static bool label_ok(const char *text, size_t len)
{
	if (len == 0 || len > LABEL_MAX || text[0] == '-' || text[len - 1] == '-')
		return false;
	for (size_t i = 0; i < len; i++) {
		if (!label_char(text[i]))
			return false;
	}
	return true;
}

bool authority_is_label(const char *text)
{
	return label_ok(text, strlen(text));
}

bool authority_is_name(const char *text)
{
	if (strlen(text) > AUTHORITY_NAME_MAX)
		return false;
	for (;;) {
		size_t len = strcspn(text, ".");
		if (!label_ok(text, len))
			return false;
		if (text[len] == '\0')
			return true;
		text += len + 1;
	}
}

size_t authority_bracketed(const char *text)
{
	char inner[INET6_ADDRSTRLEN];
	uint8_t address[16];
	const char *end = text[0] == '[' ? strchr(text, ']') : NULL;

	if (end == NULL || (size_t)(end - text - 1) >= sizeof(inner))
		return 0;
	memcpy(inner, text + 1, (size_t)(end - text - 1));
	inner[end - text - 1] = '\0';
	return inet_pton(AF_INET6, inner, address) == 1 ? (size_t)(end - text + 1) : 0;
}

bool authority_is_port(const char *text, uint64_t min)
{
	uint64_t port;

	return strlen(text) <= 5 && parse_u64(text, PORT_MAX, &port) == STATUS_OK && port >= min;
}

bool authority_split(const char *text, size_t len, struct authority *ret_authority)
{
	char copy[sizeof(ret_authority->host) + sizeof(ret_authority->port) + 1];

	if (len >= sizeof(copy))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	size_t host_len = authority_bracketed(copy);
	bool v6 = host_len > 0;
	if (!v6)
		host_len = strcspn(copy, ":");
	const char *rest = copy + host_len;
	if (host_len >= sizeof(ret_authority->host) || (rest[0] != '\0' && rest[0] != ':'))
		return false;
	ret_authority->port[0] = '\0';
	if (rest[0] == ':') {
		if (!authority_is_port(rest + 1, 1))
			return false;
		memcpy(ret_authority->port, rest + 1, strlen(rest + 1) + 1);
	}
	memcpy(ret_authority->host, copy, host_len);
	ret_authority->host[host_len] = '\0';
	text_lower(ret_authority->host);
	return v6 || authority_is_name(ret_authority->host);
}
