/*
 * The class of the Cloud Connector (docs/reference/cloud-connector.md): opening a source, its
 * credentials, and the order of a refresh: calls first, then what their answers add to the level.
 * Nothing is ever changed in the connector.
 */
#include "source/connector/connector.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "source/connector/certificates.h"
#include "source/connector/completeness.h"
#include "source/connector/failures.h"
#include "source/connector/health.h"
#include "source/connector/pair.h"
#include "source/connector/phases.h"
#include "source/connector/run.h"
#include "source/connector/stores.h"
#include "source/connector/subaccounts.h"
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

/* ---- credentials ---- */

/* "user:password" (RFC 7617). */
static enum status read_logon(struct cloud_connector *connector, struct error *error)
{
	const struct connector_settings *settings = connector->source.context.config->own;
	struct secret password = { 0 };
	struct buf text;

	if (settings->username == NULL || settings->username[0] == '\0')
		return STATUS_OK;
	enum status status = secret_setting_read(&settings->password, &password, error);
	if (status != STATUS_OK)
		return status;
	buf_init(&text, strlen(settings->username) + password.len + 2);
	buf_append_secret(&text, settings->username, strlen(settings->username));
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
	const struct connector_settings *own = config->own;
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
			.insecure_skip_verify = own->insecure_skip_verify,
			.fingerprint_sha256 = own->tls_fingerprint_sha256,
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
	const char *start = strstr(run->settings->url, "://");

	start = start != NULL ? start + 3 : run->settings->url;
	char *host = strndup(start, strcspn(start, "/?#"));
	char *identity = strdup(run->settings->url);
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

/* ---- a refresh ---- */

static void add_peer(struct scc_run *run)
{
	struct http_peer peer;

	http_session_peer(run->connector->session, &peer);
	if (peer.known && peer.has_not_after)
		scc_sample(run, FACT_SAPCC_PEER_NOT_AFTER_SECONDS, (double)peer.not_after_s, NULL,
			   NULL, NULL);
}

static enum status finish(struct scc_run *run)
{
	scc_find_role(run);
	scc_doubt_removals(run);
	scc_excuse_failures(run);
	if (run->status != STATUS_OK) /* texts of what was found may be missing */
		return run->status;
	scc_add_own(run);
	scc_add_subaccounts(run);
	scc_set_renewal(run);
	scc_add_role(run);
	scc_add_health(run);
	add_peer(run);
	scc_add_call_samples(run);
	scc_report_failures(run);
	scc_finish_level(run);
	return run->status;
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
		source_result_add_issue(run->result, STAGE_CONFIG, reason, LEVEL_CONNECTOR,
					"credentials", error.text);
		return STATUS_OK;
	}
	http_session_begin(run->connector->session,
			   clock_mono_ms() + (uint64_t)run->config->refresh_timeout_s * 1000);
	scc_make_calls(run);
	return finish(run);
}

static struct source_result *scc_refresh(struct source *source)
{
	struct scc_run run = {
		.connector = connector_of(source),
		.config = source->context.config,
		.settings = source->context.config->own,
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

static const struct known_level levels[] = {
	{ .name = LEVEL_CONNECTOR,
	  .parts = PART_UI | PART_SYSTEM | PART_CA | PART_SUBACCOUNTS | PART_BACKEND_TRUST |
		   PART_EMAIL_TRUST | PART_IDP,
	  .has_places = true },
	{ .name = NULL },
};

static const struct known_part parts[] = {
	{ .part = PART_UI, .name = "ui" },
	{ .part = PART_SYSTEM, .name = "system" },
	{ .part = PART_CA, .name = "ca" },
	{ .part = PART_SUBACCOUNTS, .name = "subaccounts" },
	{ .part = PART_BACKEND_TRUST, .name = "backend_trust" },
	{ .part = PART_EMAIL_TRUST, .name = "email_trust" },
	{ .part = PART_IDP, .name = "idp" },
	{ .name = NULL },
};

static const struct known_type types[] = {
	{ .name = "subaccount" },
	{ .name = "ui" },
	{ .name = "system" },
	{ .name = "ca" },
	{ .name = "backend_trust", .trusted = true },
	{ .name = "email_trust", .trusted = true },
	{ .name = "idp", .trusted = true },
	{ .name = NULL },
};

/* 404 is an answer, and who is not logged on gets a page for people. */
#define ERRORS_OF_CALLS                                                                            \
	((ERRORS_OF_REQUESTS & ~ERROR_BIT(STATUS_HTTP_404)) | ERROR_BIT(STATUS_LOGIN_PAGE))

static const struct source_class class = {
	.open = scc_open,
	.refresh = scc_refresh,
	.close = scc_close,
	.levels = levels,
	.parts = parts,
	.types = types,
	.facts = scc_facts,
	.endpoints = &scc_endpoints,
	.possible_errors = {
		[STAGE_CONFIG] = ERRORS_OF_SETTINGS,
		[STAGE_LIST] = ERRORS_OF_CALLS | ERROR_BIT(STATUS_UNSUPPORTED),
		[STAGE_FETCH] = ERRORS_OF_CALLS,
	},
};

const struct source_kind cloud_connector_kind = {
	.name = "cloud-connector",
	.words = (const char *const[]){ "connector", "scc", "sapcc", NULL },
	.groups = KEYS_COMMON | KEYS_CLIENT_CERTIFICATE | KEYS_NETWORK,
	.keys = connector_keys,
	.size = sizeof(struct connector_settings),
	.rules = connector_rules,
	.check_files = connector_check_files,
	.same_service = connector_same_service,
	.is_unverified = connector_is_unverified,
	.class = &class,
};
