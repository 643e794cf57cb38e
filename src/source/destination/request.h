#ifndef SOURCE_DESTINATION_REQUEST_H
#define SOURCE_DESTINATION_REQUEST_H

#include "source/destination/run.h"

/* Requests with a token; after a 401 they are repeated once with a new one. */

/* A token in service->token. A failure is an issue of stage `token`, once, and is put into
 * *ret_response as if a GET had failed. */
enum status ds_need_token(struct ds_run *run, struct http_response *ret_response);

/* One GET. It is not repeated after a 401 if a new token was refused before in this refresh. The
 * caller owns *ret_response in any case. */
enum status ds_get(struct ds_run *run, enum ds_endpoint endpoint, const char *url, size_t body_max,
		   struct http_response *ret_response);

/* GETs that are sent together, each for one of the caller's items. */
struct ds_batch {
	struct http_request *requests;
	size_t *which; /* request -> index of the caller's item */
	char **urls;
	size_t count;
};

/* Room for `capacity` requests. STATUS_OK or STATUS_MEMORY; ds_batch_release() after both. */
enum status ds_batch_init(struct ds_batch *batch, size_t capacity) MUST_CHECK;
/* Adds a request for the caller's item `which`; `url` is the batch's from now on. */
void ds_batch_add_take(struct ds_batch *batch, size_t which, const struct http_request *request,
		       char *url);
void ds_batch_release(struct ds_batch *batch);

/* Sends all of them, HTTP_PARALLEL at a time. `done` is called once for each, with the index of the
 * request, and owns the response. */
void ds_batch_get(struct ds_run *run, struct ds_batch *batch, http_done *done, void *user);

#endif
