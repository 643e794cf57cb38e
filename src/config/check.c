/* Files that the configuration names, and the proxy of the environment. */
#include "config/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/proxy.h"
#include "base/text.h"
#include "config/credentials.h"
#include "config/keys.h"
#include "config/pem_check.h"

#define KEY_NAME_SIZE  64
#define LINE_MAX_BYTES 8192
#define CA_FILE_MAX    (8UL * 1024 * 1024) /* a system's bundle has less than 1 MiB */

/* The place of `key` or `key_file` in the configuration; ret_name is the one that was given. */
static struct text_mark find_key(const struct source_config *source, const char *key,
				 char ret_name[KEY_NAME_SIZE])
{
	static const char *const inline_or_file[] = { "", "_file" };

	for (size_t i = 0; i < 2; i++) {
		(void)snprintf(ret_name, KEY_NAME_SIZE, "%s%s", key, inline_or_file[i]);
		size_t index = config_key_index(ret_name);
		if (index < KEYS_MAX && source->key_marks[index].line != 0)
			return source->key_marks[index];
	}
	(void)snprintf(ret_name, KEY_NAME_SIZE, "%s", key);
	return (struct text_mark){ 0 };
}

/* `file:line:column: [warning: ]source "id": key: text`; without a key where no configuration file
 * has one, and with the name of the binding instead of a place. */
static void put_line(struct problems *problems, bool warning, const struct source_config *source,
		     struct text_mark mark, const char *key, const char *text)
{
	struct buf line;

	buf_init(&line, LINE_MAX_BYTES);
	if (source->file != NULL && mark.line != 0)
		buf_printf(&line, "%s:%u:%u: ", source->file, mark.line, mark.column);
	else if (source->file == NULL && source->binding_file != NULL)
		buf_puts(&line, "--binding.file: ");
	else
		buf_printf(&line, "%s: ", source->origin);
	buf_printf(&line, "%ssource \"%s\": ", warning ? "warning: " : "", source->id);
	if (source->file != NULL && key[0] != '\0')
		buf_printf(&line, "%s: ", key);
	buf_puts(&line, text);
	if (warning)
		problem_warn(problems, "%s", buf_text(&line));
	else
		problem_add(problems, "%s", buf_text(&line));
	buf_release(&line);
}

/* `text` without `prefix` and the `: ` behind it. */
static const char *without(const char *text, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(text, prefix, len) == 0 && strncmp(text + len, ": ", 2) == 0 ? text + len + 2
										    : text;
}

/* Reports a problem at the key that names what is wrong, with or without `_file`. */
static void report(struct problems *problems, const struct source_config *source, const char *key,
		   const char *text)
{
	char name[KEY_NAME_SIZE];
	struct text_mark mark = find_key(source, key, name);

	text = without(without(text, "the configuration"), key);
	put_line(problems, false, source, mark, name, text);
}

/* What --ca.file names is the same for every source: *reported says whether it was reported. */
static void check_ca_file(const struct source_config *source, struct problems *problems,
			  bool *reported)
{
	struct error error = { "" };
	struct buf text;
	bool own = source->key_marks[config_key_index("ca_file")].line != 0;

	if (source->ca_file == NULL || (!own && *reported))
		return;
	buf_init(&text, CA_FILE_MAX);
	enum status status = file_read(source->ca_file, &text, NULL, &error);
	if (status == STATUS_OK)
		status = pem_check_certificates(buf_text(&text), source->ca_file, &error);
	if (status != STATUS_OK && own) {
		report(problems, source, "ca_file", error.text);
	} else if (status != STATUS_OK) {
		problem_add(problems, "--ca.file: %s", error.text);
		*reported = true;
	}
	buf_release(&text);
}

/* Warns of a client certificate that has expired, or will soon. `pem` may need repair. */
static void check_time(const struct source_config *source, const char *key, const char *pem,
		       struct problems *problems)
{
	struct secret copy = { 0 };
	struct error when = { "" };
	struct error text = { "" };
	char name[KEY_NAME_SIZE];
	struct text_mark mark = find_key(source, key, name);

	if (secret_set(&copy, pem, strlen(pem)) == STATUS_OK && pem_repair(&copy) == STATUS_OK &&
	    pem_check_time(copy.data, clock_now(), &when)) {
		(void)error_set(&text, STATUS_OK, "the client certificate %s", when.text);
		put_line(problems, true, source, mark, name, text.text);
	}
	secret_release(&copy);
}

/* Reads one secret of the configuration; false when it cannot be used: `error` says why. */
static bool read_secret(const struct secret_setting *setting, bool may_be_empty,
			struct secret *ret_secret, struct error *error)
{
	if (secret_setting_read(setting, ret_secret, error) != STATUS_OK)
		return false;
	if (ret_secret->len > 0 || may_be_empty)
		return true;
	(void)error_set(error, STATUS_SYNTAX, "%s is empty",
			setting->file != NULL ? setting->file : "the value");
	return false;
}

/* The same; a secret that cannot be used is reported. */
static bool check_secret(const struct source_config *source, const char *key,
			 const struct secret_setting *setting, struct secret *ret_secret,
			 struct problems *problems)
{
	struct error error = { "" };
	bool read = read_secret(setting, false, ret_secret, &error);

	if (!read)
		report(problems, source, key, error.text);
	return read;
}

static void check_keystore_passwords(const struct source_config *source, struct problems *problems)
{
	for (size_t i = 0; i < source->keystore_password_count; i++) {
		const struct keystore_password *item = &source->keystore_passwords[i];
		struct secret password = { 0 };
		struct error error = { "" };
		if (!read_secret(&item->password, true, &password, &error))
			put_line(problems, false, source, item->mark,
				 item->password.file != NULL ? "keystore_passwords: password_file"
							     : "keystore_passwords: password",
				 error.text);
		secret_release(&password);
	}
}

/* Checks a certificate and a key that were read. Whichever is wrong is reported at its own key. */
static void check_pair(const struct source_config *source, struct secret *certificate,
		       struct secret *key, struct problems *problems)
{
	const char *certificate_name =
		source->certificate.file != NULL ? source->certificate.file : "certificate";
	const char *key_name =
		source->private_key.file != NULL ? source->private_key.file : "private_key";
	struct error error = { "" };

	if (pem_repair(certificate) != STATUS_OK || pem_repair(key) != STATUS_OK)
		report(problems, source, "certificate", "out of memory");
	else if (pem_check_certificates(certificate->data, certificate_name, &error) != STATUS_OK)
		report(problems, source, "certificate", error.text);
	else if (pem_check_pair(certificate->data, certificate_name, key->data, key_name, &error) !=
		 STATUS_OK)
		report(problems, source, "private_key", error.text);
}

static void check_connector_login(const struct source_config *source, struct problems *problems)
{
	struct secret certificate = { 0 };
	struct secret key = { 0 };

	if (source->username != NULL) {
		(void)check_secret(source, "password", &source->password, &key, problems);
		secret_release(&key);
		return;
	}
	bool read =
		check_secret(source, "certificate", &source->certificate, &certificate, problems);
	if (read)
		check_time(source, "certificate", certificate.data, problems);
	read = check_secret(source, "private_key", &source->private_key, &key, problems) && read;
	if (read)
		check_pair(source, &certificate, &key, problems);
	secret_release(&certificate);
	secret_release(&key);
}

/* Reads each file with a secret that a source names, by itself. */
static void check_secret_files(const struct source_config *source, struct problems *problems)
{
	const struct {
		const char *key;
		const struct secret_setting *setting;
	} secrets[] = {
		{ "client_secret", &source->client_secret },
		{ "certificate", &source->certificate },
		{ "private_key", &source->private_key },
		{ "password", &source->password },
	};

	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++) {
		struct secret secret = { 0 };
		bool read =
			secrets[i].setting->file != NULL &&
			check_secret(source, secrets[i].key, secrets[i].setting, &secret, problems);
		if (read && secrets[i].setting == &source->certificate)
			check_time(source, secrets[i].key, secret.data, problems);
		secret_release(&secret);
	}
}

/* Checks the binding and the files beside it, and if all of these can be read, whether they go
 * together. */
static void check_binding(const struct source_config *source, struct problems *problems)
{
	struct credentials credentials = { 0 };
	struct error error = { "" };
	const char *key = "";
	size_t before = problems->count;

	if (credentials_check_binding(source, &key, &error) != STATUS_OK)
		report(problems, source, key, error.text);
	check_secret_files(source, problems);
	if (problems->count == before &&
	    credentials_check(source, &credentials, &key, &error) != STATUS_OK)
		report(problems, source, key, error.text);
	else if (credentials.x509 && source->certificate.file == NULL)
		check_time(source, key, credentials.certificate.data, problems);
	credentials_release(&credentials);
}

/* Checks each file by itself that a source names which could not be read in full. */
static void check_files_apart(const struct source_config *source, struct problems *problems)
{
	struct error error = { "" };
	const char *key = "";

	if (credentials_read_binding(source, &key, &error) != STATUS_OK)
		report(problems, source, key, error.text);
	check_secret_files(source, problems);
}

static void check_path(const struct source_config *source, const char *pattern,
		       struct problems *problems)
{
	char *path = strdup(pattern);
	struct text_mark mark = source->key_marks[config_key_index("paths")];
	char reason[128];
	struct stat st;

	if (path == NULL)
		return; /* out of memory: only the warning is lost */
	pattern_unescape(path);
	if (source_config_wants(source, path) && stat(path, &st) != 0)
		problem_warn(problems, "%s:%u:%u: warning: source \"%s\": paths: %s: %s",
			     source->file, mark.line, mark.column, source->id, path,
			     strerror_r(errno, reason, sizeof(reason)));
	free(path);
}

/* Warns of each file that a directory source names, without a wildcard, and that is missing: the
 * source will show it as a store that is unavailable. */
static void check_paths(const struct source_config *source, struct problems *problems)
{
	for (size_t p = 0; p < source->paths.count; p++) {
		if (!pattern_has_wildcard(source->paths.items[p]))
			check_path(source, source->paths.items[p], problems);
	}
}

static bool uses_environment(const struct source_config *source)
{
	return source != NULL && source->enabled && (source->kind->keys & KEYS_NETWORK) != 0 &&
	       (source->proxy == NULL || source->proxy[0] == '\0');
}

/*
 * Whether the proxy of the environment can be used, if a source needs it: one without a `proxy` of
 * its own. Otherwise that is a problem, or only a warning: at a start the requests of these sources
 * fail, and those of others do not. The text names the variable and no part of its value.
 */
static void check_proxy(const struct config *config, bool warn_only, struct problems *problems)
{
	struct proxy proxy = { .address = NULL };
	struct error error = { "" };
	bool used = false;

	for (size_t i = 0; i < config->source_count && !used; i++)
		used = uses_environment(config->sources[i]);
	if (!used)
		return;
	enum status status = proxy_of_environment(&proxy, &error);
	proxy_release(&proxy);
	if (status == STATUS_OK || status == STATUS_NOT_FOUND)
		return;
	if (warn_only)
		problem_warn(problems, "warning: %s; requests that need this proxy fail",
			     error.text);
	else
		problem_add(problems, "%s", error.text);
}

enum status config_check_start(const struct config *config, struct problems *problems)
{
	size_t before = problems->count;

	for (size_t i = 0; i < config->source_count; i++) {
		const struct source_config *source = config->sources[i];
		struct error error = { "" };
		const char *key = "";
		if (source == NULL || !source->enabled || source->binding_file == NULL)
			continue;
		enum status status = credentials_check_binding(source, &key, &error);
		bool waits = source->file != NULL && /* it may come, or may be readable, later */
			     (status == STATUS_NOT_FOUND || status == STATUS_IO ||
			      status == STATUS_TRUNCATED);
		if (status != STATUS_OK && !waits)
			report(problems, source, key, error.text);
	}
	check_proxy(config, true, problems);
	return problems->count == before ? STATUS_OK : STATUS_SYNTAX;
}

void config_check_files(const struct config *config, struct problems *problems)
{
	bool ca_reported = false;

	for (size_t i = 0; i < config->source_count; i++) {
		const struct source_config *source = config->sources[i];
		if (source == NULL)
			continue;
		if (source->partial)
			check_files_apart(source, problems);
		else if ((source->kind->keys & KEYS_BINDING) != 0)
			check_binding(source, problems);
		else if ((source->kind->keys & KEYS_CONNECTOR) != 0)
			check_connector_login(source, problems);
		check_ca_file(source, problems, &ca_reported);
		check_keystore_passwords(source, problems);
	}
	check_proxy(config, false, problems);
	for (size_t i = 0; i < config->source_count; i++) {
		const struct source_config *source = config->sources[i];
		if (source != NULL && !source->partial &&
		    (source->kind->keys & KEYS_DIRECTORY) != 0)
			check_paths(source, problems);
	}
}
