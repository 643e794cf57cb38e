/* What a source needs and what excludes each other; see docs/configuration.md. */
#include "config/rules.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "config/findings.h"
#include "config/keys.h"

#define KEY_NAME_SIZE 64

/* Two ways to give the same thing. A secret and its file are such, too. */
static const struct {
	const char *one;
	const char *other;
} conflicts[] = {
	{ "binding_file", "vcap_service" }, { "binding_file", "binding_dir" },
	{ "vcap_service", "binding_dir" },  { "token_url", "identity_zone" },
	{ "token_url", "uaa_domain" },
};

bool rules_given(const struct rules *rules, const char *key)
{
	size_t i = source_key_index(rules->source->kind, key);

	return i < SOURCE_KEYS_MAX && (rules->given >> i & 1) != 0;
}

bool rules_given_either(const struct rules *rules, const char *key)
{
	char file[KEY_NAME_SIZE];

	(void)snprintf(file, sizeof(file), "%s_file", key);
	return rules_given(rules, key) || rules_given(rules, file);
}

/* The place of a key or of the same with `_file`, whoever gave it; else that of the source. */
static struct text_mark mark_of(const struct rules *rules, const char *key)
{
	const struct source_config *source = rules->source;
	char file[KEY_NAME_SIZE];

	(void)snprintf(file, sizeof(file), "%s_file", key);
	for (int with_file = 0; with_file < 2; with_file++) {
		size_t i = source_key_index(source->kind, with_file ? file : key);
		if (i < SOURCE_KEYS_MAX && source->key_marks[i].line != 0)
			return source->key_marks[i];
	}
	return rules->mark;
}

void rules_missing(const struct rules *rules, const char *key, const char *text)
{
	struct place at = *rules->place;

	at.key = key;
	finding_add(&at, rules->mark, "%s", text);
}

void rules_refuse(const struct rules *rules, const char *key, const char *text)
{
	struct place at = *rules->place;

	at.key = key;
	finding_add(&at, mark_of(rules, key), "%s", text);
}

void rules_warn(const struct rules *rules, const char *key, const char *text)
{
	struct place at = *rules->place;

	at.key = key;
	finding_warn(&at, mark_of(rules, key), "%s", text);
}

void rules_key_pair(const struct rules *rules)
{
	bool certificate = rules_given_either(rules, "certificate");
	bool private_key = rules_given_either(rules, "private_key");

	if (certificate && !private_key)
		rules_missing(rules, "private_key_file",
			      "is missing: the key that belongs to the certificate");
	if (private_key && !certificate)
		rules_missing(rules, "certificate_file",
			      "is missing: the certificate that belongs to the private key");
}

/* -- credentials ------------------------------------------------------------------------ */

static void check_token_url(const struct rules *rules)
{
	bool zone = rules_given(rules, "identity_zone");
	bool domain = rules_given(rules, "uaa_domain");

	if (rules_given(rules, "token_url"))
		return;
	if (!zone && !domain)
		rules_missing(rules, "token_url",
			      "is missing (or identity_zone and uaa_domain): there is no binding "
			      "that has it");
	else if (!zone)
		rules_missing(rules, "identity_zone", "is missing: it belongs to uaa_domain");
	else if (!domain)
		rules_missing(rules, "uaa_domain", "is missing: it belongs to identity_zone");
}

static bool has_proof(const struct rules *rules)
{
	return rules_given_either(rules, "client_secret") ||
	       rules_given_either(rules, "certificate") || rules_given_either(rules, "private_key");
}

/* Without a binding, every field must be given by itself. */
static void check_fields(const struct rules *rules)
{
	static const char *const fields[] = { "host", "token_url", "identity_zone", "uaa_domain",
					      "client_id" };
	bool any = has_proof(rules);

	for (size_t i = 0; i < COUNT_OF(fields); i++)
		any = any || rules_given(rules, fields[i]);
	if (!any) {
		rules_missing(rules, "binding_file",
			      "is missing: credentials come from binding_file, vcap_service or "
			      "binding_dir, or from host, token_url, client_id and "
			      "client_secret_file");
		return;
	}
	if (!rules_given(rules, "host"))
		rules_missing(rules, "host", "is missing: there is no binding that has it");
	check_token_url(rules);
	if (!rules_given(rules, "client_id"))
		rules_missing(rules, "client_id", "is missing: there is no binding that has it");
	if (!has_proof(rules))
		rules_missing(rules, "client_secret_file",
			      "is missing (or certificate_file and private_key_file): there is no "
			      "binding that has it");
	rules_key_pair(rules);
}

void rules_binding(const struct rules *rules)
{
	bool binding = rules_given(rules, "binding_file") || rules_given(rules, "vcap_service") ||
		       rules_given(rules, "binding_dir");

	if (rules_given_either(rules, "client_secret") &&
	    (rules_given_either(rules, "certificate") || rules_given_either(rules, "private_key")))
		rules_refuse(rules, "client_secret",
			     "a client secret and a certificate are two ways to prove the same; "
			     "keep one");
	if (!binding)
		check_fields(rules);
}

/* -- all of them ------------------------------------------------------------------------ */

static void check_conflict(const struct rules *rules, const char *one, const char *other)
{
	struct place at = *rules->place;

	at.key = one;
	if (rules_given(rules, one) && rules_given(rules, other))
		finding_add(&at, mark_of(rules, one),
			    "%s and %s are two ways to give the same thing; keep one", one, other);
}

/* A secret and its file. */
static void check_secrets(const struct rules *rules)
{
	const struct source_kind *kind = rules->source->kind;
	const struct key *key;
	char file[KEY_NAME_SIZE];

	for (size_t i = 0; (key = source_key(kind, i)) != NULL; i++) {
		(void)snprintf(file, sizeof(file), "%s_file", key->name);
		if (key->type == KEY_SECRET)
			check_conflict(rules, key->name, file);
	}
}

void rules_check(const struct place *place, struct text_mark mark, uint64_t given,
		 const struct source_config *source)
{
	const struct rules rules = { place, mark, given, source };

	for (size_t i = 0; i < COUNT_OF(conflicts); i++)
		check_conflict(&rules, conflicts[i].one, conflicts[i].other);
	check_secrets(&rules);
	if (source->kind->rules != NULL)
		source->kind->rules(&rules);
}
