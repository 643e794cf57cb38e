#ifndef CONFIG_WEB_TLS_H
#define CONFIG_WEB_TLS_H

#include <stdbool.h>

#include "config/config.h"
#include "config/web_config.h"

/*
 * Go's names of what TLS is made of, as the exporter-toolkit writes them: crypto/tls
 * CipherSuites() (the secure ones), curves, versions, client authentication. Static tables.
 */
bool web_tls_is_suite(const char *name);
/* A suite of TLS 1.3: accepted in a list, and without effect there. */
bool web_tls_is_13_suite(const char *name);
bool web_tls_is_curve(const char *name);
bool web_tls_version(const char *name, enum tls_version *ret_version);
bool web_tls_client_auth(const char *name, enum client_auth *ret_client_auth);

/* The name at place `i`, NULL behind the last: for suggestions. */
const char *web_tls_suite_name(size_t i);

#endif
