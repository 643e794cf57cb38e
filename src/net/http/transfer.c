/*
 * One try of one request by libcurl: what is sent, what is taken in and up to which size. What it
 * means is said in http_result.c.
 */
#include "net/http/transfer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/clock.h"
#include "base/text.h"
#include "net/http/parse.h"
#include "net/http/result.h"

#ifndef BTP_VERSION
#define BTP_VERSION "dev"
#endif

#define HEADER_VALUE_MAX 1024 /* of those that are kept; an ETag has 64 characters */
/* beyond, the connection is given up rather than drained */
#define REFUSAL_READ_MAX ((size_t)64 * 1024)

/* ---- what is sent ---- */

static enum status add_line(struct http_transfer *t, const char *name, const char *value)
{
	struct buf line;

	assert(t->line_count < HTTP_HEADER_LINES);
	buf_init(&line, SIZE_MAX / 2);
	buf_append_secret(&line, name, strlen(name));
	buf_append_secret(&line, value, strlen(value));
	char *text = buf_take(&line);
	if (text == NULL) {
		buf_wipe_release(&line);
		return STATUS_MEMORY;
	}
	struct curl_slist *node = &t->lines[t->line_count];
	node->data = text;
	node->next = NULL;
	if (t->line_count > 0)
		t->lines[t->line_count - 1].next = node;
	t->line_count++;
	return STATUS_OK;
}

static enum status add_basic(struct http_transfer *t, const struct secret *basic)
{
	size_t size = (basic->len + 2) / 3 * 4 + 1;
	unsigned char *encoded = OPENSSL_malloc(size);

	if (encoded == NULL)
		return STATUS_MEMORY;
	(void)EVP_EncodeBlock(encoded, (const unsigned char *)basic->data, (int)basic->len);
	enum status status = add_line(t, "Authorization: Basic ", (const char *)encoded);
	OPENSSL_clear_free(encoded, size);
	return status;
}

/* A value that may stand in a header line: nothing that could end the line. */
static bool is_header_value(const char *text)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7F)
			return false;
	}
	return len > 0 && len <= HEADER_VALUE_MAX;
}

enum status http_transfer_prepare(struct http_transfer *t, const struct http_request *request,
				  const struct secret *form)
{
	const char *accept = request->accept != NULL ? request->accept : "application/json";
	enum status status = add_line(t, "Accept: ", accept);

	if (status == STATUS_OK && request->bearer != NULL)
		status = add_line(t, "Authorization: Bearer ", request->bearer->data);
	else if (status == STATUS_OK && request->basic != NULL)
		status = add_basic(t, request->basic);
	if (status == STATUS_OK && request->if_none_match != NULL &&
	    is_header_value(request->if_none_match))
		status = add_line(t, "If-None-Match: ", request->if_none_match);
	if (status == STATUS_OK && request->close)
		status = add_line(t, "Connection: close", "");
	t->request = request;
	t->form = form;
	t->tries = 0;
	if (status != STATUS_OK)
		http_transfer_release(t);
	return status;
}

/* ---- what comes ---- */

static void forget_answer(struct http_transfer *t)
{
	http_response_release(&t->response);
	buf_init(&t->response.body, t->request->body_max);
	buf_wipe_release(&t->refusal);
	buf_init(&t->refusal, HTTP_REFUSAL_KEPT_MAX);
	free(t->retry_after);
	t->retry_after = NULL;
	t->headers_done = false;
	t->has_content_length = false;
	t->date_s = -1;
	t->response.retry_after_s = -1;
	t->response.date_s = -1;
}

/* Replaces *text by a copy of a header value; one that cannot be one is left out. */
static void keep_value(char **text, const char *value)
{
	free(*text);
	*text = is_header_value(value) ? strdup(value) : NULL;
}

static void take_header(struct http_transfer *t, const char *name, const char *value)
{
	struct http_response *r = &t->response;

	if (strcasecmp(name, "ETag") == 0)
		keep_value(&r->etag, value);
	else if (strcasecmp(name, "Content-Type") == 0)
		keep_value(&r->content_type, value);
	else if (strcasecmp(name, "Retry-After") == 0)
		keep_value(&t->retry_after, value);
	else if (strcasecmp(name, "Page-Count") == 0)
		r->has_page_count = parse_u64(value, UINT32_MAX, &r->page_count) == STATUS_OK;
	else if (strcasecmp(name, "Entity-Count") == 0)
		r->has_entity_count = parse_u64(value, UINT32_MAX, &r->entity_count) == STATUS_OK;
	else if (strcasecmp(name, "X-Vcap-Request-Id") == 0)
		text_printable_into(r->request_id, sizeof(r->request_id), value, strlen(value));
	else if (strcasecmp(name, "Content-Length") == 0)
		t->has_content_length =
			parse_u64(value, UINT64_MAX, &t->content_length) == STATUS_OK;
	else if (strcasecmp(name, "Date") == 0 && !http_date(value, &t->date_s))
		t->date_s = -1;
}

/* The blank line after the headers. False ends the transfer. */
static bool end_headers(struct http_transfer *t)
{
	long code = http_result_code(t);

	if (code < 200) /* 100 Continue and relatives: another answer follows */
		return true;
	t->headers_done = true;
	t->keep_body = http_is_2xx(code) && !http_result_wrong_type(t);
	if (t->keep_body && t->has_content_length && t->content_length > t->request->body_max) {
		t->verdict = STATUS_TOO_LARGE;
		return false;
	}
	return true;
}

static size_t on_header(char *data, size_t size, size_t count, void *user)
{
	struct http_transfer *t = user;
	size_t len = size * count;

	t->header_bytes += len;
	if (t->header_bytes > HTTP_HEADERS_MAX) {
		t->verdict = STATUS_TOO_LARGE;
		return 0;
	}
	if (t->headers_done) /* a trailer of a chunked body */
		return len;
	if (len >= 5 && memcmp(data, "HTTP/", 5) == 0) {
		forget_answer(t);
		return len;
	}
	if (len <= 2 && (data[0] == '\r' || data[0] == '\n'))
		return end_headers(t) ? len : 0;
	if (memchr(data, '\0', len) != NULL)
		return len;
	char *line = strndup(data, len);
	if (line == NULL) {
		t->verdict = STATUS_MEMORY;
		return 0;
	}
	char *colon = strchr(line, ':');
	if (colon != NULL) {
		*colon = '\0';
		take_header(t, line, text_trim(colon + 1));
	}
	free(line);
	return len;
}

static size_t on_body(char *data, size_t size, size_t count, void *user)
{
	struct http_transfer *t = user;
	size_t len = size * count;

	if (t->keep_body) {
		buf_append_secret(&t->response.body, data, len);
		t->verdict = buf_status(&t->response.body);
		return t->verdict == STATUS_OK ? len : 0;
	}
	size_t room = HTTP_REFUSAL_KEPT_MAX - t->refusal.len;
	if (!http_is_2xx(http_result_code(t)))
		buf_append_secret(&t->refusal, data, len < room ? len : room);
	t->discarded_bytes += len;
	return t->discarded_bytes <= REFUSAL_READ_MAX ? len : 0;
}

static CURLcode on_ssl_ctx(CURL *easy, void *ssl_ctx, void *user)
{
	(void)easy;
	return tls_apply(user, ssl_ctx) ? CURLE_OK : CURLE_SSL_CERTPROBLEM;
}

/* ---- a try ---- */

/*
 * libcurl never sees a user or password of a proxy but as an option of its own, so none of its
 * texts can quote them, and is never left to look into the environment for one itself. A proxy that
 * cannot be used is a name that libcurl refuses before it connects anywhere, so that hosts which
 * NO_PROXY names are still reached.
 */
static bool set_proxy(CURL *easy, const struct http_transfer_settings *settings)
{
	const struct proxy *proxy = settings->proxy;
	const char *address = proxy->address != NULL ? proxy->address : "";
	bool failed = false;

	if (settings->proxy_refusal != NULL)
		address = HTTP_PROXY_REFUSED;
	failed |= curl_easy_setopt(easy, CURLOPT_PROXY, address) != CURLE_OK;
	/* the option that is decoded by every version; CURLOPT_PROXYUSERNAME is by some */
	failed |= curl_easy_setopt(easy, CURLOPT_PROXYUSERPWD, proxy->login.data) != CURLE_OK;
	/* the environment's exceptions are for its own proxy */
	if (!settings->proxy_of_environment)
		failed |= curl_easy_setopt(easy, CURLOPT_NOPROXY, "") != CURLE_OK;
	return !failed;
}

static bool set_up(struct http_transfer *t, const struct http_transfer_settings *settings,
		   uint64_t timeout_ms)
{
	CURL *easy = t->easy;
	bool failed = false;
	bool pinned = tls_pinned(settings->tls);
	bool verify_chain = pinned || !settings->insecure_skip_verify;
	bool verify_host = !pinned && !settings->insecure_skip_verify;

#define SET(option, value) (failed |= curl_easy_setopt(easy, (option), (value)) != CURLE_OK)
	SET(CURLOPT_URL, t->request->url);
	SET(CURLOPT_PATH_AS_IS, 1L); /* a certificate may be called ".." */
#if LIBCURL_VERSION_NUM >= 0x075500
	SET(CURLOPT_PROTOCOLS_STR, "https");
#else
	SET(CURLOPT_PROTOCOLS, (long)CURLPROTO_HTTPS);
#endif
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_USERAGENT, "btp_cert_exporter/" BTP_VERSION);
	SET(CURLOPT_HTTPHEADER, t->lines);
	SET(CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE); /* credentials are not for a proxy */
	SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	SET(CURLOPT_FORBID_REUSE, t->request->close ? 1L : 0L);
	SET(CURLOPT_NOSIGNAL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075700
	SET(CURLOPT_QUICK_EXIT, 1L); /* never wait for a resolver thread that hangs */
#endif
	SET(CURLOPT_TIMEOUT_MS, (long)timeout_ms);
	SET(CURLOPT_CONNECTTIMEOUT_MS, (long)settings->connect_timeout_ms);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_SSL_VERIFYPEER, verify_chain ? 1L : 0L);
	SET(CURLOPT_SSL_VERIFYHOST, verify_host ? 2L : 0L);
	SET(CURLOPT_CAINFO, NULL); /* tls.c has the anchors */
	SET(CURLOPT_CAPATH, NULL);
	SET(CURLOPT_SSL_CTX_FUNCTION, on_ssl_ctx);
	SET(CURLOPT_SSL_CTX_DATA, settings->tls);
	SET(CURLOPT_SHARE, settings->share);
	SET(CURLOPT_ERRORBUFFER, t->curl_error);
	SET(CURLOPT_HEADERFUNCTION, on_header);
	SET(CURLOPT_HEADERDATA, t);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, t);
	SET(CURLOPT_PRIVATE, t);
	if (t->form != NULL) {
		SET(CURLOPT_POSTFIELDS, t->form->data);
		SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)t->form->len);
	}
#undef SET
	return set_proxy(easy, settings) && !failed;
}

enum status http_transfer_start(struct http_transfer *t,
				const struct http_transfer_settings *settings, uint64_t timeout_ms)
{
	forget_answer(t);
	t->header_bytes = 0;
	t->discarded_bytes = 0;
	t->keep_body = false;
	t->verdict = STATUS_OK;
	t->curl_error[0] = '\0';
	t->tls = settings->tls;
	t->proxy_refusal = settings->proxy_refusal;
	t->proxy_password = &settings->proxy->password;
	t->started_ms = clock_mono_ms();
	t->tries++;
	if (t->easy == NULL)
		t->easy = curl_easy_init();
	else
		curl_easy_reset(t->easy);
	if (t->easy == NULL || !set_up(t, settings, timeout_ms))
		return STATUS_MEMORY;
	return STATUS_OK;
}

void http_transfer_abandon(struct http_transfer *t, enum status status, const char *text)
{
	forget_answer(t);
	t->response.code = 0;
	t->response.status = error_set(&t->response.error, status, "%s", text);
}

void http_transfer_release(struct http_transfer *t)
{
	for (size_t i = 0; i < t->line_count; i++) {
		secret_free_text(t->lines[i].data);
		t->lines[i].data = NULL;
	}
	t->line_count = 0;
	http_response_release(&t->response);
	buf_wipe_release(&t->refusal);
	free(t->retry_after);
	t->retry_after = NULL;
	t->request = NULL;
	t->form = NULL;
	t->host = NULL;
	t->tls = NULL;
	t->proxy_refusal = NULL;
	t->proxy_password = NULL;
	t->running = false;
}
