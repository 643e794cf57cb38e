#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/secret.h"
#include "base/status.h"

/*
 * The configuration file (docs/configuration.md): read and checked in full, then constant. Every
 * setting has its default filled in, paths are absolute or relative to the working directory
 * (already joined with the file's folder), `${NAME}` is replaced. Nothing here opens a network
 * connection. Files behind `*_file` keys are not read at load time but when they are used, so they
 * can rotate.
 */
enum source_kind { SOURCE_DESTINATION_SERVICE, SOURCE_CLOUD_CONNECTOR, SOURCE_DIRECTORY };
#define SOURCE_KIND_COUNT (SOURCE_DIRECTORY + 1)
const char *source_kind_name(enum source_kind kind); /* destination-service, ... */

enum collection { COLLECTION_PUBLIC_KEYS, COLLECTION_FULL };
enum protected_keystores { PROTECTED_FETCH, PROTECTED_REPORT };

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

struct string_list {
	char **items;
	size_t count;
};

/* Appends a copy. False when memory is missing (the list is unchanged). */
bool string_list_add(struct string_list *list, const char *text) MUST_CHECK;
void string_list_release(struct string_list *list);
/* Whether any of the patterns matches (pattern_match()). */
bool string_list_matches(const struct string_list *patterns, const char *name);

/* A place in a text, as editors count: from 1, columns in characters. Line 0: no place; column 0:
 * the line as a whole. */
struct text_mark {
	uint32_t line;
	uint32_t column;
};
#define MARK_START ((struct text_mark){ 1, 1 }) /* a text as a whole */

struct keystore_password {
	char *name; /* pattern on the store's name */
	struct secret_setting password;
	struct text_mark mark; /* of its password or password_file in the configuration */
};

/* Bytes of an id. Label values are cut at 1 024 and ids are unique; one that was discovered may get
 * a number behind it. */
#define SOURCE_ID_MAX   1000
#define SOURCE_KEYS_MAX 64 /* keys that a source can have, see keys.h */

struct source_config {
	char *id;
	char *name;      /* default: id */
	char *system_id; /* default: "" */
	enum source_kind kind;
	bool enabled;
	uint32_t poll_interval_s;
	uint32_t timeout_s; /* one request */
	uint32_t connect_timeout_s;
	uint32_t refresh_timeout_s;

	/* destination-service: where the credentials come from; at most one of the three */
	char *binding_file;
	char *vcap_service;
	char *binding_dir;
	char *binding_json; /* a discovered binding of VCAP_SERVICES; wiped when freed */
	/* destination-service: fields that override the binding; NULL when not given */
	char *host;
	char *token_url;
	char *identity_zone;
	char *uaa_domain;
	char *client_id;
	struct secret_setting client_secret;
	struct secret_setting certificate; /* also the client certificate of a cloud-connector */
	struct secret_setting private_key;

	char *subscriber; /* "" = none */
	bool level_subaccount;
	bool level_instance;
	enum collection collection;
	uint32_t page_size;
	enum protected_keystores protected_keystores;
	bool use_destination_passwords;
	bool labels;
	bool saml_trust;

	/* every kind that reads stores */
	struct keystore_password *keystore_passwords;
	size_t keystore_password_count;
	struct string_list auto_renewed; /* patterns */
	struct string_list include;      /* patterns; default one "*" */
	struct string_list exclude;

	/* TLS and way out */
	char *ca_file; /* NULL: none; else the source's own or --ca.file */
	char *proxy;   /* "" = environment */

	/* cloud-connector */
	char *url;
	char *username;
	struct secret_setting password;
	char *tls_fingerprint_sha256; /* lower-case hex without colons; "" = not pinned */
	bool insecure_skip_verify;

	/* directory */
	struct string_list paths; /* glob patterns */

	/* for messages */
	char *origin; /* "file:line:column", or the name of the binding */
	char *file;   /* of the configuration; NULL: there is none */
	struct text_mark
		key_marks[SOURCE_KEYS_MAX]; /* of config_key(i) in `file`; line 0: not given */
	bool partial; /* config_load_for_check(): something of this source could not be read */

	char digest[65]; /* but messages: SHA-256 over all of the above: equal digests, equal
			    settings */
};

struct config {
	uint32_t workers;
	struct source_config **sources; /* each allocated by itself; see config_take_source() */
	size_t source_count;
};

/*
 * Every problem of a configuration, one line each, in the order of the file:
 * `file:line:column: source "id": key: what is wrong and what would be right`; a warning has
 * `warning: ` behind the place.
 */
struct problems {
	struct buf text;
	size_t count;
	struct buf warnings; /* lines for the log: inline secrets, same client twice, ... */
	size_t warning_count;
};
void problems_init(struct problems *problems);
void problems_release(struct problems *problems);
void problem_add(struct problems *problems, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void problem_warn(struct problems *problems, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Reads a configuration file. `ca_file` (NULL: none) is the default trust anchor file. STATUS_OK:
 * *ret_config is the caller's. Any other result: all problems are listed and nothing is returned.
 */
enum status config_load(const char *path, const char *ca_file, struct config **ret_config,
			struct problems *problems) MUST_CHECK;

/*
 * As config_load(), for `--config.check`: *ret_config is also set, and the caller's, when there are
 * problems, with every source that has a place in the file, so that config_check_files() finds the
 * rest in the same run. NULL when the file is no YAML or memory is missing. Not to be run.
 */
enum status config_load_for_check(const char *path, const char *ca_file, struct config **ret_config,
				  struct problems *problems) MUST_CHECK;

/*
 * What a start and a reload refuse beside the configuration itself: the service key of an enabled
 * source (`binding_file`, `--binding.file`) that is there but broken: no JSON, no service key, a
 * field missing or wrong. One that is missing or cannot be opened is a failure of its source when
 * the configuration file names it, and a problem when the command line does. Secret files beside
 * the key are not looked at: they rotate. STATUS_OK, STATUS_SYNTAX (problems were added).
 */
enum status config_check_start(const struct config *config, struct problems *problems) MUST_CHECK;

/* One source with all defaults for each service key file (`--binding.file`). Reads none of them
 * but for a warning: see config_check_start(). */
enum status config_from_binding_files(const struct string_list *paths, const char *ca_file,
				      struct config **ret_config,
				      struct problems *problems) MUST_CHECK;

/* Sources from discovered bindings (VCAP_SERVICES_FILE_PATH, VCAP_SERVICES, SERVICE_BINDING_ROOT,
 * /etc/secrets/sapbtp, /etc/secrets/sapcp). STATUS_NOT_FOUND with a problem that says what was
 * looked for when there is none. STATUS_SYNTAX: a Destination binding cannot be read, each one is a
 * problem. Broken folders that do not say that they are one are warnings. */
enum status config_discover(const char *ca_file, struct config **ret_config,
			    struct problems *problems) MUST_CHECK;
/* The same for `--config.check`: *ret_config is also set, and the caller's, when there are problems
 * beside bindings that can be read. */
enum status config_discover_for_check(const char *ca_file, struct config **ret_config,
				      struct problems *problems) MUST_CHECK;

/* `--config.check`: reads every file the configuration names (secrets, keys, CA files, bindings)
 * and checks that certificates and keys parse and belong together. Of a partial source each file
 * by itself. Adds problems. */
void config_check_files(const struct config *config, struct problems *problems);

/* `--config.check`: warns about each file that a directory source names and that is missing. */
void config_warn_missing_paths(const struct config *config, struct problems *problems);

void config_free(struct config *config);

/* Moves source `i` out of the configuration (its slot becomes NULL). */
struct source_config *config_take_source(struct config *config, size_t i);
void source_config_free(struct source_config *source);

/* include and exclude: whether a store of this name is wanted. */
bool source_config_wants(const struct source_config *source, const char *name);

#endif
