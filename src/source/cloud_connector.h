#ifndef SOURCE_CLOUD_CONNECTOR_H
#define SOURCE_CLOUD_CONNECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "net/http.h"
#include "source/scc_values.h"
#include "source/source.h"

/*
 * Inside of the Cloud Connector source (docs/reference/cloud-connector.md 7 to 12): what its
 * modules share. One refresh of one source runs on one thread.
 *
 *   cloud_connector.c   opening, and the order of a refresh
 *   scc_request.c       the table of calls, addresses, what an answer means
 *   scc_failures.c      failures, and which of them are none on a shadow
 *   scc_outcome.c       which parts are known after it, and whether the source is up
 *   scc_certificates.c  UI, system and CA certificate, trust lists
 *   scc_subaccounts.c   subaccounts, their certificates and tunnels
 *   scc_health.c        high availability, alerts, resources, service channels
 *   scc_values.c        how numbers, names and times are written
 */
#define SCC_STORES_MAX         10000                     /* stores in one source */
#define SCC_SAMPLES_MAX        10000                     /* service channels */
#define SCC_BODY_MAX           ((size_t)4 * 1024 * 1024) /* 10 000 subaccounts have 3 MiB */
#define SCC_URL_MAX            16384 /* two encoded names of SCC_TEXT_MAX and a path */
#define SCC_ALERT_KINDS_MAX    256
#define SCC_THRESHOLD_DAYS     30 /* certificateValidityDays unless somebody changed it */
#define SCC_RENEWAL_EXTRA_DAYS 7  /* the first automatic attempt is so long before the threshold */

struct cloud_connector {
	struct source source; /* first */
	struct http_session *session;
	struct secret logon; /* user:password; data NULL: by certificate */
};

/* What became of a call, summed up over subaccounts where it is one for each. */
enum scc_outcome {
	SCC_ANSWERED,
	SCC_NONE,        /* 404: no such certificate is configured, the subaccount is gone */
	SCC_UNSUPPORTED, /* by this version: 400, 404, 405, 501 */
	SCC_REFUSED,     /* by this role in the high availability pair */
	SCC_FAILED,
	SCC_OUTCOME_COUNT,
};

enum scc_role { SCC_ROLE_UNKNOWN, SCC_ROLE_MASTER, SCC_ROLE_SHADOW, SCC_ROLE_OTHER };

/* Where a certificate was read, the preferred source first
 * (docs/reference/cloud-connector.md 12.2). */
enum scc_origin {
	SCC_FROM_CONFIGURATION,
	SCC_FROM_SUBACCOUNTS,  /* /api/monitoring/subaccounts */
	SCC_FROM_CERTIFICATES, /* /api/monitoring/certificates */
	SCC_ORIGIN_COUNT,
};

enum scc_own { SCC_UI, SCC_SYSTEM, SCC_CA, SCC_OWN_COUNT };

enum scc_channel {
	SCC_CHANNEL_HANA,
	SCC_CHANNEL_VIRTUAL_MACHINE,
	SCC_CHANNEL_ABAP_CLOUD,
	SCC_CHANNEL_ABAP_CLOUD_SNC,
	SCC_CHANNEL_K8S,
	SCC_CHANNEL_COUNT,
};
const char *scc_channel_name(enum scc_channel channel);

/* One subaccount the connector is set up for. Strings are owned; NULL is unknown. */
struct scc_subaccount {
	char *region_host;
	char *subaccount;
	char *location_id;
	char *display_name;
	bool listed;   /* by the configuration */
	bool too_long; /* a name is longer than SCC_TEXT_MAX: it is not asked for */
	bool has_auto_renewal;
	bool auto_renewal;
	bool has_tunnel; /* one of the answers had it */
	char *tunnel_state;
	bool has_connected_since;
	double connected_since_s;
	bool has_connections;
	uint64_t connections;
	unsigned channels; /* bits of enum scc_channel that the tunnel has */
	struct certificate *certificates[SCC_ORIGIN_COUNT];
	bool asked;               /* for the details */
	enum scc_outcome outcome; /* of the details */
	enum store_state state;   /* while that is SCC_FAILED */
	char *failure;            /* likewise, for people */
};

/* A failure is told at the end, when the role is known. */
struct scc_failure {
	enum endpoint endpoint;
	size_t row; /* SIZE_MAX: not of a subaccount */
	enum status status;
	long code;
	unsigned tries;
	int64_t retry_after_s;
	char *text;
};

struct scc_alert_kind {
	char *type;
	char *status;
	char *origin;
	unsigned count;
};

/* The calls of a Cloud Connector stand together in enum endpoint. */
#define SCC_CALL_FIRST ENDPOINT_SCC_VERSION
#define SCC_CALL_COUNT (ENDPOINT_SCC_CPU - ENDPOINT_SCC_VERSION + 1)

struct scc_run {
	struct cloud_connector *connector;
	const struct source_config *config;
	struct source_result *result;
	struct source_level *level;
	enum status status; /* STATUS_MEMORY once it happened */

	unsigned tally[SCC_CALL_COUNT][SCC_OUTCOME_COUNT];
	bool accepted; /* an answer to credentials has come */
	bool ended;    /* nothing else would be answered: no more requests */
	struct scc_failure *failures;
	size_t failure_count;
	size_t failure_capacity;
	size_t nameless; /* elements of lists that cannot be told apart */

	bool before_version; /* too old to tell its version */
	bool has_version;
	bool other_spelling; /* onPremise for onPremises or the other way round */
	struct scc_version version;
	enum scc_role role;
	char *role_text; /* SCC_ROLE_OTHER */
	bool has_master_role_known;
	bool has_master_role;
	bool has_threshold;
	bool has_clock_skew;
	int64_t threshold_s;
	double clock_skew_s;

	struct certificate *own[SCC_OWN_COUNT][SCC_ORIGIN_COUNT];
	struct scc_subaccount *subaccounts; /* sorted by region host and subaccount */
	size_t subaccount_count;
	size_t subaccount_capacity;
	size_t sorted_count; /* of them; the rest was added since */
	bool may_add;        /* the list has not come: other answers may tell of subaccounts */
	size_t channel_samples;
	struct scc_alert_kind *alerts;
	size_t alert_count;
};

/* Frees what a run gathered, not the result. */
void scc_run_release(struct scc_run *run);

/* -- scc_request.c -- */

/* One request to make. */
struct scc_ask {
	enum endpoint endpoint;
	size_t row;               /* of run->subaccounts, where the call is about one */
	enum scc_channel channel; /* ENDPOINT_SCC_CHANNELS */
};

/* What an answer means, whatever the role. Pure. */
enum scc_outcome scc_judge(enum endpoint endpoint, const struct http_response *response);

/* The address of a call; NULL without memory or when it is too long. */
char *scc_url(const struct scc_run *run, const struct scc_ask *ask);

/* Makes the requests, four at a time, and takes what the answers say. */
void scc_ask_many(struct scc_run *run, const struct scc_ask *asks, size_t count);
void scc_ask_one(struct scc_run *run, enum endpoint endpoint);

/* Parses one answer and hands it to its reader. Not STATUS_OK: `error` says what is wrong. */
enum status scc_read(struct scc_run *run, const struct scc_ask *ask, const char *body, size_t len,
		     struct error *error) MUST_CHECK;

unsigned scc_count(const struct scc_run *run, enum endpoint endpoint, enum scc_outcome outcome);
bool scc_answered(const struct scc_run *run, enum endpoint endpoint);

/* Whether its version came before that of the call; of one that is too old to be told, whether it
 * may have. */
bool scc_lacks(const struct scc_run *run, enum endpoint endpoint);

/* -- scc_failures.c -- */

void scc_failed(struct scc_run *run, const struct scc_ask *ask,
		const struct http_response *response);

/* The texts of a connector that was just installed (docs/reference/cloud-connector.md 3.4). */
bool scc_is_initial_password(const char *text);
bool scc_is_role_undefined(const char *text);

/* Once role and version are known: what they do not offer is no failure. And when no listed
 * subaccount is to be found, it is their call that is not offered. */
void scc_forgive(struct scc_run *run);
/* Issues of what failed, and the samples of the calls. */
enum status scc_tell_failures(struct scc_run *run) MUST_CHECK;
enum status scc_tell_calls(struct scc_run *run) MUST_CHECK;

/* -- scc_outcome.c -- */

bool scc_was_asked(const struct scc_run *run, enum endpoint endpoint);
/* Sets `whole` and `up` of the level; issues of what is missing without a failure that says why. */
enum status scc_conclude(struct scc_run *run) MUST_CHECK;

/* -- readers: one answer each -- */

/* STATUS_OK, STATUS_SYNTAX (not what it should be), STATUS_LIMIT, STATUS_MEMORY. `row` is NULL
 * where the call is not about a subaccount. */
typedef enum status scc_reader(struct scc_run *run, struct scc_subaccount *row,
			       const struct cJSON *json, struct error *error);

/* scc_certificates.c */
scc_reader scc_read_ui;
scc_reader scc_read_system;
scc_reader scc_read_ca;
scc_reader scc_read_truststore;
scc_reader scc_read_email_truststore;
scc_reader scc_read_idps;
scc_reader scc_read_monitoring_certificates;

/* scc_subaccounts.c */
scc_reader scc_read_subaccounts;
scc_reader scc_read_subaccount;
scc_reader scc_read_monitoring_subaccounts;

/* scc_health.c */
scc_reader scc_read_version;
scc_reader scc_read_channels;
scc_reader scc_read_corrupted;
scc_reader scc_read_alerting;
scc_reader scc_read_ha_role;
scc_reader scc_read_has_master_role;
scc_reader scc_read_ha_master_state;
scc_reader scc_read_ha_shadow_state;
scc_reader scc_read_alerts;
scc_reader scc_read_memory;
scc_reader scc_read_disk;
scc_reader scc_read_cpu;

/* -- scc_certificates.c -- */

/* The best one of what different answers told; NULL if none did. */
const struct certificate *scc_best(struct certificate *const certificates[SCC_ORIGIN_COUNT]);

/* Adds a store with that certificate, NULL: without content. STATUS_OK or STATUS_MEMORY. */
enum status scc_add_store(struct scc_run *run, enum level_part part, const char *name,
			  const char *type, const struct certificate *certificate,
			  struct source_store **ret_store) MUST_CHECK;

/* UI, system and CA certificate as stores. */
enum status scc_add_own(struct scc_run *run) MUST_CHECK;

/* When each certificate of the level has to be renewed. */
void scc_set_renewal(struct scc_run *run);

/* -- scc_subaccounts.c -- */

/* The row of a subaccount that an answer tells of; made if run->may_add. *ret_row stays NULL for
 * one that is not known. STATUS_OK, STATUS_LIMIT, STATUS_MEMORY. */
enum status scc_subaccount_row(struct scc_run *run, const char *region_host, const char *subaccount,
			       struct scc_subaccount **ret_row) MUST_CHECK;
/* After rows may have been added: in order, and each once. */
void scc_subaccounts_sort(struct scc_run *run);
/* No rows are added from now on; where there is a list, only those in it stay. */
void scc_subaccounts_settle(struct scc_run *run);

/* Stores and samples of all subaccounts. */
enum status scc_add_subaccounts(struct scc_run *run) MUST_CHECK;

/* "subaccount/<region host>/<subaccount>", to be freed; NULL without memory. */
char *scc_subaccount_name(const char *prefix, const struct scc_subaccount *row);

/* -- scc_health.c -- */

enum status scc_sample(struct scc_run *run, enum source_fact fact, double value, const char *label,
		       const char *label2, const char *label3) MUST_CHECK;

/* One sample for each known state, 1 for the current one; a text that is not known is one more. */
enum status scc_state_samples(struct scc_run *run, enum source_fact fact, const char *const *labels,
			      size_t label_count, const char *const *known,
			      const char *current) MUST_CHECK;

/* The role as all answers together tell it. */
void scc_find_role(struct scc_run *run);
/* Samples of the role, the alerts, the peer's certificate and the clock. */
enum status scc_add_health(struct scc_run *run) MUST_CHECK;

extern const struct source_class cloud_connector_class;

#endif
