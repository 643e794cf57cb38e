/*
 * `--config.check`: reads every file that the configuration names, as a refresh would. And what is
 * told at each start: sources that would show the same certificates twice.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "config/binding.h"
#include "config/binding_fields.h"
#include "config/keys.h"
#include "config/parse.h"
#include "config/pem_check.h"
#include "config/proxy_check.h"

#define CA_FILE_MAX (8UL * 1024 * 1024) /* a system's bundle has less than 1 MiB */

static void report(struct problems *problems, const struct source_config *source, const char *key,
		   const char *text)
{
	static const char *const inline_or_file[] = { "", "_file" };
	uint32_t line = 0;

	for (size_t i = 0; i < 2 && line == 0; i++) {
		char name[64];
		(void)snprintf(name, sizeof(name), "%s%s", key, inline_or_file[i]);
		size_t index = config_key_index(name);
		line = index < KEYS_MAX ? source->key_lines[index] : 0;
	}
	if (source->file != NULL && line != 0)
		problem_add(problems, "%s:%u: source \"%s\": %s: %s", source->file, line,
			    source->id, key, text);
	else
		problem_add(problems, "%s: source \"%s\": %s: %s", source->origin, source->id, key,
			    text);
}

/* What is wrong with a service key. One of the command line has no configuration around it. */
static void report_binding_file(struct problems *problems, const struct source_config *source,
				const char *text)
{
	if (source->file != NULL)
		report(problems, source, "binding_file", text);
	else
		problem_add(problems, "--binding.file: source \"%s\": %s", source->id, text);
}

static void check_ca_file(const struct source_config *source, struct problems *problems)
{
	struct error error = { "" };
	struct buf text;

	if (source->ca_file == NULL)
		return;
	buf_init(&text, CA_FILE_MAX);
	enum status status = file_read(source->ca_file, &text, NULL, &error);
	if (status == STATUS_OK)
		status = pem_check_certificates(buf_text(&text), source->ca_file, &error);
	if (status != STATUS_OK)
		report(problems, source, "ca_file", error.text);
	buf_release(&text);
}

/* Reads one secret of the configuration; false when it cannot be used, reported. */
static bool check_secret(const struct source_config *source, const char *key,
			 const struct secret_setting *setting, bool may_be_empty,
			 struct secret *ret_secret, struct problems *problems)
{
	struct error error = { "" };

	if (secret_setting_read(setting, ret_secret, &error) != STATUS_OK) {
		report(problems, source, key, error.text);
		return false;
	}
	if (ret_secret->len > 0 || may_be_empty)
		return true;
	(void)error_set(&error, STATUS_SYNTAX, "%s is empty",
			setting->file != NULL ? setting->file : "the value");
	report(problems, source, key, error.text);
	return false;
}

static void check_keystore_passwords(const struct source_config *source, struct problems *problems)
{
	for (size_t i = 0; i < source->keystore_password_count; i++) {
		struct secret password = { 0 };
		(void)check_secret(source, "keystore_passwords",
				   &source->keystore_passwords[i].password, true, &password,
				   problems);
		secret_release(&password);
	}
}

static void check_connector_login(const struct source_config *source, struct problems *problems)
{
	struct secret certificate = { 0 };
	struct secret key = { 0 };
	struct error error = { "" };

	if (source->username != NULL) {
		(void)check_secret(source, "password", &source->password, false, &key, problems);
		secret_release(&key);
		return;
	}
	bool read = check_secret(source, "certificate", &source->certificate, false, &certificate,
				 problems);
	read = check_secret(source, "private_key", &source->private_key, false, &key, problems) &&
	       read;
	if (read && (pem_repair(&certificate) != STATUS_OK || pem_repair(&key) != STATUS_OK ||
		     pem_check_pair(certificate.data, "certificate", key.data, "private_key",
				    &error) != STATUS_OK))
		report(problems, source, "certificate", error.text);
	secret_release(&certificate);
	secret_release(&key);
}

/* Each file with a secret that a source names, by itself. */
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
		if (secrets[i].setting->file != NULL)
			(void)check_secret(source, secrets[i].key, secrets[i].setting, false,
					   &secret, problems);
		secret_release(&secret);
	}
}

/* The binding, the files beside it, and when all of these can be read what they make together. */
static void check_binding(const struct source_config *source, struct problems *problems)
{
	struct credentials credentials = { 0 };
	struct error error = { "" };
	size_t before = problems->count;

	if (source->binding_file != NULL && credentials_check_binding(source, &error) != STATUS_OK)
		report_binding_file(problems, source, error.text);
	check_secret_files(source, problems);
	if (problems->count == before &&
	    credentials_read(source, &credentials, &error) != STATUS_OK)
		report(problems, source, "credentials", error.text);
	credentials_release(&credentials);
}

/* Of a source that could not be read in full: each file that it names, by itself. */
static void check_files_apart(const struct source_config *source, struct problems *problems)
{
	struct binding binding = { 0 };
	struct error error = { "" };

	if (source->binding_file != NULL &&
	    binding_from_file(source->binding_file, &binding, &error) != STATUS_OK)
		report_binding_file(problems, source, error.text);
	binding_release(&binding);
	check_secret_files(source, problems);
}

enum status config_check_start(const struct config *config, struct problems *problems)
{
	size_t before = problems->count;

	for (size_t i = 0; i < config->source_count; i++) {
		const struct source_config *source = config->sources[i];
		struct error error = { "" };
		if (source == NULL || !source->enabled || source->binding_file == NULL)
			continue;
		enum status status = credentials_check_binding(source, &error);
		bool waits = source->file != NULL && /* it may come, or may be readable, later */
			     (status == STATUS_NOT_FOUND || status == STATUS_IO ||
			      status == STATUS_TRUNCATED);
		if (status != STATUS_OK && !waits)
			report_binding_file(problems, source, error.text);
	}
	config_check_proxy(config, true, problems);
	return problems->count == before ? STATUS_OK : STATUS_SYNTAX;
}

void config_check_files(const struct config *config, struct problems *problems)
{
	for (size_t i = 0; i < config->source_count; i++) {
		const struct source_config *source = config->sources[i];
		if (source == NULL)
			continue;
		if (source->partial)
			check_files_apart(source, problems);
		else if (source->kind == SOURCE_DESTINATION_SERVICE)
			check_binding(source, problems);
		else if (source->kind == SOURCE_CLOUD_CONNECTOR)
			check_connector_login(source, problems);
		check_ca_file(source, problems);
		check_keystore_passwords(source, problems);
	}
	config_check_proxy(config, false, problems);
}

/* Who asks for whom: the same client at the same token endpoint reads the same things. */
struct client {
	const struct source_config *source;
	char *client_id;
	char *token_url;
	char *host;
};

static int by_client(const void *a, const void *b)
{
	const struct client *one = a;
	const struct client *other = b;
	int order = strcmp(one->client_id, other->client_id);

	if (order == 0)
		order = strcmp(one->token_url, other->token_url);
	return order != 0 ? order : strcmp(one->host, other->host);
}

/* Takes the three texts out of the credentials of a source that can be read now. */
static bool read_client(const struct source_config *source, struct client *ret)
{
	struct credentials c = { 0 };

	if (source == NULL || !source->enabled || source->partial ||
	    source->kind != SOURCE_DESTINATION_SERVICE ||
	    credentials_read(source, &c, NULL) != STATUS_OK)
		return false;
	*ret = (struct client){ source, c.client_id, c.token_url, c.host };
	c.client_id = NULL;
	c.token_url = NULL;
	c.host = NULL;
	credentials_release(&c);
	return true;
}

void config_warn_same_client(const struct config *config, struct problems *problems)
{
	struct client *clients = calloc(config->source_count + 1, sizeof(*clients));
	size_t count = 0;

	if (clients == NULL)
		return; /* a warning less */
	for (size_t i = 0; i < config->source_count; i++)
		count += read_client(config->sources[i], &clients[count]);
	qsort(clients, count, sizeof(*clients), by_client);
	for (size_t i = 0; i < count; i++) {
		const struct client *c = &clients[i];
		if (i > 0 && by_client(c, &clients[i - 1]) == 0)
			problem_warn(problems,
				     "%s: source \"%s\": has the same client and tenant as source "
				     "\"%s\": both show the same certificates",
				     c->source->origin, c->source->id, clients[i - 1].source->id);
	}
	for (size_t i = 0; i < count; i++) {
		free(clients[i].client_id);
		free(clients[i].token_url);
		free(clients[i].host);
	}
	free(clients);
}
