/* What the answer to a call means (docs/reference/cloud-connector.md 4 and 12.3). */
#include "source/connector/outcome.h"

#include <stdbool.h>
#include <strings.h>

#include "net/http.h"
#include "source/connector/calls.h"

/* The answers of a version that lacks the call. */
static bool is_unknown_call(long code)
{
	return code == 400 || code == 404 || code == 405 || code == 501;
}

enum scc_outcome scc_outcome_of(const struct scc_call *call, const struct http_response *response)
{
	if (response->status == STATUS_OK)
		return SCC_ANSWERED;
	if (response->code == 404 && (call->flags & (SCC_OPTIONAL | SCC_MAY_BE_GONE)))
		return SCC_NONE;
	/* a shadow has no master's state and the other way round
	 * (docs/reference/cloud-connector.md 8.8) */
	if (call->role != SCC_ROLE_UNKNOWN && (response->code == 400 || response->code == 403))
		return SCC_REFUSED;
	if (is_unknown_call(response->code))
		return SCC_UNSUPPORTED;
	/* a proxy may close these calls to the outside */
	if ((call->flags & SCC_EXPOSED) && (response->code == 401 || response->code == 403))
		return SCC_UNSUPPORTED;
	return SCC_FAILED;
}

static bool is_html(const struct http_response *response)
{
	return response->content_type != NULL &&
	       strncasecmp(response->content_type, "text/html", 9) == 0;
}

void scc_find_login_page(const struct scc_call *call, struct http_response *response)
{
	bool wrong = response->status == STATUS_CONTENT_TYPE || response->status == STATUS_OK;

	if (!wrong || response->code != 200 || !is_html(response) || call->read == NULL)
		return;
	response->status =
		error_set(&response->error, STATUS_LOGIN_PAGE,
			  "the answer is an HTML login page: the credentials were not accepted");
}
