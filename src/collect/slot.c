/* One source: an attempt, what is known after it, its view, its plan. */
#include "collect/slot.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "source/kinds.h"

#define ISSUES_LOGGED_MAX 20 /* lines of one refresh; the rest is counted */

struct slot *slot_new(struct source_config *config, struct telemetry *telemetry,
		      enum status *ret_status)
{
	struct slot *slot = calloc(1, sizeof(*slot));

	*ret_status = STATUS_MEMORY;
	if (slot == NULL)
		return NULL;
	atomic_init(&slot->stop, false);
	slot->telemetry = telemetry_source(telemetry, config->id, source_endpoints(config->kind));
	slot->knowledge = knowledge_new(config);
	slot->status.last_error = strdup("");
	bool ok = slot->telemetry != NULL && slot->knowledge != NULL &&
		  slot->status.last_error != NULL;
	if (ok) {
		struct source_context context = { config, slot->telemetry, &slot->stop };
		*ret_status = source_open(&context, &slot->source);
	}
	if (!ok || *ret_status != STATUS_OK) {
		slot_free(slot);
		return NULL;
	}
	slot->config = config;
	return slot;
}

void slot_free(struct slot *slot)
{
	if (slot == NULL)
		return;
	source_close(slot->source);
	source_view_unref(slot->view);
	knowledge_unref(slot->knowledge);
	free(slot->status.last_error);
	source_config_free(slot->config);
	free(slot);
}

/* -- before the first attempt ---------------------------------------------------------- */

/* False without memory. */
static bool copy_status(const struct slot_status *status, struct slot_status *ret_status)
{
	*ret_status = *status;
	ret_status->failures = 0; /* the new settings may be better */
	ret_status->last_error = strdup(status->last_error);
	return ret_status->last_error != NULL;
}

bool slot_bequeath(const struct slot *slot, struct slot_legacy *ret_legacy)
{
	struct slot_legacy legacy = { .config = slot->config };

	if (!copy_status(&slot->status, &legacy.status))
		return false;
	legacy.knowledge = knowledge_ref(slot->knowledge);
	*ret_legacy = legacy;
	return true;
}

void slot_legacy_release(struct slot_legacy *legacy)
{
	knowledge_unref(legacy->knowledge);
	free(legacy->status.last_error);
	memset(legacy, 0, sizeof(*legacy));
}

bool slot_restore(struct slot *slot, const struct state_source *saved)
{
	struct knowledge *knowledge = knowledge_restore(slot->config, saved);

	if (knowledge == NULL)
		return false;
	knowledge_unref(slot->knowledge);
	slot->knowledge = knowledge;
	return true;
}

bool slot_inherit(struct slot *slot, const struct slot_legacy *legacy)
{
	struct slot_status status;

	if (!knowledge_of_same_service(slot->config, legacy->config))
		return true;
	if (!slot_restore(slot, &legacy->knowledge->facts) ||
	    !copy_status(&legacy->status, &status))
		return false;
	free(slot->status.last_error);
	slot->status = status;
	return true;
}

/* -- views ----------------------------------------------------------------------------- */

static struct source_view *build_view(const struct slot *slot, const struct knowledge *knowledge,
				      const struct slot_status *status, double next_attempt_s)
{
	const struct state_source *known = &knowledge->facts;
	struct source_facts facts = {
		.config = slot->config,
		.telemetry = slot->telemetry,
		.host = known->host,
		.subaccount_id = known->subaccount_id,
		.tenant_id = known->tenant_id,
		.has_attempt = status->has_attempt,
		.last_attempt_s = status->last_attempt_s,
		.has_success = known->has_success,
		.last_success_s = known->last_success_s,
		.next_attempt_s = next_attempt_s,
		.last_error = status->last_error,
		.up = status->up,
	};
	size_t starred_before = slot->view != NULL ? slot->view->starred_stores : 0;
	struct source_view *view = source_view_build(&facts, known->levels, known->level_count);

	if (view == NULL)
		log_error("no memory for a new view, the previous one stays published",
			  LOG_TEXT("source", slot->config->id));
	else if (view->starred_stores > starred_before && !slot->table_follows)
		log_warn("a store has too many destinations for one series each, shown as \"*\"",
			 LOG_TEXT("source", slot->config->id),
			 LOG_NUMBER("stores", view->starred_stores));
	return view;
}

void slot_first_view(struct slot *slot)
{
	struct source_view *view =
		build_view(slot, slot->knowledge, &slot->status, slot->next_attempt_s);

	if (view == NULL)
		return;
	source_view_unref(slot->view);
	slot->view = view;
}

/* -- one attempt ----------------------------------------------------------------------- */

/* Whether the table has this: a store with its state and detail, or why the source is down. */
static bool is_in_table(const struct slot_attempt *attempt, const struct source_issue *issue)
{
	const struct state_source *known = &attempt->knowledge->facts;

	if (!attempt->status.up && issue == attempt->result->issues)
		return true;
	for (size_t l = 0; l < known->level_count; l++) {
		const struct source_level *level = known->levels[l];
		for (size_t i = 0; i < level->store_count; i++) {
			const struct source_store *store = &level->stores[i];
			if (store->state != STORE_OK && strcmp(store->name, issue->item) == 0 &&
			    strcmp(level->name, issue->level) == 0)
				return true;
		}
	}
	return false;
}

static void tell_issues(const struct slot *slot, const struct slot_attempt *attempt)
{
	const struct source_result *result = attempt->result;
	size_t logged = 0;

	for (size_t i = 0; i < result->issue_count; i++) {
		const struct source_issue *issue = &result->issues[i];
		telemetry_error(slot->telemetry, issue->stage, issue->reason);
		if (slot->table_follows && is_in_table(attempt, issue))
			continue;
		if (logged++ >= ISSUES_LOGGED_MAX)
			continue;
		log_warn("refresh problem", LOG_TEXT("source", slot->config->id),
			 LOG_TEXT("stage", stage_name(issue->stage)),
			 LOG_TEXT("reason", status_name(issue->reason)),
			 LOG_TEXT("source_level", issue->level), LOG_TEXT("item", issue->item),
			 LOG_TEXT("error", issue->text));
	}
	if (logged > ISSUES_LOGGED_MAX)
		log_warn("more refresh problems", LOG_TEXT("source", slot->config->id),
			 LOG_NUMBER("count", logged - ISSUES_LOGGED_MAX));
}

/* "word: ", or nothing where `rest` begins with the same word. */
static void append_word(struct buf *out, const char *word, const char *rest)
{
	size_t len = strlen(word);

	if (len > 0 && (strncmp(rest, word, len) != 0 || (rest[len] != ':' && rest[len] != '\0')))
		buf_printf(out, "%s: ", word);
}

/* Stage, reason, what it was about and the message, each said once. */
static char *describe_issue(const struct source_issue *issue)
{
	const char *stage = stage_name(issue->stage);
	const char *text = issue->text[0] != '\0' ? issue->text : status_name(issue->reason);
	const char *item = strcmp(issue->item, stage) != 0 ? issue->item : "";
	struct buf out;

	buf_init(&out, (size_t)2 * ERROR_TEXT_MAX);
	buf_printf(&out, "%s: ", stage);
	append_word(&out, status_name(issue->reason), text);
	append_word(&out, item, text);
	buf_puts(&out, text);
	char *whole = buf_status(&out) == STATUS_OK ? buf_take(&out) : strdup(text);
	buf_release(&out);
	return whole;
}

static char *describe_failure(const struct slot_attempt *attempt)
{
	if (attempt->status.up)
		return strdup("");
	if (attempt->knowledge == NULL)
		return strdup("out of memory");
	if (attempt->result->issue_count == 0)
		return strdup("not everything could be listed");
	return describe_issue(&attempt->result->issues[0]);
}

/* What became of the attempt that has just ended. */
static void judge(const struct slot *slot, double ended_s, struct slot_attempt *attempt)
{
	const struct source_result *result = attempt->knowledge != NULL ? attempt->result : NULL;
	bool up = attempt->status.up;

	attempt->status.has_attempt = true;
	attempt->status.last_attempt_s = ended_s;
	attempt->status.failures = up ? 0 : slot->status.failures + 1;
	attempt->status.last_error = describe_failure(attempt);
	attempt->outcome = (struct attempt_outcome){
		.up = up,
		.wait_interval = result != NULL && result->wait_interval,
		.retry_after_s = result != NULL ? result->retry_after_s : -1,
		.failures = attempt->status.failures,
	};
	attempt->was_tried = slot->status.has_attempt;
	attempt->was_up = slot->status.up;
	attempt->had_stores = knowledge_has_stores(slot->knowledge);
}

/* Only the worker that runs a slot changes what is read of it here. */
void slot_attempt(struct slot *slot, struct slot_attempt *ret_attempt)
{
	struct slot_attempt attempt = { .slot = slot };
	uint64_t started_ms = clock_mono_ms();

	attempt.result = source_refresh(slot->source);
	double ended_s = clock_now();
	attempt.lasted_ms = clock_mono_ms() - started_ms;
	if (attempt.result != NULL)
		attempt.knowledge = knowledge_refresh(slot->config, slot->knowledge, attempt.result,
						      ended_s, &attempt.status.up);
	attempt.status.up = attempt.status.up && attempt.knowledge != NULL;
	judge(slot, ended_s, &attempt);
	if (!atomic_load(&slot->stop)) {
		if (attempt.knowledge != NULL)
			tell_issues(slot, &attempt);
		else
			telemetry_error(slot->telemetry, STAGE_LIST, STATUS_MEMORY);
	}
	*ret_attempt = attempt;
}

void slot_plan(struct slot *slot, struct slot_attempt *attempt, uint64_t now_ms)
{
	uint64_t wait_ms = schedule_next_ms(&attempt->outcome, slot->config->poll_interval_s);
	uint64_t gap_ms = schedule_scaled_ms(FORCED_GAP_S * UINT64_C(1000));
	uint64_t since_ms = now_ms - slot->started_ms;

	if (slot->refresh_wanted && gap_ms < wait_ms + since_ms)
		wait_ms = gap_ms > since_ms ? gap_ms - since_ms : 0;
	slot->refresh_wanted = false;
	slot->due_ms = UINT64_MAX; /* until slot_finish(), unless a refresh is asked for */
	attempt->due_ms = now_ms + wait_ms;
	attempt->next_attempt_s = attempt->status.last_attempt_s + (double)wait_ms / 1000;
}

void slot_attempt_view(struct slot_attempt *attempt)
{
	const struct slot *slot = attempt->slot;

	attempt->view =
		build_view(slot, attempt->knowledge != NULL ? attempt->knowledge : slot->knowledge,
			   &attempt->status, attempt->next_attempt_s);
}

void slot_finish(struct slot *slot, struct slot_attempt *attempt)
{
	struct slot_status status = slot->status;

	if (attempt->status.last_error == NULL) { /* without memory the older text stays */
		attempt->status.last_error = status.last_error;
		status.last_error = NULL;
	}
	slot->status = attempt->status;
	attempt->status = status;
	if (attempt->knowledge != NULL) {
		struct knowledge *before = slot->knowledge;
		slot->knowledge = attempt->knowledge;
		attempt->knowledge = before;
	}
	if (attempt->view != NULL) {
		struct source_view *before = slot->view;
		slot->view = attempt->view;
		attempt->view = before;
	}
	slot->refresh_wanted = false;
	if (attempt->due_ms < slot->due_ms) {
		slot->due_ms = attempt->due_ms;
		slot->next_attempt_s = attempt->next_attempt_s;
	}
}

static void report_change(const struct slot_attempt *attempt)
{
	const struct slot *slot = attempt->slot;
	const struct state_source *known = &slot->knowledge->facts;
	size_t stores = 0;
	size_t certificates = 0;

	for (size_t l = 0; l < known->level_count; l++) {
		const struct source_level *level = known->levels[l];
		stores += level->store_count;
		for (size_t i = 0; i < level->store_count; i++) {
			const struct store_content *content = level->stores[i].content;
			certificates += content != NULL ? content->certificate_count : 0;
		}
	}
	if (attempt->outcome.up && !(attempt->was_tried && attempt->was_up))
		log_info("source is up", LOG_TEXT("source", slot->config->id),
			 LOG_NUMBER("stores", stores), LOG_NUMBER("certificates", certificates));
	else if (!attempt->outcome.up && (!attempt->was_tried || attempt->was_up) &&
		 !slot->table_follows)
		log_warn(attempt->had_stores && stores > 0
				 ? "source is down, its older inventory is kept"
				 : "source is down",
			 LOG_TEXT("source", slot->config->id),
			 LOG_TEXT("error", slot->status.last_error));
}

/* The slot is still running: only this thread changes what is read of it. */
void slot_attempt_report(const struct slot_attempt *attempt)
{
	report_change(attempt);
	telemetry_refresh(attempt->slot->telemetry, (double)attempt->lasted_ms / 1000);
	log_debug("refreshed", LOG_TEXT("source", attempt->slot->config->id),
		  LOG_TEXT("up", attempt->outcome.up ? "true" : "false"),
		  LOG_NUMBER("duration_ms", attempt->lasted_ms));
}

void slot_attempt_release(struct slot_attempt *attempt)
{
	knowledge_unref(attempt->knowledge);
	source_view_unref(attempt->view);
	source_result_free(attempt->result);
	free(attempt->status.last_error);
}
