/* `/`: the page of the current snapshot. */
#include "web/answer/page.h"

#include "config/options.h"
#include "web/page/page.h"
#include "web/service.h"

static enum status write_page(const struct request *request, const struct snapshot *snapshot,
			      double now_s, struct buf *buf)
{
	struct page page = {
		.snapshot = snapshot,
		.now_s = now_s,
		.telemetry_path = request->server->options->telemetry_path,
	};

	return page_write(&page, buf);
}

static void finish(struct request *request)
{
	request->reply.content_type = "text/html; charset=utf-8";
	request->reply.vary = "Accept-Encoding";
	request->reply.no_cache = true;
	request->reply.csp = request->server->page_csp;
}

enum route_result page_answer(struct request *request)
{
	static const struct rendering rendering = {
		.what = "the page",
		.max = PAGE_MAX,
		.write = write_page,
		.finish = finish,
	};

	return request_render(request, "page", &rendering);
}
