/* The state of one refresh of a Cloud Connector. */
#include "source/connector/run.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

void scc_run_release(struct scc_run *run)
{
	scc_rows_release(&run->rows);
	for (int kind = 0; kind < SCC_OWN_COUNT; kind++) {
		for (int origin = 0; origin < SCC_ORIGIN_COUNT; origin++)
			certificate_free(run->own[kind][origin]);
	}
	for (size_t i = 0; i < run->failure_count; i++)
		free(run->failures[i].text);
	free(run->failures);
	for (size_t i = 0; i < run->alert_count; i++) {
		free(run->alerts[i].type);
		free(run->alerts[i].status);
		free(run->alerts[i].origin);
	}
	free(run->alerts);
	free(run->role_text);
}

/* ---- outcomes ---- */

unsigned scc_count(const struct scc_run *run, enum scc_endpoint endpoint, enum scc_outcome outcome)
{
	return run->tally[endpoint][outcome];
}

bool scc_was_asked(const struct scc_run *run, enum scc_endpoint endpoint)
{
	for (int outcome = 0; outcome < SCC_OUTCOME_COUNT; outcome++) {
		if (run->tally[endpoint][outcome] > 0)
			return true;
	}
	return false;
}

bool scc_answered(const struct scc_run *run, enum scc_endpoint endpoint)
{
	return scc_count(run, endpoint, SCC_ANSWERED) > 0;
}

bool scc_has_failed(const struct scc_run *run, enum scc_endpoint endpoint)
{
	return scc_count(run, endpoint, SCC_FAILED) > 0;
}

/* ---- failures ---- */

bool scc_is_role_undefined(const struct scc_failure *failure)
{
	return failure->code == 403 && strstr(failure->text, "HA role undefined") != NULL;
}

bool scc_is_first_start(const struct scc_failure *failure)
{
	return scc_is_role_undefined(failure) ||
	       (failure->code == 403 && strstr(failure->text, "initial password") != NULL);
}

/* Every other call would fail in the same way, and each may count against an account. */
static bool ends_refresh(const struct scc_run *run, const struct scc_failure *failure)
{
	if (failure->status == STATUS_HTTP_401 || scc_is_first_start(failure))
		return true;
	if (run->accepted)
		return false;
	return failure->status == STATUS_DNS || failure->status == STATUS_CONNECT ||
	       failure->status == STATUS_TLS || failure->status == STATUS_TIMEOUT;
}

const struct scc_failure *scc_record_failure(struct scc_run *run, const struct scc_call *call,
					     struct scc_subaccount *row,
					     const struct http_response *response)
{
	struct scc_failure failure = {
		.call = call,
		.row = row,
		.status = response->status,
		.code = response->code,
		.tries = response->tries,
		.retry_after_s = response->retry_after_s,
		.text = strdup(response->error.text),
	};
	struct scc_failure *failures =
		array_room(run->failures, run->failure_count, sizeof(*failures));

	if (failures != NULL)
		run->failures = failures;
	if (failures == NULL || failure.text == NULL) {
		free(failure.text);
		run->status = STATUS_MEMORY;
		return NULL;
	}
	failures[run->failure_count++] = failure;
	run->ended = run->ended || ends_refresh(run, &failure);
	return &failures[run->failure_count - 1];
}

/* ---- samples ---- */

void scc_sample(struct scc_run *run, enum scc_fact fact, double value, const char *label,
		const char *label2, const char *label3)
{
	const char *const labels[FACT_LABELS_MAX] = { label, label2, label3, NULL };

	source_level_add_sample(run->level, &scc_facts[fact], value, labels);
}

void scc_state_samples(struct scc_run *run, enum scc_fact fact, const char *const *labels,
		       size_t label_count, const char *const *known, const char *current)
{
	const char *all[FACT_LABELS_MAX] = { NULL };
	bool found = false;

	for (size_t i = 0; i < label_count; i++)
		all[i] = labels[i];
	for (; *known != NULL; known++) {
		bool is_current = strcmp(*known, current) == 0;
		all[label_count] = *known;
		found = found || is_current;
		source_level_add_sample(run->level, &scc_facts[fact], is_current, all);
	}
	all[label_count] = current;
	if (!found)
		source_level_add_sample(run->level, &scc_facts[fact], 1, all);
}
