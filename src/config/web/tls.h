#ifndef CONFIG_WEB_TLS_H
#define CONFIG_WEB_TLS_H

#include <stddef.h>

#include "config/web_config.h"

/*
 * Go's names of what TLS is made of, as the exporter-toolkit writes them (crypto/tls
 * CipherSuites(), the secure ones; curves), and what they are in GnuTLS. Static tables.
 */
struct web_suite {
	const char *name; /* Go's; the others are GnuTLS' */
	const char *
		key_exchange; /* NULL: a suite of TLS 1.3: accepted in a list, and without effect */
	const char *cipher;
	const char *mac;
};
#define WEB_SUITE_COUNT 13

/* The suite at place `i`, in Go's order of preference; NULL behind the last. */
const struct web_suite *web_suite(size_t i);
/* NULL: no such suite. */
const struct web_suite *web_suite_find(const char *name);

/* The curve in GnuTLS; NULL: no such curve. */
const char *web_curve_gnutls(const char *name);

const char *web_version_gnutls(enum tls_version version);

#endif
