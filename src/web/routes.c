/* The table of routes, and the short answers: health, readiness, lifecycle, not found. */
#include "web/routes.h"

#include <string.h>

#include "web/service.h"

static enum route_result answer_healthy(struct request *request)
{
	const struct web_hooks *hooks = &request->server->hooks;
	struct error error = { "" };

	if (hooks->healthy(hooks->user, &error))
		reply_text(request, MHD_HTTP_OK, "btp_cert_exporter is healthy.");
	else
		reply_text(request, MHD_HTTP_SERVICE_UNAVAILABLE, "Not healthy: %s", error.text);
	return ROUTE_READY;
}

static enum route_result answer_ready(struct request *request)
{
	const struct web_hooks *hooks = &request->server->hooks;
	struct error error = { "" };

	if (hooks->ready(hooks->user, &error))
		reply_text(request, MHD_HTTP_OK, "btp_cert_exporter is ready.");
	else
		reply_text(request, MHD_HTTP_SERVICE_UNAVAILABLE, "Not ready: %s", error.text);
	return ROUTE_READY;
}

static bool lifecycle_allowed(struct request *request)
{
	if (request->server->options->enable_lifecycle)
		return true;
	reply_text(request, MHD_HTTP_FORBIDDEN, "Lifecycle API is not enabled.");
	return false;
}

/* On the thread for such work; requests that wait meanwhile share the next reload. */
static enum status reload(struct render_job *job, struct body **ret_body, struct error *error)
{
	const struct web_hooks *hooks = &request_of_job(job)->server->hooks;

	(void)ret_body;
	return hooks->reload(hooks->user, error) ? STATUS_OK : STATUS_SYNTAX;
}

static void finish_reload(struct request *request)
{
	const struct render_job *job = &request->job;

	if (job->status == STATUS_OK)
		reply_text(request, MHD_HTTP_OK, "Reloaded.");
	else if (job->status == STATUS_CANCELLED)
		reply_text(request, MHD_HTTP_SERVICE_UNAVAILABLE, "The server is stopping.");
	else
		reply_text(request, MHD_HTTP_INTERNAL_SERVER_ERROR, "Reload failed: %s",
			   job->error.text);
}

static enum route_result answer_reload(struct request *request)
{
	if (!lifecycle_allowed(request))
		return ROUTE_READY;
	request->job.key = "reload";
	request->job.render = reload;
	request->finish = finish_reload;
	return ROUTE_WORK;
}

static enum route_result answer_refresh(struct request *request)
{
	const struct web_hooks *hooks = &request->server->hooks;

	if (!lifecycle_allowed(request))
		return ROUTE_READY;
	hooks->refresh(hooks->user);
	reply_text(request, MHD_HTTP_ACCEPTED, "Refresh requested.");
	return ROUTE_READY;
}

static enum route_result answer_not_found(struct request *request)
{
	reply_text(request, MHD_HTTP_NOT_FOUND, "Not found.");
	return ROUTE_READY;
}

static const struct route routes[] = {
	{ NULL, "/metrics", METHOD_READ, false, true, scrape_answer },
	{ "/", "/", METHOD_READ, false, false, page_answer },
	{ "/api/v1/certificates", "/api/v1/certificates", METHOD_READ, false, false,
	  api_certificates_answer },
	{ "/api/v1/stores", "/api/v1/stores", METHOD_READ, false, false, api_stores_answer },
	{ "/api/v1/sources", "/api/v1/sources", METHOD_READ, false, false, api_sources_answer },
	{ "/-/healthy", "/-/healthy", METHOD_READ, true, false, answer_healthy },
	{ "/-/ready", "/-/ready", METHOD_READ, true, false, answer_ready },
	{ "/-/reload", "/-/reload", METHOD_POST, false, false, answer_reload },
	{ "/-/refresh", "/-/refresh", METHOD_POST, false, false, answer_refresh },
};

static const struct route other = { "",   "other", METHOD_READ | METHOD_POST,
				    true, false,   answer_not_found };

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

	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
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
