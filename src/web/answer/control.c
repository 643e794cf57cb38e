/* The answers about the program itself: health, readiness, lifecycle, and that a path is unknown.
 */
#include "web/answer/control.h"

#include "web/service.h"

enum route_result control_healthy(struct request *request)
{
	const struct web_hooks *hooks = &request->server->hooks;
	struct error error = { "" };

	if (hooks->healthy(hooks->user, &error))
		reply_text(request, MHD_HTTP_OK, "btp_cert_exporter is healthy.");
	else
		reply_text(request, MHD_HTTP_SERVICE_UNAVAILABLE, "Not healthy: %s", error.text);
	return ROUTE_READY;
}

enum route_result control_ready(struct request *request)
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

/* On the thread of its lane. Requests that come meanwhile share the next reload. */
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

enum route_result control_reload(struct request *request)
{
	if (!lifecycle_allowed(request))
		return ROUTE_READY;
	return request_work(request, "reload", reload, finish_reload);
}

enum route_result control_refresh(struct request *request)
{
	const struct web_hooks *hooks = &request->server->hooks;

	if (!lifecycle_allowed(request))
		return ROUTE_READY;
	hooks->refresh(hooks->user);
	reply_text(request, MHD_HTTP_ACCEPTED, "Refresh requested.");
	return ROUTE_READY;
}

enum route_result control_unknown(struct request *request)
{
	reply_text(request, MHD_HTTP_NOT_FOUND, "Not found.");
	return ROUTE_READY;
}
