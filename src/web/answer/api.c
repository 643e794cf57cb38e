/* The routes below /api/v1: web/query.h knows their parameters, report/ makes their answers. */
#include "web/answer/api.h"

#include <math.h>

#include "report/csv.h"
#include "report/json.h"
#include "web/negotiate.h"
#include "web/query.h"
#include "web/service.h"

#define ANSWER_MAX ((size_t)512 * 1024 * 1024) /* as large as the metrics may be */

/* Answers give the time in whole seconds. */
static enum status write_report(const struct request *request, const struct snapshot *snapshot,
				double now_s, struct buf *buf)
{
	const struct api_query *query = request->data;

	now_s = floor(now_s);
	switch (query->resource) {
	case API_CERTIFICATES:
		return query->csv ? report_certificates_csv(snapshot, &query->filter, now_s, buf)
				  : report_certificates_json(snapshot, &query->filter, now_s, buf);
	case API_STORES:
		return report_stores_json(snapshot, now_s, buf);
	case API_SOURCES:
		return report_sources_json(snapshot, now_s, buf);
	}
	return STATUS_UNSUPPORTED;
}

static void make_tag(const struct request *request, const struct snapshot *snapshot, double now_s,
		     char ret_tag[ETAG_SIZE])
{
	api_query_tag(request->data, snapshot, floor(now_s), request->server->tag_salt, ret_tag);
}

static void finish(struct request *request)
{
	const struct api_query *query = request->data;

	request->reply.content_type =
		query->csv ? "text/csv; charset=utf-8; header=present" : "application/json";
	request->reply.vary = "Accept, Accept-Encoding";
	request->reply.no_cache = true;
}

struct parameters {
	struct api_query *query;
	enum status status;
	struct error error;
};

static enum MHD_Result take_parameter(void *user, enum MHD_ValueKind kind, const char *name,
				      const char *value)
{
	struct parameters *parameters = user;

	(void)kind;
	parameters->status = api_query_set(parameters->query, name, value, &parameters->error);
	return parameters->status == STATUS_OK ? MHD_YES : MHD_NO;
}

static void release(void *data)
{
	api_query_free(data);
}

static enum status read_query(struct request *request, enum api_resource resource,
			      struct error *error)
{
	char storage[HEADER_VALUE_MAX];
	struct parameters parameters = { .query = api_query_new(resource) };

	if (parameters.query == NULL)
		return STATUS_MEMORY;
	request->data = parameters.query;
	request->release = release;
	(void)MHD_get_connection_values(request->connection, MHD_GET_ARGUMENT_KIND, take_parameter,
					&parameters);
	*error = parameters.error;
	if (parameters.status != STATUS_OK)
		return parameters.status;
	if (resource == API_CERTIFICATES && !parameters.query->has_format)
		parameters.query->csv =
			negotiate_csv(request_header(request, "Accept", storage, sizeof(storage)));
	return api_query_finish(parameters.query);
}

static enum route_result answer(struct request *request, enum api_resource resource)
{
	static const struct rendering rendering = {
		.what = "the answer",
		.max = ANSWER_MAX,
		.write = write_report,
		.tag = make_tag,
		.finish = finish,
	};
	struct error error = { "" };
	enum status status = read_query(request, resource, &error);

	if (status == STATUS_SYNTAX) {
		reply_text(request, MHD_HTTP_BAD_REQUEST, "%s", error.text);
		return ROUTE_READY;
	}
	if (status != STATUS_OK) {
		reply_text(request, MHD_HTTP_INTERNAL_SERVER_ERROR, "Out of memory.");
		return ROUTE_READY;
	}
	const struct api_query *query = request->data;
	return request_render(request, buf_text(&query->key), &rendering);
}

enum route_result api_certificates_answer(struct request *request)
{
	return answer(request, API_CERTIFICATES);
}

enum route_result api_stores_answer(struct request *request)
{
	return answer(request, API_STORES);
}

enum route_result api_sources_answer(struct request *request)
{
	return answer(request, API_SOURCES);
}
