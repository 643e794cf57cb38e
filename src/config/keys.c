/* The keys that kinds of sources have in common, and the checks of single texts. */
#include "config/keys.h"

#include <string.h>

#include "base/array.h"
#include "base/authority.h"
#include "base/proxy.h"
#include "config/address.h"
#include "config/text_check.h"

#define MINUTE 60
#define HOUR   3600
#define DAY    86400

static enum status check_id(const char *text, char **ret_text, struct error *error)
{
	(void)ret_text;
	if (text_has_control(text) || strchr(text, ' ') != NULL)
		return error_set(error, STATUS_SYNTAX,
				 "must not have white space or control characters");
	if (strlen(text) > SOURCE_ID_MAX)
		return error_set(error, STATUS_RANGE, "must have %d bytes at most", SOURCE_ID_MAX);
	return STATUS_OK;
}

static enum status check_label(const char *text, char **ret_text, struct error *error)
{
	(void)ret_text;
	if (text[0] != '\0' && !authority_is_label(text))
		return error_set(error, STATUS_SYNTAX,
				 "must be a subdomain: 1 to 63 letters, digits and `-`");
	return STATUS_OK;
}

static enum status check_domain(const char *text, char **ret_text, struct error *error)
{
	(void)ret_text;
	if (!authority_is_name(text))
		return error_set(error, STATUS_SYNTAX,
				 "must be a domain without https:// and path, such as "
				 "authentication.eu10.hana.ondemand.com");
	return STATUS_OK;
}

static enum status check_proxy(const char *text, char **ret_text, struct error *error)
{
	(void)ret_text;
	struct proxy proxy = { .address = NULL };
	enum status status = STATUS_OK;

	if (text[0] != '\0')
		status = proxy_parse(text, &proxy, error);
	proxy_release(&proxy);
	return status;
}

#define AT(field) offsetof(struct source_config, field)
#define D         KEY_DEFAULTABLE
#define E         KEY_EMPTY
#define TEXT(n, g, f, c)                                                                           \
	{                                                                                          \
		.name = #n, g, KEY_TEXT, f, AT(n), .check = (c)                                    \
	}
#define PATH(n, g, f)                                                                              \
	{                                                                                          \
		.name = #n, g, KEY_FILE, f, AT(n)                                                  \
	}
#define SECONDS(n, lo, hi)                                                                         \
	{                                                                                          \
		.name = #n, KEYS_COMMON, KEY_DURATION, D, AT(n##_s), lo, hi                        \
	}
#define SECRET(n, g, f)                                                                            \
	{                                                                                          \
		.name = #n, g, KEY_SECRET, f, AT(n)                                                \
	}
#define SECRET_FILE(n, g)                                                                          \
	{                                                                                          \
		.name = #n "_file", g, KEY_SECRET_FILE, 0, AT(n)                                   \
	}
#define PATTERNS(n, f)                                                                             \
	{                                                                                          \
		.name = #n, KEYS_STORES, KEY_LIST, f, AT(n)                                        \
	}

static const struct key keys[] = {
	TEXT(id, KEYS_COMMON, 0, check_id),
	TEXT(name, KEYS_COMMON, E, text_check_line),
	TEXT(system_id, KEYS_COMMON, D | E, text_check_line),
	{ .name = "kind", KEYS_COMMON, KEY_KIND, 0, AT(kind) },
	{ .name = "enabled", KEYS_COMMON, KEY_BOOL, D, AT(enabled) },
	SECONDS(poll_interval, MINUTE, 7 * DAY),
	SECONDS(timeout, 1, 10 * MINUTE),
	SECONDS(connect_timeout, 1, 2 * MINUTE),
	SECONDS(refresh_timeout, 10, HOUR),
	/* who asks */
	PATH(binding_file, KEYS_BINDING, 0),
	TEXT(vcap_service, KEYS_BINDING, 0, text_check_line),
	PATH(binding_dir, KEYS_BINDING, 0),
	TEXT(host, KEYS_BINDING, 0, address_service),
	TEXT(token_url, KEYS_BINDING, 0, address_token),
	TEXT(identity_zone, KEYS_BINDING, 0, check_label),
	TEXT(uaa_domain, KEYS_BINDING, 0, check_domain),
	TEXT(client_id, KEYS_BINDING, 0, text_check_line),
	SECRET(client_secret, KEYS_BINDING, 0),
	SECRET_FILE(client_secret, KEYS_BINDING),
	SECRET(certificate, KEYS_CLIENT_CERTIFICATE, KEY_INLINE_FINE),
	SECRET_FILE(certificate, KEYS_CLIENT_CERTIFICATE),
	SECRET(private_key, KEYS_CLIENT_CERTIFICATE, 0),
	SECRET_FILE(private_key, KEYS_CLIENT_CERTIFICATE),
	TEXT(subscriber, KEYS_BINDING, E, check_label),
	/* stores */
	{ .name = "keystore_passwords", KEYS_STORES, KEY_PASSWORDS, D | E, AT(keystore_passwords) },
	PATTERNS(auto_renewed, D | E),
	PATTERNS(include, D),
	PATTERNS(exclude, D | E),
	/* TLS and way out */
	PATH(ca_file, KEYS_NETWORK, D | E),
	TEXT(proxy, KEYS_NETWORK, D | E | KEY_PROXY, check_proxy),
};

const struct key *source_key(const struct source_kind *kind, size_t i)
{
	if (i < COUNT_OF(keys))
		return &keys[i];
	const struct key *own = kind->keys;
	for (i -= COUNT_OF(keys); own != NULL && own->name != NULL; own++) {
		if (i-- == 0)
			return own;
	}
	return NULL;
}

size_t source_key_index(const struct source_kind *kind, const char *name)
{
	const struct key *key;

	for (size_t i = 0; (key = source_key(kind, i)) != NULL; i++) {
		if (strcmp(key->name, name) == 0)
			return i;
	}
	return SOURCE_KEYS_MAX;
}

bool kind_takes(const struct source_kind *kind, const struct key *key)
{
	return key->group == 0 || (key->group & kind->groups) != 0;
}

const struct key *kind_key(const struct source_kind *kind, const char *name)
{
	const struct key *key = source_key(kind, source_key_index(kind, name));

	return key != NULL && kind_takes(kind, key) ? key : NULL;
}

void *source_key_base(struct source_config *source, const struct key *key)
{
	return key->group == 0 ? source->own : source;
}
