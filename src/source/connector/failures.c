/*
 * What failed in a refresh. Failures are kept until the role in the high availability pair is
 * known: a shadow refuses what only masters answer, and is not down because of it
 * (docs/reference/cloud-connector.md 10).
 */
#include "source/connector/failures.h"

#include <stdlib.h>
#include <string.h>

#include "source/connector/calls.h"

/* What a failure turns out to be; SCC_FAILED if it is one. */
static enum scc_outcome meaning_of(const struct scc_run *run, const struct scc_failure *failure)
{
	const struct scc_call *call = failure->call;

	/* only masters answer it */
	if (run->role == SCC_ROLE_SHADOW && failure->code == 403 &&
	    !(call->flags & SCC_EVERY_ROLE) && !scc_is_first_start(failure))
		return SCC_REFUSED;
	/* an unknown path may lead to the login page (docs/reference/cloud-connector.md 4) */
	if (run->accepted && failure->status == STATUS_LOGIN_PAGE &&
	    (scc_lacks(run, call) || (call->flags & SCC_UNDATED)))
		return SCC_UNSUPPORTED;
	return SCC_FAILED;
}

void scc_excuse_failures(struct scc_run *run)
{
	size_t kept = 0;

	for (size_t i = 0; i < run->failure_count; i++) {
		struct scc_failure *failure = &run->failures[i];
		unsigned *tally = run->tally[failure->call->endpoint];
		enum scc_outcome meaning = meaning_of(run, failure);
		if (meaning == SCC_FAILED) {
			run->failures[kept++] = *failure;
			continue;
		}
		tally[SCC_FAILED]--;
		tally[meaning]++;
		if (failure->call->on_outcome != NULL)
			failure->call->on_outcome(run, failure->row, meaning, NULL);
		free(failure->text);
	}
	run->failure_count = kept;
}

static void report(struct scc_run *run, const struct scc_failure *failure)
{
	const struct scc_call *call = failure->call;
	char *name = failure->row != NULL ? scc_subaccount_name(call->per_subaccount, failure->row)
					  : strdup(scc_endpoint_name(call->endpoint));

	if (name == NULL) {
		run->status = STATUS_MEMORY;
		return;
	}
	source_result_add_issue(run->result, call->stage, failure->status, LEVEL_CONNECTOR, name,
				failure->text);
	free(name);
}

static void report_nameless(struct scc_run *run)
{
	if (run->nameless > 0)
		source_result_add_issue(run->result, STAGE_LIST, STATUS_SYNTAX, LEVEL_CONNECTOR, "",
					"elements of lists without a usable name were left out");
}

/* A password, a role or an installation that was refused. Asking again soon would not help, and
 * might lock an account (docs/operations.md). */
static bool is_refusal(const struct scc_run *run, const struct scc_failure *failure)
{
	return failure->status == STATUS_HTTP_401 || scc_is_first_start(failure) ||
	       (failure->status == STATUS_LOGIN_PAGE && !run->accepted);
}

/* A role that may not read what the source needs will not be enough a minute later either. */
static bool is_forbidden(const struct scc_run *run, const struct scc_failure *failure)
{
	return failure->status == STATUS_HTTP_403 && (!run->accepted || failure->call->part != 0);
}

void scc_report_failures(struct scc_run *run)
{
	bool has_refusal = false;

	for (size_t i = 0; i < run->failure_count; i++) {
		const struct scc_failure *failure = &run->failures[i];
		bool refusal = is_refusal(run, failure);
		if (failure->retry_after_s > run->result->retry_after_s)
			run->result->retry_after_s = failure->retry_after_s;
		if (refusal || is_forbidden(run, failure))
			run->result->wait_interval = true;
		/* a refusal is reported once; a request that was never sent has its reason in
		 * another failure; the end of the program is no failure */
		if (failure->tries == 0 || (refusal && has_refusal) ||
		    failure->status == STATUS_CANCELLED)
			continue;
		has_refusal = has_refusal || refusal;
		report(run, failure);
	}
	report_nameless(run);
}

/* False when it is not known whether this connector offers a call. */
static bool knows_support(const struct scc_run *run, const struct scc_call *call,
			  bool *ret_supported)
{
	enum scc_endpoint endpoint = call->endpoint;
	unsigned lacking =
		scc_count(run, endpoint, SCC_UNSUPPORTED) + scc_count(run, endpoint, SCC_REFUSED);
	bool none = scc_count(run, endpoint, SCC_NONE) > 0;
	bool no_such_call = false;

	/* "no such certificate" and "no such call" look alike; the calls came together */
	if (call->flags & SCC_OPTIONAL)
		no_such_call = scc_count(run, ENDPOINT_SCC_UI_CERTIFICATE, SCC_UNSUPPORTED) > 0;
	*ret_supported = scc_answered(run, endpoint) || (none && !no_such_call);
	return *ret_supported || none || lacking > 0;
}

void scc_add_call_samples(struct scc_run *run)
{
	for (size_t i = 0; i < scc_call_count; i++) {
		enum scc_endpoint endpoint = scc_calls[i].endpoint;
		bool failed = scc_has_failed(run, endpoint);
		bool supported = false;
		bool known = knows_support(run, &scc_calls[i], &supported);
		if (known && (supported || !failed))
			scc_sample(run, FACT_SAPCC_ENDPOINT_SUPPORTED, supported,
				   scc_endpoint_name(endpoint), NULL, NULL);
		if (failed || supported)
			scc_sample(run, FACT_SAPCC_ENDPOINT_UP, failed ? 0 : 1,
				   scc_endpoint_name(endpoint), NULL, NULL);
	}
}
