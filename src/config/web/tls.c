/* Tables of Go's names for TLS settings. */
#include "config/web/tls.h"

#include <string.h>

/* In Go's order of preference. */
static const struct web_suite suites[] = {
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

_Static_assert(sizeof(suites) / sizeof(suites[0]) == WEB_SUITE_COUNT, "the header says how many");

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

const struct web_suite *web_suite(size_t i)
{
	return i < WEB_SUITE_COUNT ? &suites[i] : NULL;
}

const struct web_suite *web_suite_find(const char *name)
{
	for (size_t i = 0; i < WEB_SUITE_COUNT; i++) {
		if (strcmp(suites[i].name, name) == 0)
			return &suites[i];
	}
	return NULL;
}

const char *web_curve_gnutls(const char *name)
{
	for (size_t i = 0; i < CURVE_COUNT; i++) {
		if (strcmp(curves[i].go, name) == 0)
			return curves[i].gnutls;
	}
	return NULL;
}

const char *web_version_gnutls(enum tls_version version)
{
	return versions[version].gnutls;
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
