#ifndef SOURCE_CONNECTOR_SETTINGS_H
#define SOURCE_CONNECTOR_SETTINGS_H

#include "config/keys.h"
#include "config/rules.h"
#include "config/source_config.h"

/* What `kind: cloud-connector` is told besides the keys that it has in common with others
 * (docs/configuration.md); see struct source_kind for the functions. */
struct connector_settings {
	char *url;
	char *username; /* NULL: it logs on with the client certificate */
	struct secret_setting password;
	char *tls_fingerprint_sha256; /* lower-case hex without colons; "" = not pinned */
	bool insecure_skip_verify;
};

extern const struct key connector_keys[];

void connector_rules(const struct rules *rules);
void connector_check_files(const struct source_config *source, struct problems *problems);
bool connector_is_unverified(const struct source_config *source);
bool connector_same_service(const struct source_config *a, const struct source_config *b);

#endif
