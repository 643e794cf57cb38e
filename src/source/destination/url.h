#ifndef SOURCE_DESTINATION_URL_H
#define SOURCE_DESTINATION_URL_H

#include "source/destination/run.h"

#define DS_URL_MAX ((size_t)4000) /* path and query, docs/reference/destination-service.md 3 */
/* Bytes of a name that is asked for. Percent-encoded it still fits into a request; the service
 * itself allows far fewer. */
#define DS_NAME_MAX 1024

/* Builds https://host/destination-configuration/v1/<level><suffix>. STATUS_OK: *ret_url is the
 * caller's. STATUS_LIMIT when it is longer than a request may be: that concerns this address alone,
 * and `error` says so. STATUS_MEMORY. */
enum status ds_url(const struct ds_run *run, const char *level, const char *suffix, char **ret_url,
		   struct error *error) MUST_CHECK;
/* The same for one named entity: .../<level>Certificates/<name><suffix>; also STATUS_LIMIT for a
 * name of more than DS_NAME_MAX bytes. */
enum status ds_store_url(const struct ds_run *run, const char *level, const char *name,
			 const char *suffix, char **ret_url, struct error *error) MUST_CHECK;

#endif
