/* See net_recorded.h. */
#include "net_recorded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "net/http.h"

#define ROWS_MAX  64
#define ASKED_MAX 50000

static const char token_body[] = "{\"access_token\":\"e30.e30.e30\",\"expires_in\":43199,"
				 "\"token_type\":\"bearer\"}";

struct asked {
	char *path;
	char etag[96];
};

static struct {
	const struct recorded *rows;
	size_t count;
	bool used[ROWS_MAX];
	struct asked asked[ASKED_MAX];
	size_t asked_count;
} book;

static void forget(void)
{
	for (size_t i = 0; i < book.asked_count; i++)
		free(book.asked[i].path);
	memset(&book, 0, sizeof(book));
}

void recorded_begin(const struct recorded *rows, size_t count)
{
	forget();
	assert_true(count <= ROWS_MAX);
	book.rows = rows;
	book.count = count;
	static bool registered;
	if (!registered)
		registered = atexit(forget) == 0;
}

static bool fits(const char *pattern, const char *path)
{
	size_t len = strlen(pattern);

	if (len > 0 && pattern[len - 1] == '*')
		return strncmp(pattern, path, len - 1) == 0;
	return strcmp(pattern, path) == 0;
}

unsigned recorded_asked(const char *path)
{
	unsigned count = 0;

	for (size_t i = 0; i < book.asked_count; i++)
		count += fits(path, book.asked[i].path);
	return count;
}

unsigned recorded_conditional(const char *path, const char *etag)
{
	unsigned count = 0;

	for (size_t i = 0; i < book.asked_count; i++)
		count += fits(path, book.asked[i].path) && strcmp(book.asked[i].etag, etag) == 0;
	return count;
}

void recorded_file(const char *name, struct buf *ret_buf)
{
	struct error error = { "" };
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/%s", TEST_DATA_DIR, name);
	buf_init(ret_buf, (size_t)8 << 20);
	if (file_read(path, ret_buf, NULL, &error) != STATUS_OK)
		fail_msg("%s", error.text);
}

/* -- answers ----------------------------------------------------------------------------------- */

static const struct recorded *row_of(const char *path)
{
	static const struct recorded token = { .path = RECORDED_TOKEN_PATH,
					       .code = 200,
					       .body = token_body };
	static const struct recorded none = { .code = 404, .body = "Not Found" };

	for (size_t i = 0; i < book.count; i++) {
		if (!fits(book.rows[i].path, path) || (book.rows[i].once && book.used[i]))
			continue;
		book.used[i] = true;
		return &book.rows[i];
	}
	return fits(token.path, path) ? &token : &none;
}

static enum status status_of(const struct recorded *row, bool conditional)
{
	switch (row->code) {
	case 0:
		return STATUS_TIMEOUT;
	case 401:
		return STATUS_HTTP_401;
	case 403:
		return STATUS_HTTP_403;
	case 404:
		return STATUS_HTTP_404;
	case 429:
		return STATUS_HTTP_429;
	case 304:
		return conditional ? STATUS_OK : STATUS_REDIRECT;
	default:
		return row->code < 300   ? STATUS_OK
		       : row->code < 500 ? STATUS_HTTP_4XX
					 : STATUS_HTTP_5XX;
	}
}

static void note(const char *path, const char *etag)
{
	struct asked *asked = &book.asked[book.asked_count];
	char copy[8192];

	assert_true(book.asked_count < ASKED_MAX);
	(void)snprintf(copy, sizeof(copy), "%s", path);
	free(asked->path);
	asked->path = strndup(copy, sizeof(copy)); /* without memory it is not counted */
	if (asked->path == NULL)
		return;
	(void)snprintf(asked->etag, sizeof(asked->etag), "%s", etag != NULL ? etag : "");
	book.asked_count++;
}

static void fill_body(const struct recorded *row, struct http_response *r)
{
	const char *body = row->body != NULL ? row->body : "";

	buf_append_secret(&r->body, body, strlen(body));
	if (buf_status(&r->body) == STATUS_OK)
		return;
	r->status = error_set(&r->error, buf_status(&r->body), "the body: %s",
			      status_name(buf_status(&r->body)));
	buf_wipe_release(&r->body);
}

static void answer(const char *url, const char *etag, size_t body_max, struct http_response *r)
{
	const char *host = strstr(url, "://");
	const char *path = host != NULL ? strchr(host + 3, '/') : NULL;

	http_response_init(r, body_max);
	assert_true(path != NULL);
	note(path, etag);
	const struct recorded *row = row_of(path);
	r->status = status_of(row, etag != NULL);
	r->code = row->code;
	r->tries = 1;
	r->retry_after_s = row->retry_after_s > 0 ? row->retry_after_s : -1;
	r->has_entity_count = r->has_page_count = row->has_count;
	r->entity_count = row->entities;
	r->page_count = row->pages;
	if (r->status == STATUS_OK)
		fill_body(row, r);
	else
		(void)error_set(&r->error, r->status, "HTTP %ld", row->code);
	if (row->etag != NULL && r->status == STATUS_OK) {
		r->etag = strdup(row->etag);
		if (r->etag == NULL)
			r->status = error_set(&r->error, STATUS_MEMORY, "out of memory");
	}
}

/* -- in the place of net/http.h ---------------------------------------------------------------- */

enum status __wrap_http_session_new(const struct http_settings *settings,
				    struct http_session **ret_session, struct error *error);
void __wrap_http_session_free(struct http_session *session);
void __wrap_http_session_begin(struct http_session *session, uint64_t deadline_mono_ms);
void __wrap_http_session_peer(const struct http_session *session, struct http_peer *ret_peer);
enum status __wrap_http_get(struct http_session *session, const struct http_request *request,
			    struct http_response *ret_response);
void __wrap_http_get_many(struct http_session *session, const struct http_request *requests,
			  size_t count, http_done *done, void *user);
enum status __wrap_http_post_token(struct http_session *session, size_t endpoint, const char *url,
				   const struct secret *form, struct http_response *ret_response);

enum status __wrap_http_session_new(const struct http_settings *settings,
				    struct http_session **ret_session, struct error *error)
{
	(void)settings;
	*ret_session = malloc(1); /* so that one that is not freed is noticed */
	if (*ret_session == NULL)
		return error_set(error, STATUS_MEMORY, "out of memory");
	return STATUS_OK;
}

void __wrap_http_session_free(struct http_session *session)
{
	free(session);
}

void __wrap_http_session_begin(struct http_session *session, uint64_t deadline_mono_ms)
{
	(void)session;
	(void)deadline_mono_ms;
}

void __wrap_http_session_peer(const struct http_session *session, struct http_peer *ret_peer)
{
	(void)session;
	*ret_peer = (struct http_peer){ .known = false };
}

enum status __wrap_http_get(struct http_session *session, const struct http_request *request,
			    struct http_response *ret_response)
{
	(void)session;
	answer(request->url, request->if_none_match, request->body_max, ret_response);
	return ret_response->status;
}

/* The last one first: the order of completion is nobody's to rely on. */
void __wrap_http_get_many(struct http_session *session, const struct http_request *requests,
			  size_t count, http_done *done, void *user)
{
	(void)session;
	for (size_t i = count; i-- > 0;) {
		struct http_response response;
		answer(requests[i].url, requests[i].if_none_match, requests[i].body_max, &response);
		done(user, i, &response);
	}
}

enum status __wrap_http_post_token(struct http_session *session, size_t endpoint, const char *url,
				   const struct secret *form, struct http_response *ret_response)
{
	(void)session;
	(void)endpoint;
	(void)form;
	answer(url, NULL, (size_t)64 * 1024, ret_response);
	return ret_response->status;
}
