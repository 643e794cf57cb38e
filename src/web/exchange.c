/* A request and its reply, as the functions of the routes see them. */
#include "web/exchange.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "web/service.h"

void reply_text(struct request *request, unsigned code, const char *format, ...)
{
	struct reply *reply = &request->reply;
	va_list args;

	reply->code = code;
	va_start(args, format);
	int n = vsnprintf(reply->text, REPLY_TEXT_MAX - 1, format, args);
	va_end(args);
	if (n < 0)
		reply->text[0] = '\0';
	size_t len = strlen(reply->text);
	reply->text[len] = '\n';
	reply->text[len + 1] = '\0';
}

struct header_search {
	const char *name;
	const char *only; /* as long as there is just one */
	char *storage;
	size_t size;
	size_t len;
};

static enum MHD_Result collect_header(void *user, enum MHD_ValueKind kind, const char *name,
				      const char *value)
{
	struct header_search *search = user;

	(void)kind;
	if (value == NULL || strcasecmp(name, search->name) != 0)
		return MHD_YES;
	const char *comma = search->len > 0 ? ", " : "";
	size_t len = strlen(value) + strlen(comma);
	search->only = search->len == 0 ? value : search->storage;
	if (search->len + len < search->size) {
		memcpy(search->storage + search->len, comma, strlen(comma));
		memcpy(search->storage + search->len + strlen(comma), value, strlen(value) + 1);
		search->len += len;
	}
	return MHD_YES;
}

const char *request_header(const struct request *request, const char *name, char *storage,
			   size_t size)
{
	struct header_search search = { .name = name, .storage = storage, .size = size };

	storage[0] = '\0';
	(void)MHD_get_connection_values(request->connection, MHD_HEADER_KIND, collect_header,
					&search);
	return search.only;
}

struct request *request_of_job(struct render_job *job)
{
	return (struct request *)((char *)job - offsetof(struct request, job));
}

/* On the thread of a lane: makes one body for all requests that wait for the same. */
static enum status render(struct render_job *job, struct body **ret_body, struct error *error)
{
	const struct request *request = request_of_job(job);
	const struct rendering *rendering = request->rendering;
	struct web_server *server = request->server;
	struct snapshot *snapshot = snapshot_store_current(server->snapshots);
	double now_s = clock_now();
	struct buf buf;

	buf_init(&buf, rendering->max);
	enum status status = rendering->write(request, snapshot, now_s, &buf);
	if (status == STATUS_OK)
		status = body_new(&buf, &server->bodies, ret_body);
	if (status == STATUS_OK && rendering->tag != NULL)
		rendering->tag(request, snapshot, now_s, (*ret_body)->etag);
	if (status == STATUS_TOO_LARGE)
		(void)error_set(error, status, "%s cannot be rendered: more than %zu bytes",
				rendering->what, rendering->max);
	else if (status != STATUS_OK)
		(void)error_set(error, status, "%s cannot be rendered: %s", rendering->what,
				status_name(status));
	buf_release(&buf);
	snapshot_unref(snapshot);
	return status;
}

enum route_result request_render(struct request *request, const char *key,
				 const struct rendering *rendering)
{
	request->rendering = rendering;
	request->job.key = key;
	request->job.render = render;
	request->finish = rendering->finish;
	return ROUTE_RENDER;
}

enum route_result request_work(struct request *request, const char *key,
			       enum status (*work)(struct render_job *job, struct body **ret_body,
						   struct error *error),
			       void (*finish)(struct request *request))
{
	request->job.key = key;
	request->job.render = work;
	request->finish = finish;
	return ROUTE_WORK;
}
