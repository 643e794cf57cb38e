/*
 * Who uses a certificate: the API has no answer to that, so it is computed from the properties of
 * destinations and fragments (docs/reference/destination-service.md 5). Only the needed keys are
 * looked at.
 */
#include "source/destination/references.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "source/destination/list.h"
#include "source/destination/url.h"

struct reading {
	struct ds_run *run;
	struct source_level *level;
	enum reference_kind kind;
	char **names; /* seen so far: pages may overlap when the list changes between them */
	size_t count;
	size_t nameless;
	size_t references_before; /* of the level, when the walk began */
};

static bool is_true(const struct cJSON *object, const char *key)
{
	const char *text = json_member_text(object, key);
	bool value = false;

	return (text != NULL && (strcasecmp(text, "true") == 0 || strcmp(text, "1") == 0)) ||
	       (json_bool(json_member(object, key), &value) && value);
}

/* The key is `suffix` itself or ends in `.suffix`: unknown prefixes may come. */
static bool names_property(const char *key, const char *suffix)
{
	if (strcmp(key, suffix) == 0)
		return true;
	size_t len = strlen(key);
	size_t suffix_len = strlen(suffix);
	return len > suffix_len && key[len - suffix_len - 1] == '.' && text_ends_with(key, suffix);
}

/* Whether a configured reference has an effect. TrustAll switches trust stores off, and a client
 * certificate that the client provides is not in the service. */
static bool is_effective(const struct cJSON *object, const char *key)
{
	if (names_property(key, "TrustStoreLocation"))
		return !is_true(object, "TrustAll") && !is_true(object, "jco.client.tls_trust_all");
	const char *source = json_member_text(object, "KeyStore.Source");
	bool client_provided = source != NULL && strcasecmp(source, "ClientProvided") == 0;
	return strcmp(key, "KeyStoreLocation") != 0 || !client_provided;
}

static bool is_saml(const struct cJSON *object)
{
	const char *authentication = json_member_text(object, "Authentication");

	return authentication != NULL &&
	       (strcmp(authentication, "OAuth2SAMLBearerAssertion") == 0 ||
		strcmp(authentication, "SAMLAssertion") == 0);
}

/* KeyStoreLocation -> KeyStorePassword, with the same prefix. */
static enum status keep_password(struct reading *reading, const struct cJSON *object,
				 const char *key, const char *store)
{
	size_t prefix_len = strlen(key) - strlen("Location");
	struct buf password_key;

	buf_init(&password_key, 4096);
	buf_append(&password_key, key, prefix_len);
	buf_puts(&password_key, "Password");
	enum status whole = buf_status(&password_key);
	const char *password = whole == STATUS_OK
				       ? json_member_text(object, buf_text(&password_key))
				       : NULL; /* a key that is too long has none */
	buf_release(&password_key);
	if (whole == STATUS_MEMORY)
		return STATUS_MEMORY;
	if (password == NULL)
		return STATUS_OK;
	struct secret value = { 0 };
	enum status status = secret_set(&value, password, strlen(password));
	if (status == STATUS_OK)
		status = passwords_add(&reading->run->passwords, store, &value);
	secret_release(&value);
	return status;
}

static void add_reference(struct reading *reading, const char *destination, const char *property,
			  const char *store)
{
	if (source_config_wants(reading->run->config, store))
		source_level_add_reference(reading->level, reading->kind, destination, property,
					   store);
}

static enum status keep_name(struct reading *reading, const char *name)
{
	if (reading->count >= DS_STORES_MAX)
		return STATUS_LIMIT;
	char *copy = strdup(name);
	if (copy == NULL)
		return STATUS_MEMORY;
	reading->names[reading->count++] = copy;
	return STATUS_OK;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static uint64_t different_names(struct reading *reading)
{
	uint64_t different = 0;

	qsort(reading->names, reading->count, sizeof(*reading->names), compare_names);
	for (size_t i = 0; i < reading->count; i++)
		different += i == 0 || strcmp(reading->names[i - 1], reading->names[i]) != 0;
	return different;
}

static bool reading_init(struct reading *reading, struct ds_run *run, struct source_level *level,
			 enum reference_kind kind)
{
	*reading = (struct reading){ .run = run, .level = level, .kind = kind };
	reading->references_before = level->reference_count;
	reading->names = calloc(DS_STORES_MAX, sizeof(*reading->names));
	return reading->names != NULL;
}

static void forget_names(struct reading *reading)
{
	for (size_t i = 0; i < reading->count; i++)
		free(reading->names[i]);
	reading->count = 0;
}

static void nameless_issue(struct reading *reading, const char *list)
{
	if (reading->nameless == 0)
		return;
	ds_set_incomplete(reading->run, reading->level);
	ds_issue_text(reading->run, STAGE_REFERENCES, STATUS_SYNTAX, reading->level->name, list,
		      "elements without a name were left out");
}

static void reading_release(struct reading *reading)
{
	forget_names(reading);
	free(reading->names);
}

/* One destination or fragment: a flat object, though values may be of any kind. */
static enum status read_entity(void *user, const struct cJSON *object)
{
	struct reading *reading = user;
	bool fragment = reading->kind == REFERENCE_FRAGMENT;
	const char *name = json_member_text(object, fragment ? "FragmentName" : "Name");
	bool has_key_store = false;
	enum status status = STATUS_OK;

	if (name == NULL || *name == '\0') {
		reading->nameless++; /* one bad item hides no other */
		return STATUS_OK;
	}
	status = keep_name(reading, name);
	if (status != STATUS_OK)
		return status;
	json_each (member, object) {
		const char *key = json_name(member);
		const char *value = json_text(member);
		bool location = names_property(key, "KeyStoreLocation") ||
				names_property(key, "TrustStoreLocation");
		if (!location || value == NULL || *value == '\0')
			continue;
		if (strcmp(key, "KeyStoreLocation") == 0)
			has_key_store = true;
		if (is_effective(object, key))
			add_reference(reading, name, key, value);
		if (reading->run->settings->use_destination_passwords)
			status = keep_password(reading, object, key, value);
		if (status != STATUS_OK)
			return status;
	}
	if (!fragment && is_saml(object) && !has_key_store && reading->run->settings->saml_trust)
		source_level_add_reference(reading->level, reading->kind, name, "Authentication",
					   DS_SAML_ACTIVE);
	return STATUS_OK;
}

static void begin(void *user)
{
	struct reading *reading = user;

	forget_names(reading);
	reading->nameless = 0;
	reading->level->reference_count = reading->references_before;
}

static enum status read_destinations(struct ds_run *run, struct source_level *level)
{
	struct reading reading;
	struct http_response response = { 0 };

	if (!reading_init(&reading, run, level, REFERENCE_DESTINATION))
		return STATUS_MEMORY;
	enum status status = ds_list_paged(run, ENDPOINT_DS_DESTINATIONS, level->name,
					   "Destinations", begin, read_entity, &reading, &response);

	if (status == STATUS_OK) {
		level->whole |= PART_DESTINATIONS;
		level->has_destinations = true;
		level->destinations = different_names(&reading);
		nameless_issue(&reading, "destinations");
	} else {
		level->reference_count = reading.references_before;
		ds_issue(run, STAGE_REFERENCES, level->name, "destinations", &response);
	}
	reading_release(&reading);
	http_response_release(&response);
	return STATUS_OK;
}

/* A service or a role without fragments (404, 403) has none; only the latter is an error. */
static void fragments_failed(struct ds_run *run, struct source_level *level,
			     const struct http_response *response)
{
	if (response->status == STATUS_HTTP_403 || response->status == STATUS_HTTP_404)
		level->whole |= PART_FRAGMENTS;
	if (response->status == STATUS_HTTP_404)
		return;
	ds_retry_after(run, response->retry_after_s);
	ds_issue_of_one(run, STAGE_REFERENCES, response->status, level->name, "fragments",
			response->error.text);
}

static enum status read_fragments(struct ds_run *run, struct source_level *level)
{
	struct reading reading;
	struct http_response response = { 0 };
	char *url = NULL;

	if (!reading_init(&reading, run, level, REFERENCE_FRAGMENT))
		return STATUS_MEMORY;
	enum status status =
		ds_url(run, level->name, "DestinationFragments", &url, &response.error);
	response.status = status;
	if (status == STATUS_OK)
		status = ds_list(run, ENDPOINT_DS_FRAGMENTS, url, read_entity, &reading, &response);
	if (status == STATUS_OK) {
		level->whole |= PART_FRAGMENTS;
		level->has_fragments = true;
		level->fragments = different_names(&reading);
		nameless_issue(&reading, "fragments");
	} else {
		level->reference_count = reading.references_before;
		fragments_failed(run, level, &response);
	}
	reading_release(&reading);
	http_response_release(&response);
	free(url);
	return STATUS_OK;
}

enum status ds_read_references(struct ds_run *run, struct source_level *level)
{
	enum status status = read_destinations(run, level);

	return status == STATUS_OK ? read_fragments(run, level) : status;
}
