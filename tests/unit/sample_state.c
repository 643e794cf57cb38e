/* A state with every word that a state file can hold. */
#include "sample_state.h"
#include "source/connector/connector.h"
#include "source/destination/service.h"
#include "source/directory/directory.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source/connector/levels.h"
#include "source/destination/levels.h"
#include "source/directory/levels.h"
#include "source/kinds.h"

#define READ_S 1795000000.25

static void must(bool ok)
{
	if (!ok)
		abort();
}

static char *text(const char *from)
{
	char *copy = strdup(from);

	must(copy != NULL);
	return copy;
}

static struct certificate *certificate(enum certificate_role role, unsigned number)
{
	char subject[64];
	char fingerprint[FINGERPRINT_SIZE] = "";
	struct certificate facts = {
		.role = role,
		.has_not_before = true,
		.has_not_after = true,
		.not_before_s = 1700000000,
		.not_after_s = 1800000000 + number,
		.subject = subject,
		.fingerprint_sha256 = fingerprint,
		.issuer = (char[]){ "CN=\"CA\\, one\",O=\xC3\x84pfel" },
		.serial_number = (char[]){ "-1f" },
		.public_key = (char[]){ "EC-P-256" },
		.signature_algorithm = (char[]){ "ecdsa-with-SHA256" },
		.san = (char[]){ "DNS:a.example, DNS:b.example" },
	};
	struct certificate *copy = NULL;

	memset(fingerprint, 'a' + (char)(number % 6), FINGERPRINT_SIZE - 1);
	(void)snprintf(subject, sizeof(subject), "CN=number %u\n", number);
	must(certificate_copy(&facts, &copy) == STATUS_OK);
	return copy;
}

/* A chain with one certificate of each role, of which the second is too old to be shown. */
static struct store_content *chain(enum store_format format, enum store_state state,
				   const char *alias)
{
	struct store_content *content = NULL;

	must(store_content_new(format, &content) == STATUS_OK &&
	     store_add_entry(content, alias) == STATUS_OK);
	for (unsigned i = 0; i <= CERTIFICATE_ROLE_UNKNOWN; i++) {
		struct certificate *one = certificate((enum certificate_role)i, i);
		if (i == 1) {
			one->has_not_before = false;
			one->has_not_after = false;
			one->not_before_s = -200;
			one->not_after_s = -100;
		}
		must(store_add_certificate_take(content, i, one) == STATUS_OK);
	}
	store_content_finish(content);
	store_set_state(content, state, state == STORE_OK ? "" : "of its \"content\"");
	return content;
}

static struct source_store *add_store(struct source_level *level, unsigned part, const char *name,
				      const char *type, struct store_content *content)
{
	struct source_store *store;

	store = source_level_add_store(level, part, name, type, content);
	store_content_unref(content);
	store->read_s = READ_S;
	return store;
}

static struct source_level *new_level(struct state_source *source, const char *name)
{
	struct source_level *level = source_level_new(name);

	must(level != NULL && source->level_count < STATE_LEVELS_MAX);
	source->levels[source->level_count++] = level;
	return level;
}

static void fill_service(struct state_source *source)
{
	struct source_level *level = new_level(source, LEVEL_SUBACCOUNT);
	char name[64];

	level->has_destinations = true;
	level->destinations = 12;
	level->has_fragments = true;
	level->fragments = 3;
	for (size_t i = 0; i < 4; i++)
		level->listed_s[i] = READ_S - (double)i;
	for (int i = STORE_OK; i <= STORE_UNAVAILABLE; i++) {
		(void)snprintf(name, sizeof(name), "state-%d \xF0\x9F\x94\x91.p12", i);
		struct source_store *store = add_store(level, PART_CERTIFICATES, name, "", NULL);
		source_store_set_state(store, (enum store_state)i, i > 0 ? "because\tof this" : "");
	}
	struct source_store *store = add_store(level, PART_CERTIFICATES, "labelled.pem", "",
					       chain(STORE_FORMAT_PEM, STORE_OK, ""));
	store->auto_renewed = true;
	store->renewal_lead_s = 7 * 86400;
	source_store_add_label(store, "env", "prod");
	source_store_add_label(store, "env", "\x01\xC2\x85");
	(void)add_store(level, PART_SAML_TRUST, "saml-trust/active", "saml_trust",
			chain(STORE_FORMAT_PEM, STORE_OK, ""));
	source_level_add_reference(level, REFERENCE_DESTINATION, "D \"1\"", "KeyStoreLocation",
				   "labelled.pem");
	source_level_add_reference(level, REFERENCE_FRAGMENT, "F", "TrustStoreLocation",
				   "missing.jks");
	(void)new_level(source, LEVEL_INSTANCE);
	level = new_level(source, LEVEL_BINDING);
	store = add_store(level, PART_CERTIFICATES, "binding", "binding",
			  chain(STORE_FORMAT_PEM, STORE_OK, ""));
	store->read_s = 0;
}

static void fill_connector(struct state_source *source)
{
	static const struct {
		const char *type;
		unsigned part;
	} rows[] = {
		{ "ui", PART_UI },
		{ "system", PART_SYSTEM },
		{ "ca", PART_CA },
		{ "subaccount", PART_SUBACCOUNTS },
		{ "backend_trust", PART_BACKEND_TRUST },
		{ "email_trust", PART_EMAIL_TRUST },
		{ "idp", PART_IDP },
	};
	struct source_level *level = new_level(source, LEVEL_CONNECTOR);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		(void)add_store(level, rows[i].part, rows[i].type, rows[i].type,
				chain(STORE_FORMAT_UNKNOWN, STORE_OK, ""));
	for (size_t i = 0; i < LEVEL_PARTS_MAX; i++) {
		if (source_part_name(source->kind, 1u << i)[0] != '\0')
			level->listed_s[i] = READ_S;
	}
}

static void fill_directory(struct state_source *source)
{
	struct source_level *level = new_level(source, LEVEL_DIRECTORY);
	char name[64];

	for (int i = STORE_FORMAT_UNKNOWN; i <= STORE_FORMAT_PKCS7; i++) {
		(void)snprintf(name, sizeof(name), "/format/%s",
			       store_format_name((enum store_format)i));
		(void)add_store(level, PART_CERTIFICATES, name, "",
				chain((enum store_format)i, STORE_OK, "alias \"x\""));
	}
	/* what a decoder can say of a content */
	for (int i = STORE_OK; i <= STORE_TOO_LARGE; i++) {
		(void)snprintf(name, sizeof(name), "/state/%d", i);
		(void)add_store(level, PART_CERTIFICATES, name, "",
				chain(STORE_FORMAT_JKS, (enum store_state)i, ""));
	}
	level->listed_s[0] = READ_S;
}

void sample_state(struct state *ret_state)
{
	static const struct {
		const char *id;
		const struct source_kind *kind;
		void (*fill)(struct state_source *source);
	} rows[] = {
		{ "service", &destination_service_kind, fill_service },
		{ "connector", &cloud_connector_kind, fill_connector },
		{ "files", &directory_kind, fill_directory },
	};
	const size_t count = sizeof(rows) / sizeof(rows[0]);

	ret_state->sources = calloc(count, sizeof(*ret_state->sources));
	must(ret_state->sources != NULL);
	ret_state->count = count;
	for (size_t i = 0; i < count; i++) {
		struct state_source *source = &ret_state->sources[i];
		source->id = text(rows[i].id);
		source->kind = rows[i].kind;
		source->has_success = i == 0;
		source->last_success_s = i == 0 ? READ_S : 0;
		source->identity = text(i == 0 ? "identity" : "");
		source->host = text("host.example");
		source->subaccount_id = text(i == 0 ? "11111111-2222-3333-4444-555555555555" : "");
		source->tenant_id = text("");
		rows[i].fill(source);
	}
}
