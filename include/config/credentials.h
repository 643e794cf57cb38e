#ifndef CONFIG_CREDENTIALS_H
#define CONFIG_CREDENTIALS_H

#include <stdbool.h>

#include "base/secret.h"
#include "base/status.h"
#include "config/source_config.h"

/*
 * Credentials of a Destination service instance: a service key file, VCAP_SERVICES, a mounted
 * binding (servicebinding.io with SAP's .metadata, or SAP's layered layout), or single fields of
 * the configuration, which override the binding. Follows docs/reference/destination-service.md 1.1
 * to 1.3.
 */
struct credentials {
	char *host;      /* https://host[:port], no trailing slash */
	char *token_url; /* https://.../oauth/token, of the subscriber if one is configured */
	char *client_id;
	bool x509;                   /* mutual TLS instead of a client secret */
	struct secret client_secret; /* not x509 */
	struct secret certificate;   /* x509: PEM chain, leaf first; line feeds restored */
	struct secret private_key;   /* x509: PEM */
	char *subaccount_id;         /* "" when the binding does not say */
	char *tenant_id;             /* "" likewise */
	char *instance_id;           /* "" likewise */
};

/*
 * Reads what `source` names, now: files and variables are read again at each call, so a rotated
 * credential is seen. The caller owns *ret_credentials (credentials_release()).
 * STATUS_OK; STATUS_NOT_FOUND (file or binding missing); STATUS_SYNTAX; STATUS_IO; STATUS_MEMORY:
 * `error` names file and field and never holds a value.
 */
enum status credentials_read(const struct source_config *source,
			     struct credentials *ret_credentials, struct error *error) MUST_CHECK;
/*
 * As credentials_read(). *ret_key (unless NULL) is a key of the configuration, without `_file`: on
 * failure the one that names what is wrong (`binding_file`, `binding_dir`, `vcap_service`,
 * `certificate`, `subscriber`, ...), else the one that the certificate comes from; "" where the
 * configuration has none.
 */
enum status credentials_check(const struct source_config *source,
			      struct credentials *ret_credentials, const char **ret_key,
			      struct error *error) MUST_CHECK;
/*
 * Whether the binding itself, with the single fields that override it, is whole. Unlike
 * credentials_read() it does not look at secret files beside the binding: where one is configured,
 * that field counts as given. Results and texts are those of credentials_read(); *ret_key is that
 * of credentials_check().
 */
enum status credentials_check_binding(const struct source_config *source, const char **ret_key,
				      struct error *error) MUST_CHECK;
/* Whether the binding can be read at all, whatever is in it; STATUS_OK without one. Otherwise as
 * credentials_check(). */
enum status credentials_read_binding(const struct source_config *source, const char **ret_key,
				     struct error *error) MUST_CHECK;
void credentials_release(struct credentials *credentials);

/* True when both would ask the same token endpoint as the same client with the same proof. */
bool credentials_equal(const struct credentials *a, const struct credentials *b);

#endif
