/*
 * How the connector behaves, as far as it is not the data: HTTP, logon, roles, high availability,
 * and the choices where nobody knows what the product does. Follows
 * docs/reference/cloud-connector.md 2, 3, 10, 16.
 */
#include <string.h>

#include <openssl/objects.h>

#include "scenario.h"

#define DAY_MS (24 * 3600 * 1000)

static const char *const http_keys[] = {
	"server",     "reason",      "chunked",   "equals_escaped", "gzip_min",
	"latency_ms", "path_prefix", "link_base", "comment",        NULL,
};
static const char *const logon_keys[] = {
	"password_changed", "challenge", "refusal",     "csrf",    "session_timeout_s",
	"lock_after",       "lock_s",    "certificate", "comment", NULL,
};
static const char *const certificate_keys[] = { "user_oid", "allowlist", "fallback",
						"refusal",  "comment",   NULL };
static const char *const answers_keys[] = {
	"unsupported", "spelling",      "unset",    "monitoring_serial", "usage_by_region",
	"alerts",      "bucket_member", "zone_min", "comment",           NULL,
};
static const char *const ha_keys[] = {
	"role",      "shadow_monitoring", "master_state",    "shadow_state", "shadow_host",
	"own_hosts", "state_message",     "master_versions", "comment",      NULL,
};
static const char *const user_keys[] = { "name", "password", "role", "comment", NULL };

const char *const role_names[] = { "master", "shadow", "undefined", NULL };
static const char *const reason_names[] = { "standard", "empty", NULL };
static const char *const refusal_names[] = { "empty", "json", "html", NULL };
static const char *const csrf_names[] = { "403", "login", "ignored", NULL };
static const char *const alert_names[] = { "401", "alert", NULL };
static const char *const unsupported_names[] = { "404", "400", "login", NULL };
static const char *const spelling_names[] = { "auto", "onPremise", "onPremises", NULL };
static const char *const unset_names[] = { "empty", "absent", NULL };
static const char *const alerts_names[] = { "object", "array", NULL };
static const char *const monitoring_names[] = { "empty", "data", "400", "403", NULL };

/* The object of that name if it is there and has only known keys; NULL otherwise. */
static const cJSON *part(struct loader *l, const cJSON *root, const char *key,
			 const char *const *known)
{
	const cJSON *o = cJSON_GetObjectItemCaseSensitive(root, key);

	load_at(l, "%s", key);
	return o != NULL && load_keys(l, o, known) ? o : NULL;
}

static void load_http(struct loader *l, const cJSON *root, struct http *h)
{
	const cJSON *o = part(l, root, "http", http_keys);

	h->server = load_string(l, o, "server", "Cloud Connector");
	h->empty_reason = load_choice(l, o, "reason", reason_names) == 1;
	h->chunked = load_bool(l, o, "chunked", false);
	h->equals_escaped = load_bool(l, o, "equals_escaped", false);
	h->gzip_min = load_int(l, o, "gzip_min", 0, 1 << 30, 2048);
	h->latency_ms = load_int(l, o, "latency_ms", 0, DAY_MS, 0);
	h->prefix = load_string(l, o, "path_prefix", "");
	h->link_base = load_string(l, o, "link_base", NULL);
	if (h->prefix == NULL)
		return;
	if (h->prefix[0] != '\0' &&
	    (h->prefix[0] != '/' || h->prefix[strlen(h->prefix) - 1] == '/'))
		load_fail(l, "\"path_prefix\" has to begin with a slash and not to end in one");
}

static void load_allowlist(struct loader *l, const cJSON *o, struct logon *logon)
{
	size_t len;
	const char **files = load_strings(l, o, "allowlist", &len);
	struct text all = { 0 };

	if (files == NULL)
		return;
	for (size_t i = 0; i < len; i++) {
		size_t file_len = 0;
		const char *pem = file_load(l, files[i], &file_len);

		text_adds(&all, pem);
		text_adds(&all, "\n");
	}
	logon->allowlist_len = all.len;
	logon->allowlist = load_text(l, &all);
}

static void load_certificate_logon(struct loader *l, const cJSON *root, struct logon *logon)
{
	const cJSON *o = part(l, root, "certificate", certificate_keys);
	ASN1_OBJECT *kind;

	if (o == NULL)
		return;
	logon->certificate = true;
	logon->fallback = load_bool(l, o, "fallback", false);
	logon->alert = load_choice(l, o, "refusal", alert_names) == 1;
	logon->user_oid = load_string(l, o, "user_oid", "CN");
	kind = logon->user_oid != NULL ? OBJ_txt2obj(logon->user_oid, 0) : NULL;
	if (kind == NULL)
		load_fail(l, "\"user_oid\": no such part of a name");
	ASN1_OBJECT_free(kind);
	load_allowlist(l, o, logon);
}

static void load_logon(struct loader *l, const cJSON *root, struct logon *logon)
{
	const cJSON *o = part(l, root, "logon", logon_keys);

	logon->password_changed = load_bool(l, o, "password_changed", true);
	logon->challenge = load_bool(l, o, "challenge", true);
	logon->refusal = (enum refusal)load_choice(l, o, "refusal", refusal_names);
	logon->csrf = (enum csrf)load_choice(l, o, "csrf", csrf_names);
	logon->session_timeout_s = load_int(l, o, "session_timeout_s", 0, 1000000, 1800);
	logon->lock_after = load_int(l, o, "lock_after", 0, 1000000, 0);
	logon->lock_s = load_int(l, o, "lock_s", 0, 1000000, 0);
	if (o != NULL)
		load_certificate_logon(l, o, logon);
}

static void load_answers(struct loader *l, const cJSON *root, struct answers *a)
{
	const cJSON *o = part(l, root, "answers", answers_keys);

	a->unsupported = (enum unsupported)load_choice(l, o, "unsupported", unsupported_names);
	a->spelling = (enum spelling)load_choice(l, o, "spelling", spelling_names);
	a->unset_absent = load_choice(l, o, "unset", unset_names) == 1;
	a->monitoring_serial = load_bool(l, o, "monitoring_serial", false);
	a->usage_by_region = load_bool(l, o, "usage_by_region", false);
	a->alerts_array = load_choice(l, o, "alerts", alerts_names) == 1;
	a->bucket_member = load_string(l, o, "bucket_member", "minimumCallDurationMs");
	a->zone_min = load_int(l, o, "zone_min", -1439, 1439, 60);
}

static void load_ha(struct loader *l, const cJSON *root, struct ha *ha)
{
	const cJSON *o = part(l, root, "ha", ha_keys);

	ha->role = (enum role)load_choice(l, o, "role", role_names);
	ha->monitoring =
		(enum shadow_monitoring)load_choice(l, o, "shadow_monitoring", monitoring_names);
	ha->master_state = load_string(l, o, "master_state", "ALONE");
	ha->shadow_state = load_string(l, o, "shadow_state", "READY");
	ha->shadow_host = load_string(l, o, "shadow_host", NULL);
	ha->state_message = load_string(l, o, "state_message", NULL);
	ha->own_hosts = json_load(l, o, "own_hosts", true);
	ha->master_versions = json_load(l, o, "master_versions", false);
}

static void load_users(struct loader *l, const cJSON *root, struct scenario *sc)
{
	size_t len;
	const cJSON *array = load_array(l, root, "users", &len);
	const cJSON *item;

	sc->users = load_alloc(l, len, sizeof *sc->users);
	cJSON_ArrayForEach(item, array)
	{
		struct user *u;

		load_at(l, "users[%zu]", sc->users_len);
		if (sc->users == NULL || !load_keys(l, item, user_keys))
			return;
		u = &sc->users[sc->users_len++];
		u->name = load_required(l, item, "name");
		u->password = load_string(l, item, "password", NULL);
		u->role = load_string(l, item, "role", "sccadmin");
	}
}

void behaviour_load(struct loader *l, const cJSON *root, struct scenario *sc)
{
	load_http(l, root, &sc->http);
	load_logon(l, root, &sc->logon);
	load_answers(l, root, &sc->answers);
	load_ha(l, root, &sc->ha);
	load_users(l, root, sc);
}
