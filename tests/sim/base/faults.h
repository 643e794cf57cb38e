/*
 * Faults: which requests are answered wrongly, and how. A set is read once; only its counters
 * change afterwards, under the set's own lock. Threads share it by counted references.
 */
#ifndef SIM_FAULTS_H
#define SIM_FAULTS_H

#include <pthread.h>
#include <stdatomic.h>

#include "load.h"

#define ENDPOINTS_MAX 64

const char *endpoint_name(int endpoint);

enum fault_kind {
	FAULT_LATENCY, /* nothing but the delay */
	FAULT_STATUS,
	FAULT_REDIRECT,
	FAULT_HTML,
	FAULT_BODY,
	FAULT_CONTENT_TYPE,
	FAULT_INVALID_JSON,
	FAULT_TRUNCATED_JSON,
	FAULT_INVALID_UTF8,
	FAULT_DEEP_JSON,
	FAULT_WRONG_TYPE,
	FAULT_TRAILING_TEXT,
	FAULT_MEMBERS,
	FAULT_ESCAPES,
	/* from here on the answer is written past the HTTP library */
	FAULT_EMPTY_REASON,
	FAULT_HUGE,
	FAULT_SLOW_HEADERS,
	FAULT_SLOW_BODY,
	FAULT_CUT,
	FAULT_SHORT_BODY,
	FAULT_ENDLESS_HEADERS,
	FAULT_NOT_HTTP,
	FAULT_HANG,
	FAULT_CLOSE,
	FAULT_KINDS /* and from here on those of the product */
};

const char *fault_kind_name(int kind);

enum fault_body { BODY_JSON, BODY_TEXT, BODY_HTML, BODY_EMPTY };

#define FAULT_HEADERS_MAX 8

struct header {
	const char *name;
	const char *value;
};

struct fault {
	/* which requests */
	bool endpoints[ENDPOINTS_MAX];
	const char *level;  /* or NULL: any */
	const char *tenant; /* subdomain, or NULL */
	const char *name;   /* fnmatch pattern, or NULL */
	int page;           /* 0: any */
	int after;
	int times; /* -1: for ever */
	int seen;  /* matching requests so far; under the lock */
	/* what happens */
	int kind; /* enum fault_kind, or beyond */
	int status;
	enum fault_body body;
	const char *text;
	const char *content_type;
	const char *location;
	const char *retry_after; /* seconds or a date as given, or NULL */
	int retry_after_date_s;  /* -1, else an HTTP date so many seconds from now */
	struct header headers[FAULT_HEADERS_MAX];
	size_t headers_len;
	int latency_ms;
	int interval_ms;
	int bytes;
	int megabytes;
	int depth;
	bool announce;
	const char **drop; /* names of members */
	size_t drop_len;
	const char *set; /* an object as JSON text, or NULL */
};

struct fault_set {
	struct arena arena;
	atomic_int refs;
	pthread_mutex_t lock;
	struct fault *items;
	size_t len;
};

/* What is known about a request when its answer is due. */
struct fault_query {
	int endpoint;
	const char *level; /* or NULL */
	const char *tenant;
	const char *name;
	int page;
};

/*
 * From a JSON array (NULL: an empty set). NULL with the reason in `ret_error`. One reference.
 */
struct fault_set *fault_set_parse(const cJSON *array, char ret_error[ERROR_SIZE]);
struct fault_set *fault_set_ref(struct fault_set *set);
void fault_set_unref(struct fault_set *set);

/*
 * The first fault that applies to this request now, or NULL; it lives as long as the set. Delays of
 * every matching fault up to it are added to `*ret_latency_ms`. Counts.
 */
const struct fault *fault_set_match(struct fault_set *set, const struct fault_query *query,
				    int *ret_latency_ms);

#endif
