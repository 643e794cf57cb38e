/*
 * What the end of a try is called (docs/metrics.md, `reason`) and how it is put to people. Nothing
 * of a 2xx body reaches an error text, and no text that quotes a credential of the request.
 */
#include "net/http/result.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/text.h"
#include "net/http/parse.h"
#include "net/redact.h"
#include "net/tls.h"

#define REFUSAL_SHOWN_MAX 200 /* bytes of remote text in an error text */

/* libcurl's names that mean TLS, at whatever stage. */
static bool is_tls_failure(CURLcode result, const char *text)
{
	static const CURLcode failures[] = {
		CURLE_SSL_CONNECT_ERROR,     CURLE_PEER_FAILED_VERIFICATION,
		CURLE_SSL_CERTPROBLEM,       CURLE_SSL_CIPHER,
		CURLE_SSL_CACERT_BADFILE,    CURLE_SSL_ISSUER_ERROR,
		CURLE_SSL_CLIENTCERT,        CURLE_SSL_INVALIDCERTSTATUS,
		CURLE_SSL_ENGINE_NOTFOUND,   CURLE_SSL_ENGINE_SETFAILED,
		CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_SHUTDOWN_FAILED,
		CURLE_USE_SSL_FAILED,
	};

	for (size_t i = 0; i < COUNT_OF(failures); i++) {
		if (failures[i] == result)
			return true;
	}
	/* TLS 1.3: the server refuses our certificate after the handshake, from our point of
	 * view, so that its alert comes with the first read or write */
	return (result == CURLE_RECV_ERROR || result == CURLE_SEND_ERROR) &&
	       strstr(text, " alert ") != NULL;
}

/* The first byte has come, the blank line has not. */
static bool in_headers(const struct http_transfer *t)
{
	curl_off_t first_byte_us = 0;

	(void)curl_easy_getinfo(t->easy, CURLINFO_STARTTRANSFER_TIME_T, &first_byte_us);
	return first_byte_us > 0 && !t->headers_done;
}

static enum status status_of_result(struct http_transfer *t, CURLcode result)
{
	long proxy_code = 0;

	if (http_result_proxy_refused(t))
		return STATUS_CONNECT;
	(void)curl_easy_getinfo(t->easy, CURLINFO_HTTP_CONNECTCODE, &proxy_code);
	if (is_tls_failure(result, t->curl_error))
		return STATUS_TLS;
	switch ((int)result) {
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
		return STATUS_DNS;
	case CURLE_OPERATION_TIMEDOUT:
		return STATUS_TIMEOUT;
	case CURLE_COULDNT_CONNECT:
	case CURLE_PROXY:
		return STATUS_CONNECT;
	case CURLE_OUT_OF_MEMORY: /* libcurl's name for a header line above 100 kB, too */
		return in_headers(t) ? STATUS_TOO_LARGE : STATUS_MEMORY;
	case CURLE_URL_MALFORMAT:
	case CURLE_UNSUPPORTED_PROTOCOL: /* "HTTP/0.9": what came is no HTTP */
	case CURLE_WEIRD_SERVER_REPLY:
		return STATUS_SYNTAX;
#if LIBCURL_VERSION_NUM >= 0x080600
	case CURLE_TOO_LARGE:
		return STATUS_TOO_LARGE;
#endif
	default: /* cut, reset, closed without an answer; the proxy did not let us through */
		return proxy_code >= 300 ? STATUS_CONNECT : STATUS_TRUNCATED;
	}
}

static enum status status_of_code(const struct http_transfer *t, long code)
{
	if (code == 206) /* nobody asked for a part */
		return STATUS_TRUNCATED;
	if (http_is_2xx(code))
		return http_result_wrong_type(t) ? STATUS_CONTENT_TYPE : STATUS_OK;
	if (code == 304) /* only as an answer to If-None-Match */
		return t->request->if_none_match != NULL ? STATUS_OK : STATUS_SYNTAX;
	if (code == 401)
		return STATUS_HTTP_401;
	if (code == 403)
		return STATUS_HTTP_403;
	if (code == 404)
		return STATUS_HTTP_404;
	if (code == 429)
		return STATUS_HTTP_429;
	if (code >= 300 && code <= 399)
		return STATUS_REDIRECT;
	if (code >= 400 && code <= 499)
		return STATUS_HTTP_4XX;
	return code >= 500 && code <= 599 ? STATUS_HTTP_5XX : STATUS_SYNTAX;
}

static bool quotes_secret(const struct http_transfer *t, const char *text, size_t len)
{
	struct redact_secrets secrets = { t->request->bearer, t->request->basic, t->form,
					  t->proxy_password };

	return redact_needed(text, len, &secrets);
}

/* Appends remote text to the error: cleaned, cut, and only if it quotes no credential. */
static void add_remote_text(struct http_transfer *t, const char *text, size_t len)
{
	struct error *error = &t->response.error;
	char shown[REFUSAL_SHOWN_MAX + 1];
	size_t looked_at = REFUSAL_SHOWN_MAX + REDACT_WINDOW;

	if (quotes_secret(t, text, len < looked_at ? len : looked_at))
		(void)snprintf(shown, sizeof(shown), "(text withheld: it quotes a credential)");
	else
		text_printable_into(shown, sizeof(shown), text, len);
	size_t used = strlen(error->text);
	(void)snprintf(error->text + used, sizeof(error->text) - used, ": %s", shown);
}

static void describe_code(struct http_transfer *t, long code)
{
	struct http_response *r = &t->response;
	struct buf text;

	(void)error_set(&r->error, r->status, "HTTP %ld", code);
	if (r->status == STATUS_REDIRECT)
		(void)error_set(&r->error, r->status, "HTTP %ld: redirects are not followed", code);
	if (r->status == STATUS_SYNTAX)
		(void)error_set(&r->error, r->status, "HTTP %ld where it has no meaning", code);
	if (r->status == STATUS_CONTENT_TYPE) {
		(void)error_set(&r->error, r->status, "HTTP %ld, but not JSON", code);
		add_remote_text(t, r->content_type, strlen(r->content_type));
	}
	if (code < 400)
		return;
	buf_init(&text, HTTP_REFUSAL_KEPT_MAX);
	if (http_error_body_text(buf_text(&t->refusal), t->refusal.len, &text))
		add_remote_text(t, buf_text(&text), text.len);
	buf_wipe_release(&text);
}

/* OpenSSL has no words for a pin, and what is shown instead is what somebody needs to know. */
static void describe_pin(struct http_transfer *t)
{
	struct http_peer peer;

	tls_peer(t->tls, &peer);
	(void)error_set(&t->response.error, STATUS_TLS,
			"tls: the certificate shown is not the pinned one%s%s",
			peer.known ? ", its SHA-256 fingerprint is " : "",
			peer.known ? peer.fingerprint_sha256 : "");
}

static void describe_result(struct http_transfer *t, CURLcode result)
{
	struct http_response *r = &t->response;
	const char *text = t->curl_error[0] != '\0' ? t->curl_error : curl_easy_strerror(result);

	if (r->status == STATUS_TOO_LARGE) {
		(void)error_set(&r->error, r->status, "the answer is larger than %zu bytes",
				t->request->body_max);
		if (!t->headers_done)
			(void)error_set(&r->error, r->status, "more than %zu bytes of headers",
					HTTP_HEADERS_MAX);
		return;
	}
	if (r->status == STATUS_TLS && tls_pin_refused(t->tls)) {
		describe_pin(t);
		return;
	}
	if (http_result_proxy_refused(t)) { /* ours: longer than remote text, and no secret in it */
		(void)error_set(&r->error, r->status, "%s: %s", status_name(r->status),
				t->proxy_refusal);
		return;
	}
	if (result == CURLE_OK)
		text = "the answer ended in its headers";
	(void)error_set(&r->error, r->status, "%s", status_name(r->status));
	if (r->status != STATUS_MEMORY)
		add_remote_text(t, text, strlen(text));
}

/* What may not be in a response of that status. */
static void tidy(struct http_transfer *t)
{
	struct http_response *r = &t->response;
	int64_t base_s = t->date_s >= 0 ? t->date_s : clock_now_s();

	if (r->status != STATUS_OK || r->code == 304)
		buf_wipe_release(&r->body);
	if (t->retry_after == NULL || !http_retry_after(t->retry_after, base_s, &r->retry_after_s))
		r->retry_after_s = -1;
	r->date_s = t->date_s;
	if (quotes_secret(t, r->request_id, strlen(r->request_id)))
		r->request_id[0] = '\0';
	buf_wipe_release(&t->refusal);
}

bool http_is_2xx(long code)
{
	return code >= 200 && code <= 299;
}

long http_result_code(const struct http_transfer *t)
{
	long code = 0;

	(void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &code);
	return code;
}

bool http_result_proxy_refused(const struct http_transfer *t)
{
	return t->proxy_refusal != NULL && strstr(t->curl_error, HTTP_PROXY_REFUSED) != NULL;
}

bool http_result_connected(const struct http_transfer *t)
{
	curl_off_t ready_us = 0;

	(void)curl_easy_getinfo(t->easy, CURLINFO_PRETRANSFER_TIME_T, &ready_us);
	return ready_us > 0;
}

bool http_result_wrong_type(const struct http_transfer *t)
{
	const char *accept = t->request->accept;
	const char *type = t->response.content_type;

	return (accept == NULL || http_is_json(accept)) && type != NULL && !http_is_json(type);
}

void http_result(struct http_transfer *t, CURLcode result)
{
	struct http_response *r = &t->response;

	r->code = http_result_code(t);
	/* a refusal is known by its code, and an answer of the wrong type by its headers, however
	 * the body ended; libcurl calls an answer good that ends in its headers */
	bool body_matters = (t->keep_body && http_is_2xx(r->code)) || r->code == 304;
	bool answered = t->headers_done && (result == CURLE_OK || !body_matters);
	if (t->verdict != STATUS_OK)
		r->status = t->verdict;
	else if (answered)
		r->status = status_of_code(t, r->code);
	else
		r->status = status_of_result(t, result);
	r->error.text[0] = '\0';
	if (r->status != STATUS_OK && answered && t->verdict == STATUS_OK)
		describe_code(t, r->code);
	else if (r->status != STATUS_OK)
		describe_result(t, result);
	tidy(t);
}
