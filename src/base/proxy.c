/* Proxies, taken apart strictly; see RFC 3986 section 3.2 for what may stand where. */
#include "base/proxy.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <openssl/crypto.h>

#include "base/array.h"
#include "base/authority.h"
#include "base/text.h"

#define PROXY_MAX 2048UL /* bytes of the whole */

#define SYNTAX_TEXT                                                                                \
	"must be [http://][user:password@]host[:port], also with https, socks4, socks4a, socks5 "  \
	"or socks5h; in user and password percent-encode `@` (%40), `#` (%23), `/` (%2F), `?` "    \
	"(%3F), `%` (%25) and blanks (%20)"
#define CONTROL_TEXT                                                                               \
	"user and password must not have control characters, also when they are percent-encoded "  \
	"(%00 to %1F, %7F)"

static const char *const schemes[] = { "http",    "https",  "socks",  "socks4",
				       "socks4a", "socks5", "socks5h" };

/* The parts of the text, still encoded. */
struct parts {
	const char *scheme; /* one of `schemes` */
	const char *user;   /* NULL: there is no user */
	size_t user_len;
	const char *password;
	size_t password_len;
	struct authority at;
};

static const char *find_scheme(const char *text, size_t len)
{
	for (size_t i = 0; i < COUNT_OF(schemes); i++) {
		if (strlen(schemes[i]) == len && strncasecmp(schemes[i], text, len) == 0)
			return schemes[i];
	}
	return NULL;
}

/* Every character of a user or password may stand there, and every `%` begins an escape. */
static bool is_encoded(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if ((uint8_t)text[i] <= ' ' || text[i] == 0x7F || strchr("@#/?", text[i]) != NULL)
			return false;
		if (text[i] != '%')
			continue;
		if (len - i < 3 || OPENSSL_hexchar2int((uint8_t)text[i + 1]) < 0 ||
		    OPENSSL_hexchar2int((uint8_t)text[i + 2]) < 0)
			return false;
		i += 2;
	}
	return true;
}

static bool split(const char *text, struct parts *ret)
{
	const char *scheme_end = strstr(text, "://");
	const char *rest = scheme_end != NULL ? scheme_end + 3 : text;
	const char *at = strrchr(rest, '@');
	const char *host = at != NULL ? at + 1 : rest;
	size_t host_len = strlen(host);

	if (strlen(text) > PROXY_MAX)
		return false;
	ret->scheme = scheme_end != NULL ? find_scheme(text, (size_t)(scheme_end - text)) : "http";
	if (ret->scheme == NULL || (at != NULL && !is_encoded(rest, (size_t)(at - rest))))
		return false;
	if (at != NULL) {
		const char *colon = memchr(rest, ':', (size_t)(at - rest));
		ret->user = rest;
		ret->user_len = (size_t)((colon != NULL ? colon : at) - rest);
		ret->password = colon != NULL ? colon + 1 : at;
		ret->password_len = (size_t)(at - ret->password);
	}
	if (host_len > 0 && host[host_len - 1] == '/')
		host_len--;
	return authority_split(host, host_len, &ret->at);
}

/* Decodes what is_encoded(). */
static enum status decode(const char *text, size_t len, struct secret *ret_secret)
{
	enum status status = secret_set(ret_secret, text, len);
	size_t n = 0;

	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < len; i++) {
		char c = text[i];
		if (c == '%') {
			c = (char)(OPENSSL_hexchar2int((uint8_t)text[i + 1]) * 16 +
				   OPENSSL_hexchar2int((uint8_t)text[i + 2]));
			i += 2;
		}
		if ((uint8_t)c < ' ' || c == 0x7F)
			status = STATUS_RANGE;
		ret_secret->data[n++] = c;
	}
	OPENSSL_cleanse(ret_secret->data + n, len - n);
	ret_secret->len = n;
	return status;
}

static enum status join(const struct parts *parts, char **ret_text)
{
	struct buf out;

	buf_init(&out, PROXY_MAX * 2);
	buf_printf(&out, "%s://%s%s%s", parts->scheme, parts->at.host,
		   parts->at.port[0] != '\0' ? ":" : "", parts->at.port);
	*ret_text = buf_take(&out);
	buf_release(&out);
	return *ret_text != NULL ? STATUS_OK : STATUS_MEMORY;
}

/* Everything that could have a meaning is percent-encoded, so nothing is read in two ways. */
static enum status set_login(struct proxy *proxy)
{
	struct buf login;

	buf_init(&login, PROXY_MAX * 4);
	text_percent_encode_secret(&login, proxy->user.data, proxy->user.len);
	buf_append_secret(&login, ":", 1);
	text_percent_encode_secret(&login, proxy->password.data, proxy->password.len);
	enum status status = buf_status(&login);
	if (status == STATUS_OK)
		status = secret_take(&proxy->login, &login);
	buf_wipe_release(&login);
	return status;
}

enum status proxy_parse(const char *text, struct proxy *ret_proxy, struct error *error)
{
	struct proxy proxy = { .address = NULL };
	struct parts parts = { .scheme = NULL };

	*ret_proxy = proxy;
	if (!split(text, &parts))
		return error_set(error, STATUS_SYNTAX, "%s", SYNTAX_TEXT);
	enum status status = join(&parts, &proxy.address);
	if (status == STATUS_OK && parts.user != NULL)
		status = decode(parts.user, parts.user_len, &proxy.user);
	if (status == STATUS_OK && parts.user != NULL)
		status = decode(parts.password, parts.password_len, &proxy.password);
	if (status == STATUS_OK && parts.user != NULL)
		status = set_login(&proxy);
	if (status != STATUS_OK) {
		proxy_release(&proxy);
		return error_set(error, status, "%s",
				 status == STATUS_RANGE ? CONTROL_TEXT : "out of memory");
	}
	proxy.https = strcmp(parts.scheme, "https") == 0;
	*ret_proxy = proxy;
	return STATUS_OK;
}

void proxy_release(struct proxy *proxy)
{
	free(proxy->address);
	secret_release(&proxy->user);
	secret_release(&proxy->password);
	secret_release(&proxy->login);
	*proxy = (struct proxy){ .address = NULL };
}

bool proxy_has_password(const char *text)
{
	struct parts parts = { .scheme = NULL };

	return split(text, &parts) && parts.password_len > 0;
}

/* The value of the first variable that is set and not empty, as libcurl sees it. */
static const char *first_variable(const char *const names[], size_t count, const char **ret_name)
{
	for (size_t i = 0; i < count; i++) {
		const char *value = getenv(names[i]);
		*ret_name = names[i];
		if (value != NULL && value[0] != '\0')
			return value;
	}
	return NULL;
}

enum status proxy_of_environment(struct proxy *ret_proxy, struct error *error)
{
	static const char *const names[] = { "https_proxy", "HTTPS_PROXY", "all_proxy",
					     "ALL_PROXY" };
	static const char *const exceptions[] = { "no_proxy", "NO_PROXY" };
	const char *name = NULL;
	const char *except = first_variable(exceptions, 2, &name);
	const char *value = first_variable(names, COUNT_OF(names), &name);
	struct error reason = { "" };

	*ret_proxy = (struct proxy){ .address = NULL };
	if (value == NULL || (except != NULL && strcmp(except, "*") == 0))
		return STATUS_NOT_FOUND;
	enum status status = proxy_parse(value, ret_proxy, &reason);
	if (status != STATUS_OK)
		(void)error_set(error, status, "the environment variable %s: %s", name,
				reason.text);
	return status;
}
