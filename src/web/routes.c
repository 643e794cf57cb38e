/* The table of routes, and how a request finds its row. */
#include "web/routes.h"

#include <string.h>

#include "base/array.h"
#include "web/answer/api.h"
#include "web/answer/control.h"
#include "web/answer/page.h"
#include "web/answer/scrape.h"

static const struct route routes[] = {
	{ NULL, "/metrics", METHOD_READ, false, LANE_SCRAPES, scrape_answer },
	{ "/", "/", METHOD_READ, false, LANE_REPORTS, page_answer },
	{ "/api/v1/certificates", "/api/v1/certificates", METHOD_READ, false, LANE_REPORTS,
	  api_certificates_answer },
	{ "/api/v1/stores", "/api/v1/stores", METHOD_READ, false, LANE_REPORTS, api_stores_answer },
	{ "/api/v1/sources", "/api/v1/sources", METHOD_READ, false, LANE_REPORTS,
	  api_sources_answer },
	{ "/-/healthy", "/-/healthy", METHOD_READ, true, LANE_NONE, control_healthy },
	{ "/-/ready", "/-/ready", METHOD_READ, true, LANE_NONE, control_ready },
	{ "/-/reload", "/-/reload", METHOD_POST, false, LANE_WORK, control_reload },
	{ "/-/refresh", "/-/refresh", METHOD_POST, false, LANE_NONE, control_refresh },
};

static const struct route other = { "",   "other",   METHOD_READ | METHOD_POST,
				    true, LANE_NONE, control_unknown };

/* The path of a target in absolute form (RFC 9112 3.2.2), which servers must accept. */
static const char *path_of(const char *target)
{
	const char *authority = strstr(target, "://");

	if (*target == '/' || authority == NULL)
		return target;
	const char *path = strchr(authority + 3, '/');
	return path != NULL ? path : "/";
}

const struct route *route_find(const char *target, const char *telemetry_path, bool health_only)
{
	const char *path = path_of(target);

	for (size_t i = 0; i < COUNT_OF(routes); i++) {
		const char *known = routes[i].path != NULL ? routes[i].path : telemetry_path;
		if (strcmp(path, known) == 0 && (routes[i].for_probes || !health_only))
			return &routes[i];
	}
	return &other;
}

const struct route *route_unknown(void)
{
	return &other;
}

bool route_allows(const struct route *route, const char *method, const char **ret_allow)
{
	bool reads = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;

	if (route == &other || ((route->methods & METHOD_READ) != 0 && reads) ||
	    ((route->methods & METHOD_POST) != 0 && strcmp(method, "POST") == 0))
		return true;
	*ret_allow = (route->methods & METHOD_READ) != 0 ? "GET, HEAD" : "POST";
	return false;
}
