#ifndef CONFIG_WEB_PRIORITY_H
#define CONFIG_WEB_PRIORITY_H

#include <stddef.h>

#include "base/status.h"
#include "config/web_config.h"

/*
 * The GnuTLS priority string for versions, suites and curves (GnuTLS manual, "Priority strings"),
 * always shorter than WEB_PRIORITY_SIZE. GnuTLS knows no single suites but key exchanges, ciphers
 * and MACs, so a list of suites also admits what their parts combine to; each of those is in Go's
 * secure set. STATUS_OK; STATUS_TOO_LARGE; STATUS_MEMORY. `error` may be NULL.
 */
#define WEB_PRIORITY_SIZE 512
enum status web_config_gnutls_priority(const struct web_config *config, char *ret_text, size_t size,
				       struct error *error) MUST_CHECK;

#endif
