/*
 * One SAP Cloud Connector (reference: SAP Cloud Connector, REST API). This file opens the source
 * and runs a refresh in its order: calls by themselves until one tells that the credentials are
 * good; lists and own certificates; each subaccount; then the rest. Answers that matter more come
 * first, because a call that hangs may end the refresh. It only ever reads.
 */
#include "source/cloud_connector.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

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

/* host:port of the address, which may have a path (reference 2); all of it is the identity: behind
 * another one there is another connector. */
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

static bool was_asked(const struct scc_run *run, enum endpoint endpoint)
{
	for (int outcome = 0; outcome < SCC_OUTCOME_COUNT; outcome++) {
		if (scc_count(run, endpoint, (enum scc_outcome)outcome) > 0)
			return true;
	}
	return false;
}

/* One call after the other, until the credentials are known to be good: a refused password is sent
 * once. The version proves nothing, a proxy may have kept it (reference 2). */
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
		if (!was_asked(run, calls[i]))
			add_ask(&asks, (struct scc_ask){ .endpoint = calls[i] });
	}
	ask_all(run, &asks);
	scc_subaccounts_settle(run);
}

/*
 * The path of three calls has two spellings. A back-end trust list that is not offered by a version
 * that has one means that it was the wrong one: what was not found is asked for by the other. Only
 * the trust list can tell, the certificates may just not be configured (reference 6).
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

	for (size_t i = 0; i < run->subaccount_count && has_details; i++)
		add_ask(&asks, (struct scc_ask){ .endpoint = ENDPOINT_SCC_SUBACCOUNT, .row = i });
	for (size_t i = 0; i < run->subaccount_count && has_idps; i++)
		add_ask(&asks, (struct scc_ask){ .endpoint = ENDPOINT_SCC_IDPS, .row = i });
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
			if (run->subaccounts[i].channels & 1u << channel)
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

/* -- what is known then ------------------------------------------------------------------- */

static bool has_failed(const struct scc_run *run, enum endpoint endpoint)
{
	return scc_count(run, endpoint, SCC_FAILED) > 0;
}

/* Answered, with what there is or that there is nothing; or not offered. */
static bool is_known(const struct scc_run *run, enum endpoint endpoint)
{
	return was_asked(run, endpoint) && !has_failed(run, endpoint);
}

/* A UI certificate always exists: a connector that could tell it and does not has not told it. */
static bool is_ui_known(const struct scc_run *run)
{
	if (scc_best(run->own[SCC_UI]) != NULL)
		return true;
	if (scc_count(run, ENDPOINT_SCC_UI_CERTIFICATE, SCC_REFUSED) > 0)
		return true;
	return is_known(run, ENDPOINT_SCC_UI_CERTIFICATE) &&
	       (!run->has_version || scc_lacks(run, ENDPOINT_SCC_UI_CERTIFICATE));
}

/* The details are not offered, and nothing else has told the certificates. */
static bool is_detail_missing(const struct scc_run *run)
{
	if (run->before_version || scc_count(run, ENDPOINT_SCC_SUBACCOUNT, SCC_UNSUPPORTED) == 0)
		return false;
	for (size_t i = 0; i < run->subaccount_count; i++) {
		if (scc_best(run->subaccounts[i].certificates) == NULL)
			return true;
	}
	return false;
}

static bool are_subaccounts_known(const struct scc_run *run)
{
	if (is_detail_missing(run))
		return false;
	if (scc_answered(run, ENDPOINT_SCC_SUBACCOUNTS) ||
	    scc_count(run, ENDPOINT_SCC_SUBACCOUNTS, SCC_REFUSED) > 0)
		return true;
	return is_known(run, ENDPOINT_SCC_SUBACCOUNTS) &&
	       (scc_answered(run, ENDPOINT_SCC_MONITORING_SUBACCOUNTS) ||
		scc_answered(run, ENDPOINT_SCC_MONITORING_CERTIFICATES));
}

static unsigned known_parts(const struct scc_run *run)
{
	bool listed = scc_answered(run, ENDPOINT_SCC_MONITORING_CERTIFICATES);
	unsigned whole = 0;

	if (!run->accepted)
		return 0;
	if (is_ui_known(run))
		whole |= PART_UI;
	if (listed || is_known(run, ENDPOINT_SCC_SYSTEM_CERTIFICATE))
		whole |= PART_SYSTEM;
	if (listed || is_known(run, ENDPOINT_SCC_CA_CERTIFICATE))
		whole |= PART_CA;
	if (is_known(run, ENDPOINT_SCC_TRUSTSTORE))
		whole |= PART_BACKEND_TRUST;
	if (is_known(run, ENDPOINT_SCC_EMAIL_TRUSTSTORE))
		whole |= PART_EMAIL_TRUST;
	/* a refresh that ended early did not come to each subaccount */
	if (!run->ended && are_subaccounts_known(run)) {
		whole |= PART_SUBACCOUNTS;
		if (!has_failed(run, ENDPOINT_SCC_IDPS))
			whole |= PART_IDP;
	}
	return whole;
}

/* Everything was listed, and not every store failed to be read (design section 5). */
static bool is_up(const struct scc_run *run)
{
	const unsigned needed = PART_UI | PART_SYSTEM | PART_CA | PART_SUBACCOUNTS |
				PART_BACKEND_TRUST | PART_EMAIL_TRUST | PART_IDP;
	const struct source_level *level = run->level;
	bool told = !has_failed(run, ENDPOINT_SCC_VERSION) ||
		    scc_answered(run, ENDPOINT_SCC_MONITORING_SUBACCOUNTS) ||
		    scc_answered(run, ENDPOINT_SCC_MONITORING_CERTIFICATES);
	size_t failed = 0;

	for (size_t i = 0; i < level->store_count; i++) {
		enum store_state state = level->stores[i].state;
		failed += state == STORE_UNAVAILABLE || state == STORE_FORBIDDEN;
	}
	return told && !run->ended && (level->whole & needed) == needed &&
	       (failed == 0 || failed < level->store_count);
}

/* Nothing that was asked is an API that is known here: another program, or a wrong path. */
static enum status tell_stranger(struct scc_run *run)
{
	if (run->accepted || run->failure_count > 0)
		return STATUS_OK;
	return source_result_add_issue(run->result, STAGE_LIST, STATUS_UNSUPPORTED, LEVEL_CONNECTOR,
				       "scc_version",
				       "nothing answers as a Cloud Connector does: is the url "
				       "right?");
}

static enum status tell_not_offered(struct scc_run *run, enum endpoint endpoint, const char *text)
{
	if (!was_asked(run, endpoint) || has_failed(run, endpoint))
		return STATUS_OK; /* that is the reason, and was told */
	return source_result_add_issue(run->result, STAGE_LIST, STATUS_UNSUPPORTED, LEVEL_CONNECTOR,
				       endpoint_name(endpoint), text);
}

/* What is not offered is no failure, unless there is no other way to what has to be known. */
static enum status tell_unknown(struct scc_run *run)
{
	enum status status = STATUS_OK;

	if (!run->accepted || run->ended)
		return STATUS_OK;
	if (!is_ui_known(run))
		status =
			tell_not_offered(run, ENDPOINT_SCC_UI_CERTIFICATE,
					 "this version has a UI certificate, and does not tell it");
	if (status == STATUS_OK && is_detail_missing(run))
		return tell_not_offered(run, ENDPOINT_SCC_SUBACCOUNT,
					"of no listed subaccount the details are found");
	if (status == STATUS_OK && !are_subaccounts_known(run))
		status = tell_not_offered(run, ENDPOINT_SCC_SUBACCOUNTS,
					  "no call tells which subaccounts there are");
	return status;
}

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
		status = tell_stranger(run);
	if (status == STATUS_OK)
		status = tell_unknown(run);
	run->level->whole = known_parts(run);
	run->level->up = is_up(run);
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

const struct source_class cloud_connector_class = {
	.open = scc_open,
	.refresh = scc_refresh,
	.close = scc_close,
};
