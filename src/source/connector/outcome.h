#ifndef SOURCE_CONNECTOR_OUTCOME_H
#define SOURCE_CONNECTOR_OUTCOME_H

struct http_response;
struct scc_call;

/*
 * What the answer to a call means, whatever the role of the connector
 * (docs/reference/cloud-connector.md 4 and 12.3). Pure functions, thread-safe.
 */
enum scc_outcome {
	SCC_ANSWERED,
	SCC_NONE,        /* 404: no such certificate is configured, the subaccount was removed */
	SCC_UNSUPPORTED, /* this version does not offer the call: 400, 404, 405, 501 */
	SCC_REFUSED,     /* this role in the high availability pair does not offer the call */
	SCC_FAILED,
	SCC_OUTCOME_COUNT,
};

enum scc_outcome scc_outcome_of(const struct scc_call *call, const struct http_response *response);

/* Who is not logged on gets an HTML page with status 200 (docs/reference/cloud-connector.md 3.3).
 * Sets the status of such a response to STATUS_LOGIN_PAGE, with a text. */
void scc_find_login_page(const struct scc_call *call, struct http_response *response);

#endif
