/*
 * destination_sim: what makes the shared parts a Destination service. See README.md.
 */
#include <stdio.h>
#include <stdlib.h>

#include <openssl/rand.h>

#include "destination.h"
#include "server.h"

static const char usage[] =
	"usage: destination_sim --scenario FILE --tls-cert PEM --tls-key PEM --client-ca PEM\n"
	"                       [--token-port N] [--mtls-port N] [--service-port N]\n"
	"                       [--control-port N]\n"
	"Ports default to 0: a free one. One line of JSON with the ports on stdout: ready.\n";

static const char login_page[] =
	"<!DOCTYPE html>\n<html><head><title>Sign in</title></head>\n"
	"<body><form method=\"post\" action=\"/login\"><input name=\"username\">"
	"<input name=\"password\" type=\"password\"></form></body></html>\n";

/* The two token hosts are one service. */
static const struct host_kind hosts[HOSTS] = {
	[HOST_TOKEN] = { "token", "token", "token-port", HOST_TOKEN, true, false },
	[HOST_MTLS] = { "mtls", "mtls", "mtls-port", HOST_TOKEN, true, true },
	[HOST_SERVICE] = { "service", "service", "service-port", HOST_SERVICE, true, false },
	[HOST_CONTROL] = { "control", "control", "control-port", HOST_CONTROL, false, false },
};

static const struct endpoint_kind endpoints[ENDPOINTS] = {
	[ENDPOINT_UNKNOWN] = { "unknown", false },
	[ENDPOINT_TOKEN] = { "token", true },
	[ENDPOINT_OPENID_CONFIGURATION] = { "openid_configuration", true },
	[ENDPOINT_CERTIFICATE_NAMES] = { "certificate_names", false },
	[ENDPOINT_CERTIFICATES] = { "certificates", false },
	[ENDPOINT_CERTIFICATE] = { "certificate", false },
	[ENDPOINT_CERTIFICATE_PUBLIC_KEYS] = { "certificate_public_keys", false },
	[ENDPOINT_CERTIFICATE_LABELS] = { "certificate_labels", false },
	[ENDPOINT_DESTINATIONS] = { "destinations", false },
	[ENDPOINT_DESTINATION] = { "destination", false },
	[ENDPOINT_DESTINATION_LABELS] = { "destination_labels", false },
	[ENDPOINT_FRAGMENTS] = { "fragments", false },
	[ENDPOINT_FRAGMENT] = { "fragment", false },
	[ENDPOINT_FRAGMENT_LABELS] = { "fragment_labels", false },
	[ENDPOINT_SAML_METADATA] = { "saml_metadata", false },
	[ENDPOINT_SAML_ACTIVE] = { "saml_active", false },
	[ENDPOINT_SAML_PASSIVE] = { "saml_passive", false },
	[ENDPOINT_FIND] = { "find", false },
	[ENDPOINT_CONSUME] = { "consume", false },
};

static const char *const selectors[] = { "tenant", "page", NULL };
static const char *const levels[] = { "any", "subaccount", "instance", NULL };
static const char *const fault_kinds[] = { NULL };

void reply_error_message(struct reply *reply, int status, const char *message)
{
	reply_json(reply, status, "{\"ErrorMessage\":");
	text_add_json(&reply->body, message);
	text_adds(&reply->body, "}");
}

static struct state *state_new(void)
{
	struct state *state = calloc(1, sizeof *state);

	if (state != NULL && RAND_bytes(state->token_key, TOKEN_KEY_SIZE) != 1) {
		free(state);
		return NULL;
	}
	return state;
}

static bool state_start(struct sim *sim, const struct tls_files *tls, char ret_error[ERROR_SIZE])
{
	(void)sim;
	(void)tls;
	(void)ret_error;
	return true;
}

static void state_free(struct state *state)
{
	free(state);
}

static int latency_ms(const struct request *r)
{
	return r->host == HOST_SERVICE ? r->sc->quirks.latency_ms : r->sc->quirks.token_latency_ms;
}

static void answer(struct request *r, struct reply *reply)
{
	if (r->host == HOST_SERVICE)
		service_answer(r, reply);
	else
		token_answer(r, reply);
}

static void error(struct request *r, struct reply *reply, int status)
{
	if (r->endpoint != ENDPOINT_TOKEN) {
		reply_error_message(reply, status, status_phrase(status));
		return;
	}
	reply_json(reply, status, "{\"error\":\"unauthorized\",\"error_description\":");
	text_add_json(&reply->body, status_phrase(status));
	text_adds(&reply->body, "}");
}

/* There are no faults of its own. */
static void spoil_own(struct request *r, struct reply *reply, const struct fault *fault)
{
	(void)r;
	(void)reply;
	(void)fault;
}

/* The platform's router gives every answer of the service an id. */
static void finish(struct request *r, struct reply *reply, const struct fault *fault)
{
	char hex[33], id[40];

	(void)fault;
	if (r->host != HOST_SERVICE)
		return;
	random_hex(hex, 16);
	hex[12] = '4'; /* version and variant of a random UUID */
	hex[16] = 'a';
	(void)snprintf(id, sizeof id, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16,
		       hex + 20);
	reply_header(r, reply, "X-Vcap-Request-Id", id);
}

static void add_member(struct text *t, const char *key, const char *value)
{
	text_addf(t, ",\"%s\":", key);
	text_add_json(t, value);
}

static void describe(const struct request *r, struct text *t)
{
	add_member(t, "tenant", r->tenant);
	add_member(t, "instance", r->details->instance);
	add_member(t, "level", r->level);
	text_addf(t, ",\"page\":%d", r->page);
	add_member(t, "if_none_match", request_header(r, "If-None-Match"));
	add_member(t, "accept_encoding", request_header(r, "Accept-Encoding"));
	text_addf(t, ",\"authorization_present\":%s",
		  request_header(r, "Authorization") != NULL ? "true" : "false");
	add_member(t, "client_cert_subject", r->peer.subject);
}

/* Every token that was issued so far is refused from now on. */
static void post_revoke(struct request *r, struct reply *reply)
{
	atomic_fetch_add(&r->sim->state->token_generation, 1);
	reply_json(reply, 200, "{}\n");
}

static const struct control_call calls[] = {
	{ "POST", "/tokens/revoke", post_revoke },
	{ NULL, NULL, NULL },
};

const struct product product = {
	.program = "destination_sim",
	.usage = usage,
	.hosts = hosts,
	.hosts_len = HOSTS,
	.needs_client_ca = true,
	.endpoints = endpoints,
	.endpoints_len = ENDPOINTS,
	.selectors = selectors,
	.levels = levels,
	.calls = calls,
	.fault_kinds = fault_kinds,
	.login_page = login_page,
	.huge_head = "{\"Name\":\"huge.pem\",\"Content\":\"",
	.huge_tail = "\"}",
	.details_size = sizeof(struct details),
	.state_new = state_new,
	.state_start = state_start,
	.state_free = state_free,
	.scenario_size = sizeof(struct scenario),
	.scenario_keys = scenario_keys,
	.scenario_load = scenario_load,
	.latency_ms = latency_ms,
	.answer = answer,
	.error = error,
	.spoil = spoil_own,
	.finish = finish,
	.describe = describe,
};
