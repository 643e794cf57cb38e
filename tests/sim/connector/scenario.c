/*
 * See scenario.h: the file as a whole, certificates and trust stores. Subaccounts are read in
 * scenario_subaccounts.c, how the connector behaves in scenario_behaviour.c, recordings in
 * replay.c.
 */
#include "scenario.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const scenario_keys[] = {
	"version",
	"description",
	"clock",
	"ha",
	"http",
	"logon",
	"answers",
	"users",
	"ui_certificate",
	"system_certificate",
	"ca_certificate",
	"trust_store",
	"email_trust_store",
	"subaccounts",
	"corrupted_subaccounts",
	"alerting",
	"alerts",
	"alerts_computed",
	"memory",
	"disk",
	"cpu",
	"replay",
	"faults",
	"comment",
	NULL,
};
static const char *const clock_keys[] = { "now_ms", "offset_s", "comment", NULL };
static const char *const store_keys[] = { "trust_all", "trust_option", "certificates", "comment",
					  NULL };

static const char default_memory[] =
	"{\"physicalKB\":{\"total\":33380516,\"CloudConnector\":633932,\"others\":10960464,"
	"\"free\":21786120},\"virtualKB\":{\"total\":35477668,\"CloudConnector\":1267504,"
	"\"others\":14174208,\"free\":20035956},\"cloudConnectorHeapKB\":{\"total\":983040,"
	"\"used\":235457,\"free\":747583}}";
static const char default_disk[] =
	"{\"total\":102400,\"CloudConnector\":260,\"others\":40960,\"free\":61180}";
static const char default_cpu[] = "{\"total\":15,\"CloudConnector\":2}";
static const char default_alerting[] =
	"{\"thresholds\":{\"cpuLoad\":90,\"cpuLoadViolationToleranceSec\":60,"
	"\"freeDiskSpaceMb\":100,\"certificateValidityDays\":30},\"notification\":{\"ha\":true,"
	"\"tunnels\":true,\"serviceChannels\":true,\"CPU\":true,\"freeDiskSpace\":true,"
	"\"certificates\":true,\"troubleshooting\":true}}";

const char *file_load(struct loader *l, const char *file, size_t *ret_len)
{
	struct text path = { 0 }, content = { 0 };

	text_addf(&path, "%s%s%s", file[0] == '/' ? "" : l->dir, file[0] == '/' ? "" : "/", file);
	if (!path.failed && !text_add_file(&content, path.data))
		load_fail(l, "%s: %s", file, strerror(errno));
	text_release(&path);
	*ret_len = content.len;
	return load_text(l, &content);
}

/* "2.19.0.2": three or four numbers. */
static void load_version(struct loader *l, const cJSON *root, struct scenario *sc)
{
	const char *p = load_string(l, root, "version", "2.19.1");
	int n = 0;

	sc->version = p;
	for (; p != NULL && n < VERSION_PARTS; p++) {
		size_t len = strspn(p, "0123456789");
		char digits[8] = "";
		long value;

		if (len == 0 || len >= sizeof digits)
			break;
		memcpy(digits, p, len);
		if (!parse_number(digits, 0, 100000, &value))
			break;
		sc->version_parts[n++] = (int)value;
		p += len;
		if (*p == '\0' && n >= 3)
			return;
		if (*p != '.')
			break;
	}
	load_fail(l, "\"version\" has to be three or four numbers");
}

static void load_clock(struct loader *l, const cJSON *root, struct scenario *sc)
{
	const cJSON *o = cJSON_GetObjectItemCaseSensitive(root, "clock");

	load_at(l, "clock");
	sc->clock_fixed_ms = TIME_MISSING;
	if (o != NULL && !load_keys(l, o, clock_keys))
		return;
	sc->clock_fixed_ms = time_load(l, o, "now_ms", now_ms(), TIME_MISSING);
	sc->clock_offset_ms =
		(int64_t)load_int(l, o, "offset_s", -2000000000, 2000000000, 0) * 1000;
}

static struct certificate *load_certificate(struct loader *l, const cJSON *root, const char *key,
					    const struct scenario *sc)
{
	load_at(l, "%s", key);
	return certificate_load(l, cJSON_GetObjectItemCaseSensitive(root, key), scenario_now(sc));
}

/* Aliases look like <prefix>.1.<n> unless they are given. */
static void load_items(struct loader *l, const cJSON *array, const char *prefix,
		       const struct scenario *sc, struct trust_store *store)
{
	const cJSON *item;
	char alias[64];

	cJSON_ArrayForEach(item, array)
	{
		struct certificate *c = certificate_load(l, item, scenario_now(sc));

		if (c == NULL) {
			load_fail(l, "\"certificates\" may hold only objects");
			return;
		}
		store->items[store->len++] = c;
		(void)snprintf(alias, sizeof alias, "%s.1.%zu", prefix, store->len);
		if (cJSON_GetObjectItemCaseSensitive(item, "alias") == NULL)
			c->alias = arena_strdup(l->arena, alias);
	}
}

/* Missing: an empty store; null: this connector does not offer the call. */
static void load_store(struct loader *l, const cJSON *root, const char *key, const char *prefix,
		       const struct scenario *sc, struct trust_store *store)
{
	const cJSON *o = cJSON_GetObjectItemCaseSensitive(root, key);
	const cJSON *array;
	size_t len;

	load_at(l, "%s", key);
	store->offered = !cJSON_IsNull(o);
	if (o == NULL || !store->offered || !load_keys(l, o, store_keys))
		return;
	store->trust_all = load_bool(l, o, "trust_all", false);
	store->option = load_string(l, o, "trust_option", NULL);
	array = load_array(l, o, "certificates", &len);
	store->items = load_alloc(l, len, sizeof(struct certificate *));
	if (store->items != NULL)
		load_items(l, array, prefix, sc, store);
}

static void load_certificates(struct loader *l, const cJSON *root, struct scenario *sc)
{
	sc->ui = load_certificate(l, root, "ui_certificate", sc);
	sc->system = load_certificate(l, root, "system_certificate", sc);
	sc->ca = load_certificate(l, root, "ca_certificate", sc);
	load_store(l, root, "trust_store", "trustedbackend", sc, &sc->truststore);
	load_store(l, root, "email_trust_store", "trustedemailserver", sc, &sc->email);
}

static void load_alerts(struct loader *l, const cJSON *root, struct scenario *sc)
{
	const cJSON *alerting = cJSON_GetObjectItemCaseSensitive(root, "alerting");
	const cJSON *thresholds = cJSON_GetObjectItemCaseSensitive(alerting, "thresholds");
	size_t len;
	const cJSON *array;
	const cJSON *item;

	load_at(l, "alerting");
	sc->alerting = default_alerting;
	if (alerting != NULL)
		sc->alerting = json_load(l, root, "alerting", false);
	sc->validity_days = load_int(l, thresholds, "certificateValidityDays", 0, 10000, 30);
	load_at(l, "alerts");
	sc->alerts_computed = load_bool(l, root, "alerts_computed", true);
	array = load_array(l, root, "alerts", &len);
	sc->alerts = load_alloc(l, len, sizeof *sc->alerts);
	cJSON_ArrayForEach(item, array)
	{
		char *json = cJSON_IsObject(item) ? cJSON_PrintUnformatted(item) : NULL;

		if (json == NULL || sc->alerts == NULL) {
			cJSON_free(json);
			load_fail(l, "objects are needed");
			return;
		}
		sc->alerts[sc->alerts_len++] = arena_strdup(l->arena, json);
		cJSON_free(json);
	}
}

static const char *load_numbers(struct loader *l, const cJSON *root, const char *key,
				const char *fallback)
{
	const char *json = json_load(l, root, key, false);

	return json != NULL ? json : fallback;
}

void scenario_load(struct loader *l, const cJSON *root, struct scenario *sc)
{
	const char *corrupted;

	load_version(l, root, sc);
	sc->description = load_string(l, root, "description", "");
	load_clock(l, root, sc);
	behaviour_load(l, root, sc);
	load_certificates(l, root, sc);
	load_alerts(l, root, sc);
	load_at(l, "scenario");
	sc->memory = load_numbers(l, root, "memory", default_memory);
	sc->disk = load_numbers(l, root, "disk", default_disk);
	sc->cpu = load_numbers(l, root, "cpu", default_cpu);
	corrupted = json_load(l, root, "corrupted_subaccounts", true);
	sc->corrupted = corrupted != NULL ? corrupted : "[]";
	subaccounts_load(l, root, sc);
	replays_load(l, root, sc);
}

int64_t scenario_now(const struct scenario *sc)
{
	return sc->clock_fixed_ms != TIME_MISSING ? sc->clock_fixed_ms
						  : now_ms() + sc->clock_offset_ms;
}

bool scenario_since(const struct scenario *sc, int a, int b, int c)
{
	const int wanted[3] = { a, b, c };

	for (int i = 0; i < 3; i++) {
		if (sc->version_parts[i] != wanted[i])
			return sc->version_parts[i] > wanted[i];
	}
	return true;
}

const struct user *scenario_user(const struct scenario *sc, const char *name)
{
	for (size_t i = 0; i < sc->users_len; i++) {
		if (strcmp(sc->users[i].name, name) == 0)
			return &sc->users[i];
	}
	return NULL;
}

const struct subaccount *scenario_subaccount(const struct scenario *sc, const char *region_host,
					     const char *id)
{
	for (size_t i = 0; i < sc->subaccounts_len; i++) {
		const struct subaccount *s = &sc->subaccounts[i];

		if (strcmp(s->id, id) == 0 && strcmp(s->region_host, region_host) == 0)
			return s;
	}
	return NULL;
}
