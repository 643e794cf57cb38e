#ifndef CONFIG_WEB_CONFIG_H
#define CONFIG_WEB_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/secret.h"
#include "base/status.h"
#include "config/problems.h"
#include "config/string_list.h"

/*
 * The web configuration of Prometheus' exporter-toolkit (v0.17): TLS, client certificates, basic
 * authentication, headers, rate limit. It is read strictly, and all problems are listed with their
 * line. Where it differs from the toolkit, it is stricter; docs/configuration.md names these
 * places.
 */
enum client_auth {
	CLIENT_AUTH_NONE,
	CLIENT_AUTH_REQUEST,
	CLIENT_AUTH_REQUIRE_ANY,
	CLIENT_AUTH_VERIFY_IF_GIVEN,
	CLIENT_AUTH_REQUIRE_AND_VERIFY,
};
enum tls_version { TLS_VERSION_10, TLS_VERSION_11, TLS_VERSION_12, TLS_VERSION_13 };

struct web_user {
	char *name;
	char *bcrypt_hash;
};

struct web_header {
	const char *name; /* static storage: one of the closed set */
	char *value;
};

struct web_config {
	bool tls; /* certificate and key are given, readable and belong together */
	/* PEM text: of the file if a file is named (read at load), else inline */
	char *certificate_pem;
	struct secret private_key_pem;
	char *client_ca_pem;    /* NULL: none */
	char *certificate_file; /* NULL when inline; names for re-reading and messages */
	char *private_key_file;
	char *client_ca_file;
	enum client_auth client_auth;
	struct string_list client_allowed_sans;
	enum tls_version min_version;
	enum tls_version max_version;
	struct string_list cipher_suites;     /* Go's names, checked */
	struct string_list curve_preferences; /* CurveP256, ... */
	bool http2;                           /* accepted, without effect: HTTP/1.1 is served */
	struct web_header headers[8];
	size_t header_count;
	struct web_user *users;
	size_t user_count;
	bool rate_limited;
	uint64_t rate_interval_ms; /* one token per interval; rounded up to whole milliseconds */
	uint32_t rate_burst;
};

/* STATUS_OK: *ret_config is the caller's (an empty file is valid: nothing is switched on).
 * Otherwise all problems are listed. */
enum status web_config_load(const char *path, struct web_config **ret_config,
			    struct problems *problems) MUST_CHECK;
/* The same from text. `file` is the name in messages, `folder` where relative paths begin. */
enum status web_config_parse(const char *text, size_t len, const char *file, const char *folder,
			     struct web_config **ret_config, struct problems *problems) MUST_CHECK;

void web_config_free(struct web_config *config);

#endif
