#ifndef CONFIG_SOURCE_CONFIG_H
#define CONFIG_SOURCE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/secret.h"
#include "base/status.h"
#include "config/kind.h"
#include "config/string_list.h"
#include "config/text_mark.h"

/*
 * The settings of one source (docs/configuration.md): every one has its default filled in, paths
 * are absolute or relative to the working directory (already joined with the file's folder),
 * `${NAME}` is replaced. Files behind `*_file` keys are not read at load time but when they are
 * used, so they can rotate.
 */
/* A value given inline or as a file that is read again at each use. At most one is set. */
struct secret_setting {
	struct secret value; /* value.data NULL: not inline */
	char *file;          /* NULL: no file */
};

/* The current value: the trimmed content of the file, or the inline value as it is. STATUS_OK;
 * STATUS_NOT_FOUND when nothing is set; the results of file_read_secret(). *ret_secret is the
 * caller's to release. */
enum status secret_setting_read(const struct secret_setting *setting, struct secret *ret_secret,
				struct error *error) MUST_CHECK;

struct keystore_password {
	char *name; /* pattern on the store's name */
	struct secret_setting password;
	struct text_mark mark; /* of its password or password_file in the configuration */
};

/* Longest id of a source in bytes. Ids must stay unique as label values, which are cut at 1024
 * bytes; the difference leaves room for the "-2" that discovery may append. */
#define SOURCE_ID_MAX   1000
#define SOURCE_KEYS_MAX 64 /* keys that a source can have (keys.h): a set of bits */

struct source_config {
	char *id;
	char *name;      /* default: id */
	char *system_id; /* default: "" */
	const struct source_kind *kind;
	bool enabled;
	uint32_t poll_interval_s;
	uint32_t timeout_s; /* one request */
	uint32_t connect_timeout_s;
	uint32_t refresh_timeout_s;

	/* KEYS_BINDING: where the credentials come from; at most one of the three */
	char *binding_file;
	char *vcap_service;
	char *binding_dir;
	char *binding_json; /* a discovered binding of VCAP_SERVICES; wiped when freed */
	/* fields that override the binding; NULL when not given */
	char *host;
	char *token_url;
	char *identity_zone;
	char *uaa_domain;
	char *client_id;
	struct secret_setting client_secret;
	char *subscriber; /* the tenant in whose name the token is asked for; "" = none */

	/* KEYS_CLIENT_CERTIFICATE */
	struct secret_setting certificate;
	struct secret_setting private_key;

	/* KEYS_STORES */
	struct keystore_password *keystore_passwords;
	size_t keystore_password_count;
	struct string_list auto_renewed; /* patterns */
	struct string_list include;      /* patterns; default one "*" */
	struct string_list exclude;

	/* KEYS_NETWORK */
	char *ca_file; /* NULL: none; else the source's own or --ca.file */
	char *proxy;   /* "" = environment */

	/* of the kind, see its keys (source/<kind>/settings.h); NULL: it has none */
	void *own;

	/* for messages */
	char *origin; /* "file:line:column", or the name of the binding */
	char *file;   /* of the configuration; NULL: there is none */
	/* of source_key(kind, i) in `file`; line 0: not given */
	struct text_mark key_marks[SOURCE_KEYS_MAX];
	bool partial; /* something of this source could not be read: only for --config.check */

	/* SHA-256 (hex) of every setting above but those for messages: two sources with equal
	 * digests have equal settings */
	char digest[65];
};

/* A source of that kind with every default; NULL without memory. */
struct source_config *source_config_new(const struct source_kind *kind);
/* Fills in what follows from other settings (name, include, ca_file) and the digest. `ca_file`
 * (NULL: none) is the trust anchor file of every source without its own. False without memory. */
bool source_config_finish(struct source_config *source, const char *ca_file) MUST_CHECK;
void source_config_free(struct source_config *source);

/* Empties the list of passwords. */
void keystore_passwords_release(struct source_config *source);

/* KEYS_NETWORK: a source of this kind opens connections. */
bool source_config_is_remote(const struct source_config *source);
/* Whether the settings turn off that the certificate of the server is checked. */
bool source_config_is_unverified(const struct source_config *source);
/* KEYS_BINDING: whether both take their credentials from the same binding or fields. */
bool source_config_same_binding(const struct source_config *a, const struct source_config *b);

/* include and exclude: whether a store of this name is wanted. */
bool source_config_wants(const struct source_config *source, const char *name);

#endif
