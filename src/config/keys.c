/* The table of a source's keys, and the checks of single texts. */
#include "config/keys.h"

#include <stdlib.h>
#include <string.h>

#include "base/authority.h"
#include "base/proxy.h"
#include "base/text.h"
#include "config/address.h"

#define ALL KEYS_COMMON

#define MINUTE 60
#define HOUR   3600
#define DAY    86400

_Static_assert(sizeof(enum collection) == sizeof(uint32_t), "choices are written as uint32_t");
_Static_assert(sizeof(enum protected_keystores) == sizeof(uint32_t), "likewise");

static enum status copy_of(const char *text, char **ret_text, struct error *error)
{
	char *copy = strdup(text);

	if (copy == NULL)
		return error_set(error, STATUS_MEMORY, "out of memory");
	*ret_text = copy;
	return STATUS_OK;
}

/* C0, DEL, and C1 in UTF-8. */
static bool has_control(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((uint8_t)*text < 0x20 || *text == 0x7F ||
		    ((uint8_t)text[0] == 0xC2 && (uint8_t)text[1] < 0xA0))
			return true;
	}
	return false;
}

static enum status check_line(const char *text, char **ret_text, struct error *error)
{
	if (has_control(text))
		return error_set(error, STATUS_SYNTAX, "has a line feed or control character");
	return copy_of(text, ret_text, error);
}

static enum status check_id(const char *text, char **ret_text, struct error *error)
{
	if (has_control(text) || strchr(text, ' ') != NULL)
		return error_set(error, STATUS_SYNTAX,
				 "must not have white space or control characters");
	if (strlen(text) > SOURCE_ID_MAX)
		return error_set(error, STATUS_RANGE, "must have %d bytes at most", SOURCE_ID_MAX);
	return copy_of(text, ret_text, error);
}

static enum status check_label(const char *text, char **ret_text, struct error *error)
{
	if (text[0] != '\0' && !authority_is_label(text))
		return error_set(error, STATUS_SYNTAX,
				 "must be a subdomain: 1 to 63 letters, digits and `-`");
	return copy_of(text, ret_text, error);
}

static enum status check_domain(const char *text, char **ret_text, struct error *error)
{
	if (!authority_is_name(text))
		return error_set(error, STATUS_SYNTAX,
				 "must be a domain without https:// and path, such as "
				 "authentication.eu10.hana.ondemand.com");
	return copy_of(text, ret_text, error);
}

static enum status check_user(const char *text, char **ret_text, struct error *error)
{
	if (has_control(text) || strchr(text, ':') != NULL)
		return error_set(error, STATUS_SYNTAX,
				 "must not have `:` or control characters (HTTP basic "
				 "authentication)");
	return copy_of(text, ret_text, error);
}

static enum status check_proxy(const char *text, char **ret_text, struct error *error)
{
	struct proxy proxy = { .address = NULL };
	enum status status = STATUS_OK;

	if (text[0] != '\0')
		status = proxy_parse(text, &proxy, error);
	proxy_release(&proxy);
	return status == STATUS_OK ? copy_of(text, ret_text, error) : status;
}

static enum status check_fingerprint(const char *text, char **ret_text, struct error *error)
{
	char hex[65];
	size_t n = 0;
	bool colons = strchr(text, ':') != NULL;
	bool ok = true;

	for (size_t i = 0; text[i] != '\0' && ok; i++) {
		bool digit = strchr("0123456789abcdefABCDEF", text[i]) != NULL;
		if (colons && i % 3 == 2)
			ok = text[i] == ':' && text[i + 1] != '\0';
		else if (digit && n < 64)
			hex[n++] = text[i];
		else
			ok = false;
	}
	if (!ok || (n != 64 && n != 0))
		return error_set(error, STATUS_SYNTAX,
				 "must be the SHA-256 fingerprint of the certificate: 64 "
				 "hexadecimal digits, with or without colons");
	hex[n] = '\0';
	text_lower(hex);
	return copy_of(hex, ret_text, error);
}

static const char *const collections[] = { "public-keys", "full", NULL };
static const char *const protections[] = { "fetch", "report", NULL };

#define AT(field) offsetof(struct source_config, field)
#define D         KEY_DEFAULTABLE
#define E         KEY_EMPTY
#define TEXT(n, k, f, c)                                                                           \
	{                                                                                          \
		.name = #n, k, KEY_TEXT, f, AT(n), .check = (c)                                    \
	}
#define PATH(n, k, f)                                                                              \
	{                                                                                          \
		.name = #n, k, KEY_FILE, f, AT(n)                                                  \
	}
#define BOOL(n, k, f)                                                                              \
	{                                                                                          \
		.name = #n, k, KEY_BOOL, f, AT(n)                                                  \
	}
#define SECONDS(n, lo, hi)                                                                         \
	{                                                                                          \
		.name = #n, ALL, KEY_DURATION, D, AT(n##_s), lo, hi                                \
	}
#define SECRET(n, k, f)                                                                            \
	{                                                                                          \
		.name = #n, k, KEY_SECRET, f, AT(n)                                                \
	}
#define SECRET_FILE(n, k)                                                                          \
	{                                                                                          \
		.name = #n "_file", k, KEY_SECRET_FILE, 0, AT(n)                                   \
	}
#define PATTERNS(n, k, f)                                                                          \
	{                                                                                          \
		.name = #n, k, KEY_LIST, f, AT(n)                                                  \
	}

static const struct key keys[] = {
	TEXT(id, ALL, 0, check_id),
	TEXT(name, ALL, E, check_line),
	TEXT(system_id, ALL, D | E, check_line),
	{ .name = "kind", ALL, KEY_KIND, 0, AT(kind) },
	BOOL(enabled, ALL, D),
	SECONDS(poll_interval, MINUTE, 7 * DAY),
	SECONDS(timeout, 1, 10 * MINUTE),
	SECONDS(connect_timeout, 1, 2 * MINUTE),
	SECONDS(refresh_timeout, 10, HOUR),
	/* destination-service: who asks */
	PATH(binding_file, KEYS_BINDING, 0),
	TEXT(vcap_service, KEYS_BINDING, 0, check_line),
	PATH(binding_dir, KEYS_BINDING, 0),
	TEXT(host, KEYS_BINDING, 0, address_service),
	TEXT(token_url, KEYS_BINDING, 0, address_token),
	TEXT(identity_zone, KEYS_BINDING, 0, check_label),
	TEXT(uaa_domain, KEYS_BINDING, 0, check_domain),
	TEXT(client_id, KEYS_BINDING, 0, check_line),
	SECRET(client_secret, KEYS_BINDING, 0),
	SECRET_FILE(client_secret, KEYS_BINDING),
	SECRET(certificate, KEYS_CLIENT_CERTIFICATE, KEY_INLINE_FINE),
	SECRET_FILE(certificate, KEYS_CLIENT_CERTIFICATE),
	SECRET(private_key, KEYS_CLIENT_CERTIFICATE, 0),
	SECRET_FILE(private_key, KEYS_CLIENT_CERTIFICATE),
	TEXT(subscriber, KEYS_DESTINATION, E, check_label),
	/* destination-service: what is asked */
	{ .name = "levels", KEYS_DESTINATION, KEY_LEVELS, D, 0 },
	{ .name = "collection",
	  KEYS_DESTINATION,
	  KEY_CHOICE,
	  D,
	  AT(collection),
	  .choices = collections },
	{ .name = "page_size", KEYS_DESTINATION, KEY_NUMBER, D, AT(page_size), 1, 1000 },
	{ .name = "protected_keystores",
	  KEYS_DESTINATION,
	  KEY_CHOICE,
	  D,
	  AT(protected_keystores),
	  .choices = protections },
	BOOL(use_destination_passwords, KEYS_DESTINATION, D),
	BOOL(labels, KEYS_DESTINATION, D),
	BOOL(saml_trust, KEYS_DESTINATION, D),
	/* stores */
	{ .name = "keystore_passwords", KEYS_STORES, KEY_PASSWORDS, D | E, AT(keystore_passwords) },
	PATTERNS(auto_renewed, KEYS_STORES, D | E),
	PATTERNS(include, KEYS_STORES, D),
	PATTERNS(exclude, KEYS_STORES, D | E),
	/* TLS and way out */
	PATH(ca_file, KEYS_NETWORK, D | E),
	TEXT(proxy, KEYS_NETWORK, D | E | KEY_PROXY, check_proxy),
	/* cloud-connector */
	TEXT(url, KEYS_CONNECTOR, 0, address_with_path),
	TEXT(username, KEYS_CONNECTOR, 0, check_user),
	SECRET(password, KEYS_CONNECTOR, 0),
	SECRET_FILE(password, KEYS_CONNECTOR),
	TEXT(tls_fingerprint_sha256, KEYS_CONNECTOR, E, check_fingerprint),
	BOOL(insecure_skip_verify, KEYS_CONNECTOR, D),
	/* directory */
	{ .name = "paths", KEYS_DIRECTORY, KEY_PATHS, 0, AT(paths) },
};

#define KEY_COUNT (sizeof(keys) / sizeof(keys[0]))
_Static_assert(KEY_COUNT < KEYS_MAX, "the keys given are a set of bits");

const struct key *config_key(size_t i)
{
	return i < KEY_COUNT ? &keys[i] : NULL;
}

size_t config_key_index(const char *name)
{
	for (size_t i = 0; i < KEY_COUNT; i++) {
		if (strcmp(keys[i].name, name) == 0)
			return i;
	}
	return KEYS_MAX;
}
