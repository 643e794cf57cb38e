/* Go's names for TLS settings, and what they are in GnuTLS. */
#include "config/web/tls.h"

#include <string.h>

/* One suite: a bit for each part, in the words of GnuTLS. */
struct suite {
	const char *name;
	const char *key_exchange; /* NULL: TLS 1.3 */
	const char *cipher;
	const char *mac;
};

/* In Go's order of preference. */
static const struct suite suites[] = {
	{ "TLS_AES_128_GCM_SHA256", NULL, "AES-128-GCM", "AEAD" },
	{ "TLS_AES_256_GCM_SHA384", NULL, "AES-256-GCM", "AEAD" },
	{ "TLS_CHACHA20_POLY1305_SHA256", NULL, "CHACHA20-POLY1305", "AEAD" },
	{ "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDHE-ECDSA", "AES-128-GCM", "AEAD" },
	{ "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA", "AES-128-GCM", "AEAD" },
	{ "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "ECDHE-ECDSA", "AES-256-GCM", "AEAD" },
	{ "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE-RSA", "AES-256-GCM", "AEAD" },
	{ "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA", "CHACHA20-POLY1305",
	  "AEAD" },
	{ "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-RSA", "CHACHA20-POLY1305", "AEAD" },
	{ "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "ECDHE-ECDSA", "AES-128-CBC", "SHA1" },
	{ "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "ECDHE-RSA", "AES-128-CBC", "SHA1" },
	{ "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "ECDHE-ECDSA", "AES-256-CBC", "SHA1" },
	{ "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "ECDHE-RSA", "AES-256-CBC", "SHA1" },
};

#define SUITE_COUNT (sizeof(suites) / sizeof(suites[0]))

struct name_pair {
	const char *go;
	const char *gnutls;
};

static const struct name_pair curves[] = {
	{ "X25519", "X25519" },
	{ "CurveP256", "SECP256R1" },
	{ "CurveP384", "SECP384R1" },
	{ "CurveP521", "SECP521R1" },
};

#define CURVE_COUNT (sizeof(curves) / sizeof(curves[0]))

static const struct name_pair versions[] = {
	[TLS_VERSION_10] = { "TLS10", "TLS1.0" },
	[TLS_VERSION_11] = { "TLS11", "TLS1.1" },
	[TLS_VERSION_12] = { "TLS12", "TLS1.2" },
	[TLS_VERSION_13] = { "TLS13", "TLS1.3" },
};

#define VERSION_COUNT (sizeof(versions) / sizeof(versions[0]))

const char *web_tls_suite_name(size_t i)
{
	return i < SUITE_COUNT ? suites[i].name : NULL;
}

static const struct suite *find_suite(const char *name)
{
	for (size_t i = 0; i < SUITE_COUNT; i++) {
		if (strcmp(suites[i].name, name) == 0)
			return &suites[i];
	}
	return NULL;
}

bool web_tls_is_suite(const char *name)
{
	return find_suite(name) != NULL;
}

bool web_tls_is_13_suite(const char *name)
{
	const struct suite *suite = find_suite(name);

	return suite != NULL && suite->key_exchange == NULL;
}

static const struct name_pair *find_curve(const char *name)
{
	for (size_t i = 0; i < CURVE_COUNT; i++) {
		if (strcmp(curves[i].go, name) == 0)
			return &curves[i];
	}
	return NULL;
}

bool web_tls_is_curve(const char *name)
{
	return find_curve(name) != NULL;
}

bool web_tls_version(const char *name, enum tls_version *ret_version)
{
	for (size_t i = 0; i < VERSION_COUNT; i++) {
		if (strcmp(versions[i].go, name) == 0) {
			*ret_version = (enum tls_version)i;
			return true;
		}
	}
	return false;
}

bool web_tls_client_auth(const char *name, enum client_auth *ret_client_auth)
{
	static const struct {
		const char *name;
		enum client_auth value;
	} known[] = {
		{ "NoClientCert", CLIENT_AUTH_NONE },
		{ "RequestClientCert", CLIENT_AUTH_REQUEST },
		{ "RequireAnyClientCert", CLIENT_AUTH_REQUIRE_ANY },
		{ "RequireClientCert", CLIENT_AUTH_REQUIRE_ANY }, /* its old name */
		{ "VerifyClientCertIfGiven", CLIENT_AUTH_VERIFY_IF_GIVEN },
		{ "RequireAndVerifyClientCert", CLIENT_AUTH_REQUIRE_AND_VERIFY },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(known[i].name, name) == 0) {
			*ret_client_auth = known[i].value;
			return true;
		}
	}
	return false;
}

/* Whether a suite takes part: every one without a list; TLS 1.3 ones never by the list. */
static bool enabled(const struct web_config *config, const struct suite *suite)
{
	const struct string_list *list = &config->cipher_suites;

	if (suite->key_exchange == NULL)
		return false;
	if (list->count == 0)
		return true;
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->items[i], suite->name) == 0)
			return true;
	}
	return false;
}

/* Appends `:+part` once for each different part of the enabled suites. */
static void put_parts(const struct web_config *config, size_t offset, bool extra_13,
		      struct buf *buf)
{
	const char *put[SUITE_COUNT] = { NULL };
	size_t count = 0;

	for (size_t i = 0; i < SUITE_COUNT; i++) {
		const char *part;
		bool seen = false;
		bool wanted =
			enabled(config, &suites[i]) || (extra_13 && suites[i].key_exchange == NULL);
		memcpy(&part, (const char *)&suites[i] + offset, sizeof(part));
		for (size_t k = 0; k < count; k++)
			seen = seen || strcmp(put[k], part) == 0;
		if (!wanted || seen)
			continue;
		put[count++] = part;
		buf_printf(buf, ":+%s", part);
	}
}

static void put_key_exchanges(const struct web_config *config, struct buf *buf)
{
	static const char *const both[] = { "ECDHE-ECDSA", "ECDHE-RSA" };

	buf_puts(buf, ":-KX-ALL");
	for (size_t k = 0; k < 2; k++) {
		bool wanted = false;
		for (size_t i = 0; i < SUITE_COUNT; i++)
			wanted = wanted || (enabled(config, &suites[i]) &&
					    strcmp(suites[i].key_exchange, both[k]) == 0);
		if (wanted)
			buf_printf(buf, ":+%s", both[k]);
	}
}

/* Whether one of the enabled suites has a cipher that TLS 1.3 can use too. */
static bool has_aead(const struct web_config *config)
{
	for (size_t i = 0; i < SUITE_COUNT; i++) {
		if (enabled(config, &suites[i]) && strcmp(suites[i].mac, "AEAD") == 0)
			return true;
	}
	return false;
}

static void put_priority(const struct web_config *config, struct buf *buf)
{
	bool has_13 = config->max_version == TLS_VERSION_13;
	bool any_12 = false;

	for (size_t i = 0; i < SUITE_COUNT; i++)
		any_12 = any_12 || enabled(config, &suites[i]);
	buf_puts(buf, "NORMAL:-VERS-ALL");
	for (size_t v = VERSION_COUNT; v-- > 0;) {
		bool wanted = v >= config->min_version && v <= config->max_version;
		if (wanted && (any_12 || v == TLS_VERSION_13))
			buf_printf(buf, ":+VERS-%s", versions[v].gnutls);
	}
	put_key_exchanges(config, buf);
	/* the list is not meant for TLS 1.3, which must not be left without a cipher by it */
	bool extra = has_13 && !has_aead(config);
	buf_puts(buf, ":-CIPHER-ALL");
	put_parts(config, offsetof(struct suite, cipher), extra, buf);
	buf_puts(buf, ":-MAC-ALL");
	put_parts(config, offsetof(struct suite, mac), extra, buf);
	if (config->curve_preferences.count > 0) {
		buf_puts(buf, ":-GROUP-ALL");
		for (size_t i = 0; i < config->curve_preferences.count; i++) {
			const struct name_pair *curve =
				find_curve(config->curve_preferences.items[i]);
			if (curve != NULL)
				buf_printf(buf, ":+GROUP-%s", curve->gnutls);
		}
	}
	buf_puts(buf, ":%SERVER_PRECEDENCE");
}

enum status web_config_gnutls_priority(const struct web_config *config, char *ret_text, size_t size,
				       struct error *error)
{
	struct buf buf;

	buf_init(&buf, size > 0 ? size - 1 : 0);
	put_priority(config, &buf);
	enum status status = buf_status(&buf);
	if (status == STATUS_OK)
		memcpy(ret_text, buf.data, buf.len + 1);
	else
		(void)error_set(error, status, "the priority string for GnuTLS: %s",
				status_name(status));
	buf_release(&buf);
	return status;
}
