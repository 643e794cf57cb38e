/*
 * The tunnel of a subaccount, as both API families show it. Follows
 * docs/reference/cloud-connector.md 7.3, 8.2.
 */
#include <string.h>

#include "connector.h"
#include "json.h"

void subaccount_add_identity(const struct request *r, struct text *t, const struct subaccount *s)
{
	json_string(t, "regionHost", s->region_host);
	json_string(t, "subaccount", s->id);
	if (s->location_id[0] != '\0' || !r->sc->answers.unset_absent)
		json_string(t, "locationID", s->location_id);
}

static void add_channel(struct text *t, const struct channel *c)
{
	struct text details = { 0 };

	if (c->details != NULL)
		text_adds(&details, c->details);
	else
		text_addf(&details, "%s%s%s", c->host, c->service[0] != '\0' ? "/" : "",
			  c->service);
	json_item(t);
	text_adds(t, "{");
	json_string(t, "type", c->type);
	json_string(t, "state", c->connected ? "Connected" : "ConnectFailure");
	json_string(t, "details", details.failed ? "" : details.data);
	json_string(t, "comment", c->comment);
	text_adds(t, "}");
	text_release(&details);
}

static void add_channels(struct text *t, const struct subaccount *s, bool up)
{
	json_raw(t, "serviceChannels", "[");
	for (size_t i = 0; up && i < s->channels_len; i++) {
		if (s->channels[i].enabled)
			add_channel(t, &s->channels[i]);
	}
	text_adds(t, "]");
}

/* A number since 2.13; before it a text that is absent while there is no connection (5.1). */
static void add_since(struct request *r, struct text *t, const struct subaccount *s, bool up)
{
	char odd[ODD_TIME_SIZE];

	if (scenario_since(r->sc, 2, 13, 0)) {
		json_number(t, "connectedSinceTimeStamp", up ? s->connected_since_ms : 0);
	} else if (up) {
		odd_time(odd, s->connected_since_ms, r->sc->answers.zone_min);
		json_string(t, "connectedSince", odd);
	}
}

/* Only a master has tunnels; the configuration is the same on both. */
void tunnel_add(struct request *r, struct text *t, const struct subaccount *s, bool monitoring)
{
	bool shadow = state_role(r) == ROLE_SHADOW && r->sc->ha.monitoring != SHADOW_DATA;
	bool up = !shadow && strcmp(s->state, "Connected") == 0;
	bool serial = !monitoring || r->sc->answers.monitoring_serial;

	json_raw(t, "tunnel", "{");
	json_string(t, "state", shadow ? "Disconnected" : s->state);
	add_since(r, t, s, up);
	json_number(t, "connections", up ? s->connections : 0);
	json_raw(t, "applicationConnections", up ? s->applications : "[]");
	add_channels(t, s, up);
	if (s->certificate != NULL && scenario_since(r->sc, 2, 13, 0)) {
		json_key(t, "subaccountCertificate");
		certificate_add(t, s->certificate, PART_NOT_BEFORE | (serial ? PART_SERIAL : 0));
	}
	json_string(t, "user", s->user);
	text_adds(t, "}");
}
