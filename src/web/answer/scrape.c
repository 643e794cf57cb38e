/* /metrics: the exposition of the current snapshot, rendered for each scrape, since days left and
 * status are those of that moment. Scrapes that wait at the same time share one body. */
#include "web/answer/scrape.h"

#include "config/options.h"
#include "metrics/metrics.h"
#include "web/negotiate.h"
#include "web/service.h"

static enum exposition_format format_of(const struct request *request)
{
	return (enum exposition_format)request->variant;
}

static enum status write_metrics(const struct request *request, const struct snapshot *snapshot,
				 double now_s, struct buf *buf)
{
	struct web_server *server = request->server;
	struct exposition exposition = {
		.format = format_of(request),
		.snapshot = snapshot,
		.telemetry = server->telemetry,
		.now_s = now_s,
		.with_process = !server->options->disable_exporter_metrics,
		.with_web = true,
	};

	(void)shard_parse(server->options->shard, &exposition.shard); /* was checked at the start */
	return metrics_write(&exposition, buf);
}

static void finish(struct request *request)
{
	request->reply.content_type = exposition_content_type(format_of(request));
	request->reply.vary = "Accept, Accept-Encoding";
}

enum route_result scrape_answer(struct request *request)
{
	static const struct rendering rendering = {
		.what = "the metrics",
		.max = EXPOSITION_MAX,
		.write = write_metrics,
		.finish = finish,
	};
	char storage[HEADER_VALUE_MAX];

	request->variant = (unsigned)negotiate_exposition(
		request_header(request, "Accept", storage, sizeof(storage)));
	return request_render(request, exposition_content_type(format_of(request)), &rendering);
}
