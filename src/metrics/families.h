#ifndef METRICS_FAMILIES_H
#define METRICS_FAMILIES_H

#include <stdbool.h>
#include <stddef.h>

#include "cert/certificate.h"
#include "source/level.h"

/*
 * The table of metric families: names, types, help and label names are a contract with dashboards,
 * rules and docs/metrics.md (a test compares the two). The order is that of the page. What services
 * report of themselves has families of its own, which stand in the tables of the kinds of sources
 * (struct source_fact).
 */
enum family_type { FAMILY_GAUGE, FAMILY_COUNTER, FAMILY_HISTOGRAM };

enum family_id {
	/* certificates */
	FAM_EXPIRY,
	FAM_DAYS,
	FAM_NOT_BEFORE,
	FAM_CERTIFICATE_INFO,
	FAM_CERTIFICATE_STATUS,
	FAM_RENEWAL_DUE,
	/* stores and who uses them */
	FAM_LABEL_INFO,
	FAM_STORE_STATE,
	FAM_STORE_EARLIEST,
	FAM_REFERENCE,
	FAM_MISSING,
	FAM_DESTINATIONS,
	FAM_CERTIFICATES,
	FAM_STORES,
	/* sources */
	FAM_SOURCE_INFO,
	FAM_SOURCE_UP,
	FAM_LEVEL_UP,
	FAM_LAST_SUCCESS,
	FAM_LAST_ATTEMPT,
	FAM_POLL_INTERVAL,
	FAM_REFRESH_DURATION,
	FAM_ERRORS,
	FAM_TLS_UNVERIFIED,
	FAM_REQUESTS,
	FAM_REQUEST_DURATION,
	FAM_CACHE_HITS,
	FAM_CACHE_MISSES,
	/* here the page has the facts of the kinds of sources */
	/* the exporter itself */
	FAM_BUILD_INFO,
	FAM_SHARD,
	FAM_RELOAD_SUCCESSFUL,
	FAM_RELOAD_SUCCESS_TIME,
	FAM_SCRAPE_DURATION,
	FAM_HTTP_REQUESTS,
	FAM_PROCESS_CPU,
	FAM_PROCESS_OPEN_FDS,
	FAM_PROCESS_MAX_FDS,
	FAM_PROCESS_VIRTUAL_MEMORY,
	FAM_PROCESS_VIRTUAL_MEMORY_MAX,
	FAM_PROCESS_RESIDENT_MEMORY,
	FAM_PROCESS_START_TIME,
	FAM_PROCESS_THREADS,
	FAM_COUNT,
};

/* Identity labels are the first ones of every family about one certificate, and the first three of
 * every family about one store. */
#define STORE_LABELS    3 /* source, level, name */
#define IDENTITY_LABELS 5 /* and entry, position */
#define HEADLINE_LABELS 9 /* and system_id, type, role, issuer; the next one is destination */

/* btp_certificate_info has the most labels: identity, type, role, format, and all texts. */
#define FAMILY_LABELS_MAX (IDENTITY_LABELS + 3 + CERTIFICATE_TEXT_COUNT)

struct family {
	const char *name; /* as in the text format: counters end in _total */
	enum family_type type;
	const char *help;                          /* one line of plain ASCII */
	const char *labels[FAMILY_LABELS_MAX + 1]; /* in the order of the page, NULL at the end;
						      histograms have `le` besides */
};

/* Static storage; thread-safe, as all of these. */
const struct family *family_get(enum family_id id);

/* The family of a fact; its strings are those of the fact. */
struct family family_of_fact(const struct source_fact *fact);

/* Every family that a page may have, in its order, one for each `i` from 0. False after the last
 * one. */
bool family_at(size_t i, struct family *ret_family);
size_t families_count(void);

const char *family_type_name(enum family_type type); /* gauge, counter, histogram */

#endif
