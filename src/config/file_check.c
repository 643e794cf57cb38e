/* Reads the files that the configuration of a source names, and says what is wrong with them. */
#include "config/file_check.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "config/credentials.h"
#include "config/keys.h"
#include "config/pem_check.h"

#define KEY_NAME_SIZE  64
#define LINE_MAX_BYTES 8192

/* The place of `key` or `key_file` in the configuration; ret_name is the one that was given. */
static struct text_mark find_key(const struct source_config *source, const char *key,
				 char ret_name[KEY_NAME_SIZE])
{
	static const char *const inline_or_file[] = { "", "_file" };

	for (size_t i = 0; i < 2; i++) {
		(void)snprintf(ret_name, KEY_NAME_SIZE, "%s%s", key, inline_or_file[i]);
		size_t index = source_key_index(source->kind, ret_name);
		if (index < SOURCE_KEYS_MAX && source->key_marks[index].line != 0)
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

void file_check_report(struct problems *problems, const struct source_config *source,
		       const char *key, const char *text)
{
	char name[KEY_NAME_SIZE];
	struct text_mark mark = find_key(source, key, name);

	text = without(without(text, "the configuration"), key);
	put_line(problems, false, source, mark, name, text);
}

void file_check_warn(struct problems *problems, const struct source_config *source, const char *key,
		     const char *text)
{
	char name[KEY_NAME_SIZE];
	struct text_mark mark = find_key(source, key, name);

	put_line(problems, true, source, mark, name, text);
}

void file_check_time(const struct source_config *source, const char *key, const char *pem,
		     struct problems *problems)
{
	struct secret copy = { 0 };
	struct error when = { "" };
	struct error text = { "" };

	if (secret_set(&copy, pem, strlen(pem)) == STATUS_OK && pem_repair(&copy) == STATUS_OK &&
	    pem_check_time(copy.data, clock_now(), &when)) {
		(void)error_set(&text, STATUS_OK, "the client certificate %s", when.text);
		file_check_warn(problems, source, key, text.text);
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

bool file_check_secret(const struct source_config *source, const char *key,
		       const struct secret_setting *setting, struct secret *ret_secret,
		       struct problems *problems)
{
	struct error error = { "" };
	bool read = read_secret(setting, false, ret_secret, &error);

	if (!read)
		file_check_report(problems, source, key, error.text);
	return read;
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
		file_check_report(problems, source, "certificate", "out of memory");
	else if (pem_check_certificates(certificate->data, certificate_name, &error) != STATUS_OK)
		file_check_report(problems, source, "certificate", error.text);
	else if (pem_check_pair(certificate->data, certificate_name, key->data, key_name, &error) !=
		 STATUS_OK)
		file_check_report(problems, source, "private_key", error.text);
}

void file_check_key_pair(const struct source_config *source, struct problems *problems)
{
	struct secret certificate = { 0 };
	struct secret key = { 0 };
	bool read = file_check_secret(source, "certificate", &source->certificate, &certificate,
				      problems);

	if (read)
		file_check_time(source, "certificate", certificate.data, problems);
	read = file_check_secret(source, "private_key", &source->private_key, &key, problems) &&
	       read;
	if (read)
		check_pair(source, &certificate, &key, problems);
	secret_release(&certificate);
	secret_release(&key);
}

/* Reads one secret that may be in a file. */
static void check_secret_file(const struct source_config *source, const struct key *key,
			      struct problems *problems)
{
	const char *base = key->group == 0 ? source->own : (const char *)source;
	const struct secret_setting *setting = (const void *)(base + key->offset);
	struct secret secret = { 0 };

	if (setting->file == NULL)
		return;
	if (file_check_secret(source, key->name, setting, &secret, problems) &&
	    setting == &source->certificate)
		file_check_time(source, key->name, secret.data, problems);
	secret_release(&secret);
}

void file_check_secrets(const struct source_config *source, struct problems *problems)
{
	const struct key *key;

	for (size_t i = 0; (key = source_key(source->kind, i)) != NULL; i++) {
		if (key->type == KEY_SECRET)
			check_secret_file(source, key, problems);
	}
}

void file_check_binding(const struct source_config *source, struct problems *problems)
{
	struct credentials credentials = { 0 };
	struct error error = { "" };
	const char *key = "";
	size_t before = problems->count;

	if (source->partial)
		return; /* whether they go together cannot be said */
	if (credentials_check_binding(source, &key, &error) != STATUS_OK)
		file_check_report(problems, source, key, error.text);
	file_check_secrets(source, problems);
	if (problems->count == before &&
	    credentials_check(source, &credentials, &key, &error) != STATUS_OK)
		file_check_report(problems, source, key, error.text);
	else if (credentials.x509 && source->certificate.file == NULL)
		file_check_time(source, key, credentials.certificate.data, problems);
	credentials_release(&credentials);
}

void file_check_keystore_passwords(const struct source_config *source, struct problems *problems)
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
