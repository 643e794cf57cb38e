/*
 * /api/monitoring/…: what happens. Follows docs/reference/cloud-connector.md 7. On a shadow the
 * lists are empty, unless the scenario wants the master's data there.
 */
#include <string.h>

#include "connector.h"
#include "json.h"

#define DAY_MS ((int64_t)86400 * 1000)

enum selection { EXPIRED, EXPIRING, OK, SELECTIONS };

static const char *const selections[SELECTIONS] = { "expired", "expiring", "ok" };

static bool has_data(const struct request *r)
{
	return state_role(r) != ROLE_SHADOW || r->sc->ha.monitoring == SHADOW_DATA;
}

static enum selection selection_of(const struct request *r, const struct certificate *c)
{
	int64_t now = scenario_now(r->sc);

	if (c->not_after_ms <= now)
		return EXPIRED;
	return c->not_after_ms - now < r->sc->validity_days * DAY_MS ? EXPIRING : OK;
}

/* 7.1: issuer and serial number came with 2.17. */
static void add_own(const struct request *r, struct text *t, const char *type,
		    const struct certificate *c, enum selection wanted)
{
	bool extended = scenario_since(r->sc, 2, 17, 0);

	if (c == NULL || selection_of(r, c) != wanted)
		return;
	json_item(t);
	text_adds(t, "{");
	json_string(t, "type", type);
	if (c->subject != NULL)
		json_name(t, "subjectDN", c->subject, true);
	if (extended && c->issuer != NULL)
		json_name(t, "issuerDN", c->issuer, true);
	if (extended && c->serial != NULL)
		json_string(t, "serialNumber", c->serial);
	if (c->not_after_ms != TIME_MISSING)
		json_number(t, "validTo", c->not_after_ms);
	text_adds(t, "}");
}

static void add_subaccount_certificate(const struct request *r, struct text *t,
				       const struct subaccount *s, enum selection wanted)
{
	if (s->certificate == NULL || selection_of(r, s->certificate) != wanted)
		return;
	json_item(t);
	text_adds(t, "{\"type\":\"subaccount\"");
	json_string(t, "subaccountName", s->id);
	json_string(t, "subaccountRegion", s->region_host);
	if (s->certificate->not_after_ms != TIME_MISSING)
		json_number(t, "validTo", s->certificate->not_after_ms);
	text_adds(t, "}");
}

static void add_selection(const struct request *r, struct text *t, enum selection wanted)
{
	text_adds(t, "[");
	if (has_data(r)) {
		add_own(r, t, "UI", state_ui_certificate(r), wanted);
		add_own(r, t, "System", r->sc->system, wanted);
		add_own(r, t, "CA", r->sc->ca, wanted);
		for (size_t i = 0; i < r->sc->subaccounts_len; i++)
			add_subaccount_certificate(r, t, &r->sc->subaccounts[i], wanted);
	}
	text_adds(t, "]");
}

void monitoring_certificates(struct request *r, struct reply *reply)
{
	reply_json(reply, 200, "{");
	for (int i = 0; i < SELECTIONS; i++) {
		json_key(&reply->body, selections[i]);
		add_selection(r, &reply->body, (enum selection)i);
	}
	text_adds(&reply->body, "}");
}

void monitoring_selection(struct request *r, struct reply *reply)
{
	for (int i = 0; i < SELECTIONS; i++) {
		if (strcmp(r->name, selections[i]) == 0) {
			reply_json(reply, 200, "");
			add_selection(r, &reply->body, (enum selection)i);
			return;
		}
	}
	refuse(reply, 400, "INVALID_REQUEST", "unknown selection");
}

/* {"subaccounts":[…],"version":1}, the inside of each one by `add`. */
static void each_subaccount(struct request *r, struct reply *reply,
			    void (*add)(struct request *, struct text *, const struct subaccount *))
{
	struct text *t = &reply->body;

	reply_json(reply, 200, "{\"subaccounts\":[");
	for (size_t i = 0; has_data(r) && i < r->sc->subaccounts_len; i++) {
		json_item(t);
		text_adds(t, "{");
		add(r, t, &r->sc->subaccounts[i]);
		subaccount_add_identity(r, t, &r->sc->subaccounts[i]);
		text_adds(t, "}");
	}
	text_adds(t, "],\"version\":1}");
}

static void add_monitored(struct request *r, struct text *t, const struct subaccount *s)
{
	bool absent = r->sc->answers.unset_absent;

	if (s->description[0] != '\0' || !absent)
		json_string(t, "description", s->description);
	if (s->display_name != NULL || !absent)
		json_string(t, "displayName", s->display_name != NULL ? s->display_name : s->id);
	tunnel_add(r, t, s, true);
}

void monitoring_subaccounts(struct request *r, struct reply *reply)
{
	each_subaccount(r, reply, add_monitored);
}

static void add_backends(struct request *r, struct text *t, const struct subaccount *s)
{
	(void)r;
	json_raw(t, "backendConnections", "[");
	for (size_t i = 0; i < s->backends_len; i++) {
		const struct backend *b = &s->backends[i];
		struct text name = { 0 };

		text_addf(&name, "%s:%s", b->virtual_host != NULL ? b->virtual_host : "",
			  b->virtual_port != NULL ? b->virtual_port : "");
		json_item(t);
		text_adds(t, "{");
		json_string(t, "virtualBackend", name.failed ? "" : name.data);
		json_string(t, "internalBackend", b->internal);
		json_string(t, "protocol", b->protocol);
		json_number(t, "idle", b->idle);
		json_number(t, "active", b->active);
		text_adds(t, "}");
		text_release(&name);
	}
	text_adds(t, "]");
}

void connections_backends(struct request *r, struct reply *reply)
{
	each_subaccount(r, reply, add_backends);
}

static void add_channel_type(struct text *t, const struct channel *c)
{
	json_number(t, "port", c->port);
	json_raw(t, "typeDesc", "{");
	json_string(t, "typeKey", c->type);
	json_string(t, "typeName", c->type);
	text_adds(t, "}");
}

static void add_channels(struct request *r, struct text *t, const struct subaccount *s)
{
	(void)r;
	json_raw(t, "serviceChannelConnections", "[");
	for (size_t i = 0; i < s->channels_len; i++) {
		if (!s->channels[i].enabled)
			continue;
		json_item(t);
		text_adds(t, "{");
		add_channel_type(t, &s->channels[i]);
		json_number(t, "connections", s->channels[i].opened);
		text_adds(t, "}");
	}
	text_adds(t, "]");
}

void connections_channels(struct request *r, struct reply *reply)
{
	each_subaccount(r, reply, add_channels);
}

static void add_since(const struct request *r, struct text *t, const struct subaccount *s)
{
	char since[ODD_TIME_SIZE];

	odd_time(since, s->since_ms, r->sc->answers.zone_min);
	json_string(t, "sinceTime", since);
}

static void add_buckets(const struct request *r, struct text *t, const struct backend *b)
{
	static const int bounds_ms[BUCKETS] = { 0,    10,   20,   30,   40,   50,   75,  100,
						125,  150,  200,  300,  400,  500,  750, 1000,
						1250, 1500, 2000, 2500, 3000, 4000, 5000 };

	json_raw(t, "buckets", "[");
	for (size_t i = 0; i < BUCKETS; i++) {
		json_item(t);
		text_adds(t, "{");
		json_number(t, "numberOfCalls", b->calls[i]);
		json_number(t, r->sc->answers.bucket_member, bounds_ms[i]);
		text_adds(t, "}");
	}
	text_adds(t, "]");
}

static void add_performance(struct request *r, struct text *t, const struct subaccount *s)
{
	json_raw(t, "backendPerformance", "[");
	for (size_t i = 0; i < s->backends_len; i++) {
		const struct backend *b = &s->backends[i];

		json_item(t);
		text_adds(t, "{");
		json_string(t, "virtualHost", b->virtual_host);
		json_string(t, "virtualPort", b->virtual_port);
		json_string(t, "protocol", b->protocol);
		add_buckets(r, t, b);
		text_adds(t, "}");
	}
	text_adds(t, "]");
	add_since(r, t, s);
}

void performance_backends(struct request *r, struct reply *reply)
{
	each_subaccount(r, reply, add_performance);
}

static void add_top(struct request *r, struct text *t, const struct subaccount *s)
{
	add_since(r, t, s);
	json_raw(t, "requests", s->top);
}

void top_time_consumers(struct request *r, struct reply *reply)
{
	each_subaccount(r, reply, add_top);
}

void memory(struct request *r, struct reply *reply)
{
	reply_json(reply, 200, r->sc->memory);
}

void disk(struct request *r, struct reply *reply)
{
	reply_json(reply, 200, r->sc->disk);
}

void cpu(struct request *r, struct reply *reply)
{
	reply_json(reply, 200, r->sc->cpu);
}

static void add_backend_usage(struct text *t, const struct backend *b)
{
	int64_t calls = 0;

	for (size_t i = 0; i < BUCKETS; i++)
		calls += b->calls[i];
	json_item(t);
	text_adds(t, "{");
	json_string(t, "virtualHost", b->virtual_host);
	json_string(t, "virtualPort", b->virtual_port);
	json_string(t, "protocol", b->protocol);
	json_number(t, "bytesReceived", b->received);
	json_number(t, "bytesSent", b->sent);
	json_number(t, "calls", calls);
	if (b->most_recent_ms != TIME_MISSING)
		json_number(t, "mostRecentAccess", b->most_recent_ms);
	json_raw(t, "resources", b->resources);
	text_adds(t, "}");
}

static void add_usage(const struct request *r, struct text *t, const struct subaccount *s)
{
	json_raw(t, "usageStatistics", "[");
	for (size_t i = 0; i < s->backends_len; i++)
		add_backend_usage(t, &s->backends[i]);
	text_adds(t, "]");
	json_raw(t, "serviceChannelUsageStatistics", "[");
	for (size_t i = 0; i < s->channels_len; i++) {
		json_item(t);
		text_adds(t, "{");
		add_channel_type(t, &s->channels[i]);
		json_number(t, "bytesReceived", s->channels[i].received);
		json_number(t, "bytesSent", s->channels[i].sent);
		text_adds(t, "}");
	}
	text_adds(t, "]");
	json_number(t, "sinceTime", s->since_ms);
	if (r->sc->answers.usage_by_region) {
		subaccount_add_identity(r, t, s);
	} else {
		json_string(t, "subaccountName", s->id);
		json_string(t, "subaccountRegion", s->region_host);
	}
}

void usage(struct request *r, struct reply *reply)
{
	struct text *t = &reply->body;

	reply_json(reply, 200, "{\"subaccounts\":[");
	for (size_t i = 0; has_data(r) && i < r->sc->subaccounts_len; i++) {
		json_item(t);
		text_adds(t, "{");
		add_usage(r, t, &r->sc->subaccounts[i]);
		text_adds(t, "}");
	}
	text_adds(t, r->sc->answers.usage_by_region ? "],\"version\":1}" : "]}");
}
