/*
 * What a source needs and what excludes each other, by kind (docs/configuration.md). A key whose
 * value was refused counts as given: one mistake gives one message.
 */
#include "config/file/rules.h"

#include "config/keys.h"

/* Pairs and groups that are two ways to give the same thing. */
struct conflict {
	const char *one;
	const char *other;
};

static const struct conflict conflicts[] = {
	{ "binding_file", "vcap_service" },    { "binding_file", "binding_dir" },
	{ "vcap_service", "binding_dir" },     { "client_secret", "client_secret_file" },
	{ "certificate", "certificate_file" }, { "private_key", "private_key_file" },
	{ "password", "password_file" },       { "token_url", "identity_zone" },
	{ "token_url", "uaa_domain" },
};

#define CONFLICT_COUNT (sizeof(conflicts) / sizeof(conflicts[0]))

bool given_has(const struct given *given, const char *name)
{
	return (given->keys >> config_key_index(name) & 1) != 0;
}

/* The place of the first of these keys that is given, by itself or as a default; else `mark`. */
static struct text_mark mark_of(const struct source_config *source, struct text_mark mark,
				const char *one, const char *other)
{
	struct text_mark own = source->key_marks[config_key_index(one)];

	if (own.line == 0 && other != NULL)
		own = source->key_marks[config_key_index(other)];
	return own.line != 0 ? own : mark;
}

static bool either(const struct given *given, const char *inline_name, const char *file_name)
{
	return given_has(given, inline_name) || given_has(given, file_name);
}

static bool has_secret(const struct given *given)
{
	return either(given, "client_secret", "client_secret_file");
}

static bool has_certificate(const struct given *given)
{
	return either(given, "certificate", "certificate_file");
}

static bool has_private_key(const struct given *given)
{
	return either(given, "private_key", "private_key_file");
}

static bool has_binding(const struct given *given)
{
	return given_has(given, "binding_file") || given_has(given, "vcap_service") ||
	       given_has(given, "binding_dir");
}

static void missing(const struct place *place, struct text_mark mark, const char *key,
		    const char *text)
{
	struct place at = *place;

	at.key = key;
	finding_add(&at, mark, "%s", text);
}

static void check_key_pair(const struct place *place, struct text_mark mark,
			   const struct given *given)
{
	if (has_certificate(given) && !has_private_key(given))
		missing(place, mark, "private_key_file",
			"is missing: the key that belongs to the certificate");
	if (has_private_key(given) && !has_certificate(given))
		missing(place, mark, "certificate_file",
			"is missing: the certificate that belongs to the private key");
}

static void check_token_url(const struct place *place, struct text_mark mark,
			    const struct given *given)
{
	bool zone = given_has(given, "identity_zone");
	bool domain = given_has(given, "uaa_domain");

	if (given_has(given, "token_url"))
		return;
	if (!zone && !domain)
		missing(place, mark, "token_url",
			"is missing (or identity_zone and uaa_domain): there is no binding that "
			"has it");
	else if (!zone)
		missing(place, mark, "identity_zone", "is missing: it belongs to uaa_domain");
	else if (!domain)
		missing(place, mark, "uaa_domain", "is missing: it belongs to identity_zone");
}

/* Without a binding, every field must be given by itself. */
static void check_fields(const struct place *place, struct text_mark mark,
			 const struct given *given)
{
	static const char *const fields[] = { "host", "token_url", "identity_zone", "uaa_domain",
					      "client_id" };
	bool any = has_secret(given) || has_certificate(given) || has_private_key(given);

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		any = any || given_has(given, fields[i]);
	if (!any) {
		missing(place, mark, "binding_file",
			"is missing: credentials come from binding_file, vcap_service or "
			"binding_dir, or from host, token_url, client_id and client_secret_file");
		return;
	}
	if (!given_has(given, "host"))
		missing(place, mark, "host", "is missing: there is no binding that has it");
	check_token_url(place, mark, given);
	if (!given_has(given, "client_id"))
		missing(place, mark, "client_id", "is missing: there is no binding that has it");
	if (!has_secret(given) && !has_certificate(given) && !has_private_key(given))
		missing(place, mark, "client_secret_file",
			"is missing (or certificate_file and private_key_file): there is no "
			"binding that has it");
	check_key_pair(place, mark, given);
}

static void check_destination_service(const struct place *place, struct text_mark mark,
				      const struct given *given, const struct source_config *source)
{
	if (has_secret(given) && (has_certificate(given) || has_private_key(given)))
		missing(place, mark_of(source, mark, "client_secret", "client_secret_file"),
			"client_secret",
			"a client secret and a certificate are two ways to prove the same; "
			"keep one");
	if (!has_binding(given))
		check_fields(place, mark, given);
}

static void check_cloud_connector(const struct place *place, struct text_mark mark,
				  const struct given *given, const struct source_config *source)
{
	bool user = given_has(given, "username");
	bool password = either(given, "password", "password_file");
	bool tls = has_certificate(given) || has_private_key(given);

	if (!given_has(given, "url"))
		missing(place, mark, "url", "is missing: https://host:port of the connector");
	if ((user || password) && tls)
		missing(place, mark_of(source, mark, "username", NULL), "username",
			"a user and a client certificate are two ways to log on; keep one");
	if (!user && !password && !tls)
		missing(place, mark, "username",
			"is missing: log on with username and password_file, or with "
			"certificate_file and private_key_file");
	if (user && !password)
		missing(place, mark, "password_file", "is missing: it belongs to username");
	if (password && !user)
		missing(place, mark, "username", "is missing: it belongs to the password");
	check_key_pair(place, mark, given);
}

static void check_trust(const struct place *place, struct text_mark mark,
			const struct source_config *source)
{
	struct place at = *place;
	bool pinned =
		source->tls_fingerprint_sha256 != NULL && source->tls_fingerprint_sha256[0] != '\0';

	at.key = "insecure_skip_verify";
	mark = mark_of(source, mark, at.key, NULL);
	if (!source->insecure_skip_verify)
		return;
	if (pinned)
		finding_add(&at, mark,
			    "cannot be combined with tls_fingerprint_sha256; the fingerprint "
			    "is the safe one of the two");
	else
		finding_warn(&at, mark,
			     "the certificate of the server is not checked, anyone on the way can "
			     "read the password; tls_fingerprint_sha256 would pin it");
}

void rules_check(const struct place *place, struct text_mark mark, const struct given *given,
		 const struct source_config *source)
{
	struct place at = *place;

	for (size_t i = 0; i < CONFLICT_COUNT; i++) {
		at.key = conflicts[i].one;
		if (given_has(given, conflicts[i].one) && given_has(given, conflicts[i].other))
			finding_add(&at, mark_of(source, mark, at.key, NULL),
				    "%s and %s are two ways to give the same thing; keep one",
				    conflicts[i].one, conflicts[i].other);
	}
	if ((source->kind->keys & KEYS_BINDING) != 0)
		check_destination_service(place, mark, given, source);
	if ((source->kind->keys & KEYS_CONNECTOR) != 0) {
		check_cloud_connector(place, mark, given, source);
		check_trust(place, mark, source);
	}
	if ((source->kind->keys & KEYS_DIRECTORY) != 0 && !given_has(given, "paths"))
		missing(place, mark, "paths",
			"is missing: a list of patterns, such as "
			"[\"/etc/ssl/certs/*.pem\"]");
}
