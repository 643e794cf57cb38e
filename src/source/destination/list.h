#ifndef SOURCE_DESTINATION_LIST_H
#define SOURCE_DESTINATION_LIST_H

#include "base/json.h"
#include "source/destination/run.h"

/* Called for each element of a list; a result other than STATUS_OK ends the walk with it. */
typedef enum status ds_element(void *user, const struct cJSON *element);

/* Reads a list that is one answer (`?$select=Name`, or a list without pages). STATUS_OK when it was
 * whole; otherwise *ret_response says why. It is the caller's in any case. */
enum status ds_list(struct ds_run *run, enum ds_endpoint endpoint, const char *url,
		    ds_element *element, void *user, struct http_response *ret_response) MUST_CHECK;

/*
 * Reads a list by pages (docs/reference/destination-service.md 3.3). If it changes while it is
 * being paged (pages overlap or repeat, or Entity-Count disagrees with the number of different
 * names), it is paged through once more; `begin` is called at the start of each walk. If the count
 * still disagrees, the list is accepted, unless it is certain that entries are missing:
 * STATUS_TRUNCATED. STATUS_LIMIT when pages still repeat each other: the service does not page.
 */
enum status ds_list_paged(struct ds_run *run, enum ds_endpoint endpoint, const char *level,
			  const char *suffix, void (*begin)(void *user), ds_element *element,
			  void *user, struct http_response *ret_response) MUST_CHECK;

#endif
