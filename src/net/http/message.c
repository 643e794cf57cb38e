/* Responses: empty, and released. */
#include "net/http/message.h"

#include <stdlib.h>
#include <string.h>

void http_response_init(struct http_response *response, size_t body_max)
{
	memset(response, 0, sizeof(*response));
	buf_init(&response->body, body_max);
	response->retry_after_s = -1;
	response->date_s = -1;
}

void http_response_release(struct http_response *response)
{
	buf_wipe_release(&response->body);
	free(response->etag);
	free(response->content_type);
	http_response_init(response, response->body.max);
}
