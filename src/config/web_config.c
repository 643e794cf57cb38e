/*
 * The web configuration: files read, TLS settings checked together, everything that would leave the
 * server more open than it looks refused (docs/configuration.md).
 */
#include "config/web_config.h"

#include <libgen.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "config/pem_check.h"
#include "config/web/keys.h"
#include "config/web/tls.h"

#define PEM_FILE_MAX (8UL * 1024 * 1024) /* a bundle of CAs has less than 1 MiB */

static void release(struct web_config *config)
{
	secret_free_text(config->certificate_pem); /* a file may hold the key as well */
	secret_release(&config->private_key_pem);
	secret_free_text(config->client_ca_pem);
	free(config->certificate_file);
	free(config->private_key_file);
	free(config->client_ca_file);
	string_list_release(&config->client_allowed_sans);
	string_list_release(&config->cipher_suites);
	string_list_release(&config->curve_preferences);
	for (size_t i = 0; i < config->header_count; i++)
		free(config->headers[i].value);
	for (size_t i = 0; i < config->user_count; i++) {
		free(config->users[i].name);
		secret_free_text(config->users[i].bcrypt_hash);
	}
	free(config->users);
}

void web_config_free(struct web_config *config)
{
	if (config != NULL)
		release(config);
	free(config);
}

static struct place tls_place(const struct web_reading *w, const char *key)
{
	return (struct place){ .findings = w->findings, .where = "tls_server_config", .key = key };
}

/* Reads the file of a PEM text as a secret. False: it cannot be used, which was reported. */
static bool load_pem_file(struct web_reading *w, const struct pem_source *pem, const char *key,
			  struct buf *text)
{
	struct place place = tls_place(w, key);
	struct error error = { "" };
	enum status status = file_read(pem->given.file, text, NULL, &error);

	if (status == STATUS_OK && text->len > 0 && memchr(text->data, '\0', text->len) != NULL)
		status = error_set(&error, STATUS_SYNTAX, "%s: not PEM text", pem->given.file);
	if (status != STATUS_OK)
		finding_add(&place, pem->mark, "%s", error.text);
	return status == STATUS_OK;
}

/* Returns the text of a file or the inline text as a fresh secret. False: there is none, which was
 * reported. */
static bool load_pem(struct web_reading *w, const struct pem_source *pem, const char *key,
		     struct secret *ret_text)
{
	struct place place = tls_place(w, key);
	struct buf text;
	enum status status = STATUS_OK;

	if (pem->given.file != NULL && pem->given.value.data != NULL)
		finding_warn(&place, pem->mark,
			     "both a file and a text are given; the file counts");
	buf_init(&text, PEM_FILE_MAX);
	if (pem->given.file == NULL) {
		status = secret_set(ret_text, pem->given.value.data, pem->given.value.len);
	} else if (load_pem_file(w, pem, key, &text)) {
		status = secret_take(ret_text, &text);
	}
	buf_wipe_release(&text);
	w->out_of_memory |= status != STATUS_OK; /* must not leave a server without TLS */
	return ret_text->data != NULL;
}

/* What the text is called in messages. */
static const char *pem_name(const struct pem_source *pem, const char *inline_name)
{
	return pem->given.file != NULL ? pem->given.file : inline_name;
}

static void load_pair(struct web_reading *w, struct secret *certificate, struct secret *key)
{
	struct place place = tls_place(w, "cert_file");
	struct error error = { "" };
	const char *certificate_name = pem_name(&w->certificate, "cert");
	bool loaded = load_pem(w, &w->certificate, "cert_file", certificate);

	loaded = load_pem(w, &w->private_key, "key_file", key) && loaded;
	if (!loaded)
		return;
	if (pem_check_certificates(certificate->data, certificate_name, &error) != STATUS_OK) {
		finding_add(&place, w->certificate.mark, "%s", error.text);
		return;
	}
	struct error time = { "" };
	if (pem_check_time(certificate->data, clock_now(), &time))
		finding_warn(&place, w->certificate.mark, "the certificate %s", time.text);
	place.key = "key_file";
	if (pem_check_pair(certificate->data, certificate_name, key->data,
			   pem_name(&w->private_key, "key"), &error) != STATUS_OK)
		finding_add(&place, w->private_key.mark, "%s", error.text);
}

static void load_client_ca(struct web_reading *w, struct secret *ca)
{
	struct place place = tls_place(w, "client_ca_file");
	struct error error = { "" };

	if (w->client_ca.mark.line == 0 || !load_pem(w, &w->client_ca, "client_ca_file", ca))
		return;
	if (pem_check_certificates(ca->data, pem_name(&w->client_ca, "client_ca"), &error) !=
	    STATUS_OK)
		finding_add(&place, w->client_ca.mark, "%s", error.text);
}

static void check_client_policy(struct web_reading *w)
{
	const struct web_config *config = &w->config;
	struct place auth = tls_place(w, "client_auth_type");
	struct place sans = tls_place(w, "client_allowed_sans");
	bool verifies = config->client_auth == CLIENT_AUTH_VERIFY_IF_GIVEN ||
			config->client_auth == CLIENT_AUTH_REQUIRE_AND_VERIFY;

	if (w->client_ca.mark.line > 0 && config->client_auth == CLIENT_AUTH_NONE)
		finding_add(
			&auth, w->client_ca.mark,
			"must be given with client_ca_file (RequireAndVerifyClientCert): the CA "
			"would not be used");
	if (verifies && w->client_ca.mark.line == 0)
		finding_add(&auth, w->client_auth_mark,
			    "needs client_ca_file: there is nothing to verify certificates with");
	if (w->sans_mark.line == 0)
		return;
	if (config->client_auth == CLIENT_AUTH_NONE)
		finding_add(
			&sans, w->sans_mark,
			"needs client_auth_type RequireAndVerifyClientCert: nobody is asked for "
			"a certificate");
	else if (!verifies)
		finding_warn(
			&sans, w->sans_mark,
			"the certificates are not verified, so anyone can make one with these "
			"names; client_auth_type RequireAndVerifyClientCert would verify them");
}

static void check_versions(struct web_reading *w)
{
	const struct web_config *config = &w->config;
	struct place place = tls_place(w, "min_version");
	bool only_13 = config->cipher_suites.count > 0;

	if (config->min_version > config->max_version) {
		finding_add(&place, w->version_mark, "is higher than max_version");
		return;
	}
	for (size_t i = 0; i < config->cipher_suites.count; i++) {
		const struct web_suite *suite = web_suite_find(config->cipher_suites.items[i]);
		only_13 = only_13 && suite != NULL && suite->key_exchange == NULL;
	}
	place.key = "cipher_suites";
	if (only_13 && config->max_version < TLS_VERSION_13)
		finding_add(&place, w->suites_mark,
			    "has only suites of TLS 1.3, but max_version leaves that out");
}

static void warn_plain(struct web_reading *w)
{
	static const char text[] =
		"has no effect: without cert_file and key_file TLS stays off, and everything is "
		"served in clear text";
	const struct {
		const char *key;
		struct text_mark mark;
	} given[] = {
		{ "min_version or max_version", w->version_mark },
		{ "cipher_suites", w->suites_mark },
		{ "curve_preferences", w->curves_mark },
		{ "client_allowed_sans", w->sans_mark },
	};

	for (size_t i = 0; i < sizeof(given) / sizeof(given[0]); i++) {
		struct place place = tls_place(w, given[i].key);
		if (given[i].mark.line > 0)
			finding_warn(&place, given[i].mark, "%s", text);
	}
}

/* Moves the texts into the configuration once all of them are good. */
static void keep(struct web_reading *w, struct secret *certificate, struct secret *key,
		 struct secret *ca)
{
	struct web_config *config = &w->config;

	config->tls = true;
	config->certificate_pem = certificate->data;
	config->private_key_pem = *key;
	config->client_ca_pem = ca->data;
	config->certificate_file = w->certificate.given.file;
	config->private_key_file = w->private_key.given.file;
	config->client_ca_file = w->client_ca.given.file;
	*certificate = *key = *ca = (struct secret){ 0 };
	w->certificate.given.file = NULL;
	w->private_key.given.file = NULL;
	w->client_ca.given.file = NULL;
}

/* Reads the files, checks certificate, key and client policy together, fills in config->tls. */
static void finish_tls(struct web_reading *w)
{
	struct secret certificate = { 0 };
	struct secret key = { 0 };
	struct secret ca = { 0 };
	struct place place = tls_place(w, "cert_file");
	struct text_mark mark = w->certificate.mark;
	size_t before = w->findings->problem_count;

	check_versions(w);
	if (mark.line == 0)
		mark = w->private_key.mark;
	if (mark.line == 0)
		mark = w->client_ca.mark;
	if (mark.line == 0 && w->client_auth_mark.line == 0) {
		warn_plain(w);
		return;
	}
	if (mark.line == 0)
		mark = w->client_auth_mark;
	if (w->certificate.mark.line == 0)
		finding_add(&place, mark, "is missing: TLS needs a certificate and its key");
	place.key = "key_file";
	if (w->private_key.mark.line == 0)
		finding_add(&place, mark, "is missing: TLS needs a certificate and its key");
	if (w->certificate.mark.line > 0 && w->private_key.mark.line > 0)
		load_pair(w, &certificate, &key);
	load_client_ca(w, &ca);
	check_client_policy(w);
	if (w->findings->problem_count == before && certificate.data != NULL && key.data != NULL)
		keep(w, &certificate, &key, &ca);
	secret_release(&certificate);
	secret_release(&key);
	secret_release(&ca);
}

static void pem_source_release(struct pem_source *pem)
{
	free(pem->given.file);
	secret_release(&pem->given.value);
}

/* Hands the settings over, if they are good. */
static enum status finish(struct web_reading *w, struct web_config **ret_config)
{
	struct place place = { .findings = w->findings };
	struct web_config *config = malloc(sizeof(*config));

	if (config == NULL || w->out_of_memory) {
		finding_add(&place, MARK_START, "out of memory");
		free(config);
		return STATUS_MEMORY;
	}
	if (w->findings->problem_count > 0) {
		free(config);
		return STATUS_SYNTAX;
	}
	*config = w->config;
	w->config = (struct web_config){ 0 }; /* handed over */
	*ret_config = config;
	return STATUS_OK;
}

enum status web_config_parse(const char *text, size_t len, const char *file, const char *folder,
			     struct web_config **ret_config, struct problems *problems)
{
	struct findings findings;
	struct web_reading w = {
		.findings = &findings,
		.folder = folder,
		.config = { .min_version = TLS_VERSION_12,
			    .max_version = TLS_VERSION_13,
			    .http2 = true },
	};

	findings_init(&findings, file);
	struct yaml_node *root = yaml_read(text, len, &findings);
	if (root != NULL) {
		web_read_tree(&w, root);
		finish_tls(&w);
	}
	yaml_tree_free(root);
	enum status status = finish(&w, ret_config);
	findings_finish(&findings, problems);
	pem_source_release(&w.certificate);
	pem_source_release(&w.private_key);
	pem_source_release(&w.client_ca);
	release(&w.config);
	return status;
}

enum status web_config_load(const char *path, struct web_config **ret_config,
			    struct problems *problems)
{
	struct error error = { "" };
	struct buf text;

	buf_init(&text, YAML_SIZE_MAX);
	char *copy = strdup(path);
	enum status status = copy != NULL ? file_read(path, &text, NULL, &error)
					  : error_set(&error, STATUS_MEMORY, "out of memory");
	if (status == STATUS_OK) {
		const char *folder = dirname(copy);
		status = web_config_parse(buf_text(&text), text.len, path,
					  strcmp(folder, ".") == 0 ? "" : folder, ret_config,
					  problems);
	} else {
		problem_add(problems, "%s", error.text);
	}
	free(copy);
	buf_wipe_release(&text);
	return status;
}
