/*
 * What the connector itself is and holds: version, roles, own certificates, trust stores. Follows
 * docs/reference/cloud-connector.md 7.4, 8.3 to 8.8. What belongs to a subaccount is in
 * subaccount.c.
 */
#include <string.h>

#include "connector.h"
#include "json.h"

static struct text *begin(struct reply *reply, const char *start)
{
	reply_json(reply, 200, start);
	return &reply->body;
}

void ping(struct request *r, struct reply *reply)
{
	(void)r;
	reply_text(reply, 200, "");
}

/* Also ensureMasterRole, whose status tells the same (7.4). */
void has_master_role(struct request *r, struct reply *reply)
{
	bool master = state_role(r) == ROLE_MASTER;

	reply_json(reply, master || r->endpoint == ENDPOINT_HAS_MASTER_ROLE ? 200 : 409,
		   master ? "true" : "false");
}

void connector_version(struct request *r, struct reply *reply)
{
	struct text *t = begin(reply, "{");

	json_string(t, "version", r->sc->version);
	text_adds(t, "}");
}

void connector(struct request *r, struct reply *reply)
{
	struct text *t = begin(reply, "{");

	json_string(t, "ha", role_names[state_role(r)]);
	if (r->sc->description[0] != '\0' || !r->sc->answers.unset_absent)
		json_string(t, "description", r->sc->description);
	text_adds(t, "}");
}

void ha_role(struct request *r, struct reply *reply)
{
	text_add_json(begin(reply, ""), role_names[state_role(r)]);
}

void ha_master_state(struct request *r, struct reply *reply)
{
	struct text *t;

	if (state_role(r) == ROLE_SHADOW) {
		refuse(reply, 400, "ILLEGAL_STATE", master_only);
		return;
	}
	t = begin(reply, "{");
	json_string(t, "state", r->sc->ha.master_state);
	if (r->sc->ha.shadow_host != NULL)
		json_string(t, "shadowHost", r->sc->ha.shadow_host);
	text_adds(t, "}");
}

void ha_shadow_state(struct request *r, struct reply *reply)
{
	const struct ha *ha = &r->sc->ha;
	struct text *t;

	if (state_role(r) != ROLE_SHADOW) {
		refuse(reply, 403, "FORBIDDEN_REQUEST",
		       "method is not allowed for connector running with HA role master");
		return;
	}
	t = begin(reply, "{");
	json_string(t, "state", ha->shadow_state);
	json_raw(t, "ownHosts", ha->own_hosts != NULL ? ha->own_hosts : "[]");
	if (ha->state_message != NULL)
		json_string(t, "stateMessage", ha->state_message);
	if (ha->master_versions != NULL)
		json_raw(t, "masterVersions", ha->master_versions);
	text_adds(t, "}");
}

void alerting(struct request *r, struct reply *reply)
{
	if (r->sc->alerting != NULL)
		reply_json(reply, 200, r->sc->alerting);
	else
		refuse_status(r, reply, 404);
}

static bool accepts(const struct request *r, const char *type)
{
	const char *accept = request_header(r, "Accept");

	return accept != NULL && strstr(accept, type) != NULL;
}

static void download(struct request *r, struct reply *reply, const char *file, const char *data,
		     size_t len)
{
	struct text disposition = { 0 };

	reply_text(reply, 200, "");
	text_add(&reply->body, data, len);
	reply->content_type = "application/octet-stream";
	text_addf(&disposition, "attachment;filename=\"%s\"", file);
	if (!disposition.failed)
		reply_header(r, reply, "Content-Disposition", disposition.data);
	text_release(&disposition);
}

/* Described as JSON, or as it is where `file` names the download. */
static void one_certificate(struct request *r, struct reply *reply, const struct certificate *c,
			    unsigned parts, const char *file)
{
	if (c == NULL)
		refuse(reply, 404, "NOT_FOUND", "Certificate does not exist");
	else if (file != NULL && c->der != NULL && accepts(r, "application/pkix-cert"))
		download(r, reply, file, c->der, c->der_len);
	else
		certificate_add(begin(reply, ""), c, parts);
}

void ui_certificate(struct request *r, struct reply *reply)
{
	one_certificate(r, reply, state_ui_certificate(r),
			PART_NOT_BEFORE | PART_SERIAL | PART_NAMES, NULL);
}

/* Alternative names play no role there from 2.16.1 on (8.5). */
void system_certificate(struct request *r, struct reply *reply)
{
	unsigned names = scenario_since(r->sc, 2, 16, 1) ? 0 : PART_NAMES;

	one_certificate(r, reply, r->sc->system, PART_NOT_BEFORE | PART_SERIAL | names,
			"system_certificate.der");
}

void ca_certificate(struct request *r, struct reply *reply)
{
	one_certificate(r, reply, r->sc->ca, PART_NOT_BEFORE | PART_SERIAL | PART_NAMES,
			"ca_certificate.der");
}

static void add_trusted(struct text *t, const char *key, const struct trust_store *store,
			bool blanks)
{
	json_raw(t, key, "[");
	for (size_t i = 0; i < store->len; i++) {
		json_item(t);
		certificate_add_trusted(t, store->items[i], blanks);
	}
	text_adds(t, "]}");
}

/* 2.18.2 also named the option, 2.19 no longer does (8.6). */
void truststore(struct request *r, struct reply *reply)
{
	const struct trust_store *store = &r->sc->truststore;
	const char *option = store->option;
	struct text *t;

	if (!store->offered) {
		refuse_status(r, reply, 404);
		return;
	}
	if (option == NULL && scenario_since(r->sc, 2, 18, 2) && !scenario_since(r->sc, 2, 19, 0))
		option = store->trust_all ? "ALL" : "OWN_ALLOWLIST";
	t = begin(reply, "{");
	if (option != NULL)
		json_string(t, "trustOption", option);
	json_bool(t, "trustAllBackends", store->trust_all);
	add_trusted(t, "trustedBackends", store, false);
}

/* One alias or all of them: PEM when asked for, else the DER bytes. Master only. */
void truststore_certificates(struct request *r, struct reply *reply)
{
	const struct trust_store *store = &r->sc->truststore;
	bool pem = accepts(r, "application/x-pem-file");
	struct text t = { 0 };

	if (state_role(r) == ROLE_SHADOW) {
		refuse(reply, 400, "ILLEGAL_STATE", master_only);
		return;
	}
	for (size_t i = 0; i < store->len; i++) {
		const struct certificate *c = store->items[i];

		if (c->pem == NULL || (r->name != NULL && strcmp(r->name, c->alias) != 0))
			continue;
		if (pem)
			text_adds(&t, c->pem);
		else
			text_add(&t, c->der, c->der_len);
	}
	if (t.len == 0) {
		refuse(reply, 404, "NOT_FOUND", "Certificate does not exist");
	} else {
		download(r, reply, pem ? "truststore.pem" : "truststore.der", t.data, t.len);
		if (pem)
			reply->content_type = "application/x-pem-file";
	}
	text_release(&t);
}

void email_truststore(struct request *r, struct reply *reply)
{
	if (r->sc->email.offered)
		add_trusted(begin(reply, "{"), "trustedEmailCertificates", &r->sc->email, true);
	else
		refuse_status(r, reply, 404);
}
