/*
 * connector_sim: what makes the shared parts a Cloud Connector. See README.md.
 */
#include "connector.h"

static const char usage_text[] =
	"usage: connector_sim --scenario FILE --tls-cert PEM --tls-key PEM [--client-ca PEM]\n"
	"                     [--port N] [--control-port N] [--role master|shadow|undefined]\n"
	"Ports default to 0: a free one. One line of JSON with the ports on stdout: ready.\n";

static const struct host_kind hosts[HOSTS] = {
	[HOST_CONNECTOR] = { "connector", "port", "port", HOST_CONNECTOR, true, true },
	[HOST_CONTROL] = { "control", "control", "control-port", HOST_CONTROL, false, false },
};

static const struct endpoint_kind endpoints[ENDPOINTS] = {
	[ENDPOINT_UNKNOWN] = { "unknown", false },
	[ENDPOINT_LOGIN_PAGE] = { "login_page", false },
	[ENDPOINT_PING] = { "ping", false },
	[ENDPOINT_HAS_MASTER_ROLE] = { "has_master_role", false },
	[ENDPOINT_ENSURE_MASTER_ROLE] = { "ensure_master_role", false },
	[ENDPOINT_VERSION] = { "version", false },
	[ENDPOINT_CONNECTOR] = { "connector", false },
	[ENDPOINT_HA_ROLE] = { "ha_role", false },
	[ENDPOINT_HA_MASTER_STATE] = { "ha_master_state", false },
	[ENDPOINT_HA_SHADOW_STATE] = { "ha_shadow_state", false },
	[ENDPOINT_ALERTING] = { "alerting", false },
	[ENDPOINT_UI_CERTIFICATE] = { "ui_certificate", false },
	[ENDPOINT_SYSTEM_CERTIFICATE] = { "system_certificate", false },
	[ENDPOINT_CA_CERTIFICATE] = { "ca_certificate", false },
	[ENDPOINT_TRUSTSTORE] = { "truststore", false },
	[ENDPOINT_TRUSTSTORE_CERTIFICATES] = { "truststore_certificates", false },
	[ENDPOINT_TRUSTSTORE_CERTIFICATE] = { "truststore_certificate", false },
	[ENDPOINT_EMAIL_TRUSTSTORE] = { "email_truststore", false },
	[ENDPOINT_SUBACCOUNTS] = { "subaccounts", false },
	[ENDPOINT_CORRUPTED_SUBACCOUNTS] = { "corrupted_subaccounts", false },
	[ENDPOINT_SUBACCOUNT] = { "subaccount", false },
	[ENDPOINT_IDPS] = { "idps", false },
	[ENDPOINT_CHANNELS] = { "channels", false },
	[ENDPOINT_MONITORING_CERTIFICATES] = { "monitoring_certificates", false },
	[ENDPOINT_MONITORING_CERTIFICATES_SELECTION] = { "monitoring_certificates_selection",
							 false },
	[ENDPOINT_MONITORING_SUBACCOUNTS] = { "monitoring_subaccounts", false },
	[ENDPOINT_CONNECTIONS_BACKENDS] = { "connections_backends", false },
	[ENDPOINT_CONNECTIONS_SERVICE_CHANNELS] = { "connections_service_channels", false },
	[ENDPOINT_PERFORMANCE_BACKENDS] = { "performance_backends", false },
	[ENDPOINT_TOP_TIME_CONSUMERS] = { "top_time_consumers", false },
	[ENDPOINT_MEMORY] = { "memory", false },
	[ENDPOINT_DISK] = { "disk", false },
	[ENDPOINT_CPU] = { "cpu", false },
	[ENDPOINT_USAGE] = { "usage", false },
	[ENDPOINT_ALERTS] = { "alerts", false },
};

static const struct extra_option options[] = { { "role", state_set_role }, { NULL, NULL } };
static const char *const selectors[] = { NULL };
/* In the order of enum own_fault. */
static const char *const own_faults[] = { "initial_password", "undefined_role", "connected_since",
					  NULL };
static const char *const auth_names[] = { "none", "basic", "certificate", "session" };

static void add_member(struct text *t, const char *key, const char *value)
{
	text_addf(t, ",\"%s\":", key);
	text_add_json(t, value);
}

static void add_presence(const struct request *r, struct text *t, const char *key,
			 const char *header)
{
	text_addf(t, ",\"%s\":%s", key, request_header(r, header) != NULL ? "true" : "false");
}

static void describe(const struct request *r, struct text *t)
{
	add_member(t, "auth", auth_names[r->details->auth]);
	add_member(t, "user", r->details->user);
	text_addf(t, ",\"authenticated\":%s", r->details->known ? "true" : "false");
	add_member(t, "connection", request_header(r, "Connection"));
	add_member(t, "accept", request_header(r, "Accept"));
	add_member(t, "accept_encoding", request_header(r, "Accept-Encoding"));
	add_presence(r, t, "cookie_present", "Cookie");
	add_presence(r, t, "csrf_token_present", "X-CSRF-Token");
	add_member(t, "client_cert_subject", r->peer.subject);
}

static int latency_ms(const struct request *r)
{
	return r->host == HOST_CONNECTOR ? r->sc->http.latency_ms : 0;
}

const struct product product = {
	.program = "connector_sim",
	.usage = usage_text,
	.hosts = hosts,
	.hosts_len = HOSTS,
	.options = options,
	.endpoints = endpoints,
	.endpoints_len = ENDPOINTS,
	.selectors = selectors,
	.calls = connector_calls,
	.fault_kinds = own_faults,
	.login_page = login_html,
	.huge_head = "{\"alias\":\"",
	.huge_tail = "\",\"subaccount\":\"huge\",\"regionHost\":\"huge\"}",
	.details_size = sizeof(struct details),
	.state_new = state_new,
	.state_start = state_start,
	.state_free = state_free,
	.scenario_size = sizeof(struct scenario),
	.scenario_keys = scenario_keys,
	.scenario_load = scenario_load,
	.latency_ms = latency_ms,
	.answer = connector_answer,
	.error = refuse_status,
	.spoil = spoil_own,
	.finish = finish,
	.describe = describe,
};
