/*
 * /api/v1/configuration/subaccounts/…: the list, one of them, its trusted identity providers and
 * its service channels. Follows docs/reference/cloud-connector.md 5.5, 8.1, 8.2, 8.6, 8.8.
 */
#include <string.h>

#include "connector.h"
#include "json.h"

static const char links_path[] = "/api/v1/configuration/subaccounts/";

static void add_link(const struct request *r, struct text *t, const struct subaccount *s,
		     const char *name, const char *tail)
{
	const char *host = request_header(r, "Host");
	const char *base = r->sc->http.link_base;
	struct text href = { 0 };

	if (base != NULL)
		text_adds(&href, base);
	else
		text_addf(&href, "https://%s%s", host != NULL ? host : "localhost",
			  r->sc->http.prefix);
	text_addf(&href, "%s%s/%s%s", links_path, s->region_host, s->id, tail);
	json_raw(t, name, "{");
	json_string(t, "href", href.failed ? "" : href.data);
	text_adds(t, "}");
	text_release(&href);
}

/* The Kubernetes channels had another name before. */
static void add_links(const struct request *r, struct text *t, const struct subaccount *s)
{
	bool k8s = scenario_since(r->sc, 2, 18, 1);

	json_raw(t, "_links", "{");
	add_link(r, t, s, "ABAPCloud-channels", "/channels/ABAPCloud");
	if (!k8s)
		add_link(r, t, s, "Kyma-channels", "/channels/Kyma");
	add_link(r, t, s, "HANA-channels", "/channels/HANA");
	add_link(r, t, s, "systemMappings", "/systemMappings");
	add_link(r, t, s, "self", "");
	if (k8s)
		add_link(r, t, s, "K8S-channels", "/channels/K8S");
	add_link(r, t, s, "validity", "/validity");
	add_link(r, t, s, "state", "/state");
	add_link(r, t, s, "VirtualMachine-channels", "/channels/VirtualMachine");
	add_link(r, t, s, "domainMappings", "/domainMappings");
	text_adds(t, "}");
}

void subaccounts(struct request *r, struct reply *reply)
{
	struct text *t = &reply->body;

	reply_json(reply, 200, "[");
	for (size_t i = 0; i < r->sc->subaccounts_len; i++) {
		json_item(t);
		text_adds(t, "{");
		add_links(r, t, &r->sc->subaccounts[i]);
		subaccount_add_identity(r, t, &r->sc->subaccounts[i]);
		text_adds(t, "}");
	}
	text_adds(t, "]");
}

void corrupted_subaccounts(struct request *r, struct reply *reply)
{
	reply_json(reply, 200, r->sc->corrupted);
}

/* The subaccount of the path, or NULL with 404 in `reply`. */
static const struct subaccount *find(struct request *r, struct reply *reply)
{
	const char *region_host = route_argument(r, 0), *id = route_argument(r, 1);
	const struct subaccount *s = scenario_subaccount(r->sc, region_host, id);
	struct text t = { 0 };

	if (s == NULL) {
		text_addf(&t, "Subaccount with value '%s@%s' does not exist", id, region_host);
		refuse(reply, 404, "NOT_FOUND", t.failed ? "" : t.data);
		text_release(&t);
	}
	return s;
}

void subaccount(struct request *r, struct reply *reply)
{
	const struct subaccount *s = find(r, reply);
	bool absent = r->sc->answers.unset_absent;
	bool renews = scenario_since(r->sc, 2, 19, 0);
	struct text *t = &reply->body;

	if (s == NULL)
		return;
	reply_json(reply, 200, "{");
	if (s->description[0] != '\0' || !absent)
		json_string(t, "description", s->description);
	if (s->display_name != NULL || !absent)
		json_string(t, "displayName", s->display_name != NULL ? s->display_name : s->id);
	if (renews)
		json_bool(t, "autoCertRenewal", s->auto_renewal);
	tunnel_add(r, t, s, false);
	if (renews)
		json_bool(t, "isManaged", s->managed);
	add_links(r, t, s);
	subaccount_add_identity(r, t, s);
	text_adds(t, "}");
}

void idps(struct request *r, struct reply *reply)
{
	const struct subaccount *s = find(r, reply);
	struct text *t = &reply->body;

	if (s == NULL)
		return;
	reply_json(reply, 200, "[");
	for (size_t i = 0; i < s->idps_len; i++) {
		const struct idp *idp = &s->idps[i];

		json_item(t);
		text_adds(t, "{");
		json_number(t, "id", idp->id);
		json_string(t, "name", idp->name);
		json_string(t, "description", idp->description);
		if (idp->certificate != NULL) {
			json_key(t, "certificate");
			certificate_add(t, idp->certificate, PART_NOT_BEFORE);
		}
		json_bool(t, "enabled", idp->enabled);
		text_adds(t, "}");
	}
	text_adds(t, "]");
}

static void add_channel_links(const struct request *r, struct text *t, const struct subaccount *s,
			      const struct channel *c)
{
	struct text path = { 0 };

	text_addf(&path, "/channels/%s/%d", c->type, c->id);
	json_raw(t, "_links", "{");
	add_link(r, t, s, "self", path.failed ? "" : path.data);
	text_adds(&path, "/state");
	add_link(r, t, s, "state", path.failed ? "" : path.data);
	text_adds(t, "}");
	text_release(&path);
}

static void add_channel(const struct request *r, struct text *t, const struct subaccount *s,
			const struct channel *c)
{
	json_item(t);
	text_adds(t, "{");
	if (strcmp(c->type, "K8S") == 0) {
		json_string(t, "k8sCluster", c->host);
		json_string(t, "k8sService", c->service);
	} else if (strncmp(c->type, "ABAPCloud", 9) == 0) {
		json_string(t, "abapCloudTenantHost", c->host);
		json_number(t, "instanceNumber", c->instance);
	}
	json_members(t, c->extra);
	json_number(t, "id", c->id);
	json_string(t, "type", c->type);
	json_number(t, "port", c->port);
	json_bool(t, "enabled", c->enabled);
	json_number(t, "connections", c->connections);
	json_string(t, "comment", c->comment);
	if (c->enabled) {
		json_raw(t, "state", "{");
		json_bool(t, "connected", c->connected);
		json_number(t, "openedConnections", c->opened);
		json_number(t, "connectedSinceTimeStamp", c->connected_since_ms);
		text_adds(t, "}");
	}
	add_channel_links(r, t, s, c);
	text_adds(t, "}");
}

void channels(struct request *r, struct reply *reply)
{
	static const char *const types[] = { "HANA", "VirtualMachine", "ABAPCloud", "ABAPCloudSNC",
					     "K8S" };
	const char *type = route_argument(r, 2);
	const struct subaccount *s = find(r, reply);
	struct text *t = &reply->body;
	bool known = false;

	if (s == NULL)
		return;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		known = known || strcmp(types[i], type) == 0;
	if (!known) {
		refuse_status(r, reply, 404);
		return;
	}
	reply_json(reply, 200, "[");
	for (size_t i = 0; i < s->channels_len; i++) {
		if (strcmp(s->channels[i].type, type) == 0)
			add_channel(r, t, s, &s->channels[i]);
	}
	text_adds(t, "]");
}
