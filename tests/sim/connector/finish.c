/*
 * What every answer has in common, put on last: headers, session, and the forms that the scenario
 * asks for. Follows docs/reference/cloud-connector.md 2.
 */
#include <string.h>
#include <strings.h>
#include <time.h>

#include <zlib.h>

#include "connector.h"

static bool wants_gzip(const struct request *r)
{
	const char *accepted = request_header(r, "Accept-Encoding");
	const char *gzip = accepted != NULL ? strcasestr(accepted, "gzip") : NULL;

	return gzip != NULL && strncmp(gzip, "gzip;q=0", 8) != 0;
}

static bool compress_body(struct text *body)
{
	z_stream z = { 0 };
	struct text packed = { 0 };
	unsigned char chunk[4096];
	int rc = Z_OK;

	if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) !=
	    Z_OK)
		return false;
	z.next_in = (unsigned char *)body->data;
	z.avail_in = (unsigned)body->len;
	while (rc == Z_OK) {
		z.next_out = chunk;
		z.avail_out = sizeof chunk;
		rc = deflate(&z, Z_FINISH);
		text_add(&packed, chunk, sizeof chunk - z.avail_out);
	}
	(void)deflateEnd(&z);
	if (rc != Z_STREAM_END || packed.failed) {
		text_release(&packed);
		return false;
	}
	text_release(body);
	*body = packed;
	return true;
}

static bool has_header(const struct reply *reply, const char *name)
{
	for (size_t i = 0; i < reply->headers_len; i++) {
		if (strcasecmp(reply->headers[i].name, name) == 0)
			return true;
	}
	return false;
}

static void add_date(struct request *r, struct reply *reply)
{
	time_t now = (time_t)(scenario_now(r->sc) / 1000);
	char date[64];
	struct tm tm;

	if (!has_header(reply, "Date") && gmtime_r(&now, &tm) != NULL &&
	    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &tm) > 0)
		reply_header(r, reply, "Date", date);
}

static void add_cache_control(struct request *r, struct reply *reply)
{
	const struct route *route = r->details->route;
	const char *value = "no-store";

	if (has_header(reply, "Cache-Control"))
		return;
	if (reply->status == 405)
		value = "private";
	else if (reply->status == 200 && route != NULL && (route->flags & ROUTE_CACHED))
		value = "max-age=3600";
	reply_header(r, reply, "Cache-Control", value);
}

static void add_headers(struct request *r, struct reply *reply, const struct fault *fault)
{
	const char *server = r->sc->http.server;

	if (fault != NULL && fault->kind == FAULT_STATUS && fault->body == BODY_HTML) {
		server = "nginx"; /* a proxy in front said that */
	} else {
		add_cache_control(r, reply);
		logon_finish(r, reply);
	}
	if (server != NULL && !has_header(reply, "Server"))
		reply_header(r, reply, "Server", server);
	add_date(r, reply);
}

void finish(struct request *r, struct reply *reply, const struct fault *fault)
{
	const struct http *http = &r->sc->http;
	bool json = reply->content_type != NULL &&
		    strncmp(reply->content_type, "application/json", 16) == 0;
	bool big = http->gzip_min > 0 && reply->body.len > (size_t)http->gzip_min;

	add_headers(r, reply, fault);
	if (http->equals_escaped && json)
		text_escape_equals(&reply->body);
	reply->empty_reason = reply->empty_reason || http->empty_reason;
	reply->chunked = http->chunked;
	if (!big || !json || !wants_gzip(r) || (fault != NULL && fault->kind == FAULT_HUGE) ||
	    !compress_body(&reply->body))
		return;
	reply_header(r, reply, "Content-Encoding", "gzip");
	if (!has_header(reply, "Vary"))
		reply_header(r, reply, "Vary", "accept-encoding");
	reply->chunked = true;
}
