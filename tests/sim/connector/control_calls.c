/*
 * The control port's calls that only this simulator has: the state of the process, and changes of
 * single things in the scenario (its text is edited and read again; faults and sessions stay).
 */
#include <string.h>

#include "connector.h"

#define HOUR_MS ((int64_t)3600 * 1000)
#define DAY_MS  (24 * HOUR_MS)

static void done(struct reply *reply)
{
	reply_json(reply, 200, "{}\n");
}

/* The body as JSON; NULL with 400 in `reply`. */
static cJSON *body_json(struct request *r, struct reply *reply)
{
	char error[ERROR_SIZE];
	cJSON *json = load_json(r->body.data != NULL ? r->body.data : "", r->body.len, error);

	if (json == NULL)
		reply_text(reply, 400, error);
	return json;
}

static void get_state(struct request *r, struct reply *reply)
{
	reply_json(reply, 200, "");
	state_describe(r, &reply->body);
}

static void get_scenario(struct request *r, struct reply *reply)
{
	reply_json(reply, 200, r->sc->base.source);
}

static void post_role(struct request *r, struct reply *reply)
{
	cJSON *body = body_json(r, reply);
	const cJSON *role = cJSON_GetObjectItemCaseSensitive(body, "role");
	const char *name = cJSON_GetStringValue(role);

	if (body == NULL)
		return;
	if (role == NULL || cJSON_IsNull(role))
		name = "";
	if (name == NULL || !state_set_role(r->sim->state, name))
		reply_text(reply, 400, "\"role\" has to be master, shadow, undefined or null");
	else
		done(reply);
	cJSON_Delete(body);
}

static void post_sessions_expire(struct request *r, struct reply *reply)
{
	sessions_end(r->sim->state);
	done(reply);
}

static void post_unlock(struct request *r, struct reply *reply)
{
	accounts_unlock(r->sim->state);
	done(reply);
}

/* Prints the changed scenario and puts it in the place of the current one. */
static void replace_scenario(struct request *r, struct reply *reply, const cJSON *root)
{
	char *json = root != NULL ? cJSON_PrintUnformatted(root) : NULL;
	char error[ERROR_SIZE] = "out of memory";

	if (json != NULL && sim_replace(r->sim, json, strlen(json), true, error))
		done(reply);
	else
		reply_text(reply, 400, error);
	cJSON_free(json);
}

/* `value` goes over. */
static void put(cJSON *object, const char *key, cJSON *value)
{
	cJSON_DeleteItemFromObjectCaseSensitive(object, key);
	if (!cJSON_AddItemToObject(object, key, value))
		cJSON_Delete(value);
}

/* Sets a member of the scenario to the body; null takes it away. */
static void set_member(struct request *r, struct reply *reply, const char *key)
{
	cJSON *body = body_json(r, reply);
	cJSON *root;

	if (body == NULL)
		return;
	root = cJSON_Parse(r->sc->base.source);
	if (cJSON_IsNull(body)) {
		cJSON_DeleteItemFromObjectCaseSensitive(root, key);
		cJSON_Delete(body);
	} else {
		put(root, key, body);
	}
	replace_scenario(r, reply, root);
	cJSON_Delete(root);
}

static void post_ui_certificate(struct request *r, struct reply *reply)
{
	set_member(r, reply, "ui_certificate");
}

static void post_clock(struct request *r, struct reply *reply)
{
	set_member(r, reply, "clock");
}

static const char *string_of(const cJSON *object, const char *key)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
}

/* The subaccount that the body names; the region may be left out. */
static cJSON *find_subaccount(const cJSON *root, const cJSON *body)
{
	const char *id = string_of(body, "subaccount");
	const char *region_host = string_of(body, "region_host");
	cJSON *item;

	cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(root, "subaccounts"))
	{
		if (id != NULL && strcmp(string_of(item, "subaccount"), id) == 0 &&
		    (region_host == NULL ||
		     strcmp(string_of(item, "region_host"), region_host) == 0))
			return item;
	}
	return NULL;
}

/* The member as an object; it is made when it is missing. */
static cJSON *object_of(cJSON *parent, const char *key)
{
	cJSON *o = cJSON_GetObjectItemCaseSensitive(parent, key);

	if (cJSON_IsObject(o))
		return o;
	put(parent, key, cJSON_CreateObject());
	return cJSON_GetObjectItemCaseSensitive(parent, key);
}

/* docs/reference/cloud-connector.md 9: a year and an hour, whole seconds; the tunnel is not
 * touched. */
static void renew(struct request *r, cJSON *item, const struct subaccount *s)
{
	int64_t now = scenario_now(r->sc) / 1000 * 1000;
	cJSON *c = object_of(item, "certificate");
	char serial[33];

	random_hex(serial, 16);
	cJSON_DeleteItemFromObjectCaseSensitive(c, "file");
	cJSON_DeleteItemFromObjectCaseSensitive(c, "index");
	if (s->certificate != NULL && s->certificate->subject != NULL)
		put(c, "subject", cJSON_CreateString(s->certificate->subject));
	if (s->certificate != NULL && s->certificate->issuer != NULL)
		put(c, "issuer", cJSON_CreateString(s->certificate->issuer));
	put(c, "serial", cJSON_CreateString(serial));
	put(c, "not_before", cJSON_CreateNumber((double)(now - HOUR_MS)));
	put(c, "not_after", cJSON_CreateNumber((double)(now + 365 * DAY_MS)));
}

/* docs/reference/cloud-connector.md 13: an expired certificate no longer connects. */
static void set_tunnel(struct request *r, cJSON *item, const struct subaccount *s, bool connect)
{
	int64_t now = scenario_now(r->sc);
	cJSON *tunnel = object_of(item, "tunnel");
	bool expired = s->certificate != NULL && s->certificate->not_after_ms != TIME_MISSING &&
		       s->certificate->not_after_ms <= now;
	const char *state = !connect ? "Disconnected" : expired ? "ConnectFailure" : "Connected";

	put(tunnel, "state", cJSON_CreateString(state));
	put(tunnel, "connected_since", cJSON_CreateNumber(connect && !expired ? (double)now : 0.0));
}

/* False: no such action. */
static bool act(struct request *r, cJSON *item, const char *action)
{
	const struct subaccount *s = scenario_subaccount(r->sc, string_of(item, "region_host"),
							 string_of(item, "subaccount"));

	if (action == NULL || s == NULL)
		return false;
	if (strcmp(action, "renew") == 0)
		renew(r, item, s);
	else if (strcmp(action, "connect") == 0 || strcmp(action, "disconnect") == 0)
		set_tunnel(r, item, s, strcmp(action, "connect") == 0);
	else
		return false;
	return true;
}

static void post_subaccount(struct request *r, struct reply *reply)
{
	cJSON *body = body_json(r, reply);
	cJSON *root = body != NULL ? cJSON_Parse(r->sc->base.source) : NULL;
	cJSON *item = find_subaccount(root, body);

	if (body != NULL && item == NULL)
		reply_text(reply, 400, "\"subaccount\" has to be one of the scenario");
	else if (body != NULL && !act(r, item, string_of(body, "action")))
		reply_text(reply, 400, "\"action\" has to be renew, connect or disconnect");
	else if (body != NULL)
		replace_scenario(r, reply, root);
	cJSON_Delete(body);
	cJSON_Delete(root);
}

const struct control_call connector_calls[] = {
	{ "GET", "/state", get_state },
	{ "GET", "/scenario", get_scenario },
	{ "POST", "/role", post_role },
	{ "POST", "/ui-certificate", post_ui_certificate },
	{ "POST", "/clock", post_clock },
	{ "POST", "/subaccount", post_subaccount },
	{ "POST", "/sessions/expire", post_sessions_expire },
	{ "POST", "/unlock", post_unlock },
	{ NULL, NULL, NULL },
};
