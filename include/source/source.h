#ifndef SOURCE_SOURCE_H
#define SOURCE_SOURCE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "cert/store.h"
#include "config/source_config.h"
#include "telemetry/telemetry.h"

/*
 * The interface of every kind of source, and what a refresh hands over: levels with stores, entries
 * and raw references. A source knows its service; it does not join, merge with older knowledge,
 * count errors or write logs: that is done once, above it, for all kinds.
 */

/* Where an entry of the inventory comes from within a source: the label `level`. */
#define LEVEL_SUBACCOUNT "subaccount"
#define LEVEL_INSTANCE   "instance"
#define LEVEL_BINDING    "binding"
#define LEVEL_CONNECTOR  "connector"
#define LEVEL_DIRECTORY  "directory"

/*
 * Parts of a level that are listed by requests of their own. A level says which of them it knows in
 * full (`whole`); of the others the older knowledge stays.
 */
enum level_part {
	PART_CERTIFICATES = 1u << 0, /* the stores of the level */
	PART_SAML_TRUST = 1u << 1,   /* saml-trust/active, saml-trust/passive */
	PART_DESTINATIONS = 1u << 2,
	PART_FRAGMENTS = 1u << 3,
	/* Cloud Connector */
	PART_UI = 1u << 4,
	PART_SYSTEM = 1u << 5,
	PART_CA = 1u << 6,
	PART_SUBACCOUNTS = 1u << 7,
	PART_BACKEND_TRUST = 1u << 8,
	PART_EMAIL_TRUST = 1u << 9,
	PART_IDP = 1u << 10,
};
#define LEVEL_PART_COUNT 11

struct arena;

struct source_label {
	char *key;
	char *value;
};

struct source_store {
	char *name;       /* as the service spells it; not repaired, not cut */
	const char *type; /* the label `type`, static storage; "" = by content: keystore or
			     certificate */
	unsigned part;    /* one enum level_part */
	enum store_state state;
	char *detail;                  /* for people; "" when there is nothing to say */
	struct store_content *content; /* a reference of this struct, NULL when nothing was read */
	bool auto_renewed;      /* by a pattern of the configuration, or the service says so */
	int64_t renewal_lead_s; /* renewal is due so long before notAfter; 0: the general rules */
	bool renewal_unknown;   /* asking for these two failed: the older ones stay */
	bool labels_unknown;    /* asking for them failed: the older ones stay */
	/* Set by level_merge(), a source leaves them 0. */
	bool kept;     /* its content is of an earlier refresh than its level */
	double read_s; /* Unix seconds when its content was read; 0 unknown */
	struct source_label *labels;
	size_t label_count;
	struct arena *arena; /* of the level: holds the strings */
};

enum reference_kind { REFERENCE_DESTINATION, REFERENCE_FRAGMENT };
const char *reference_kind_name(enum reference_kind kind); /* destination, fragment */

/* An effective reference of a destination or fragment of this level to a store of some level. */
struct source_reference {
	enum reference_kind kind;
	char *destination; /* name of the destination or fragment */
	char *property;    /* for example KeyStoreLocation */
	char *name;        /* of the store it refers to */
};

/*
 * What a source tells about its service besides certificates. One fact is one metric family; the
 * names of families and labels stand in metrics/. A fact is of this refresh only: what could not be
 * asked is absent, older values are not kept.
 */
enum source_fact {
	FACT_SAPCC_INFO,                 /* version */
	FACT_SAPCC_ENDPOINT_SUPPORTED,   /* endpoint */
	FACT_SAPCC_ENDPOINT_UP,          /* endpoint */
	FACT_SAPCC_AUTO_RENEWAL_ENABLED, /* region_host, subaccount */
	FACT_SAPCC_ALERT_THRESHOLD_SECONDS,
	FACT_SAPCC_PEER_NOT_AFTER_SECONDS, /* Unix seconds */
	FACT_SAPCC_BACKEND_TRUST_ALL,
	FACT_SAPCC_HA_ROLE,                /* role */
	FACT_SAPCC_HA_STATE,               /* side, state */
	FACT_SAPCC_SUBACCOUNT_INFO,        /* region_host, subaccount, location_id, display_name */
	FACT_SAPCC_TUNNEL_STATE,           /* region_host, subaccount, state */
	FACT_SAPCC_TUNNEL_CONNECTED_SINCE, /* region_host, subaccount; Unix seconds */
	FACT_SAPCC_TUNNEL_CONNECTIONS,     /* region_host, subaccount */
	FACT_SAPCC_SERVICE_CHANNEL,        /* region_host, subaccount, type, id */
	FACT_SAPCC_CORRUPTED_SUBACCOUNTS,
	FACT_SAPCC_ALERTS,            /* type, status, origin */
	FACT_SAPCC_MEMORY_BYTES,      /* memory, used_by */
	FACT_SAPCC_MEMORY_SIZE_BYTES, /* memory */
	FACT_SAPCC_DISK_BYTES,        /* used_by */
	FACT_SAPCC_DISK_SIZE_BYTES,
	FACT_SAPCC_CPU_RATIO, /* scope */
	FACT_SAPCC_CLOCK_SKEW_SECONDS,
	FACT_COUNT,
};

#define FACT_LABELS_MAX 4

struct source_sample {
	enum source_fact fact;
	char *labels[FACT_LABELS_MAX]; /* in the order above; unused ones are NULL */
	double value;
};

/* Counted; immutable once it is part of a result. */
struct source_level {
	const char *name; /* LEVEL_...: static storage */
	bool up;          /* listed whole and not every store failed (btp_source_level_up) */
	unsigned whole;   /* enum level_part bits that are complete in this refresh */
	/* Set by level_merge(), Unix seconds; a source leaves them 0. */
	double read_s;                        /* the refresh that `up` and `whole` are of */
	double listed_s[LEVEL_PART_COUNT];    /* when each part was last complete, 0 never */
	bool has_destinations, has_fragments; /* counts are known */
	uint64_t destinations, fragments;
	struct source_store *stores;
	size_t store_count;
	struct source_reference *references;
	size_t reference_count;
	struct source_sample *samples;
	size_t sample_count;
};

/* One thing that went wrong: counted in btp_source_errors_total and logged by the caller, once. */
struct source_issue {
	enum stage stage;
	enum status reason;
	const char *level; /* "" when it concerns the whole source */
	char *item;        /* store, destination list, ...: a name, "" if none */
	char *text;        /* for people, no secret */
};

struct source_result {
	struct source_level **levels; /* every configured level, up or not; counted references */
	size_t level_count;
	struct source_issue *issues;
	size_t issue_count;
	char *identity; /* what was asked; knowledge of another identity is dropped; "" = unknown */
	char *host;     /* btp_source_info; "" when unknown */
	char *subaccount_id;
	char *tenant_id;
	int64_t retry_after_s; /* -1, or what the service asked for */
	bool wait_interval;    /* 401 with a fresh token, or 403: no early retry */
};

/* -- what the collector does with a source --------------------------------------------- */

struct source; /* one configured source with its caches; used by one thread at a time */

struct source_context {
	const struct source_config *config; /* outlives the source */
	struct telemetry_source *telemetry; /* outlives the source */
	const atomic_bool *stop;            /* true: end at once; may be NULL */
};

/* STATUS_OK or STATUS_MEMORY. No I/O. */
enum status source_open(const struct source_context *context,
			struct source **ret_source) MUST_CHECK;

/* One whole refresh, bounded by refresh_timeout. NULL only without memory: then nothing is known of
 * this attempt but that. The caller owns the result (source_result_free()). */
struct source_result *source_refresh(struct source *source) MUST_CHECK;

void source_close(struct source *source); /* NULL is fine */

/* False for a level that the configuration does not ask for: older knowledge of it is not shown. */
bool source_wants_level(const struct source_config *config, const char *level);
/* The same for a store of a level: filters and settings may have changed since it was read. */
bool source_wants_store(const struct source_config *config, const struct source_store *store);

/* -- what the kinds implement ---------------------------------------------------------- */

struct source_class {
	enum status (*open)(const struct source_context *context, struct source **ret_source);
	struct source_result *(*refresh)(struct source *source);
	void (*close)(struct source *source);
};

/* The first member of each kind's own struct. */
struct source {
	const struct source_class *class;
	struct source_context context;
};

extern const struct source_class destination_service_class;
extern const struct source_class cloud_connector_class;
extern const struct source_class directory_class;

/* -- building a result ----------------------------------------------------------------- */

/* NULL without memory. Strings start as "", retry_after_s as -1. */
struct source_result *source_result_new(void);
void source_result_free(struct source_result *result);

/* Adds an empty level; the result owns it. NULL without memory. */
struct source_level *source_result_add_level(struct source_result *result, const char *name);

/* STATUS_OK or STATUS_MEMORY, as all of these. `text` and `item` are cleaned (text_printable). */
enum status source_result_add_issue(struct source_result *result, enum stage stage,
				    enum status reason, const char *level, const char *item,
				    const char *text) MUST_CHECK;

/* `content` may be NULL; otherwise the level takes its own reference, and the store's state and
 * detail are taken from it. *ret_store is valid until the next call; it may be NULL. */
enum status source_level_add_store(struct source_level *level, enum level_part part,
				   const char *name, const char *type,
				   struct store_content *content,
				   struct source_store **ret_store) MUST_CHECK;
enum status source_store_set_state(struct source_store *store, enum store_state state,
				   const char *detail) MUST_CHECK;
enum status source_store_add_label(struct source_store *store, const char *key,
				   const char *value) MUST_CHECK;
enum status source_level_add_reference(struct source_level *level, enum reference_kind kind,
				       const char *destination, const char *property,
				       const char *name) MUST_CHECK;

/* `labels`: as many as the fact has, up to FACT_LABELS_MAX; further ones are NULL. */
enum status source_level_add_sample(struct source_level *level, enum source_fact fact, double value,
				    const char *const labels[FACT_LABELS_MAX]) MUST_CHECK;

struct source_level *source_level_new(const char *name); /* NULL without memory */
struct source_level *source_level_ref(struct source_level *level);
void source_level_unref(struct source_level *level);

/* The static string for a level's name, NULL if it is none (state files). */
const char *source_level_name(const char *name);

#endif
