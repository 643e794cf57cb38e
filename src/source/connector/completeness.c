/*
 * What is known after a refresh: which parts of the level are whole, whether the source is up, and
 * what to tell where neither a failure nor an answer says why it is not.
 */
#include "source/connector/run.h"

bool scc_was_asked(const struct scc_run *run, enum endpoint endpoint)
{
	for (int outcome = 0; outcome < SCC_OUTCOME_COUNT; outcome++) {
		if (scc_count(run, endpoint, (enum scc_outcome)outcome) > 0)
			return true;
	}
	return false;
}

static bool has_failed(const struct scc_run *run, enum endpoint endpoint)
{
	return scc_count(run, endpoint, SCC_FAILED) > 0;
}

/* Answered, with what there is or that there is nothing; or not offered. */
static bool is_known(const struct scc_run *run, enum endpoint endpoint)
{
	return scc_was_asked(run, endpoint) && !has_failed(run, endpoint);
}

/* A UI certificate always exists: a connector that could tell it and does not has not told it. */
static bool is_ui_known(const struct scc_run *run)
{
	if (scc_best(run->own[SCC_UI]) != NULL)
		return true;
	if (scc_count(run, ENDPOINT_SCC_UI_CERTIFICATE, SCC_REFUSED) > 0)
		return true;
	return is_known(run, ENDPOINT_SCC_UI_CERTIFICATE) &&
	       (!run->has_version || scc_lacks(run, ENDPOINT_SCC_UI_CERTIFICATE));
}

/* The details are not offered, and nothing else has told the certificates. */
static bool is_detail_missing(const struct scc_run *run)
{
	if (run->before_version || scc_count(run, ENDPOINT_SCC_SUBACCOUNT, SCC_UNSUPPORTED) == 0)
		return false;
	for (size_t i = 0; i < run->subaccount_count; i++) {
		const struct scc_subaccount *row = &run->subaccounts[i];
		if (!row->too_long && scc_best(row->certificates) == NULL)
			return true;
	}
	return false;
}

static bool are_subaccounts_known(const struct scc_run *run)
{
	if (is_detail_missing(run))
		return false;
	if (scc_answered(run, ENDPOINT_SCC_SUBACCOUNTS) ||
	    scc_count(run, ENDPOINT_SCC_SUBACCOUNTS, SCC_REFUSED) > 0)
		return true;
	return is_known(run, ENDPOINT_SCC_SUBACCOUNTS) &&
	       (scc_answered(run, ENDPOINT_SCC_MONITORING_SUBACCOUNTS) ||
		scc_answered(run, ENDPOINT_SCC_MONITORING_CERTIFICATES));
}

static unsigned known_parts(const struct scc_run *run)
{
	bool listed = scc_answered(run, ENDPOINT_SCC_MONITORING_CERTIFICATES);
	unsigned whole = 0;

	if (!run->accepted)
		return 0;
	if (is_ui_known(run))
		whole |= PART_UI;
	if (listed || is_known(run, ENDPOINT_SCC_SYSTEM_CERTIFICATE))
		whole |= PART_SYSTEM;
	if (listed || is_known(run, ENDPOINT_SCC_CA_CERTIFICATE))
		whole |= PART_CA;
	if (is_known(run, ENDPOINT_SCC_TRUSTSTORE))
		whole |= PART_BACKEND_TRUST;
	if (is_known(run, ENDPOINT_SCC_EMAIL_TRUSTSTORE))
		whole |= PART_EMAIL_TRUST;
	/* a refresh that ended early did not come to each subaccount */
	if (!run->ended && are_subaccounts_known(run)) {
		whole |= PART_SUBACCOUNTS;
		if (!has_failed(run, ENDPOINT_SCC_IDPS))
			whole |= PART_IDP;
	}
	return whole;
}

/* Everything was listed, and not every store failed to be read (docs/metrics.md). */
static bool is_up(const struct scc_run *run)
{
	const unsigned needed = PART_UI | PART_SYSTEM | PART_CA | PART_SUBACCOUNTS |
				PART_BACKEND_TRUST | PART_EMAIL_TRUST | PART_IDP;
	const struct source_level *level = run->level;
	bool told = !has_failed(run, ENDPOINT_SCC_VERSION) ||
		    scc_answered(run, ENDPOINT_SCC_MONITORING_SUBACCOUNTS) ||
		    scc_answered(run, ENDPOINT_SCC_MONITORING_CERTIFICATES);
	size_t failed = 0;

	for (size_t i = 0; i < level->store_count; i++) {
		enum store_state state = level->stores[i].state;
		failed += state == STORE_UNAVAILABLE || state == STORE_FORBIDDEN;
	}
	return told && !run->ended && (level->whole & needed) == needed &&
	       (failed == 0 || failed < level->store_count);
}

/* Nothing that was asked is an API that is known here: another program, or a wrong path. */
static enum status tell_stranger(struct scc_run *run)
{
	if (run->accepted || run->failure_count > 0)
		return STATUS_OK;
	return source_result_add_issue(run->result, STAGE_LIST, STATUS_UNSUPPORTED, LEVEL_CONNECTOR,
				       "scc_version",
				       "nothing answers as a Cloud Connector does: is the url "
				       "right?");
}

static enum status tell_not_offered(struct scc_run *run, enum endpoint endpoint, const char *text)
{
	if (!scc_was_asked(run, endpoint) || has_failed(run, endpoint))
		return STATUS_OK; /* that is the reason, and was told */
	return source_result_add_issue(run->result, STAGE_LIST, STATUS_UNSUPPORTED, LEVEL_CONNECTOR,
				       endpoint_name(endpoint), text);
}

/* What is not offered is no failure, unless there is no other way to what has to be known. */
static enum status tell_unknown(struct scc_run *run)
{
	enum status status = STATUS_OK;

	if (!run->accepted || run->ended)
		return STATUS_OK;
	if (!is_ui_known(run))
		status =
			tell_not_offered(run, ENDPOINT_SCC_UI_CERTIFICATE,
					 "this version has a UI certificate, and does not tell it");
	if (status == STATUS_OK && is_detail_missing(run))
		return tell_not_offered(run, ENDPOINT_SCC_SUBACCOUNT,
					"of no listed subaccount the details are found");
	if (status == STATUS_OK && !are_subaccounts_known(run))
		status = tell_not_offered(run, ENDPOINT_SCC_SUBACCOUNTS,
					  "no call tells which subaccounts there are");
	return status;
}

enum status scc_conclude(struct scc_run *run)
{
	enum status status = tell_stranger(run);

	if (status == STATUS_OK)
		status = tell_unknown(run);
	run->level->whole = known_parts(run);
	run->level->up = is_up(run);
	return status;
}
