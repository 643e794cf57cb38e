#ifndef CONFIG_FILE_CHECK_H
#define CONFIG_FILE_CHECK_H

#include <stdbool.h>

#include "base/secret.h"
#include "config/problems.h"
#include "config/source_config.h"

/*
 * `--config.check`: the files that the configuration of a source names are read as a refresh would
 * read them. What is wrong is reported at the key that names the file. `check_files` of a kind is
 * made of these. Not thread-safe.
 */

/* `file:line:column: [warning: ]source "id": key: text`, at the place of `key` or `key_file`;
 * without a key where no configuration file has one, and with the name of the binding instead of a
 * place. */
void file_check_report(struct problems *problems, const struct source_config *source,
		       const char *key, const char *text);
void file_check_warn(struct problems *problems, const struct source_config *source, const char *key,
		     const char *text);

/* Reads one secret. False: it cannot be used, which is reported. Otherwise *ret_secret is the
 * caller's. */
bool file_check_secret(const struct source_config *source, const char *key,
		       const struct secret_setting *setting, struct secret *ret_secret,
		       struct problems *problems);
/* Warns of a client certificate that has expired, or expires soon. `pem` may need repair. */
void file_check_time(const struct source_config *source, const char *key, const char *pem,
		     struct problems *problems);

/* Of KEYS_CLIENT_CERTIFICATE: whether both can be read and belong together. */
void file_check_key_pair(const struct source_config *source, struct problems *problems);
/* Of KEYS_BINDING: the binding and the files beside it, and if all of these can be read, whether
 * they go together. */
void file_check_binding(const struct source_config *source, struct problems *problems);

/* Each file with a secret that the source names, by itself. */
void file_check_secrets(const struct source_config *source, struct problems *problems);
/* Of KEYS_STORES. */
void file_check_keystore_passwords(const struct source_config *source, struct problems *problems);

#endif
