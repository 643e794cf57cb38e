/* /metrics: the exposition of the current snapshot, rendered for each scrape, since days left and
 * status are those of that moment. Scrapes that wait at the same time share one body. */
#include "base/clock.h"
#include "metrics/metrics.h"
#include "web/negotiate.h"
#include "web/routes.h"
#include "web/service.h"

static const char key_text[] = "metrics text";
static const char key_openmetrics[] = "metrics openmetrics";

static enum exposition_format format_of(const struct request *request)
{
	return request->job.key == key_openmetrics ? EXPOSITION_OPENMETRICS : EXPOSITION_TEXT;
}

static enum status render(struct render_job *job, struct body **ret_body, struct error *error)
{
	const struct request *request = request_of_job(job);
	struct web_server *server = request->server;
	struct snapshot *snapshot = snapshot_store_current(server->snapshots);
	struct exposition exposition = {
		.format = format_of(request),
		.snapshot = snapshot,
		.telemetry = server->telemetry,
		.now_s = clock_now(),
		.with_process = !server->options->disable_exporter_metrics,
		.with_web = true,
	};
	struct buf buf;

	buf_init(&buf, EXPOSITION_MAX);
	enum status status = metrics_write(&exposition, &buf);
	if (status == STATUS_OK)
		status = body_new(&buf, &server->bodies, ret_body);
	if (status == STATUS_TOO_LARGE)
		(void)error_set(error, status, "the metrics are larger than %zu bytes",
				(size_t)EXPOSITION_MAX);
	else if (status != STATUS_OK)
		(void)error_set(error, status, "the metrics cannot be rendered: %s",
				status_name(status));
	buf_release(&buf);
	snapshot_unref(snapshot);
	return status;
}

static void finish(struct request *request)
{
	request->reply.content_type = exposition_content_type(format_of(request));
	request->reply.vary = "Accept, Accept-Encoding";
}

enum route_result scrape_answer(struct request *request)
{
	char storage[HEADER_VALUE_MAX];
	const char *accept = request_header(request, "Accept", storage, sizeof(storage));
	struct web_server *server = request->server;

	if (!request_take_slot(request, &server->scrapes, server->options->max_requests))
		return ROUTE_READY;
	request->job.key =
		negotiate_exposition(accept) == EXPOSITION_OPENMETRICS ? key_openmetrics : key_text;
	request->job.render = render;
	request->finish = finish;
	return ROUTE_RENDER;
}
