#ifndef TELEMETRY_TELEMETRY_H
#define TELEMETRY_TELEMETRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/words.h"

/*
 * What the program counts about itself: recorded everywhere, shown by metrics/. Values belong to
 * the process and survive a reload for sources that stay. All functions are thread-safe; recording
 * takes one short lock and never waits for I/O.
 */

/* Where an error happened: the label `stage`. */
enum stage {
	STAGE_CONFIG,
	STAGE_TOKEN,
	STAGE_LIST,
	STAGE_FETCH,
	STAGE_DECODE,
	STAGE_REFERENCES,
	STAGE_SAML_TRUST,
	STAGE_LABELS,
	STAGE_STATE_FILE,
	STAGE_COUNT,
};
const char *stage_name(enum stage stage);

enum code_class { CODE_2XX, CODE_3XX, CODE_4XX, CODE_5XX, CODE_NONE, CODE_CLASS_COUNT };
const char *code_class_name(enum code_class code_class);
enum code_class code_class_of(long http_code); /* 0 and others: CODE_NONE */

/* Cumulative counts are made when shown; `buckets[i]` counts values <= bounds[i] only. */
#define HISTOGRAM_BUCKETS_MAX 16
struct histogram {
	const double *bounds;
	size_t bound_count;
	uint64_t buckets[HISTOGRAM_BUCKETS_MAX + 1]; /* the last one is +Inf */
	uint64_t count;
	double sum;
};

/* The requests to one endpoint. */
struct telemetry_endpoint {
	uint64_t requests[CODE_CLASS_COUNT];
	struct histogram duration; /* shown where count > 0 */
};

/* The counters of one source. */
struct telemetry_source_values {
	uint64_t errors[STAGE_COUNT][STATUS_REASON_COUNT];
	struct telemetry_endpoint *endpoints; /* by their index */
	size_t endpoint_count;
	struct histogram refresh_duration;
	uint64_t cache_hits;
	uint64_t cache_misses;
};

struct telemetry;
struct telemetry_source;

struct telemetry *telemetry_new(void); /* NULL without memory */
void telemetry_free(struct telemetry *telemetry);

/*
 * The counters of a source, made at its first mention and kept for the life of the process (a
 * source that was removed and comes back goes on). Owned by `telemetry`; NULL without memory.
 * `endpoints` has static storage: the templates of its requests, which are the values of the label
 * `endpoint`, never a path; NULL if it makes none. A source that comes back with another list is
 * of another kind, and begins anew.
 */
struct telemetry_source *telemetry_source(struct telemetry *telemetry, const char *source_id,
					  const struct word_list *endpoints);

/* The name of an endpoint of the source; "unknown" without a source. */
const char *telemetry_endpoint_name(const struct telemetry_source *source, size_t endpoint);

void telemetry_error(struct telemetry_source *source, enum stage stage, enum status reason);
/* `endpoint` is an index of the source's endpoints. */
void telemetry_request(struct telemetry_source *source, size_t endpoint, long http_code,
		       double duration_s);
void telemetry_refresh(struct telemetry_source *source, double duration_s);
void telemetry_cache(struct telemetry_source *source, bool hit);

/* A consistent copy of the values, released with telemetry_source_values_release().
 * STATUS_OK; STATUS_MEMORY leaves *ret as it is. */
enum status telemetry_source_read(struct telemetry_source *source,
				  struct telemetry_source_values *ret) MUST_CHECK;
/* What was never read is all zeros. */
void telemetry_source_values_release(struct telemetry_source_values *values);

/* The web server: handler = a route's template name, code = HTTP status. */
void telemetry_http_request(struct telemetry *telemetry, const char *handler, unsigned code);
void telemetry_scrape(struct telemetry *telemetry, double duration_s);
void telemetry_reload(struct telemetry *telemetry, bool successful, double now_s);

#define TELEMETRY_HTTP_MAX 256 /* (handler, code) pairs; handlers are a closed set */
struct telemetry_http_count {
	const char *handler; /* static storage */
	unsigned code;
	uint64_t count;
};
struct telemetry_values {
	struct telemetry_http_count http_requests[TELEMETRY_HTTP_MAX];
	size_t http_request_count;
	struct histogram scrape_duration;
	bool reload_known;
	bool reload_successful;
	double reload_success_s; /* 0: never */
};
void telemetry_read(struct telemetry *telemetry, struct telemetry_values *ret);

#endif
