/*
 * One SAP Cloud Connector (docs/reference/cloud-connector.md). This file opens the source
 * and runs a refresh in its order: calls by themselves until one tells that the credentials are
 * good; lists and own certificates; each subaccount; then the rest. Answers that matter more come
 * first, because a call that hangs may end the refresh. It only ever reads.
 */
#include "source/cloud_connector.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "source/errors.h"

static struct cloud_connector *connector_of(struct source *source)
{
	return (struct cloud_connector *)(void *)source;
}

static enum status scc_open(const struct source_context *context, struct source **ret_source)
{
	struct cloud_connector *connector = calloc(1, sizeof(*connector));

	(void)context;
	if (connector == NULL)
		return STATUS_MEMORY;
	*ret_source = &connector->source;
	return STATUS_OK;
}

static void end_session(struct cloud_connector *connector)
{
	http_session_free(connector->session);
	connector->session = NULL;
	secret_release(&connector->logon);
}

static void scc_close(struct source *source)
{
	end_session(connector_of(source));
	free(connector_of(source));
}

/* -- credentials -------------------------------------------------------------------------- */

/* "user:password" (RFC 7617). */
static enum status read_logon(struct cloud_connector *connector, struct error *error)
{
	const struct source_config *config = connector->source.context.config;
	struct secret password = { 0 };
	struct buf text;

	if (config->username == NULL || config->username[0] == '\0')
		return STATUS_OK;
	enum status status = secret_setting_read(&config->password, &password, error);
	if (status != STATUS_OK)
		return status;
	buf_init(&text, strlen(config->username) + password.len + 2);
	buf_append_secret(&text, config->username, strlen(config->username));
	buf_append_secret(&text, ":", 1);
	buf_append_secret(&text, password.data, password.len);
	status = buf_status(&text);
	if (status == STATUS_OK)
		status = secret_take(&connector->logon, &text);
	buf_wipe_release(&text);
	secret_release(&password);
	return status;
}

/* The client certificate or its key; *ret_given is false when none is configured. */
static enum status read_optional(const struct secret_setting *setting, struct secret *ret_secret,
				 bool *ret_given, struct error *error)
{
	enum status status = secret_setting_read(setting, ret_secret, error);

	*ret_given = status == STATUS_OK;
	if (status == STATUS_NOT_FOUND && setting->file == NULL)
		return STATUS_OK;
	return status;
}

/* Everything is read anew for each refresh: files rotate. */
static enum status begin_session(struct cloud_connector *connector, struct error *error)
{
	const struct source_config *config = connector->source.context.config;
	struct secret certificate = { 0 };
	struct secret private_key = { 0 };
	bool has_certificate = false;
	bool has_key = false;

	end_session(connector);
	enum status status = read_logon(connector, error);
	if (status == STATUS_OK)
		status = read_optional(&config->certificate, &certificate, &has_certificate, error);
	if (status == STATUS_OK)
		status = read_optional(&config->private_key, &private_key, &has_key, error);
	if (status == STATUS_OK) {
		struct http_settings settings = {
			.timeout_s = config->timeout_s,
			.connect_timeout_s = config->connect_timeout_s,
			.ca_file = config->ca_file,
			.proxy = config->proxy,
			.certificate = has_certificate ? &certificate : NULL,
			.private_key = has_key ? &private_key : NULL,
			.insecure_skip_verify = config->insecure_skip_verify,
			.fingerprint_sha256 = config->tls_fingerprint_sha256,
			.telemetry = connector->source.context.telemetry,
			.stop = connector->source.context.stop,
		};
		status = http_session_new(&settings, &connector->session, error);
	}
	secret_release(&certificate);
	secret_release(&private_key);
	return status;
}

/* host:port of the address, which may have a path (docs/reference/cloud-connector.md 2); all of it
 * is the identity: behind another one there is another connector. */
static enum status set_host(struct scc_run *run)
{
	const char *start = strstr(run->config->url, "://");

	start = start != NULL ? start + 3 : run->config->url;
	char *host = strndup(start, strcspn(start, "/?#"));
	char *identity = strdup(run->config->url);
	if (host == NULL || identity == NULL) {
		free(host);
		free(identity);
		return STATUS_MEMORY;
	}
	free(run->result->host);
	free(run->result->identity);
	run->result->host = host;
	run->result->identity = identity;
	return STATUS_OK;
}

/* -- what is asked ------------------------------------------------------------------------ */

struct asks {
	struct scc_ask *items;
	size_t count;
	size_t capacity;
	bool failed;
};

static void add_ask(struct asks *asks, struct scc_ask ask)
{
	if (asks->count == asks->capacity) {
		size_t capacity = asks->capacity > 0 ? asks->capacity * 2 : 64;
		struct scc_ask *grown = reallocarray(asks->items, capacity, sizeof(*grown));
		asks->failed = asks->failed || grown == NULL;
		if (grown == NULL)
			return;
		asks->items = grown;
		asks->capacity = capacity;
	}
	asks->items[asks->count++] = ask;
}

static void ask_all(struct scc_run *run, struct asks *asks)
{
	if (asks->failed)
		run->status = STATUS_MEMORY;
	if (run->status == STATUS_OK && !run->ended)
		scc_ask_many(run, asks->items, asks->count);
	free(asks->items);
}

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* One call after the other, until the credentials are known to be good: a refused password is sent
 * once. The version proves nothing, a proxy may have kept it
 * (docs/reference/cloud-connector.md 2). */
static void ask_first(struct scc_run *run)
{
	static const enum endpoint calls[] = {
		ENDPOINT_SCC_VERSION,
		ENDPOINT_SCC_SUBACCOUNTS,
		ENDPOINT_SCC_MONITORING_SUBACCOUNTS,
		ENDPOINT_SCC_MONITORING_CERTIFICATES,
	};

	for (size_t i = 0; i < COUNT_OF(calls); i++) {
		scc_ask_one(run, calls[i]);
		if (calls[i] != ENDPOINT_SCC_VERSION && scc_answered(run, calls[i]))
			return;
	}
}

/* What tells of certificates, and how to understand it. Without a list of subaccounts the
 * monitoring answers say which there are. */
static void ask_lists(struct scc_run *run)
{
	static const enum endpoint calls[] = {
		ENDPOINT_SCC_SUBACCOUNTS,
		ENDPOINT_SCC_UI_CERTIFICATE,
		ENDPOINT_SCC_SYSTEM_CERTIFICATE,
		ENDPOINT_SCC_CA_CERTIFICATE,
		ENDPOINT_SCC_TRUSTSTORE,
		ENDPOINT_SCC_EMAIL_TRUSTSTORE,
		ENDPOINT_SCC_MONITORING_CERTIFICATES,
		ENDPOINT_SCC_MONITORING_SUBACCOUNTS,
		ENDPOINT_SCC_ALERTING,
		ENDPOINT_SCC_HAS_MASTER_ROLE,
		ENDPOINT_SCC_HA_ROLE,
	};
	struct asks asks = { 0 };

	for (size_t i = 0; i < COUNT_OF(calls); i++) {
		if (!scc_was_asked(run, calls[i]))
			add_ask(&asks, (struct scc_ask){ .endpoint = calls[i] });
	}
	ask_all(run, &asks);
	scc_subaccounts_settle(run);
}

/*
 * The path of three calls has two spellings. A back-end trust list that is not offered by a version
 * that has one means that it was the wrong one: what was not found is asked for by the other. Only
 * the trust list can tell, the certificates may just not be configured
 * (docs/reference/cloud-connector.md 6).
 */
static void ask_other_spelling(struct scc_run *run)
{
	static const enum endpoint calls[] = {
		ENDPOINT_SCC_TRUSTSTORE,
		ENDPOINT_SCC_SYSTEM_CERTIFICATE,
		ENDPOINT_SCC_CA_CERTIFICATE,
	};
	struct asks asks = { 0 };

	if (scc_count(run, ENDPOINT_SCC_TRUSTSTORE, SCC_UNSUPPORTED) == 0 ||
	    scc_lacks(run, ENDPOINT_SCC_TRUSTSTORE) || run->ended)
		return;
	run->other_spelling = true;
	for (size_t i = 0; i < COUNT_OF(calls); i++) {
		unsigned *tally = run->tally[calls[i] - SCC_CALL_FIRST];
		if (tally[SCC_UNSUPPORTED] + tally[SCC_NONE] == 0)
			continue;
		tally[SCC_UNSUPPORTED] = tally[SCC_NONE] = 0;
		add_ask(&asks, (struct scc_ask){ .endpoint = calls[i] });
	}
	ask_all(run, &asks);
}

static void ask_subaccounts(const struct scc_run *run, enum endpoint endpoint, struct asks *asks)
{
	for (size_t i = 0; i < run->subaccount_count; i++) {
		if (!run->subaccounts[i].too_long)
			add_ask(asks, (struct scc_ask){ .endpoint = endpoint, .row = i });
	}
}

/* Each subaccount, and the state of the machine. */
static void ask_details(struct scc_run *run)
{
	static const enum endpoint health[] = {
		ENDPOINT_SCC_PING,   ENDPOINT_SCC_CORRUPTED_SUBACCOUNTS,
		ENDPOINT_SCC_ALERTS, ENDPOINT_SCC_MEMORY,
		ENDPOINT_SCC_DISK,   ENDPOINT_SCC_CPU,
	};
	bool has_details = scc_count(run, ENDPOINT_SCC_SUBACCOUNTS, SCC_UNSUPPORTED) == 0;
	bool has_idps = has_details && !scc_lacks(run, ENDPOINT_SCC_IDPS);
	struct asks asks = { 0 };

	if (has_details)
		ask_subaccounts(run, ENDPOINT_SCC_SUBACCOUNT, &asks);
	if (has_idps)
		ask_subaccounts(run, ENDPOINT_SCC_IDPS, &asks);
	for (size_t i = 0; i < COUNT_OF(health); i++)
		add_ask(&asks, (struct scc_ask){ .endpoint = health[i] });
	ask_all(run, &asks);
}

/* What depends on the answers so far: the service channels there are, the state of the own role. */
static void ask_rest(struct scc_run *run)
{
	struct asks asks = { 0 };

	for (size_t i = 0; i < run->subaccount_count; i++) {
		for (unsigned channel = 0; channel < SCC_CHANNEL_COUNT; channel++) {
			const struct scc_subaccount *row = &run->subaccounts[i];
			if (!row->too_long && (row->channels & 1u << channel) != 0)
				add_ask(&asks, (struct scc_ask){ ENDPOINT_SCC_CHANNELS, i,
								 (enum scc_channel)channel });
		}
	}
	if (run->role != SCC_ROLE_SHADOW)
		add_ask(&asks, (struct scc_ask){ .endpoint = ENDPOINT_SCC_HA_MASTER_STATE });
	if (run->role != SCC_ROLE_MASTER)
		add_ask(&asks, (struct scc_ask){ .endpoint = ENDPOINT_SCC_HA_SHADOW_STATE });
	ask_all(run, &asks);
}

/* -- a refresh ----------------------------------------------------------------------------- */

static enum status add_peer(struct scc_run *run)
{
	struct http_peer peer;

	http_session_peer(run->connector->session, &peer);
	if (!peer.known || !peer.has_not_after)
		return STATUS_OK;
	return scc_sample(run, FACT_SAPCC_PEER_NOT_AFTER_SECONDS, (double)peer.not_after_s, NULL,
			  NULL, NULL);
}

static enum status finish(struct scc_run *run)
{
	enum status status = run->status;

	scc_find_role(run);
	scc_forgive(run);
	if (status == STATUS_OK)
		status = scc_add_own(run);
	if (status == STATUS_OK)
		status = scc_add_subaccounts(run);
	scc_set_renewal(run);
	if (status == STATUS_OK)
		status = scc_add_health(run);
	if (status == STATUS_OK)
		status = add_peer(run);
	if (status == STATUS_OK)
		status = scc_tell_calls(run);
	if (status == STATUS_OK)
		status = scc_tell_failures(run);
	if (status == STATUS_OK)
		status = scc_conclude(run);
	return status == STATUS_OK ? run->status : status;
}

static enum status run_refresh(struct scc_run *run)
{
	struct error error = { "" };

	run->level = source_result_add_level(run->result, LEVEL_CONNECTOR);
	if (run->level == NULL || set_host(run) != STATUS_OK)
		return STATUS_MEMORY;
	enum status status = begin_session(run->connector, &error);
	if (status == STATUS_MEMORY)
		return status;
	if (status != STATUS_OK) {
		enum status reason = status == STATUS_NOT_FOUND ? STATUS_IO : status;
		return source_result_add_issue(run->result, STAGE_CONFIG, reason, LEVEL_CONNECTOR,
					       "credentials", error.text);
	}
	http_session_begin(run->connector->session,
			   clock_mono_ms() + (uint64_t)run->config->refresh_timeout_s * 1000);
	run->may_add = true;
	ask_first(run);
	if (run->accepted) {
		ask_lists(run);
		ask_other_spelling(run);
		ask_details(run);
		scc_find_role(run);
		ask_rest(run);
	}
	return finish(run);
}

static struct source_result *scc_refresh(struct source *source)
{
	struct scc_run run = {
		.connector = connector_of(source),
		.config = source->context.config,
		.result = source_result_new(),
	};

	if (run.result == NULL)
		return NULL;
	enum status status = run_refresh(&run);
	scc_run_release(&run);
	end_session(run.connector); /* the password is not kept between refreshes */
	if (status != STATUS_OK) {  /* without memory nothing of this attempt is known */
		source_result_free(run.result);
		return NULL;
	}
	return run.result;
}

/* -- the class ---------------------------------------------------------------------------- */

static const struct known_level levels[] = { { LEVEL_CONNECTOR, NULL }, { NULL, NULL } };

static const struct known_part parts[] = {
	{ PART_UI, "ui", NULL },
	{ PART_SYSTEM, "system", NULL },
	{ PART_CA, "ca", NULL },
	{ PART_SUBACCOUNTS, "subaccounts", NULL },
	{ PART_BACKEND_TRUST, "backend_trust", NULL },
	{ PART_EMAIL_TRUST, "email_trust", NULL },
	{ PART_IDP, "idp", NULL },
	{ 0, NULL, NULL },
};

static const char *const types[] = {
	"subaccount", "ui", "system", "ca", "backend_trust", "email_trust", "idp", NULL,
};

/* 404 is an answer, and who is not logged on gets a page for people. */
#define ERRORS_OF_CALLS                                                                            \
	((ERRORS_OF_REQUESTS & ~ERROR_BIT(STATUS_HTTP_404)) | ERROR_BIT(STATUS_LOGIN_PAGE))

const struct source_class cloud_connector_class = {
	.open = scc_open,
	.refresh = scc_refresh,
	.close = scc_close,
	.levels = levels,
	.parts = parts,
	.types = types,
	.possible_errors = {
		[STAGE_CONFIG] = ERRORS_OF_SETTINGS,
		[STAGE_LIST] = ERRORS_OF_CALLS | ERROR_BIT(STATUS_UNSUPPORTED),
		[STAGE_FETCH] = ERRORS_OF_CALLS,
	},
};
