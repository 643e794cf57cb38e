#ifndef WEB_QUERY_H
#define WEB_QUERY_H

#include <stdbool.h>

#include "base/buf.h"
#include "inventory/snapshot.h"
#include "report/filter.h"
#include "web/body.h"

/*
 * The parameters of the routes below /api/v1: names and values are untrusted, and each must be
 * known, so that a typing error is reported and never answered with an inventory that looks empty
 * or complete.
 */
enum api_resource { API_CERTIFICATES, API_STORES, API_SOURCES };

struct api_query {
	enum api_resource resource;
	bool has_format; /* ?format= was given: Accept does not matter */
	bool csv;
	struct report_filter filter; /* texts are owned by the query */
	char *source, *system_id, *status, *type;
	struct buf key; /* equal texts, equal answers */
};

/* NULL without memory. */
struct api_query *api_query_new(enum api_resource resource);
void api_query_free(struct api_query *query); /* NULL is fine */

/*
 * Sets one parameter, which is unescaped. `value` may be NULL (no `=`). An empty value counts as a
 * missing parameter.
 * STATUS_OK; STATUS_SYNTAX with a text that says what would be right; STATUS_MEMORY.
 */
enum status api_query_set(struct api_query *query, const char *name, const char *value,
			  struct error *error) MUST_CHECK;

/* After the last parameter: completes `key`. STATUS_OK or STATUS_MEMORY. */
enum status api_query_finish(struct api_query *query) MUST_CHECK;

/*
 * The entity tag of the answer to a finished query, a weak one (RFC 9110 8.8.3): it changes with
 * the snapshot, the query, the selected certificates and their statuses, but not with each
 * change of `generated_at` and `days_until_expiry`. `salt` is random and of this process, because
 * its generations of snapshots start anew. "" without memory.
 */
void api_query_tag(const struct api_query *query, const struct snapshot *snapshot, double now_s,
		   const unsigned char salt[TAG_SALT_LEN], char ret_tag[ETAG_SIZE]);

#endif
