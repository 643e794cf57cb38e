/*
 * See scenario.h; what the levels hold is read in entities.c, faults in faults.c.
 */
#include "scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "entities.h"

const char *const scenario_keys[] = { "token",   "service", "default_tenant", "clients",
				      "tenants", "faults",  "comment",        NULL };
static const char *const token_keys[] = { "lifetime_s",   "marker",     "expires_in",
					  "mtls_failure", "latency_ms", NULL };
static const char *const service_keys[] = {
	"latency_ms",
	"page_beyond_end",
	"ignore_page",
	"page_count",
	"entity_count",
	"link",
	"chunked",
	"labels",
	"etag",
	"order",
	"public_keys_style",
	"saml_literal_newlines",
	"content_first",
	NULL,
};
static const char *const client_keys[] = { "client_id",   "client_secret", "certificate_cn",
					   "instance_id", "tenants",       "comment",
					   NULL };
static const char *const tenant_keys[] = { "subdomain", "zid",  "subaccountid", "subaccount",
					   "instances", "saml", "comment",      NULL };
static const char *const saml_keys[] = { "active", "passive", NULL };

static const char *const expires_names[] = { "number", "string", NULL };
static const char *const mtls_names[] = { "401", "alert", NULL };
static const char *const beyond_names[] = { "empty", "error", NULL };
static const char *const when_names[] = { "requested", "always", "never", NULL };
static const char *const etag_names[] = { "plain", "quoted", "none", NULL };
static const char *const order_names[] = { "given", "reverse", "rotate", NULL };

#define DAY_MS (24 * 3600 * 1000)

/* The marker stands in the third part of the token, so it has to be made of its alphabet. */
static const char *load_marker(struct loader *l, const cJSON *object)
{
	const char *marker = load_string(l, object, "marker", "");

	if (strspn(marker, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") !=
	    strlen(marker))
		load_fail(l, "\"marker\" may hold only letters, digits, - and _");
	return marker;
}

static void load_token(struct loader *l, const cJSON *o, struct quirks *q)
{
	load_at(l, "token");
	if (o != NULL && !load_keys(l, o, token_keys))
		return;
	q->token_lifetime_s = load_int(l, o, "lifetime_s", 1, 1000000, 43199);
	q->token_marker = load_marker(l, o);
	q->expires_in_text = load_choice(l, o, "expires_in", expires_names) == 1;
	q->mtls_failure = (enum mtls_failure)load_choice(l, o, "mtls_failure", mtls_names);
	q->token_latency_ms = load_int(l, o, "latency_ms", 0, DAY_MS, 0);
}

static void load_service(struct loader *l, const cJSON *o, struct quirks *q)
{
	load_at(l, "service");
	if (o != NULL && !load_keys(l, o, service_keys))
		return;
	q->latency_ms = load_int(l, o, "latency_ms", 0, DAY_MS, 0);
	q->error_beyond_end = load_choice(l, o, "page_beyond_end", beyond_names) == 1;
	q->ignore_page = load_bool(l, o, "ignore_page", false);
	q->page_count = (enum when)load_choice(l, o, "page_count", when_names);
	q->entity_count = (enum when)load_choice(l, o, "entity_count", when_names);
	q->link = load_bool(l, o, "link", true);
	q->chunked = load_bool(l, o, "chunked", true);
	q->labels = load_bool(l, o, "labels", true);
	q->etag = (enum etag_style)load_choice(l, o, "etag", etag_names);
	q->order = (enum list_order)load_choice(l, o, "order", order_names);
	q->style =
		(enum public_keys_style)load_choice(l, o, "public_keys_style", public_keys_styles);
	q->saml_literal = load_bool(l, o, "saml_literal_newlines", false);
	q->content_first = load_bool(l, o, "content_first", false);
}

static void load_client(struct loader *l, const cJSON *o, struct client *c)
{
	if (!load_keys(l, o, client_keys))
		return;
	c->client_id = load_required(l, o, "client_id");
	c->client_secret = load_string(l, o, "client_secret", NULL);
	c->certificate_cn = load_string(l, o, "certificate_cn", NULL);
	c->instance_id = load_required(l, o, "instance_id");
	c->tenants = load_strings(l, o, "tenants", &c->tenants_len);
	if (c->client_secret == NULL && c->certificate_cn == NULL)
		load_fail(l, "\"client_secret\" or \"certificate_cn\" is needed");
}

static void load_instances(struct entity_loader *el, const cJSON *object, struct tenant *t)
{
	const cJSON *item;

	if (object == NULL)
		return;
	if (!cJSON_IsObject(object)) {
		load_fail(el->l, "\"instances\" has to be an object");
		return;
	}
	t->instances = load_alloc(el->l, (size_t)cJSON_GetArraySize(object), sizeof *t->instances);
	cJSON_ArrayForEach(item, object)
	{
		struct instance *instance;

		if (t->instances == NULL)
			return;
		instance = &t->instances[t->instances_len++];
		instance->id = arena_strdup(el->l->arena, item->string);
		load_at(el->l, "%.24s/%.12s", t->subdomain, item->string);
		entities_load(el, item, &instance->level);
	}
}

static void load_tenant(struct entity_loader *el, const cJSON *o, bool literal, struct tenant *t)
{
	const cJSON *saml = cJSON_GetObjectItemCaseSensitive(o, "saml");

	if (!load_keys(el->l, o, tenant_keys))
		return;
	t->subdomain = load_required(el->l, o, "subdomain");
	t->zid = load_required(el->l, o, "zid");
	t->subaccountid = load_required(el->l, o, "subaccountid");
	if (saml != NULL && load_keys(el->l, saml, saml_keys)) {
		t->saml_active =
			entities_load_pem(el, load_string(el->l, saml, "active", NULL), literal);
		t->saml_passive =
			entities_load_pem(el, load_string(el->l, saml, "passive", NULL), literal);
	}
	load_at(el->l, "%.24s/subaccount", t->subdomain);
	entities_load(el, cJSON_GetObjectItemCaseSensitive(o, "subaccount"), &t->subaccount);
	load_instances(el, cJSON_GetObjectItemCaseSensitive(o, "instances"), t);
}

static void load_clients(struct loader *l, const cJSON *root, struct scenario *sc)
{
	size_t len;
	const cJSON *array = load_array(l, root, "clients", &len);
	const cJSON *item;

	sc->clients = load_alloc(l, len, sizeof *sc->clients);
	cJSON_ArrayForEach(item, array)
	{
		load_at(l, "clients[%zu]", sc->clients_len);
		if (!load_ok(l))
			return;
		load_client(l, item, &sc->clients[sc->clients_len++]);
	}
}

static void load_tenants(struct loader *l, const cJSON *root, struct scenario *sc)
{
	struct entity_loader el = { .l = l,
				    .style = sc->quirks.style,
				    .content_first = sc->quirks.content_first };
	size_t len;
	const cJSON *array = load_array(l, root, "tenants", &len);
	const cJSON *item;

	sc->tenants = load_alloc(l, len, sizeof *sc->tenants);
	cJSON_ArrayForEach(item, array)
	{
		load_at(l, "tenants[%zu]", sc->tenants_len);
		if (!load_ok(l))
			return;
		load_tenant(&el, item, sc->quirks.saml_literal, &sc->tenants[sc->tenants_len++]);
	}
}

void scenario_load(struct loader *l, const cJSON *root, struct scenario *sc)
{
	sc->default_tenant = load_string(l, root, "default_tenant", NULL);
	load_token(l, cJSON_GetObjectItemCaseSensitive(root, "token"), &sc->quirks);
	load_service(l, cJSON_GetObjectItemCaseSensitive(root, "service"), &sc->quirks);
	load_clients(l, root, sc);
	load_tenants(l, root, sc);
}

const struct client *scenario_client(const struct scenario *sc, const char *client_id)
{
	for (size_t i = 0; i < sc->clients_len; i++) {
		if (strcmp(sc->clients[i].client_id, client_id) == 0)
			return &sc->clients[i];
	}
	return NULL;
}

const struct tenant *scenario_tenant(const struct scenario *sc, const char *subdomain)
{
	for (size_t i = 0; i < sc->tenants_len; i++) {
		if (strcmp(sc->tenants[i].subdomain, subdomain) == 0)
			return &sc->tenants[i];
	}
	return NULL;
}

const struct tenant *scenario_tenant_by_zid(const struct scenario *sc, const char *zid)
{
	for (size_t i = 0; i < sc->tenants_len; i++) {
		if (strcmp(sc->tenants[i].zid, zid) == 0)
			return &sc->tenants[i];
	}
	return NULL;
}

const struct level *tenant_instance(const struct tenant *tenant, const char *instance_id)
{
	static const struct level empty;

	for (size_t i = 0; i < tenant->instances_len; i++) {
		if (strcmp(tenant->instances[i].id, instance_id) == 0)
			return &tenant->instances[i].level;
	}
	return &empty;
}

bool client_may_use(const struct client *client, const char *subdomain)
{
	if (client->tenants == NULL)
		return true;
	for (size_t i = 0; i < client->tenants_len; i++) {
		if (strcmp(client->tenants[i], subdomain) == 0)
			return true;
	}
	return false;
}

const struct entity *entity_find(const struct entity_list *list, const char *name)
{
	for (size_t i = 0; i < list->len; i++) {
		if (strcmp(list->items[i].name, name) == 0)
			return &list->items[i];
	}
	return NULL;
}
