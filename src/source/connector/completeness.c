/*
 * What is known after a refresh: which parts of the level are whole, whether the source is up, and
 * what is reported where neither a failure nor an answer says why something is missing.
 */
#include "source/connector/completeness.h"

#include "source/connector/calls.h"
#include "source/connector/stores.h"

/* The call was answered, if only with "there is none", or it is not offered. */
static bool is_known(const struct scc_run *run, enum scc_endpoint endpoint)
{
	return scc_was_asked(run, endpoint) && !scc_has_failed(run, endpoint);
}

/* A UI certificate always exists: a connector that has the call and does not answer with one leaves
 * it unknown. */
static bool is_ui_known(const struct scc_run *run)
{
	if (scc_best(run->own[SCC_UI]) != NULL)
		return true;
	if (scc_count(run, ENDPOINT_SCC_UI_CERTIFICATE, SCC_REFUSED) > 0)
		return true;
	return is_known(run, ENDPOINT_SCC_UI_CERTIFICATE) &&
	       (!run->has_version || scc_lacks(run, scc_call_of(ENDPOINT_SCC_UI_CERTIFICATE)));
}

/* The details are not offered, and no other answer has the certificates. */
static bool is_detail_missing(const struct scc_run *run)
{
	if (run->before_version || scc_count(run, ENDPOINT_SCC_SUBACCOUNT, SCC_UNSUPPORTED) == 0)
		return false;
	for (size_t i = 0; i < run->rows.count; i++) {
		const struct scc_subaccount *row = &run->rows.items[i];
		if (!row->too_long && scc_best(row->certificates) == NULL)
			return true;
	}
	return false;
}

/* A refresh that ended early did not come to each subaccount. */
static bool are_subaccounts_known(const struct scc_run *run)
{
	if (run->ended || is_detail_missing(run))
		return false;
	if (scc_answered(run, ENDPOINT_SCC_SUBACCOUNTS) ||
	    scc_count(run, ENDPOINT_SCC_SUBACCOUNTS, SCC_REFUSED) > 0)
		return true;
	return is_known(run, ENDPOINT_SCC_SUBACCOUNTS) &&
	       (scc_answered(run, ENDPOINT_SCC_MONITORING_SUBACCOUNTS) ||
		scc_answered(run, ENDPOINT_SCC_MONITORING_CERTIFICATES));
}

/* Most parts are known when their call is; these have rules of their own. */
static bool is_part_known(const struct scc_run *run, const struct scc_call *call)
{
	if (call->part == PART_UI)
		return is_ui_known(run);
	if (call->part == PART_SUBACCOUNTS)
		return are_subaccounts_known(run);
	if (call->per_subaccount != NULL) /* without subaccounts it is never made */
		return are_subaccounts_known(run) && !scc_has_failed(run, call->endpoint);
	if (call->flags & SCC_OPTIONAL)
		return scc_answered(run, ENDPOINT_SCC_MONITORING_CERTIFICATES) ||
		       is_known(run, call->endpoint);
	return is_known(run, call->endpoint);
}

static unsigned known_parts(const struct scc_run *run)
{
	unsigned whole = 0;

	if (!run->accepted)
		return 0;
	for (size_t i = 0; i < scc_call_count; i++) {
		if (scc_calls[i].part != 0 && is_part_known(run, &scc_calls[i]))
			whole |= scc_calls[i].part;
	}
	return whole;
}

static unsigned all_parts(void)
{
	unsigned parts = 0;

	for (size_t i = 0; i < scc_call_count; i++)
		parts |= scc_calls[i].part;
	return parts;
}

/* Everything was listed, and not every store failed to be read (docs/metrics.md). */
static bool is_up(const struct scc_run *run)
{
	const struct source_level *level = run->level;
	bool understood = !scc_has_failed(run, ENDPOINT_SCC_VERSION) ||
			  scc_answered(run, ENDPOINT_SCC_MONITORING_SUBACCOUNTS) ||
			  scc_answered(run, ENDPOINT_SCC_MONITORING_CERTIFICATES);
	size_t failed = 0;

	for (size_t i = 0; i < level->store_count; i++) {
		enum store_state state = level->stores[i].state;
		failed += state == STORE_UNAVAILABLE || state == STORE_FORBIDDEN;
	}
	return understood && !run->ended && level->whole == all_parts() &&
	       (failed == 0 || failed < level->store_count);
}

/* No call was answered as a Cloud Connector does: this is another program, or a wrong path. */
static void report_stranger(struct scc_run *run)
{
	static const char text[] = "nothing answers as a Cloud Connector does: is the url right?";

	if (!run->accepted && run->failure_count == 0)
		source_result_add_issue(run->result, STAGE_LIST, STATUS_UNSUPPORTED,
					LEVEL_CONNECTOR, scc_endpoint_name(ENDPOINT_SCC_VERSION),
					text);
}

static void report_not_offered(struct scc_run *run, enum scc_endpoint endpoint, const char *text)
{
	if (!scc_was_asked(run, endpoint) || scc_has_failed(run, endpoint))
		return; /* the failure is the reason, and was reported */
	source_result_add_issue(run->result, STAGE_LIST, STATUS_UNSUPPORTED, LEVEL_CONNECTOR,
				scc_endpoint_name(endpoint), text);
}

/* A call that is not offered is no failure, unless no other call has what has to be known. */
static void report_unknown(struct scc_run *run)
{
	if (!run->accepted || run->ended)
		return;
	if (!is_ui_known(run))
		report_not_offered(run, ENDPOINT_SCC_UI_CERTIFICATE,
				   "this version has a UI certificate but does not report it");
	if (is_detail_missing(run))
		report_not_offered(run, ENDPOINT_SCC_SUBACCOUNT,
				   "the details of none of the listed subaccounts could be read");
	else if (!are_subaccounts_known(run))
		report_not_offered(run, ENDPOINT_SCC_SUBACCOUNTS,
				   "no call returns the subaccounts that exist");
}

void scc_finish_level(struct scc_run *run)
{
	report_stranger(run);
	report_unknown(run);
	run->level->whole = known_parts(run);
	run->level->up = is_up(run);
}
