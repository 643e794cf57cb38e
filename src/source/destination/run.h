#ifndef SOURCE_DESTINATION_RUN_H
#define SOURCE_DESTINATION_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/credentials.h"
#include "net/http.h"
#include "net/oauth.h"
#include "source/destination/cache.h"
#include "source/destination/settings.h"
#include "source/destination/endpoints.h"
#include "source/destination/levels.h"
#include "source/passwords.h"
#include "source/source.h"

/*
 * One refresh of one Destination service (docs/reference/destination-service.md 2 to 5): its state,
 * which all modules of this folder share, and the issues that they report. A refresh runs on one
 * thread.
 */
#define DS_STORES_MAX 10000 /* stores in one source */

struct destination_service {
	struct source source; /* first */
	bool has_credentials;
	struct credentials credentials;
	struct http_session *session;
	struct oauth_token token;
	struct ds_cache caches[2]; /* subaccount, instance */
};

/* Why there is no token: it is asked for once in a refresh, and the rest fails alike. */
struct ds_failure {
	enum status status;
	int64_t retry_after_s;
	struct error error;
};

struct ds_run {
	struct ds_failure token_failure; /* STATUS_OK: none */
	bool new_token_refused;          /* 401 even so: no further one is asked for */
	struct destination_service *service;
	const struct source_config *config;
	const struct destination_settings *settings; /* `own` of config */
	struct source_result *result;
	struct passwords passwords;
	bool incomplete[2];   /* subaccount, instance: a list had elements without a name */
	size_t stores;        /* over all levels, for DS_STORES_MAX */
	uint64_t deadline_ms; /* clock_mono_ms(): the end of the refresh, for decoding too */
};

/* Marks the level as incomplete because a list contained elements without a name. The caller has
 * reported them; the level counts as down. */
void ds_set_incomplete(struct ds_run *run, const struct source_level *level);
bool ds_is_incomplete(const struct ds_run *run, const struct source_level *level);

/* Notes for how many seconds the service asked to be left alone, or -1. The longest counts. */
void ds_retry_after(struct ds_run *run, int64_t seconds);

/*
 * Adds an issue to the result, unless the refresh was cancelled or has no token: that was reported
 * at stage `token`, and everything after it fails for the same reason. After a 401 or 403 the
 * source is not asked again before its interval is over.
 */
void ds_issue_text(struct ds_run *run, enum stage stage, enum status reason, const char *level,
		   const char *item, const char *text);
/* The same for one store, or for a list that the service may not offer: a 403 to that is no reason
 * to ask for the rest less often. */
void ds_issue_of_one(struct ds_run *run, enum stage stage, enum status reason, const char *level,
		     const char *item, const char *text);
/* An answer that is no good, and when it says to ask again. */
void ds_issue(struct ds_run *run, enum stage stage, const char *level, const char *item,
	      const struct http_response *response);

#endif
