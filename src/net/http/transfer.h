#ifndef NET_HTTP_TRANSFER_H
#define NET_HTTP_TRANSFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <curl/curl.h>

#include "base/proxy.h"
#include "base/secret.h"
#include "base/status.h"
#include "net/http/message.h"
#include "net/tls.h"

/*
 * One request under way, for http.c only: a libcurl handle, what is sent, what has come so far.
 * A transfer is prepared once per request and started once per try. What an answer means is decided
 * in http_result.c, whether to try again in http_host.c.
 */
#define HTTP_HEADER_LINES 6
/* of an answer; token hosts allow 16 kB (docs/reference/destination-service.md 2.4) */
#define HTTP_HEADERS_MAX ((size_t)64 * 1024)
/* of the body of a refusal; docs/reference/destination-service.md 3.10 */
#define HTTP_REFUSAL_KEPT_MAX 4096
#define HTTP_PROXY_REFUSED    "unusable://proxy" /* libcurl knows no such kind of proxy */

struct http_transfer {
	CURL *easy;                          /* made at the first use and kept; NULL before */
	const struct http_request *request;  /* NULL: this transfer is free */
	const struct secret *form;           /* NULL: GET */
	struct http_host *host;              /* http.c's */
	const struct tls *tls;               /* of the settings, since the first try */
	const struct secret *proxy_password; /* likewise; NULL: none */
	const char *proxy_refusal;           /* likewise */
	size_t index;
	unsigned tries;
	bool running;
	uint64_t started_ms; /* clock_mono_ms() */
	uint64_t due_ms;     /* when not running: the next try */

	/* what is sent besides the URL; the lines are wiped when the transfer is released */
	struct curl_slist lines[HTTP_HEADER_LINES];
	size_t line_count;

	/* what has come in this try */
	struct http_response response;
	struct buf refusal; /* the beginning of the body of a refusal */
	size_t header_bytes;
	size_t discarded_bytes;
	bool headers_done;
	bool keep_body;
	enum status verdict; /* we ended it: why */
	bool has_content_length;
	uint64_t content_length;
	int64_t date_s; /* the server's clock; -1: unknown */
	char *retry_after;
	char curl_error[CURL_ERROR_SIZE];
};

/* What all transfers of a session share. */
struct http_transfer_settings {
	struct tls *tls;
	CURLSH *share;
	const struct proxy *proxy; /* its address is NULL: none */
	bool proxy_of_environment; /* which may name hosts that are reached without it */
	const char *proxy_refusal; /* not NULL: there is one that cannot be used, and why */
	uint32_t connect_timeout_ms;
	bool insecure_skip_verify;
};

/* Takes up a request; `request`, what it points to and `form` must outlive the transfer. STATUS_OK
 * or STATUS_MEMORY (nothing to release). */
enum status http_transfer_prepare(struct http_transfer *transfer,
				  const struct http_request *request,
				  const struct secret *form) MUST_CHECK;

/* Sets the handle up for one more try, which ends after `timeout_ms`. STATUS_OK or
 * STATUS_MEMORY. */
enum status http_transfer_start(struct http_transfer *transfer,
				const struct http_transfer_settings *settings,
				uint64_t timeout_ms) MUST_CHECK;

/* Ends a try from our side (stop, deadline, a host that does not answer). */
void http_transfer_abandon(struct http_transfer *transfer, enum status status, const char *text);

/* Frees everything but the handle; the transfer is free for the next request. */
void http_transfer_release(struct http_transfer *transfer);

#endif
