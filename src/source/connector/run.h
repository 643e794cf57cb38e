#ifndef SOURCE_CONNECTOR_RUN_H
#define SOURCE_CONNECTOR_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "net/http.h"
#include "source/connector/endpoints.h"
#include "source/connector/facts.h"
#include "source/connector/levels.h"
#include "source/connector/outcome.h"
#include "source/connector/rows.h"
#include "source/connector/settings.h"
#include "source/connector/values.h"
#include "source/source.h"

struct scc_call;

/*
 * The state of one refresh of one connector: what the modules of the connector share. It runs on
 * one thread. The modules stand on each other in this order; none calls one further down:
 *
 *   endpoints, levels, facts     its words
 *   values          how a connector writes numbers, names, times and certificates
 *   rows            the table of subaccounts
 *   run             this state: counts of outcomes, samples, failures
 *   stores          the stores that certificates make
 *   certificates, subaccounts, health, pair      readers of answers, and what they add to the level
 *   calls           the table of calls: everything that is said about one of them
 *   outcome, request     what an answer means; addresses and requests
 *   phases          which calls a refresh makes, and when
 *   failures, completeness     what is reported at the end
 *   connector       the class: credentials, and the order of a refresh
 */
struct cloud_connector {
	struct source source; /* first */
	struct http_session *session;
	struct secret logon; /* user:password; data NULL: by certificate */
};

enum scc_role { SCC_ROLE_UNKNOWN, SCC_ROLE_MASTER, SCC_ROLE_SHADOW, SCC_ROLE_OTHER };

/* The certificates of the connector itself. */
enum scc_own { SCC_UI, SCC_SYSTEM, SCC_CA, SCC_OWN_COUNT };

/* A call that failed. It is reported at the end, when the role is known. */
struct scc_failure {
	const struct scc_call *call;
	struct scc_subaccount *row; /* NULL: the call is not about a subaccount */
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

struct scc_run {
	struct cloud_connector *connector;
	const struct source_config *config;
	const struct connector_settings *settings; /* `own` of config */
	struct source_result *result;
	struct source_level *level;
	enum status status; /* STATUS_MEMORY once memory was missing */

	/* of each call, summed up over the subaccounts where it is made for each */
	unsigned tally[ENDPOINT_SCC_COUNT][SCC_OUTCOME_COUNT];
	bool accepted; /* a call that needs credentials was answered */
	bool ended;    /* no other call would be answered: no more requests */
	struct scc_failure *failures;
	size_t failure_count;
	size_t nameless; /* elements of lists that have no usable name */

	bool before_version; /* too old to have the call that reports the version */
	bool has_version;
	bool other_spelling; /* onPremise for onPremises or the other way round */
	struct scc_version version;
	enum scc_role role;
	char *role_text; /* as the connector spells it; NULL: it did not say */
	bool has_master_role_known;
	bool has_master_role;
	bool has_threshold;
	bool has_clock_skew;
	int64_t threshold_s;
	double clock_skew_s;

	struct certificate *own[SCC_OWN_COUNT][SCC_ORIGIN_COUNT];
	struct scc_rows rows;
	size_t channel_samples;
	struct scc_alert_kind *alerts;
	size_t alert_count;
};

/* Takes what one answer says. STATUS_OK, STATUS_SYNTAX (not what it should be), STATUS_LIMIT,
 * STATUS_MEMORY. `row` is NULL where the call is not about a subaccount. */
typedef enum status scc_reader(struct scc_run *run, struct scc_subaccount *row,
			       const struct cJSON *json, struct error *error);

/* Handles the outcome of a call, after its answer was read. `row` as for a reader; `failure` is
 * NULL unless the outcome is SCC_FAILED. */
typedef void scc_outcome_handler(struct scc_run *run, struct scc_subaccount *row,
				 enum scc_outcome outcome, const struct scc_failure *failure);

/* Frees what a run gathered, not the result. */
void scc_run_release(struct scc_run *run);

/* ---- outcomes ---- */

unsigned scc_count(const struct scc_run *run, enum scc_endpoint endpoint, enum scc_outcome outcome);
bool scc_was_asked(const struct scc_run *run, enum scc_endpoint endpoint);
bool scc_answered(const struct scc_run *run, enum scc_endpoint endpoint);
bool scc_has_failed(const struct scc_run *run, enum scc_endpoint endpoint);

/* ---- failures ---- */

/* Keeps a failure, and sets run->ended if no other call would be answered. NULL without memory
 * (run->status says so too); valid until the next call. */
const struct scc_failure *scc_record_failure(struct scc_run *run, const struct scc_call *call,
					     struct scc_subaccount *row,
					     const struct http_response *response);

/* The answers of a connector that was just installed (docs/reference/cloud-connector.md 3.4): its
 * initial password was not changed, or nobody chose its role yet. */
bool scc_is_first_start(const struct scc_failure *failure);
bool scc_is_role_undefined(const struct scc_failure *failure);

/* ---- samples ---- */

/* Labels that the fact does not have are NULL. */
void scc_sample(struct scc_run *run, enum scc_fact fact, double value, const char *label,
		const char *label2, const char *label3);

/* Adds one sample for each known state, 1 for the current one and 0 for the others; a text that is
 * not known is one more. `known` ends with NULL. */
void scc_state_samples(struct scc_run *run, enum scc_fact fact, const char *const *labels,
		       size_t label_count, const char *const *known, const char *current);

#endif
