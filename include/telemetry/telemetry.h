#ifndef TELEMETRY_TELEMETRY_H
#define TELEMETRY_TELEMETRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

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

/* A template of a request: the label `endpoint`, never a path. */
enum endpoint {
	ENDPOINT_TOKEN,
	ENDPOINT_CERTIFICATE_NAMES,
	ENDPOINT_CERTIFICATES,
	ENDPOINT_CERTIFICATE,
	ENDPOINT_CERTIFICATE_PUBLIC_KEYS,
	ENDPOINT_CERTIFICATE_LABELS,
	ENDPOINT_DESTINATIONS,
	ENDPOINT_FRAGMENTS,
	ENDPOINT_SAML_ACTIVE,
	ENDPOINT_SAML_PASSIVE,
	/* Cloud Connector */
	ENDPOINT_SCC_VERSION,
	ENDPOINT_SCC_SUBACCOUNTS,
	ENDPOINT_SCC_SUBACCOUNT,
	ENDPOINT_SCC_CHANNELS,
	ENDPOINT_SCC_IDPS,
	ENDPOINT_SCC_CORRUPTED_SUBACCOUNTS,
	ENDPOINT_SCC_UI_CERTIFICATE,
	ENDPOINT_SCC_SYSTEM_CERTIFICATE,
	ENDPOINT_SCC_CA_CERTIFICATE,
	ENDPOINT_SCC_TRUSTSTORE,
	ENDPOINT_SCC_EMAIL_TRUSTSTORE,
	ENDPOINT_SCC_ALERTING,
	ENDPOINT_SCC_MONITORING_CERTIFICATES,
	ENDPOINT_SCC_MONITORING_SUBACCOUNTS,
	ENDPOINT_SCC_HA_ROLE,
	ENDPOINT_SCC_HAS_MASTER_ROLE,
	ENDPOINT_SCC_HA_MASTER_STATE,
	ENDPOINT_SCC_HA_SHADOW_STATE,
	ENDPOINT_SCC_PING,
	ENDPOINT_SCC_ALERTS,
	ENDPOINT_SCC_MEMORY,
	ENDPOINT_SCC_DISK,
	ENDPOINT_SCC_CPU,
	ENDPOINT_COUNT,
};
const char *endpoint_name(enum endpoint endpoint);

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

/* The counters of one source. */
struct telemetry_source_values {
	uint64_t errors[STAGE_COUNT][STATUS_REASON_COUNT];
	uint64_t requests[ENDPOINT_COUNT][CODE_CLASS_COUNT];
	struct histogram request_duration[ENDPOINT_COUNT]; /* shown where count > 0 */
	struct histogram refresh_duration;
	uint64_t cache_hits;
	uint64_t cache_misses;
};

struct telemetry;
struct telemetry_source;

struct telemetry *telemetry_new(void); /* NULL without memory */
void telemetry_free(struct telemetry *telemetry);

/* The counters of a source, made at its first mention and kept for the life of the process (a
 * source that was removed and comes back goes on). Owned by `telemetry`; NULL without memory. */
struct telemetry_source *telemetry_source(struct telemetry *telemetry, const char *source_id);

void telemetry_error(struct telemetry_source *source, enum stage stage, enum status reason);
void telemetry_request(struct telemetry_source *source, enum endpoint endpoint, long http_code,
		       double duration_s);
void telemetry_refresh(struct telemetry_source *source, double duration_s);
void telemetry_cache(struct telemetry_source *source, bool hit);

/* A consistent copy of the values. */
void telemetry_source_read(struct telemetry_source *source, struct telemetry_source_values *ret);

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
