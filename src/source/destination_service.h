#ifndef SOURCE_DESTINATION_SERVICE_H
#define SOURCE_DESTINATION_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "config/credentials.h"
#include "net/http.h"
#include "net/oauth.h"
#include "source/passwords.h"
#include "source/source.h"

/*
 * Inside of the Destination service source (docs/reference/destination-service.md 2 to 5): what its
 * modules share. One refresh of one source runs on one thread.
 *
 *   destination_service.c  opening, the order of a refresh, levels, SAML trust, own binding
 *   ds_request.c           addresses, tokens, one repeat after a 401
 *   ds_list.c              names, paged lists
 *   ds_references.c        what destinations and fragments refer to
 *   ds_stores.c            fetching and decoding stores, the cache of unchanged ones
 *   ds_labels.c            labels of certificates
 */
#define DS_STORES_MAX 10000          /* stores in one source */
#define DS_URL_MAX    ((size_t)4000) /* path and query, docs/reference/destination-service.md 3 */
/* bytes of a name that is asked for: encoded it still fits into a request, and the service allows
 * far fewer */
#define DS_NAME_MAX 1024

/* What is remembered of one store from one refresh to the next. */
struct ds_cached {
	char *name;
	char *etag;            /* of the answer that `content` was read from; NULL: none */
	bool whole_body;       /* that answer was the full entity, not its public keys */
	bool is_protected;     /* public keys were refused: ask for the full entity at once */
	uint8_t digest[32];    /* of the bytes that `content` was read from */
	uint8_t passwords[32]; /* of the passwords that were tried */
	struct store_content *content; /* NULL: only the rest is known */
};

struct ds_cache {
	struct ds_cached *items; /* sorted by name */
	size_t count;
	unsigned labels_pause; /* refreshes for which labels are not asked: the service has none */
};

struct destination_service {
	struct source source; /* first */
	bool has_credentials;
	struct credentials credentials;
	struct http_session *session;
	struct oauth_token token;
	struct ds_cache caches[2]; /* subaccount, instance */
};

/* Why there is no token: asked once in a refresh, the rest fails alike. */
struct ds_failure {
	enum status status;
	int64_t retry_after_s;
	struct error error;
};

/* One refresh. */
struct ds_run {
	struct ds_failure token_failure; /* STATUS_OK: none */
	bool new_token_refused;          /* 401 even so: no further one is asked for */
	struct destination_service *service;
	const struct source_config *config;
	struct source_result *result;
	struct passwords passwords;
	bool incomplete[2];   /* subaccount, instance: a list had elements without a name */
	size_t stores;        /* over all levels, for DS_STORES_MAX */
	uint64_t deadline_ms; /* clock_mono_ms(): the end of the refresh, for decoding too */
};

/* -- ds_request.c ---------------------------------------------------------------------- */

/* Builds https://host/destination-configuration/v1/<level><suffix>. STATUS_OK: *ret_url is the
 * caller's. STATUS_LIMIT when it is longer than a request may be: that concerns this address alone,
 * and `error` says so. STATUS_MEMORY. */
enum status ds_url(const struct ds_run *run, const char *level, const char *suffix, char **ret_url,
		   struct error *error) MUST_CHECK;
/* The same for one named entity: .../<level>Certificates/<name><suffix>; also STATUS_LIMIT for a
 * name of more than DS_NAME_MAX bytes. */
enum status ds_store_url(const struct ds_run *run, const char *level, const char *name,
			 const char *suffix, char **ret_url, struct error *error) MUST_CHECK;

/* A token in service->token; what went wrong is an issue of stage `token`, once, and is put into
 * *ret_response as if a GET had failed. */
enum status ds_need_token(struct ds_run *run, struct http_response *ret_response);

/* One GET with a token; after a 401 once more with a new one, unless one was refused before in this
 * refresh. The caller owns *ret_response. */
enum status ds_get(struct ds_run *run, enum endpoint endpoint, const char *url, size_t body_max,
		   struct http_response *ret_response);

/* Many GETs (HTTP_PARALLEL at a time); those that got a 401 are repeated likewise.
 * `done` is called once for each and owns the response. `requests[].bearer` is set here. */
void ds_get_many(struct ds_run *run, struct http_request *requests, size_t count, http_done *done,
		 void *user);

/* A list of this level had elements that cannot be shown: told, and the level is not up. */
void ds_set_incomplete(struct ds_run *run, const struct source_level *level);
bool ds_is_incomplete(const struct ds_run *run, const struct source_level *level);

/* Counts a failure and remembers what it means for the next attempt. */
enum status ds_issue(struct ds_run *run, enum stage stage, const char *level, const char *item,
		     const struct http_response *response);
enum status ds_issue_text(struct ds_run *run, enum stage stage, enum status reason,
			  const char *level, const char *item, const char *text);

/* -- ds_list.c ------------------------------------------------------------------------- */

/* Called for each element of a list; a result other than STATUS_OK ends the walk with it. */
typedef enum status ds_element(void *user, const struct cJSON *element);

/* GET ...?$select=Name or a list without pages: one request. STATUS_OK when the list was whole;
 * otherwise *ret_response tells (always the caller's). */
enum status ds_list(struct ds_run *run, enum endpoint endpoint, const char *url,
		    ds_element *element, void *user, struct http_response *ret_response);

/* Walks pages (docs/reference/destination-service.md 3.3). `begin` is called at the start of each
 * walk: a list whose Entity-Count changes on the way or is not the number of different names, or
 * whose pages repeat themselves, is walked once more. When pages do so again, that is STATUS_LIMIT,
 * the service does not page, or STATUS_TRUNCATED, some entries were left out. */
enum status ds_list_paged(struct ds_run *run, enum endpoint endpoint, const char *level,
			  const char *suffix, void (*begin)(void *user), ds_element *element,
			  void *user, struct http_response *ret_response);

/* -- ds_references.c ------------------------------------------------------------------- */

/* Reads destinations and fragments of a level: references, counts, passwords. */
enum status ds_read_references(struct ds_run *run, struct source_level *level);

/* -- ds_stores.c ----------------------------------------------------------------------- */

/* Reads all certificates of a level. STATUS_OK or STATUS_MEMORY; what failed is in the result. */
enum status ds_read_stores(struct ds_run *run, struct source_level *level, struct ds_cache *cache);
void ds_cache_release(struct ds_cache *cache);

/* Counts a decode issue for a state that is worth one. */
enum status ds_decode_issue(struct ds_run *run, const char *level, const char *name,
			    const struct store_content *content);

/* -- ds_labels.c ----------------------------------------------------------------------- */
enum status ds_read_labels(struct ds_run *run, struct source_level *level, struct ds_cache *cache);

#endif
