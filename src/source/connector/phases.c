/*
 * Which calls a refresh makes, and when: single calls until one shows that the credentials are
 * accepted, then the calls of each phase in turn. What a call is, and its phase, is in calls.c.
 */
#include "source/connector/phases.h"

#include <stdlib.h>

#include "base/array.h"
#include "source/connector/calls.h"
#include "source/connector/pair.h"
#include "source/connector/request.h"

/* ---- requests ---- */

struct requests {
	struct scc_request *items;
	size_t count;
	bool failed; /* memory was missing */
};

static void add_request(struct requests *requests, struct scc_request request)
{
	struct scc_request *items = array_room(requests->items, requests->count, sizeof(*items));

	if (items == NULL) {
		requests->failed = true;
		return;
	}
	requests->items = items;
	items[requests->count++] = request;
}

static void add_channels(struct requests *requests, const struct scc_call *call,
			 struct scc_subaccount *row)
{
	for (unsigned channel = 0; channel < SCC_CHANNEL_COUNT; channel++) {
		if (row->channels & 1u << channel)
			add_request(requests,
				    (struct scc_request){ call, row, (enum scc_channel)channel });
	}
}

static void add_call(struct requests *requests, const struct scc_call *call, struct scc_rows *rows)
{
	if (call->per_subaccount == NULL)
		add_request(requests, (struct scc_request){ .call = call });
	for (size_t i = 0; call->per_subaccount != NULL && i < rows->count; i++) {
		struct scc_subaccount *row = &rows->items[i];
		if (row->too_long)
			continue;
		if (call->flags & SCC_OF_CHANNEL)
			add_channels(requests, call, row);
		else
			add_request(requests, (struct scc_request){ .call = call, .row = row });
	}
}

/* Makes the requests, unless no call would be answered any more, and frees them. */
static void make_requests(struct scc_run *run, struct requests *requests)
{
	if (requests->failed)
		run->status = STATUS_MEMORY;
	if (run->status == STATUS_OK && !run->ended)
		scc_request_all(run, requests->items, requests->count);
	free(requests->items);
}

/* ---- which calls are made ---- */

/* Makes one call after the other, until the credentials are known to be good: a refused password is
 * sent once. */
static void try_credentials(struct scc_run *run)
{
	for (size_t i = 0; i < scc_call_count; i++) {
		const struct scc_call *call = &scc_calls[i];
		struct requests requests = { 0 };
		if (!(call->flags & SCC_TRIED_FIRST))
			continue;
		add_call(&requests, call, &run->rows);
		make_requests(run, &requests);
		if (!(call->flags & SCC_MAY_BE_CACHED) && scc_answered(run, call->endpoint))
			return;
	}
}

/* Calls that are not worth a request: only the other role offers them, or they are many and known
 * not to be offered. */
static bool is_pointless(const struct scc_run *run, const struct scc_call *call)
{
	bool has_role = run->role == SCC_ROLE_MASTER || run->role == SCC_ROLE_SHADOW;

	if (call->role != SCC_ROLE_UNKNOWN && has_role && call->role != run->role)
		return true;
	if (call->flags & SCC_NEEDS_LIST &&
	    scc_count(run, ENDPOINT_SCC_SUBACCOUNTS, SCC_UNSUPPORTED) > 0)
		return true;
	return call->per_subaccount != NULL && call->since.parts[0] > 0 && scc_lacks(run, call);
}

/* Makes all calls of a phase that were not made yet. */
static void run_phase(struct scc_run *run, enum scc_phase phase)
{
	struct requests requests = { 0 };

	for (size_t i = 0; i < scc_call_count; i++) {
		const struct scc_call *call = &scc_calls[i];
		if (call->phase == phase && !scc_was_asked(run, call->endpoint) &&
		    !is_pointless(run, call))
			add_call(&requests, call, &run->rows);
	}
	make_requests(run, &requests);
}

/*
 * The path of the calls with SCC_ON_PREMISES has two spellings. If the back-end trust list is not
 * offered by a version that has one, the wrong spelling was used: what was not found is requested
 * by the other. Only the trust list shows that, the certificates may just not be configured
 * (docs/reference/cloud-connector.md 6).
 */
static void try_other_spelling(struct scc_run *run)
{
	struct requests requests = { 0 };

	if (scc_count(run, ENDPOINT_SCC_TRUSTSTORE, SCC_UNSUPPORTED) == 0 ||
	    scc_lacks(run, scc_call_of(ENDPOINT_SCC_TRUSTSTORE)) || run->ended)
		return;
	run->other_spelling = true;
	for (size_t i = 0; i < scc_call_count; i++) {
		const struct scc_call *call = &scc_calls[i];
		unsigned *tally = run->tally[call->endpoint];
		if (!(call->flags & SCC_ON_PREMISES) ||
		    tally[SCC_UNSUPPORTED] + tally[SCC_NONE] == 0)
			continue;
		tally[SCC_UNSUPPORTED] = 0;
		tally[SCC_NONE] = 0;
		add_call(&requests, call, &run->rows);
	}
	make_requests(run, &requests);
}

void scc_make_calls(struct scc_run *run)
{
	run->rows.may_add = true;
	try_credentials(run);
	if (!run->accepted)
		return;
	run_phase(run, SCC_PHASE_LISTS);
	scc_rows_close(&run->rows, scc_answered(run, ENDPOINT_SCC_SUBACCOUNTS));
	try_other_spelling(run);
	run_phase(run, SCC_PHASE_DETAILS);
	scc_find_role(run);
	run_phase(run, SCC_PHASE_REST);
}
