/* Files that the configuration names, and the proxy of the environment. */
#include "config/check.h"

#include "base/file.h"
#include "base/proxy.h"
#include "config/credentials.h"
#include "config/file_check.h"
#include "config/keys.h"
#include "config/pem_check.h"

#define CA_FILE_MAX (8UL * 1024 * 1024) /* a system's bundle has less than 1 MiB */

/* What --ca.file names is the same for every source: *reported says whether it was reported. */
static void check_ca_file(const struct source_config *source, struct problems *problems,
			  bool *reported)
{
	struct error error = { "" };
	struct buf text;
	bool own = source->key_marks[source_key_index(source->kind, "ca_file")].line != 0;

	if (source->ca_file == NULL || (!own && *reported))
		return;
	buf_init(&text, CA_FILE_MAX);
	enum status status = file_read(source->ca_file, &text, NULL, &error);
	if (status == STATUS_OK)
		status = pem_check_certificates(buf_text(&text), source->ca_file, &error);
	if (status != STATUS_OK && own) {
		file_check_report(problems, source, "ca_file", error.text);
	} else if (status != STATUS_OK) {
		problem_add(problems, "--ca.file: %s", error.text);
		*reported = true;
	}
	buf_release(&text);
}

/* Checks each file by itself that a source names which could not be read in full. */
static void check_files_apart(const struct source_config *source, struct problems *problems)
{
	struct error error = { "" };
	const char *key = "";

	if (credentials_read_binding(source, &key, &error) != STATUS_OK)
		file_check_report(problems, source, key, error.text);
	file_check_secrets(source, problems);
}

static bool uses_environment(const struct source_config *source)
{
	return source != NULL && source->enabled && source_config_is_remote(source) &&
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
			file_check_report(problems, source, key, error.text);
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
		if (source->kind->check_files != NULL)
			source->kind->check_files(source, problems);
		check_ca_file(source, problems, &ca_reported);
		file_check_keystore_passwords(source, problems);
	}
	check_proxy(config, false, problems);
}
