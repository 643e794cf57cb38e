#ifndef NET_HTTP_HOST_H
#define NET_HTTP_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "net/http/message.h"

/*
 * What one refresh has seen of a host, and what follows from it: another try, a pause, or no more
 * requests (docs/operations.md). For http.c only; times are clock_mono_ms().
 */
struct http_host {
	struct http_host *next;
	char *name;               /* host:port */
	unsigned failures;        /* connect failures and timeouts in a row */
	unsigned failed_requests; /* number of distinct requests that these failures came from */
	uint64_t paused_until_ms;
	enum status closed; /* not STATUS_OK: no more requests in this refresh, and why */
	int64_t closed_retry_after_s;
	struct error closed_error;
};

/* The host of an https URL, made at its first mention and owned by the list. STATUS_SYNTAX (not a
 * URL), STATUS_UNSUPPORTED (not https), STATUS_MEMORY. */
enum status http_hosts_find(struct http_host **hosts, const char *url,
			    struct http_host **ret_host) MUST_CHECK;

/* Frees the list. */
void http_hosts_forget(struct http_host **hosts);

/* Records the outcome of one try (its number is response->tries). `connected` says whether a
 * connection was established. May pause the host or give it up. */
void http_host_learn(struct http_host *host, const struct http_response *response, bool connected,
		     uint64_t now_ms, uint64_t deadline_ms);

/* No more requests in this refresh; later ones get the status of `response`. */
void http_host_give_up(struct http_host *host, const struct http_response *response,
		       const char *why);

/* When a request that had `tries` tries may be tried again; UINT64_MAX: no more. */
uint64_t http_host_retry(const struct http_host *host, const struct http_response *response,
			 unsigned tries, uint64_t now_ms);

#endif
