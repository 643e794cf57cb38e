/*
 * The subaccounts of a scenario: tunnel, certificate, service channels, back ends, trusted identity
 * providers. Follows docs/reference/cloud-connector.md 7.3 to 7.5, 8.2, 8.6, 8.8.
 */
#include <limits.h>

#include "scenario.h"

#define HOUR_MS ((int64_t)3600 * 1000)

static const char *const subaccount_keys[] = {
	"region_host", "subaccount",         "location_id", "display_name", "description", "tunnel",
	"certificate", "auto_renewal",       "managed",     "channels",     "backends",    "idps",
	"since",       "top_time_consumers", "comment",     NULL,
};
static const char *const tunnel_keys[] = {
	"state", "connected_since", "connections", "applications", "user", "comment", NULL
};
static const char *const channel_keys[] = {
	"type",    "id",    "port",     "enabled", "connections", "connected",
	"opened",  "host",  "service",  "comment", "instance",    "connected_since",
	"details", "extra", "received", "sent",    NULL,
};
static const char *const backend_keys[] = {
	"virtual_host", "virtual_port", "internal",    "protocol",  "idle",    "active", "calls",
	"received",     "sent",         "most_recent", "resources", "comment", NULL,
};
static const char *const idp_keys[] = { "id",          "name",    "description", "enabled",
					"certificate", "comment", NULL };

static int load_count(struct loader *l, const cJSON *o, const char *key)
{
	return load_int(l, o, key, 0, INT_MAX, 0);
}

static void load_channel(struct loader *l, const cJSON *o, int64_t now, struct channel *c)
{
	if (!load_keys(l, o, channel_keys))
		return;
	c->type = load_string(l, o, "type", "K8S");
	c->id = load_int(l, o, "id", 0, INT_MAX, 1);
	c->port = load_int(l, o, "port", 0, 65535, 8000);
	c->enabled = load_bool(l, o, "enabled", true);
	c->connections = load_int(l, o, "connections", 0, INT_MAX, 1);
	c->connected = load_bool(l, o, "connected", c->enabled);
	c->opened = load_int(l, o, "opened", 0, INT_MAX, c->connected ? 1 : 0);
	c->connected_since_ms =
		time_load(l, o, "connected_since", now, c->connected ? now - HOUR_MS : 0);
	c->host = load_string(l, o, "host", "");
	c->service = load_string(l, o, "service", "");
	c->instance = load_int(l, o, "instance", 0, 99, 0);
	c->comment = load_string(l, o, "comment", "");
	c->details = load_string(l, o, "details", NULL);
	c->extra = json_load(l, o, "extra", false);
	c->received = load_count(l, o, "received");
	c->sent = load_count(l, o, "sent");
}

static void load_calls(struct loader *l, const cJSON *o, struct backend *b)
{
	size_t len;
	const cJSON *array = load_array(l, o, "calls", &len);
	const cJSON *item;
	size_t n = 0;

	if (len > BUCKETS)
		load_fail(l, "\"calls\" has more than %d numbers", BUCKETS);
	cJSON_ArrayForEach(item, array)
	{
		if (n < BUCKETS && cJSON_IsNumber(item))
			b->calls[n++] = item->valueint;
	}
}

static void load_backend(struct loader *l, const cJSON *o, int64_t now, struct backend *b)
{
	const char *resources;

	if (!load_keys(l, o, backend_keys))
		return;
	b->virtual_host = load_string(l, o, "virtual_host", NULL);
	b->virtual_port = load_string(l, o, "virtual_port", NULL);
	b->internal = load_string(l, o, "internal", "");
	b->protocol = load_string(l, o, "protocol", NULL);
	b->idle = load_count(l, o, "idle");
	b->active = load_count(l, o, "active");
	load_calls(l, o, b);
	b->received = load_count(l, o, "received");
	b->sent = load_count(l, o, "sent");
	b->most_recent_ms = time_load(l, o, "most_recent", now, TIME_MISSING);
	resources = json_load(l, o, "resources", true);
	b->resources = resources != NULL ? resources : "[]";
}

static void load_idp(struct loader *l, const cJSON *o, int64_t now, struct idp *i)
{
	if (!load_keys(l, o, idp_keys))
		return;
	i->id = load_int(l, o, "id", 0, INT_MAX, 1);
	i->name = load_string(l, o, "name", "");
	i->description = load_string(l, o, "description", "");
	i->enabled = load_bool(l, o, "enabled", true);
	i->certificate =
		certificate_load(l, cJSON_GetObjectItemCaseSensitive(o, "certificate"), now);
}

static void load_channels(struct loader *l, const cJSON *o, int64_t now, struct subaccount *s)
{
	size_t len;
	const cJSON *array = load_array(l, o, "channels", &len);
	const cJSON *item;

	s->channels = load_alloc(l, len, sizeof *s->channels);
	cJSON_ArrayForEach(item, array)
	{
		if (!load_ok(l))
			return;
		load_channel(l, item, now, &s->channels[s->channels_len++]);
	}
}

static void load_backends(struct loader *l, const cJSON *o, int64_t now, struct subaccount *s)
{
	size_t len;
	const cJSON *array = load_array(l, o, "backends", &len);
	const cJSON *item;

	s->backends = load_alloc(l, len, sizeof *s->backends);
	cJSON_ArrayForEach(item, array)
	{
		if (!load_ok(l))
			return;
		load_backend(l, item, now, &s->backends[s->backends_len++]);
	}
}

static void load_idps(struct loader *l, const cJSON *o, int64_t now, struct subaccount *s)
{
	size_t len;
	const cJSON *array = load_array(l, o, "idps", &len);
	const cJSON *item;

	s->idps = load_alloc(l, len, sizeof *s->idps);
	cJSON_ArrayForEach(item, array)
	{
		if (!load_ok(l))
			return;
		load_idp(l, item, now, &s->idps[s->idps_len++]);
	}
}

static void load_tunnel(struct loader *l, const cJSON *o, int64_t now, struct subaccount *s)
{
	const char *applications;

	if (o != NULL && !load_keys(l, o, tunnel_keys))
		return;
	s->state = load_string(l, o, "state", "Connected");
	s->connected_since_ms = time_load(l, o, "connected_since", now, now - 24 * HOUR_MS);
	s->connections = load_count(l, o, "connections");
	applications = json_load(l, o, "applications", true);
	s->applications = applications != NULL ? applications : "[]";
	s->user = load_string(l, o, "user", "cloud-user@example.com");
}

static void load_subaccount(struct loader *l, const cJSON *o, int64_t now, struct subaccount *s)
{
	const char *top;

	if (!load_keys(l, o, subaccount_keys))
		return;
	s->region_host = load_required(l, o, "region_host");
	s->id = load_required(l, o, "subaccount");
	s->location_id = load_string(l, o, "location_id", "");
	s->display_name = load_string(l, o, "display_name", NULL);
	s->description = load_string(l, o, "description", "");
	s->certificate =
		certificate_load(l, cJSON_GetObjectItemCaseSensitive(o, "certificate"), now);
	s->auto_renewal = load_bool(l, o, "auto_renewal", false);
	s->managed = load_bool(l, o, "managed", false);
	s->since_ms = time_load(l, o, "since", now, now - 48 * HOUR_MS);
	top = json_load(l, o, "top_time_consumers", true);
	s->top = top != NULL ? top : "[]";
	load_tunnel(l, cJSON_GetObjectItemCaseSensitive(o, "tunnel"), now, s);
	load_channels(l, o, now, s);
	load_backends(l, o, now, s);
	load_idps(l, o, now, s);
}

void subaccounts_load(struct loader *l, const cJSON *root, struct scenario *sc)
{
	size_t len;
	const cJSON *array = load_array(l, root, "subaccounts", &len);
	const cJSON *item;

	sc->subaccounts = load_alloc(l, len, sizeof *sc->subaccounts);
	cJSON_ArrayForEach(item, array)
	{
		load_at(l, "subaccounts[%zu]", sc->subaccounts_len);
		if (!load_ok(l))
			return;
		load_subaccount(l, item, scenario_now(sc), &sc->subaccounts[sc->subaccounts_len++]);
	}
}
