#ifndef NET_HTTP_RESULT_H
#define NET_HTTP_RESULT_H

#include <stdbool.h>

#include <curl/curl.h>

#include "net/http/transfer.h"

/* What an answer, or the lack of one, means. For http.c and http_transfer.c. */

bool http_is_2xx(long code);

/* The status code of the answer so far, 0 if there is none. */
long http_result_code(const struct http_transfer *transfer);

/* The try has failed because the proxy that it needs cannot be used. */
bool http_result_proxy_refused(const struct http_transfer *transfer);

/* The connection was made, TLS included: what failed was asked for. */
bool http_result_connected(const struct http_transfer *transfer);

/* The answer is not JSON although JSON was asked for. A missing Content-Type is accepted. */
bool http_result_wrong_type(const struct http_transfer *transfer);

/* The try has ended with `result`: fills in response.status, code, error, retry_after_s. The body
 * stays only where the status is STATUS_OK. */
void http_result(struct http_transfer *transfer, CURLcode result);

#endif
