/*
 * The rules of retrying (docs/operations.md): backoff with jitter, Retry-After, and leaving a host
 * alone that does not answer. No I/O here.
 */
#include "net/http/host.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>
#include <openssl/rand.h>

#include "net/http.h"

#define BACKOFF_FIRST_MS     500 /* doubled for the third try; half of it up to one and a half */
#define RETRY_AFTER_OBEYED_S 30  /* longer is the scheduler's business */
#define CIRCUIT_FAILURES     3   /* in a row */

void http_hosts_forget(struct http_host **hosts)
{
	while (*hosts != NULL) {
		struct http_host *host = *hosts;
		*hosts = host->next;
		free(host->name);
		free(host);
	}
}

/* host:port of an https URL, to be freed. */
static enum status host_name(const char *url, char **ret_name)
{
	enum status status = STATUS_SYNTAX;
	char *scheme = NULL;
	char *host = NULL;
	char *port = NULL;
	struct buf name;
	CURLU *parsed = curl_url();

	if (parsed == NULL)
		return STATUS_MEMORY;
	buf_init(&name, strlen(url) + 16);
	if (curl_url_set(parsed, CURLUPART_URL, url, CURLU_PATH_AS_IS | CURLU_NON_SUPPORT_SCHEME) !=
		    CURLUE_OK ||
	    curl_url_get(parsed, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK)
		goto out;
	status = STATUS_UNSUPPORTED;
	if (strcmp(scheme, "https") != 0)
		goto out;
	status = STATUS_SYNTAX;
	if (curl_url_get(parsed, CURLUPART_HOST, &host, 0) != CURLUE_OK ||
	    curl_url_get(parsed, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) != CURLUE_OK)
		goto out;
	buf_puts(&name, host);
	buf_putc(&name, ':');
	buf_puts(&name, port);
	*ret_name = buf_take(&name);
	status = *ret_name != NULL ? STATUS_OK : STATUS_MEMORY;
out:
	buf_release(&name);
	curl_free(scheme);
	curl_free(host);
	curl_free(port);
	curl_url_cleanup(parsed);
	return status;
}

enum status http_hosts_find(struct http_host **hosts, const char *url, struct http_host **ret_host)
{
	char *name = NULL;
	enum status status = host_name(url, &name);

	if (status != STATUS_OK)
		return status;
	for (struct http_host *host = *hosts; host != NULL; host = host->next) {
		if (strcmp(host->name, name) != 0)
			continue;
		free(name);
		*ret_host = host;
		return STATUS_OK;
	}
	struct http_host *host = calloc(1, sizeof(*host));
	if (host == NULL) {
		free(name);
		return STATUS_MEMORY;
	}
	host->name = name;
	host->next = *hosts;
	*hosts = host;
	*ret_host = host;
	return STATUS_OK;
}

static bool is_connect_failure(enum status status)
{
	return status == STATUS_DNS || status == STATUS_CONNECT || status == STATUS_TIMEOUT;
}

void http_host_give_up(struct http_host *host, const struct http_response *response,
		       const char *why)
{
	if (host->closed != STATUS_OK)
		return;
	host->closed = response->status;
	host->closed_retry_after_s = response->retry_after_s;
	(void)error_set(&host->closed_error, host->closed, "not asked any more, %s: %.400s", why,
			response->error.text);
}

/* One request without an answer at each of its tries says nothing about the host, if that could be
 * connected to: others are still asked. */
static void learn_failure(struct http_host *host, const struct http_response *response,
			  bool connected)
{
	if (host->failures++ == 0)
		host->failed_requests = 1;
	else if (response->tries == 1)
		host->failed_requests++;
	bool all_of_one = connected && host->failed_requests == 1;
	if (host->failures >= CIRCUIT_FAILURES && !all_of_one)
		http_host_give_up(host, response, "three failures in a row");
}

void http_host_learn(struct http_host *host, const struct http_response *response, bool connected,
		     uint64_t now_ms, uint64_t deadline_ms)
{
	bool told_to_wait =
		(response->code == 429 || response->code == 503) && response->retry_after_s > 0;

	if (is_connect_failure(response->status))
		learn_failure(host, response, connected);
	else
		host->failures = 0;
	if (!told_to_wait)
		return;
	uint64_t until_ms = now_ms + (uint64_t)response->retry_after_s * 1000;
	if (response->retry_after_s <= RETRY_AFTER_OBEYED_S && until_ms < deadline_ms) {
		if (host->paused_until_ms < until_ms)
			host->paused_until_ms = until_ms;
	} else if (response->code == 429) { /* a limit of the client; 503 may be one item's */
		http_host_give_up(host, response, "it asks to wait");
	}
}

static bool is_worth_a_retry(const struct http_response *response)
{
	if (is_connect_failure(response->status) || response->status == STATUS_TRUNCATED ||
	    response->status == STATUS_HTTP_429)
		return true;
	/* "not implemented" stays so */
	return response->status == STATUS_HTTP_5XX && response->code != 501;
}

/* 0.5 s, then 1 s, both ± 50 %. */
static uint64_t backoff_ms(unsigned tries)
{
	uint64_t base_ms = (uint64_t)BACKOFF_FIRST_MS << (tries - 1);
	uint16_t random = 0;

	if (RAND_bytes((unsigned char *)&random, sizeof(random)) != 1)
		random = UINT16_MAX / 2;
	return base_ms / 2 + base_ms * random / UINT16_MAX;
}

uint64_t http_host_retry(const struct http_host *host, const struct http_response *response,
			 unsigned tries, uint64_t now_ms)
{
	if (tries >= HTTP_TRIES || !is_worth_a_retry(response) || host->closed != STATUS_OK ||
	    response->retry_after_s > RETRY_AFTER_OBEYED_S)
		return UINT64_MAX;
	uint64_t wait_ms = backoff_ms(tries);
	if (response->retry_after_s > 0 && wait_ms < (uint64_t)response->retry_after_s * 1000)
		wait_ms = (uint64_t)response->retry_after_s * 1000;
	uint64_t due_ms = now_ms + wait_ms;
	return due_ms > host->paused_until_ms ? due_ms : host->paused_until_ms;
}
