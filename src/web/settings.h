#ifndef WEB_SETTINGS_H
#define WEB_SETTINGS_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/status.h"
#include "config/web_config.h"
#include "web/tls.h"

/*
 * The web configuration while the server runs. Users and headers take effect at the next request
 * after the file changed, versions, keys and client CA at the next handshake after one of their
 * files changed. A change that cannot be read is logged once and fails closed: requests get no
 * configuration and handshakes no key. A listener with TLS keeps it. Thread-safe.
 */
struct settings;

/* One state of the file. Counted, immutable. */
struct active_config {
	atomic_uint references;
	struct web_config *config;
};
void active_config_unref(struct active_config *active); /* NULL is fine */

/* `path` NULL: no TLS, no users, no limits. STATUS_OK, or the first problem in `error` (all of them
 * are logged). */
enum status settings_open(const char *path, struct settings **ret_settings,
			  struct error *error) MUST_CHECK;
void settings_free(struct settings *settings); /* NULL is fine */

/* What was read at the start: TLS on or off, and the rate limit, stay as they were then. */
const struct web_config *settings_initial(const struct settings *settings);

/* The current state for a request: a reference; NULL while the file is broken. */
struct active_config *settings_for_request(struct settings *settings);

/* The current state for a handshake: a reference; NULL while it is broken, or TLS was removed. */
struct tls_context *settings_for_handshake(struct settings *settings);

#endif
