/*
 * From the request line to the call: the table of everything a read-only client may ask, since
 * which version, and what stands between the table and the answer. Follows
 * docs/reference/cloud-connector.md 3.4, 6, 10.
 */
#include <stdlib.h>
#include <string.h>

#include "connector.h"

#define CONFIGURATION FAMILY_CONFIGURATION
#define MONITORING    FAMILY_MONITORING
#define MASTER        ROUTE_MASTER_ONLY
#define C             "/api/v1/configuration/"
#define M             "/api/monitoring/"

/* clang-format off */
static const struct route routes[] = {
	{ ENDPOINT_VERSION, CONFIGURATION, ROUTE_ANY_ROLE | ROUTE_CACHED, { 2, 14, 0 }, "/api/v1/connector/version", connector_version },
	{ ENDPOINT_CONNECTOR, CONFIGURATION, ROUTE_ANY_ROLE, { 0 }, C "connector", connector },
	{ ENDPOINT_HA_ROLE, CONFIGURATION, ROUTE_ANY_ROLE, { 0 }, C "connector/haRole", ha_role },
	{ ENDPOINT_HA_MASTER_STATE, CONFIGURATION, 0, { 2, 13, 0 }, C "connector/ha/master/state", ha_master_state },
	{ ENDPOINT_HA_SHADOW_STATE, CONFIGURATION, 0, { 2, 13, 0 }, C "connector/ha/shadow/state", ha_shadow_state },
	{ ENDPOINT_ALERTING, CONFIGURATION, 0, { 0 }, C "connector/alerting", alerting },
	{ ENDPOINT_UI_CERTIFICATE, CONFIGURATION, 0, { 2, 13, 0 }, C "connector/ui/uiCertificate", ui_certificate },
	{ ENDPOINT_SYSTEM_CERTIFICATE, CONFIGURATION, 0, { 2, 13, 0 }, C "connector/onPremise/systemCertificate", system_certificate },
	{ ENDPOINT_CA_CERTIFICATE, CONFIGURATION, 0, { 2, 13, 0 }, C "connector/onPremise/ppCaCertificate", ca_certificate },
	{ ENDPOINT_TRUSTSTORE, CONFIGURATION, 0, { 2, 15, 0 }, C "connector/onPremise/truststore", truststore },
	{ ENDPOINT_TRUSTSTORE_CERTIFICATES, CONFIGURATION, 0, { 2, 18, 0 }, C "connector/onPremise/truststore/certificates", truststore_certificates },
	{ ENDPOINT_TRUSTSTORE_CERTIFICATE, CONFIGURATION, 0, { 2, 18, 0 }, C "connector/onPremise/truststore/certificates/*", truststore_certificates },
	{ ENDPOINT_EMAIL_TRUSTSTORE, CONFIGURATION, 0, { 0 }, C "connector/email/truststore", email_truststore },
	{ ENDPOINT_SUBACCOUNTS, CONFIGURATION, 0, { 0 }, C "subaccounts", subaccounts },
	{ ENDPOINT_CORRUPTED_SUBACCOUNTS, CONFIGURATION, 0, { 2, 19, 1 }, C "subaccounts/corrupted", corrupted_subaccounts },
	{ ENDPOINT_SUBACCOUNT, CONFIGURATION, 0, { 0 }, C "subaccounts/*/*", subaccount },
	{ ENDPOINT_IDPS, CONFIGURATION, 0, { 2, 14, 0 }, C "subaccounts/*/*/trust/idps", idps },
	{ ENDPOINT_CHANNELS, CONFIGURATION, 0, { 0 }, C "subaccounts/*/*/channels/*", channels },
	{ ENDPOINT_MONITORING_CERTIFICATES, MONITORING, MASTER, { 2, 13, 0 }, M "certificates", monitoring_certificates },
	{ ENDPOINT_MONITORING_CERTIFICATES_SELECTION, MONITORING, MASTER, { 2, 13, 0 }, M "certificates/*", monitoring_selection },
	{ ENDPOINT_MONITORING_SUBACCOUNTS, MONITORING, MASTER, { 2, 10, 0 }, M "subaccounts", monitoring_subaccounts },
	{ ENDPOINT_CONNECTIONS_BACKENDS, MONITORING, MASTER, { 2, 10, 0 }, M "connections/backends", connections_backends },
	{ ENDPOINT_CONNECTIONS_SERVICE_CHANNELS, MONITORING, MASTER, { 2, 15, 0 }, M "connections/serviceChannels", connections_channels },
	{ ENDPOINT_PERFORMANCE_BACKENDS, MONITORING, MASTER, { 2, 10, 0 }, M "performance/backends", performance_backends },
	{ ENDPOINT_TOP_TIME_CONSUMERS, MONITORING, MASTER, { 2, 11, 0 }, M "performance/topTimeConsumers", top_time_consumers },
	{ ENDPOINT_MEMORY, MONITORING, MASTER, { 2, 13, 0 }, M "memory", memory },
	{ ENDPOINT_DISK, MONITORING, 0, { 2, 17, 0 }, M "disk", disk },
	{ ENDPOINT_CPU, MONITORING, 0, { 2, 17, 0 }, M "cpu", cpu },
	{ ENDPOINT_USAGE, MONITORING, MASTER, { 2, 13, 0 }, M "usage", usage },
	{ ENDPOINT_ALERTS, MONITORING, 0, { 2, 19, 0 }, M "alerts", alerts },
};
/* clang-format on */

/* /exposed?action=… */
static const struct route exposed[] = {
	{ ENDPOINT_PING, FAMILY_OPEN, 0, { 2, 6, 0 }, "ping", ping },
	{ ENDPOINT_HAS_MASTER_ROLE,
	  FAMILY_OPEN,
	  0,
	  { 2, 15, 0 },
	  "hasMasterRole",
	  has_master_role },
	{ ENDPOINT_ENSURE_MASTER_ROLE,
	  FAMILY_OPEN,
	  0,
	  { 2, 18, 1 },
	  "ensureMasterRole",
	  has_master_role },
};

/* The path behind the prefix, decoded piece by piece. False: too many pieces, or broken ones. */
static bool split(struct request *r, const char *path)
{
	struct details *d = r->details;

	d->segments_len = 0;
	for (const char *p = path + 1;; p += strcspn(p, "/") + 1) {
		size_t len = strcspn(p, "/");
		char *plain = percent_decode(p, len, false);

		if (plain == NULL || d->segments_len == SEGMENTS_MAX) {
			free(plain);
			return false;
		}
		d->segments[d->segments_len++] = arena_strdup(&r->arena, plain);
		free(plain);
		if (p[len] == '\0')
			return !r->arena.failed;
	}
}

/* docs/reference/cloud-connector.md 6: the new spelling came with 2.18.0, the old one may go. */
static bool spelled(const struct scenario *sc, const char *segment)
{
	bool old = strcmp(segment, "onPremise") == 0;

	if (!old && strcmp(segment, "onPremises") != 0)
		return false;
	switch (sc->answers.spelling) {
	case SPELLING_ON_PREMISE:
		return old;
	case SPELLING_ON_PREMISES:
		return !old;
	case SPELLING_AUTO:
		break;
	}
	return old || scenario_since(sc, 2, 18, 0);
}

static bool segment_fits(const struct scenario *sc, const char *wanted, size_t len, const char *got)
{
	if (len == 1 && *wanted == '*')
		return got[0] != '\0';
	if (len == 9 && strncmp(wanted, "onPremise", len) == 0)
		return spelled(sc, got);
	return strlen(got) == len && strncmp(wanted, got, len) == 0;
}

static bool fits(const struct request *r, const struct route *route)
{
	const char *p = route->path + 1;

	for (size_t i = 0; i < r->details->segments_len; i++) {
		size_t len = strcspn(p, "/");

		if (!segment_fits(r->sc, p, len, r->details->segments[i]))
			return false;
		if (p[len] == '\0')
			return i + 1 == r->details->segments_len;
		p += len + 1;
	}
	return false;
}

const char *route_argument(const struct request *r, size_t n)
{
	const char *p = r->details->route->path + 1;

	for (size_t i = 0; i < r->details->segments_len; i++) {
		size_t len = strcspn(p, "/");

		if (*p == '*' && n-- == 0)
			return r->details->segments[i];
		p += len + (p[len] == '/' ? 1 : 0);
	}
	return "";
}

static const struct route *find_exposed(const struct request *r)
{
	const char *action = request_param(r, "action");

	for (size_t i = 0; action != NULL && i < sizeof exposed / sizeof *exposed; i++) {
		if (strcmp(exposed[i].path, action) == 0)
			return &exposed[i];
	}
	return NULL;
}

/* What faults select by name: the subaccount (behind its region), an alias, a selection. */
static const char *name_of(const struct request *r)
{
	const char *first = strchr(r->details->route->path, '*');

	if (first == NULL)
		return NULL;
	return route_argument(r, strchr(first + 1, '*') != NULL ? 1 : 0);
}

/* Sets route, endpoint and name of the request. */
static void classify(struct request *r, const char *path)
{
	struct details *d = r->details;

	if (strcmp(path, "/exposed") == 0) {
		d->sessionless = true;
		d->route = find_exposed(r);
	} else if (split(r, path)) {
		for (size_t i = 0; d->route == NULL && i < sizeof routes / sizeof *routes; i++)
			d->route = fits(r, &routes[i]) ? &routes[i] : NULL;
	}
	if (d->route != NULL) {
		r->endpoint = d->route->endpoint;
		r->name = name_of(r);
	} else if (strncmp(path, "/api/", 5) != 0 && !d->sessionless) {
		r->endpoint = ENDPOINT_LOGIN_PAGE;
	}
}

/* A path that this version does not have. */
static void unsupported(struct request *r, struct reply *reply)
{
	switch (r->sc->answers.unsupported) {
	case UNSUPPORTED_404:
		refuse_status(r, reply, 404);
		break;
	case UNSUPPORTED_400:
		refuse_status(r, reply, 400);
		break;
	case UNSUPPORTED_LOGIN:
		login_page(reply);
		break;
	}
}

static bool offered(const struct request *r)
{
	const struct route *route = r->details->route;

	return route != NULL &&
	       scenario_since(r->sc, route->since[0], route->since[1], route->since[2]);
}

/* Calls that matter on the master only. True: the shadow has refused. */
static bool shadow_refuses(struct request *r, struct reply *reply)
{
	if (!(r->details->route->flags & ROUTE_MASTER_ONLY) || state_role(r) != ROLE_SHADOW)
		return false;
	switch (r->sc->ha.monitoring) {
	case SHADOW_DATA:
	case SHADOW_EMPTY: /* the calls look at the role themselves */
		return false;
	case SHADOW_400:
		refuse(reply, 400, "ILLEGAL_STATE", master_only);
		break;
	case SHADOW_403:
		refuse(reply, 403, "FORBIDDEN_REQUEST", master_only);
		break;
	}
	return true;
}

/* Behind a reverse proxy everything outside the prefix belongs to the proxy: NULL. */
static const char *behind_prefix(struct request *r, struct reply *reply)
{
	const char *prefix = r->sc->http.prefix;
	size_t len = strlen(prefix);

	if (strncmp(r->path, prefix, len) == 0 && r->path[len] == '/')
		return r->path + len;
	reply_text(reply, 404,
		   "<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n"
		   "<center><h1>404 Not Found</h1></center>\r\n<hr><center>nginx</center>\r\n"
		   "</body>\r\n</html>\r\n");
	reply->content_type = "text/html";
	r->details->sessionless = true;
	return NULL;
}

static bool may_ask(struct request *r, struct reply *reply)
{
	const struct route *route = r->details->route;

	return r->details->sessionless ||
	       (logon_check(r, reply) &&
		logon_may_read(r, reply, route != NULL ? route->family : FAMILY_CONFIGURATION));
}

void connector_answer(struct request *r, struct reply *reply)
{
	const char *path = behind_prefix(r, reply);
	const struct route *route;

	if (path != NULL)
		classify(r, path);
	if (strcmp(r->method, "GET") != 0) {
		refuse_status(r, reply, 405);
		r->violation = true;
		return;
	}
	if (path == NULL)
		return;
	route = r->details->route;
	if (r->endpoint == ENDPOINT_LOGIN_PAGE)
		login_page(reply);
	else if (!may_ask(r, reply) || replay_answer(r, reply))
		return;
	else if (!offered(r))
		unsupported(r, reply);
	else if (route->family != FAMILY_OPEN && !(route->flags & ROUTE_ANY_ROLE) &&
		 state_role(r) == ROLE_UNDEFINED)
		refuse_undefined_role(reply);
	else if (!shadow_refuses(r, reply))
		route->answer(r, reply);
}
