/* Addresses: checked strictly, brought into one form, never looked up and never repeated. */
#include "config/address.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "base/authority.h"
#include "base/buf.h"
#include "base/text.h"

#define ADDRESS_MAX 2048UL

/* Parts of an address; `path` points into the text it was taken from. */
struct parts {
	struct authority at;
	const char *path;
};

/* Takes `[https://]host[:port][/path]` apart. */
static enum status split(const char *text, bool bare_host, struct parts *ret, struct error *error)
{
	const char *scheme_end = strstr(text, "://");
	const char *rest = text;

	if (text[0] == '\0')
		return error_set(error, STATUS_SYNTAX, "is empty; write https://host[:port]");
	if (strlen(text) > ADDRESS_MAX)
		return error_set(error, STATUS_SYNTAX, "is too long for an address");
	if (scheme_end != NULL) {
		size_t len = (size_t)(scheme_end - text);
		if (len == 4 && strncasecmp(text, "http", 4) == 0)
			return error_set(error, STATUS_SYNTAX,
					 "plain http is refused, it would show the credentials to "
					 "everyone on the way; use https://");
		if (len != 5 || strncasecmp(text, "https", 5) != 0)
			return error_set(error, STATUS_SYNTAX, "must begin with https://");
		rest = scheme_end + 3;
	} else if (!bare_host) {
		return error_set(error, STATUS_SYNTAX, "must begin with https://");
	}
	if (strpbrk(rest, "?#") != NULL)
		return error_set(error, STATUS_SYNTAX,
				 "has a query or fragment (`?` or `#`); write https://host[:port]");
	size_t len = strcspn(rest, "/");
	if (memchr(rest, '@', len) != NULL)
		return error_set(error, STATUS_SYNTAX,
				 "has a user name or password in front of `@`; write "
				 "https://host[:port]");
	if (!authority_split(rest, len, &ret->at))
		return error_set(error, STATUS_SYNTAX,
				 "is no address; write https://host[:port], an IPv6 address in "
				 "brackets");
	ret->path = rest + len;
	return STATUS_OK;
}

static enum status join(const struct parts *parts, const char *path, char **ret_text)
{
	struct buf out;

	buf_init(&out, ADDRESS_MAX * 2);
	buf_printf(&out, "https://%s%s%s%s", parts->at.host, parts->at.port[0] != '\0' ? ":" : "",
		   parts->at.port, path);
	char *text = buf_take(&out);
	buf_release(&out);
	if (text == NULL)
		return STATUS_MEMORY;
	*ret_text = text;
	return STATUS_OK;
}

static bool service_path_ok(const char *path)
{
	static const char *const known[] = { "",
					     "/",
					     "/destination-configuration",
					     "/destination-configuration/",
					     "/destination-configuration/v1",
					     "/destination-configuration/v1/" };

	for (size_t i = 0; i < COUNT_OF(known); i++) {
		if (strcmp(path, known[i]) == 0)
			return true;
	}
	return false;
}

enum status address_service(const char *text, char **ret_text, struct error *error)
{
	struct parts parts = { .path = "" };
	enum status status = split(text, true, &parts, error);

	if (status != STATUS_OK)
		return status;
	if (!service_path_ok(parts.path))
		return error_set(error, STATUS_SYNTAX,
				 "has a path behind the host; write https://host[:port]");
	status = join(&parts, "", ret_text);
	return status == STATUS_OK ? status : error_set(error, status, "out of memory");
}

/* What may stand in a path without being encoded, so that it can be sent as it is. */
static bool path_ok(const char *path)
{
	return path[strspn(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				 "-._~!$&'()*+,;=:@%/")] == '\0' &&
	       strstr(path, "//") == NULL && strstr(path, "/./") == NULL &&
	       strstr(path, "/../") == NULL && !text_ends_with(path, "/.") &&
	       !text_ends_with(path, "/..");
}

/* Splits an address, and appends its path without slashes at its end. */
static enum status split_with_path(const char *text, struct parts *ret, struct buf *path,
				   struct error *error)
{
	enum status status = split(text, true, ret, error);

	if (status != STATUS_OK)
		return status;
	size_t len = strlen(ret->path);
	while (len > 0 && ret->path[len - 1] == '/')
		len--;
	buf_append(path, ret->path, len);
	status = buf_status(path);
	if (status == STATUS_OK && !path_ok(buf_text(path)))
		return error_set(error, STATUS_SYNTAX, "has a path that no server has");
	return status == STATUS_OK ? status : error_set(error, status, "out of memory");
}

enum status address_with_path(const char *text, char **ret_text, struct error *error)
{
	struct parts parts = { .path = "" };
	struct buf path;

	buf_init(&path, ADDRESS_MAX + 1);
	enum status status = split_with_path(text, &parts, &path, error);
	if (status == STATUS_OK && join(&parts, buf_text(&path), ret_text) != STATUS_OK)
		status = error_set(error, STATUS_MEMORY, "out of memory");
	buf_release(&path);
	return status;
}

enum status address_token(const char *text, char **ret_text, struct error *error)
{
	struct parts parts = { .path = "" };
	struct buf path;

	buf_init(&path, ADDRESS_MAX + 16);
	enum status status = split_with_path(text, &parts, &path, error);
	if (status == STATUS_OK) {
		if (!text_ends_with(buf_text(&path), "/token"))
			buf_puts(&path, "/oauth/token");
		if (buf_status(&path) != STATUS_OK ||
		    join(&parts, buf_text(&path), ret_text) != STATUS_OK)
			status = error_set(error, STATUS_MEMORY, "out of memory");
	}
	buf_release(&path);
	return status;
}

enum status address_with_subdomain(const char *token_url, const char *subdomain, char **ret_text,
				   struct error *error)
{
	struct parts parts = { .path = "" };
	struct parts replaced;
	uint8_t address[4];
	enum status status = split(token_url, false, &parts, error);

	if (status != STATUS_OK)
		return status;
	const char *dot = strchr(parts.at.host, '.');
	if (dot == NULL || parts.at.host[0] == '[' ||
	    inet_pton(AF_INET, parts.at.host, address) == 1)
		return error_set(error, STATUS_SYNTAX,
				 "has no subdomain that the subscriber's could replace");
	if (strlen(subdomain) + strlen(dot) > AUTHORITY_NAME_MAX)
		return error_set(error, STATUS_SYNTAX, "is too long with the subscriber's name");
	replaced = parts;
	size_t len = strlen(subdomain);
	memcpy(replaced.at.host, subdomain, len);
	memcpy(replaced.at.host + len, dot, strlen(dot) + 1);
	status = join(&replaced, parts.path, ret_text);
	return status == STATUS_OK ? status : error_set(error, status, "out of memory");
}
