/* The settings of `kind: cloud-connector`. */
#include "source/connector/settings.h"

#include <string.h>

#include "base/text.h"
#include "config/address.h"
#include "config/file_check.h"
#include "config/text_check.h"

static enum status check_user(const char *text, char **ret_text, struct error *error)
{
	(void)ret_text;
	if (text_has_control(text) || strchr(text, ':') != NULL)
		return error_set(error, STATUS_SYNTAX,
				 "must not have `:` or control characters (HTTP basic "
				 "authentication)");
	return STATUS_OK;
}

static enum status check_fingerprint(const char *text, char **ret_text, struct error *error)
{
	char hex[65];
	size_t n = 0;
	bool colons = strchr(text, ':') != NULL;
	bool ok = true;

	for (size_t i = 0; text[i] != '\0' && ok; i++) {
		bool digit = strchr("0123456789abcdefABCDEF", text[i]) != NULL;
		if (colons && i % 3 == 2)
			ok = text[i] == ':' && text[i + 1] != '\0';
		else if (digit && n < 64)
			hex[n++] = text[i];
		else
			ok = false;
	}
	if (!ok || (n != 64 && n != 0))
		return error_set(error, STATUS_SYNTAX,
				 "must be the SHA-256 fingerprint of the certificate: 64 "
				 "hexadecimal digits, with or without colons");
	hex[n] = '\0';
	text_lower(hex);
	*ret_text = strdup(hex);
	return *ret_text != NULL ? STATUS_OK : error_set(error, STATUS_MEMORY, "out of memory");
}

#define AT(field) offsetof(struct connector_settings, field)

const struct key connector_keys[] = {
	{ .name = "url", .type = KEY_TEXT, .offset = AT(url), .check = address_with_path },
	{ .name = "username", .type = KEY_TEXT, .offset = AT(username), .check = check_user },
	{ .name = "password", .type = KEY_SECRET, .offset = AT(password) },
	{ .name = "password_file", .type = KEY_SECRET_FILE, .offset = AT(password) },
	{ .name = "tls_fingerprint_sha256",
	  .type = KEY_TEXT,
	  .flags = KEY_EMPTY,
	  .offset = AT(tls_fingerprint_sha256),
	  .check = check_fingerprint },
	/* a pin wins over a default */
	{ .name = "insecure_skip_verify",
	  .type = KEY_BOOL,
	  .flags = KEY_DEFAULTABLE,
	  .offset = AT(insecure_skip_verify),
	  .yields_to = "tls_fingerprint_sha256" },
	{ .name = NULL },
};

static void check_logon(const struct rules *rules)
{
	bool user = rules_given(rules, "username");
	bool password = rules_given_either(rules, "password");
	bool tls = rules_given_either(rules, "certificate") ||
		   rules_given_either(rules, "private_key");

	if ((user || password) && tls)
		rules_refuse(rules, "username",
			     "a user and a client certificate are two ways to log on; keep one");
	if (!user && !password && !tls)
		rules_missing(rules, "username",
			      "is missing: log on with username and password_file, or with "
			      "certificate_file and private_key_file");
	if (user && !password)
		rules_missing(rules, "password_file", "is missing: it belongs to username");
	if (password && !user)
		rules_missing(rules, "username", "is missing: it belongs to the password");
	rules_key_pair(rules);
}

static void check_trust(const struct rules *rules)
{
	const struct connector_settings *settings = rules->source->own;
	const char *pin = settings->tls_fingerprint_sha256;

	if (!settings->insecure_skip_verify)
		return;
	if (pin != NULL && pin[0] != '\0')
		rules_refuse(rules, "insecure_skip_verify",
			     "cannot be combined with tls_fingerprint_sha256; the fingerprint "
			     "is the safe one of the two");
	else
		rules_warn(rules, "insecure_skip_verify",
			   "the certificate of the server is not checked, anyone on the way can "
			   "read the password; tls_fingerprint_sha256 would pin it");
}

void connector_rules(const struct rules *rules)
{
	if (!rules_given(rules, "url"))
		rules_missing(rules, "url", "is missing: https://host:port of the connector");
	check_logon(rules);
	check_trust(rules);
}

void connector_check_files(const struct source_config *source, struct problems *problems)
{
	const struct connector_settings *settings = source->own;
	struct secret password = { 0 };

	if (source->partial)
		return; /* whether they go together cannot be said */
	if (settings->username == NULL) {
		file_check_key_pair(source, problems);
		return;
	}
	(void)file_check_secret(source, "password", &settings->password, &password, problems);
	secret_release(&password);
}

bool connector_is_unverified(const struct source_config *source)
{
	const struct connector_settings *settings = source->own;

	return settings->insecure_skip_verify;
}

bool connector_same_service(const struct source_config *a, const struct source_config *b)
{
	const struct connector_settings *one = a->own;
	const struct connector_settings *other = b->own;

	return strcmp(one->url, other->url) == 0;
}
