/*
 * The Destination service of one SAP BTP subaccount and instance
 * (docs/reference/destination-service.md). This file opens the source and runs a refresh in its
 * order: credentials, references, stores, labels, SAML trust, the binding's own certificate. It
 * only ever reads.
 */
#include "source/destination/service.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "config/file_check.h"
#include "source/destination/labels.h"
#include "source/destination/references.h"
#include "source/destination/request.h"
#include "source/destination/run.h"
#include "source/destination/saml_trust.h"
#include "source/destination/stores.h"
#include "source/errors.h"

static struct destination_service *service_of(struct source *source)
{
	return (struct destination_service *)(void *)source;
}

static enum status ds_open(const struct source_context *context, struct source **ret_source)
{
	struct destination_service *service = calloc(1, sizeof(*service));

	(void)context;
	if (service == NULL)
		return STATUS_MEMORY;
	*ret_source = &service->source;
	return STATUS_OK;
}

static void forget_credentials(struct destination_service *service)
{
	http_session_free(service->session);
	service->session = NULL;
	oauth_token_drop(&service->token);
	if (service->has_credentials)
		credentials_release(&service->credentials);
	service->has_credentials = false;
}

static void ds_close(struct source *source)
{
	struct destination_service *service = service_of(source);

	forget_credentials(service);
	for (size_t i = 0; i < 2; i++)
		ds_cache_release(&service->caches[i]);
	free(service);
}

/* -- credentials ----------------------------------------------------------------------- */

static enum status new_session(struct destination_service *service, struct error *error)
{
	const struct source_config *config = service->source.context.config;
	struct http_settings settings = {
		.timeout_s = config->timeout_s,
		.connect_timeout_s = config->connect_timeout_s,
		.ca_file = config->ca_file,
		.proxy = config->proxy,
		.telemetry = service->source.context.telemetry,
		.stop = service->source.context.stop,
	};

	if (service->credentials.x509) {
		settings.certificate = &service->credentials.certificate;
		settings.private_key = &service->credentials.private_key;
	}
	return http_session_new(&settings, &service->session, error);
}

/*
 * Reads the credentials again: files and bindings rotate. The same client keeps its token. The
 * session is new for each refresh, so that a rotated CA file or a moved host is seen too.
 */
static enum status renew_credentials(struct destination_service *service, struct error *error)
{
	struct credentials fresh = { 0 };
	enum status status = credentials_read(service->source.context.config, &fresh, error);

	if (status != STATUS_OK)
		return status;
	http_session_free(service->session);
	service->session = NULL;
	if (!service->has_credentials || !credentials_equal(&service->credentials, &fresh))
		oauth_token_drop(&service->token);
	if (service->has_credentials)
		credentials_release(&service->credentials);
	service->credentials = fresh; /* equal ones too: the host and the ids are not compared */
	service->has_credentials = true;
	return new_session(service, error);
}

static bool set_text(char **to, const char *from)
{
	char *copy = strdup(from);

	if (copy == NULL)
		return false;
	free(*to);
	*to = copy;
	return true;
}

/* What btp_source_info shows: what the binding says comes before what the token says. */
static enum status set_identity(struct ds_run *run)
{
	const struct credentials *credentials = &run->service->credentials;
	const struct oauth_token *token = &run->service->token;
	struct source_result *result = run->result;
	const char *host = strstr(credentials->host, "://");
	bool subscriber = run->config->subscriber != NULL && run->config->subscriber[0] != '\0';
	/* the binding names the provider's subaccount, the token of a subscriber its own */
	const char *subaccount = subscriber ? "" : credentials->subaccount_id;
	const char *tenant = subscriber ? "" : credentials->tenant_id;

	if (subaccount[0] == '\0')
		subaccount = token->subaccount_id;
	if (tenant[0] == '\0')
		tenant = token->tenant_id;
	struct buf identity;
	buf_init(&identity, 65536);
	buf_printf(&identity, "%s %s %s", credentials->host, credentials->token_url,
		   credentials->client_id);
	/* a text that is not whole would name another service, or none */
	bool ok = buf_status(&identity) != STATUS_MEMORY &&
		  set_text(&result->identity, buf_text(&identity)) &&
		  set_text(&result->host, host != NULL ? host + 3 : credentials->host) &&
		  set_text(&result->subaccount_id, subaccount) &&
		  set_text(&result->tenant_id, tenant);
	buf_release(&identity);
	return ok ? STATUS_OK : STATUS_MEMORY;
}

/* -- the binding's own certificate ----------------------------------------------------- */

static void binding_failed(struct ds_run *run, struct source_level *level)
{
	static const char text[] = "out of memory";
	struct source_store *store =
		source_level_add_store(level, PART_CERTIFICATES, "binding", DS_TYPE_BINDING, NULL);

	source_store_set_state(store, STORE_UNAVAILABLE, text);
	ds_issue_text(run, STAGE_DECODE, STATUS_MEMORY, level->name, "binding", text);
}

static void read_binding(struct ds_run *run)
{
	const struct credentials *credentials = &run->service->credentials;
	struct store_content *content = NULL;

	if (!credentials->x509)
		return;
	struct source_level *level = source_result_add_level(run->result, LEVEL_BINDING);
	if (level == NULL)
		return; /* the result has failed */
	level->whole = PART_CERTIFICATES;
	if (store_decode((const uint8_t *)credentials->certificate.data,
			 credentials->certificate.len, NULL, &content) != STATUS_OK) {
		binding_failed(run, level);
		return;
	}
	source_level_add_store(level, PART_CERTIFICATES, "binding", DS_TYPE_BINDING, content);
	level->up = content->certificate_count > 0;
	store_content_unref(content);
}

/* -- a refresh ------------------------------------------------------------------------- */

/* Whether the service did not hand the store over. One that was fetched and has more than is read
 * counts as fetched. */
static bool was_not_fetched(const struct source_store *store)
{
	bool decoded = store->content != NULL && store->content->state == STORE_TOO_LARGE;

	return store->state == STORE_UNAVAILABLE || store->state == STORE_FORBIDDEN ||
	       (store->state == STORE_TOO_LARGE && !decoded);
}

/* Listed whole, and not every store failed to be fetched (docs/metrics.md). */
static bool level_is_up(const struct ds_run *run, const struct source_level *level)
{
	const unsigned needed = PART_CERTIFICATES | PART_DESTINATIONS | PART_FRAGMENTS;
	size_t stores = 0;
	size_t failed = 0;

	for (size_t i = 0; i < level->store_count; i++) {
		if (level->stores[i].part != PART_CERTIFICATES)
			continue;
		stores++;
		failed += was_not_fetched(&level->stores[i]);
	}
	bool listed = (level->whole & needed) == needed && !ds_is_incomplete(run, level);
	return listed && (stores == 0 || failed < stores);
}

static bool is_subaccount(const struct source_level *level)
{
	return strcmp(level->name, LEVEL_SUBACCOUNT) == 0;
}

/* References of all levels come first: they may give the passwords of stores on the other level. */
static enum status read_levels(struct ds_run *run, size_t level_count)
{
	struct source_level **levels = run->result->levels;
	enum status status = STATUS_OK;

	for (size_t i = 0; i < level_count && status == STATUS_OK; i++)
		status = ds_read_references(run, levels[i]);
	for (size_t i = 0; i < level_count && status == STATUS_OK; i++) {
		struct ds_cache *cache = &run->service->caches[is_subaccount(levels[i]) ? 0 : 1];
		status = ds_read_stores(run, levels[i], cache);
		if (status == STATUS_OK && run->settings->labels)
			status = ds_read_labels(run, levels[i], cache);
		if (status == STATUS_OK && is_subaccount(levels[i]))
			ds_read_saml_trust(run, levels[i]);
		levels[i]->up = level_is_up(run, levels[i]);
	}
	return status;
}

static bool asks_for(const struct source_config *config, uint32_t level)
{
	const struct destination_settings *settings = config->own;

	return (settings->levels & level) != 0;
}

static bool wants_subaccount(const struct source_config *config)
{
	return asks_for(config, DS_READ_SUBACCOUNT);
}

static bool wants_instance(const struct source_config *config)
{
	return asks_for(config, DS_READ_INSTANCE);
}

static enum status run_refresh(struct ds_run *run)
{
	struct destination_service *service = run->service;
	struct error error = { "" };
	enum status status = STATUS_OK;
	size_t level_count = 0;

	if (wants_subaccount(run->config))
		level_count += source_result_add_level(run->result, LEVEL_SUBACCOUNT) != NULL;
	if (wants_instance(run->config))
		level_count += source_result_add_level(run->result, LEVEL_INSTANCE) != NULL;
	if (level_count != (size_t)wants_subaccount(run->config) + wants_instance(run->config))
		return STATUS_MEMORY;
	status = renew_credentials(service, &error);
	if (status != STATUS_OK && status != STATUS_MEMORY) {
		enum status reason = status == STATUS_NOT_FOUND ? STATUS_IO : status;
		ds_issue_text(run, STAGE_CONFIG, reason, "", "credentials", error.text);
		return STATUS_OK;
	}
	if (status == STATUS_OK)
		status = passwords_read(run->config, run->result, &run->passwords);
	if (status != STATUS_OK)
		return status;
	run->deadline_ms = clock_mono_ms() + (uint64_t)run->config->refresh_timeout_s * 1000;
	http_session_begin(service->session, run->deadline_ms);
	struct http_response response = { 0 };
	if (ds_need_token(run, &response) == STATUS_OK) /* else every list would fail alike */
		status = read_levels(run, level_count);
	if (status != STATUS_OK)
		return status;
	read_binding(run);
	return set_identity(run);
}

static struct source_result *ds_refresh(struct source *source)
{
	struct destination_service *service = service_of(source);
	struct ds_run run = {
		.service = service,
		.config = source->context.config,
		.settings = source->context.config->own,
		.result = source_result_new(),
	};

	if (run.result == NULL)
		return NULL;
	enum status status = run_refresh(&run);
	passwords_release(&run.passwords);
	if (status != STATUS_OK) { /* without memory nothing of this attempt is known */
		source_result_free(run.result);
		return NULL;
	}
	return run.result;
}

/* -- the class ------------------------------------------------------------------------- */

static bool wants_saml_trust(const struct source_config *config)
{
	const struct destination_settings *settings = config->own;

	return settings->saml_trust;
}

#define PARTS_OF_BOTH (PART_CERTIFICATES | PART_DESTINATIONS | PART_FRAGMENTS)

static const struct known_level levels[] = {
	{ .name = LEVEL_SUBACCOUNT,
	  .parts = PARTS_OF_BOTH | PART_SAML_TRUST,
	  .wanted = wants_subaccount },
	{ .name = LEVEL_INSTANCE, .parts = PARTS_OF_BOTH, .wanted = wants_instance },
	{ .name = LEVEL_BINDING, .parts = PART_CERTIFICATES, .own = true },
	{ .name = NULL },
};

static const struct known_part parts[] = {
	{ .part = PART_CERTIFICATES, .name = "certificates" },
	{ .part = PART_SAML_TRUST,
	  .name = "saml_trust",
	  .prefix = DS_SAML_PREFIX,
	  .wanted = wants_saml_trust },
	{ .part = PART_DESTINATIONS, .name = "destinations" },
	{ .part = PART_FRAGMENTS, .name = "fragments" },
	{ .name = NULL },
};

static const struct known_type types[] = {
	{ .name = DS_TYPE_SAML_TRUST, .waiting = DS_SAML_PASSIVE },
	{ .name = DS_TYPE_BINDING },
	{ .name = NULL },
};

static const struct source_class class = {
	.open = ds_open,
	.refresh = ds_refresh,
	.close = ds_close,
	.levels = levels,
	.parts = parts,
	.types = types,
	.endpoints = &ds_endpoints,
	.possible_errors = {
		[STAGE_CONFIG] = ERRORS_OF_SETTINGS,
		[STAGE_TOKEN] = ERRORS_OF_REQUESTS,
		[STAGE_LIST] = ERRORS_OF_REQUESTS,
		[STAGE_FETCH] = ERRORS_OF_REQUESTS,
		[STAGE_DECODE] = ERRORS_OF_DECODING,
		[STAGE_REFERENCES] = ERRORS_OF_REQUESTS,
		[STAGE_SAML_TRUST] = ERRORS_OF_REQUESTS,
		[STAGE_LABELS] = ERRORS_OF_REQUESTS,
	},
};

const struct source_kind destination_service_kind = {
	.name = "destination-service",
	.words = (const char *const[]){ "dest", NULL },
	.groups = KEYS_COMMON | KEYS_BINDING | KEYS_CLIENT_CERTIFICATE | KEYS_STORES | KEYS_NETWORK,
	.keys = destination_keys,
	.size = sizeof(struct destination_settings),
	.defaults = destination_defaults,
	.rules = rules_binding,
	.check_files = file_check_binding,
	.same_service = source_config_same_binding,
	.of_bindings = true,
	.class = &class,
};
