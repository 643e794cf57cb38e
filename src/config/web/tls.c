/* Tables of Go's names for TLS settings. */
#include "config/web/tls.h"

#include <string.h>

#include "base/array.h"

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

_Static_assert(COUNT_OF(suites) == WEB_SUITE_COUNT, "the header says how many");

static const struct {
	const char *go;
	const char *gnutls;
} curves[] = {
	{ "X25519", "X25519" },
	{ "CurveP256", "SECP256R1" },
	{ "CurveP384", "SECP384R1" },
	{ "CurveP521", "SECP521R1" },
};

static const char *const versions[] = {
	[TLS_VERSION_10] = "TLS1.0",
	[TLS_VERSION_11] = "TLS1.1",
	[TLS_VERSION_12] = "TLS1.2",
	[TLS_VERSION_13] = "TLS1.3",
};

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
	for (size_t i = 0; i < COUNT_OF(curves); i++) {
		if (strcmp(curves[i].go, name) == 0)
			return curves[i].gnutls;
	}
	return NULL;
}

const char *web_version_gnutls(enum tls_version version)
{
	return versions[version];
}
