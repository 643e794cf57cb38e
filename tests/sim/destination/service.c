/*
 * The service host: /destination-configuration/v1/… with GET only. Follows
 * docs/reference/destination-service.md 3.2 to 3.10.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "destination.h"

#define SEGMENTS_MAX 8
#define TARGET_MAX   4000 /* docs/reference/destination-service.md 3 */

static const char base[] = "/destination-configuration/";

struct route {
	const char *family; /* behind the level's name */
	enum entity_kind kind;
	int list, one, labels; /* endpoints */
};

static const struct route routes[] = {
	{ "Certificates", KIND_CERTIFICATE, ENDPOINT_CERTIFICATES, ENDPOINT_CERTIFICATE,
	  ENDPOINT_CERTIFICATE_LABELS },
	{ "Destinations", KIND_DESTINATION, ENDPOINT_DESTINATIONS, ENDPOINT_DESTINATION,
	  ENDPOINT_DESTINATION_LABELS },
	{ "DestinationFragments", KIND_FRAGMENT, ENDPOINT_FRAGMENTS, ENDPOINT_FRAGMENT,
	  ENDPOINT_FRAGMENT_LABELS },
};

/* The path behind the base, decoded piece by piece. */
struct segments {
	const char *at[SEGMENTS_MAX];
	size_t len;
};

static bool split_path(struct request *r, struct segments *s)
{
	const char *p = r->path + strlen(base);

	s->len = 0;
	for (;;) {
		size_t len = strcspn(p, "/");
		char *plain = percent_decode(p, len, false);

		if (plain == NULL || s->len == SEGMENTS_MAX) {
			free(plain);
			return false;
		}
		s->at[s->len++] = arena_strdup(&r->arena, plain);
		free(plain);
		if (p[len] == '\0')
			return !r->arena.failed;
		p += len + 1;
	}
}

static const struct route *find_route(struct request *r, const char *segment)
{
	static const char *const levels[] = { "subaccount", "instance" };

	for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
		size_t len = strlen(levels[i]);

		if (strncmp(segment, levels[i], len) != 0)
			continue;
		for (size_t k = 0; k < sizeof routes / sizeof *routes; k++) {
			if (strcmp(segment + len, routes[k].family) == 0) {
				r->level = levels[i];
				return &routes[k];
			}
		}
	}
	return NULL;
}

static void classify_entity(struct request *r, const struct segments *s, const struct route *route)
{
	bool names = route->kind == KIND_CERTIFICATE && request_param(r, "$select") != NULL;

	if (s->len > 2)
		r->name = s->at[2];
	if (s->len == 2)
		r->endpoint = names ? ENDPOINT_CERTIFICATE_NAMES : route->list;
	else if (s->at[2][0] == '\0')
		r->endpoint = ENDPOINT_UNKNOWN;
	else if (s->len == 3)
		r->endpoint = route->one;
	else if (s->len == 4 && strcmp(s->at[3], "labels") == 0)
		r->endpoint = route->labels;
	else if (s->len == 4 && strcmp(s->at[3], "publicKeys") == 0 &&
		 route->kind == KIND_CERTIFICATE)
		r->endpoint = ENDPOINT_CERTIFICATE_PUBLIC_KEYS;
}

static void classify_saml(struct request *r, const struct segments *s)
{
	r->level = "subaccount";
	if (s->len == 2)
		r->endpoint = ENDPOINT_SAML_METADATA;
	else if (s->len == 3 && strcmp(s->at[2], "certificate") == 0)
		r->endpoint = ENDPOINT_SAML_ACTIVE;
	else if (s->len == 4 && strcmp(s->at[2], "certificate") == 0 &&
		 strcmp(s->at[3], "passive") == 0)
		r->endpoint = ENDPOINT_SAML_PASSIVE;
}

/* Sets endpoint, level, name and page of the request; the route is NULL outside the families. */
static const struct route *classify(struct request *r, const struct segments *s)
{
	const char *page = request_param(r, "$page");
	const struct route *route = NULL;
	long n;

	if (page != NULL && parse_number(page, 1, 1000000, &n))
		r->page = (int)n;
	if (s->len < 2)
		return NULL;
	if (strcmp(s->at[0], "v1") == 0) {
		route = find_route(r, s->at[1]);
		if (route != NULL)
			classify_entity(r, s, route);
		else if (strcmp(s->at[1], "saml2Metadata") == 0)
			classify_saml(r, s);
	}
	if (s->len == 3 && strcmp(s->at[1], "destinations") == 0) {
		r->name = s->at[2];
		if (strcmp(s->at[0], "v1") == 0)
			r->endpoint = ENDPOINT_FIND;
		else if (strcmp(s->at[0], "v2") == 0)
			r->endpoint = ENDPOINT_CONSUME;
	}
	return route;
}

/* Sends the ETag and honours the conditions. False: the answer is 304 or 412 and complete. */
static bool conditions(struct request *r, struct reply *reply, const char *etag)
{
	const char *if_match = request_header(r, "If-Match");
	const char *if_none_match = request_header(r, "If-None-Match");
	enum etag_style style = r->sc->quirks.etag;
	char value[DIGEST_HEX_SIZE + 2];

	if (style == ETAG_NONE)
		return true;
	(void)snprintf(value, sizeof value, style == ETAG_QUOTED ? "\"%s\"" : "%s", etag);
	reply_header(r, reply, "ETag", value);
	if (if_match != NULL && strcmp(if_match, value) != 0) {
		reply_text(reply, 412, status_phrase(412));
		return false;
	}
	if (!r->unconditional && if_none_match != NULL && strcmp(if_none_match, value) == 0) {
		reply_text(reply, 304, "");
		reply->content_type = NULL;
		return false;
	}
	return true;
}

static void not_found(struct reply *reply, enum entity_kind kind, const char *name)
{
	struct text t = { 0 };

	if (kind == KIND_FRAGMENT)
		text_addf(&t, "The fragment with the specified name '%s' was not found", name);
	else
		text_adds(&t, "Configuration with the specified name was not found");
	reply_error_message(reply, 404, t.failed ? "" : t.data);
	text_release(&t);
}

static void public_keys_answer(struct request *r, struct reply *reply, const struct entity *e)
{
	if (e->keys_status != 200)
		reply_json(reply, e->keys_status, e->keys_body);
	else if (conditions(r, reply, e->keys_etag))
		reply_json(reply, 200, e->keys_body);
}

static void labels_answer(struct request *r, struct reply *reply, const struct entity *e)
{
	if (r->sc->quirks.labels)
		reply_json(reply, 200, e->labels_json);
	else
		reply_text(reply, 404, status_phrase(404));
}

static void entity_answer(struct request *r, struct reply *reply, enum entity_kind kind,
			  const struct entity *e)
{
	if (kind != KIND_FRAGMENT && !conditions(r, reply, e->etag))
		return;
	reply_json(reply, 200, e->head);
	if (e->base64 != NULL) {
		text_adds(&reply->body, e->base64);
		text_adds(&reply->body, e->tail);
	}
}

/* One KeyDescriptor: the base64 lines of a PEM text that is given as a JSON string. */
static void add_key_descriptor(struct text *xml, const char *pem_json)
{
	cJSON *json = pem_json != NULL ? cJSON_Parse(pem_json) : NULL;
	const char *pem = cJSON_GetStringValue(json);

	if (pem != NULL) {
		text_adds(xml, "<ns3:KeyDescriptor use=\"signing\"><KeyInfo "
			       "xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><X509Data>"
			       "<X509Certificate>");
		while (*pem != '\0') {
			size_t len = strcspn(pem, "\n");

			if (strncmp(pem, "-----", 5) != 0)
				text_add(xml, pem, len);
			pem += len + (pem[len] == '\n' ? 1 : 0);
		}
		text_adds(xml, "</X509Certificate></X509Data></KeyInfo></ns3:KeyDescriptor>");
	}
	cJSON_Delete(json);
}

/* base64 of an XML document that names both certificates, as a service provider would import it. */
static void saml_metadata(struct reply *reply, const struct tenant *tenant)
{
	struct text xml = { 0 };

	text_addf(&xml,
		  "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ns3:EntityDescriptor "
		  "xmlns:ns3=\"urn:oasis:names:tc:SAML:2.0:metadata\" "
		  "entityID=\"cfapps.localhost/%s\"><ns3:IDPSSODescriptor>",
		  tenant->subaccountid);
	add_key_descriptor(&xml, tenant->saml_active);
	add_key_descriptor(&xml, tenant->saml_passive);
	text_adds(&xml, "</ns3:IDPSSODescriptor></ns3:EntityDescriptor>");
	reply_json(reply, 200, "{\"idpMetadata\":\"");
	text_add_base64(&reply->body, xml.data, xml.len);
	text_adds(&reply->body, "\"}");
	text_release(&xml);
}

static void saml_answer(struct request *r, struct reply *reply, const struct tenant *tenant)
{
	const char *pem =
		r->endpoint == ENDPOINT_SAML_PASSIVE ? tenant->saml_passive : tenant->saml_active;
	struct text t = { 0 };

	if (pem == NULL) {
		text_addf(&t, "Keypair for subaccount - %s does not exist", tenant->subaccountid);
		reply_error_message(reply, 404, t.failed ? "" : t.data);
		text_release(&t);
	} else if (r->endpoint == ENDPOINT_SAML_METADATA) {
		saml_metadata(reply, tenant);
	} else {
		reply_json(reply, 200, "{\"certificate\":");
		text_adds(&reply->body, pem);
		text_adds(&reply->body, "}");
	}
}

/* Certificates, destinations, fragments of a level. */
static void level_answer(struct request *r, struct reply *reply, const struct route *route,
			 const struct tenant *tenant)
{
	const struct level *level = strcmp(r->level, "instance") == 0
					    ? tenant_instance(tenant, r->details->instance)
					    : &tenant->subaccount;
	const struct entity_list *list = &level->lists[route->kind];
	const struct entity *e = r->name != NULL ? entity_find(list, r->name) : NULL;

	if (r->name == NULL)
		list_answer(r, reply, route->kind, list);
	else if (e == NULL)
		not_found(reply, route->kind, r->name);
	else if (r->endpoint == ENDPOINT_CERTIFICATE_PUBLIC_KEYS)
		public_keys_answer(r, reply, e);
	else if (r->endpoint == route->labels)
		labels_answer(r, reply, e);
	else
		entity_answer(r, reply, route->kind, e);
}

/* The front door of the platform, in front of every application. */
static void unknown_route(struct request *r, struct reply *reply)
{
	const char *host = request_header(r, "Host");
	struct text t = { 0 };

	text_addf(&t, "404 Not Found: Requested route ('%s') does not exist.\n",
		  host != NULL ? host : "");
	reply_text(reply, 404, t.failed ? "" : t.data);
	reply_header(r, reply, "X-Cf-Routererror", "unknown_route");
	text_release(&t);
}

void service_answer(struct request *r, struct reply *reply)
{
	const struct route *route = NULL;
	const struct tenant *tenant;
	struct segments segments = { 0 };
	bool known = strncmp(r->path, base, strlen(base)) == 0 && split_path(r, &segments);

	if (known)
		route = classify(r, &segments);
	if (strcmp(r->method, "GET") != 0) {
		reply_violation(r, reply, "GET");
		return;
	}
	if (!known) {
		unknown_route(r, reply);
		return;
	}
	if (strlen(r->target) > TARGET_MAX) {
		reply_text(reply, 414, "URI Too Long");
		return;
	}
	tenant = token_check(r, reply);
	if (tenant == NULL)
		return;
	if (r->endpoint == ENDPOINT_UNKNOWN)
		reply_text(reply, 404, status_phrase(404));
	else if (route != NULL)
		level_answer(r, reply, route, tenant);
	else if (r->endpoint == ENDPOINT_FIND || r->endpoint == ENDPOINT_CONSUME)
		find_answer(r, reply, tenant);
	else
		saml_answer(r, reply, tenant);
}
