#ifndef INVENTORY_VIEW_H
#define INVENTORY_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cert/store.h"
#include "config/config.h"
#include "inventory/renewal.h"
#include "source/level.h"
#include "telemetry/telemetry.h"

/*
 * The inventory as the outputs show it. All of it is immutable once published, may be read by any
 * thread, and is freed with the last reference.
 *
 * Texts are ready to be label values: UTF-8 repaired, control characters escaped, at most
 * LABEL_VALUE_MAX bytes, and unique where they identify something (`#2` is appended in a fixed
 * order). Rows are sorted: levels by name, stores by level and name, certificates by store, entry
 * order of the store, position.
 */
#define LABEL_VALUE_MAX     1024
#define HEADLINE_SERIES_MAX 2000 /* per store; beyond it destination="*" */

/*
 * How old a piece of knowledge is. It is stale when it was kept from before because the last
 * attempt did not read it, and when no attempt has ended yet (a state file). `as_of_s` is when it
 * was last read, in Unix seconds: the last attempt where it is not stale, 0 where it is not known.
 */
struct freshness {
	bool stale;
	double as_of_s;
};

/* An effective reference that was found: `level` and `name` are the store's. */
struct inventory_reference {
	size_t store; /* index in the view */
	const char *destination_level;
	const char *destination;
	enum reference_kind kind;
	const char *property;
	struct freshness freshness; /* of the list that names the reference */
};

struct inventory_missing {
	const char *destination_level;
	const char *destination;
	enum reference_kind kind;
	const char *property;
	const char *name;
	struct freshness freshness; /* the oldest of the lists that the finding rests on */
};

/* A fact of the service: labels as label values, unused ones NULL. */
struct inventory_sample {
	const struct source_fact *fact;
	const char *labels[FACT_LABELS_MAX];
	double value;
};

struct inventory_label {
	const char *key;
	const char *value;
};

struct inventory_store {
	const char *level;
	const char *name;
	const char *type;
	enum store_format format;
	enum store_state state;
	const char *detail;
	bool has_earliest;
	int64_t earliest_s; /* btp_certificate_store_earliest_expiry_timestamp_seconds */
	const struct inventory_label *labels;
	size_t label_count;
	size_t first_certificate; /* its rows in view->certificates */
	size_t certificate_count;
	size_t first_reference; /* its rows in view->references */
	size_t reference_count;
	/* Of its content, and so of all its certificates: a store that is listed but cannot be read
	 * now has a state of now and stale certificates. */
	struct freshness freshness;
};

struct inventory_certificate {
	size_t store; /* index in the view */
	const char *entry;
	uint32_t position;
	/* facts, as label values; has_… and times as in struct certificate */
	enum certificate_role role;
	enum renewal renewal;
	bool has_not_before, has_not_after, has_renewal_due;
	int64_t not_before_s, not_after_s, renewal_due_s;
	const char *texts[CERTIFICATE_TEXT_COUNT];
	const char *san_list; /* all names, to be read with san_next() */
	const char *const
		*destinations; /* names for the headline series: at least one, "" = nobody */
	size_t destination_count;
};

struct inventory_level {
	const char *name;
	bool has_up; /* false before the first attempt has ended */
	bool up;
	uint64_t certificates, stores;
	bool has_destinations, has_fragments;
	uint64_t destinations, fragments;
	struct freshness freshness; /* stale: a part that was once listed whole was not this time */
};

/* All of one source. Counted. */
struct source_view {
	const char *id, *name, *system_id, *host, *subaccount_id, *tenant_id;
	const struct source_kind *kind;
	uint32_t poll_interval_s;
	bool tls_verification_disabled;
	bool has_attempt; /* an attempt of this process has ended */
	bool up;          /* only with has_attempt */
	double last_attempt_s;
	bool has_success;
	double last_success_s;
	double next_attempt_s; /* Unix seconds, 0: unknown */
	const char
		*last_error; /* text of the first issue of the last attempt, "" when it went well */
	struct telemetry_source *telemetry;
	struct inventory_level *levels;
	size_t level_count;
	struct inventory_store *stores;
	size_t store_count;
	struct inventory_certificate *certificates;
	size_t certificate_count;
	struct inventory_reference *references; /* sorted by store */
	size_t reference_count;
	struct inventory_missing *missing; /* certain as of the last attempt */
	size_t missing_count;
	/* What was missing when the lists it rests on were last whole, but cannot be said now. */
	struct inventory_missing *older_missing;
	size_t older_missing_count;
	bool missing_known;     /* `missing` is all of it: the last attempt read every list */
	double missing_as_of_s; /* when every list had been read, 0: at least one never was */
	bool users_known;       /* the last attempt read every list of destinations and fragments */
	struct freshness freshness;       /* the oldest of its levels that are stale */
	struct inventory_sample *samples; /* sorted by fact and labels, each combination once */
	size_t sample_count;
	size_t starred_stores; /* stores whose destinations were replaced by "*" */
};

/* What the collector knows of a source besides its levels. */
struct source_facts {
	const struct source_config *config;
	struct telemetry_source *telemetry;
	const char *host, *subaccount_id, *tenant_id; /* NULL counts as "" */
	bool has_attempt;
	bool up; /* the last attempt: every level was up */
	double last_attempt_s;
	bool has_success;
	double last_success_s;
	double next_attempt_s;
	const char *last_error;
};

/*
 * Builds the view of a source from its levels (merged with older knowledge already): joins
 * references with stores, computes renewals, makes identities unique. Copies every text; the view
 * needs neither levels nor config afterwards. NULL without memory.
 */
struct source_view *source_view_build(const struct source_facts *facts,
				      struct source_level *const *levels, size_t level_count);
struct source_view *source_view_ref(struct source_view *view);
void source_view_unref(struct source_view *view);

#endif
