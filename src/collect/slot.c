/* One source and what is known of it: an attempt, its merge with older knowledge, its view. */
#include "collect/slot.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"

#define ISSUES_LOGGED_MAX 20 /* lines of one refresh; the rest is counted */

struct slot *slot_new(struct source_config *config, struct telemetry *telemetry,
		      enum status *ret_status)
{
	struct slot *slot = calloc(1, sizeof(*slot));

	*ret_status = STATUS_MEMORY;
	if (slot == NULL)
		return NULL;
	atomic_init(&slot->stop, false);
	slot->telemetry = telemetry_source(telemetry, config->id);
	slot->identity = strdup("");
	slot->host = strdup("");
	slot->subaccount_id = strdup("");
	slot->tenant_id = strdup("");
	slot->last_error = strdup("");
	bool ok = slot->telemetry != NULL && slot->identity != NULL && slot->host != NULL &&
		  slot->subaccount_id != NULL && slot->tenant_id != NULL &&
		  slot->last_error != NULL;
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

static void levels_release(struct source_level **levels, size_t *count)
{
	for (size_t i = 0; i < *count; i++)
		source_level_unref(levels[i]);
	*count = 0;
}

void slot_free(struct slot *slot)
{
	if (slot == NULL)
		return;
	source_close(slot->source);
	source_view_unref(slot->view);
	levels_release(slot->levels, &slot->level_count);
	free(slot->identity);
	free(slot->host);
	free(slot->subaccount_id);
	free(slot->tenant_id);
	free(slot->last_error);
	source_config_free(slot->config);
	free(slot);
}

static void replace_text(char **to, const char *from)
{
	char *copy = strdup(from);

	if (copy == NULL)
		return; /* the older text stays */
	free(*to);
	*to = copy;
}

/* Levels that the configuration does not ask for (any more) are left out. */
static void take_levels(struct slot *slot, struct source_level *const *levels, size_t count)
{
	levels_release(slot->levels, &slot->level_count);
	for (size_t i = 0; i < count; i++) {
		if (source_wants_level(slot->config, levels[i]->name))
			slot->levels[slot->level_count++] = source_level_ref(levels[i]);
	}
}

static bool same_text(const char *a, const char *b)
{
	return strcmp(a != NULL ? a : "", b != NULL ? b : "") == 0;
}

/* Whether both settings name the same service, tenant and client, as far as they tell. */
static bool same_service(const struct source_config *a, const struct source_config *b)
{
	return a->kind == b->kind && same_text(a->host, b->host) &&
	       same_text(a->token_url, b->token_url) &&
	       same_text(a->identity_zone, b->identity_zone) &&
	       same_text(a->uaa_domain, b->uaa_domain) && same_text(a->client_id, b->client_id) &&
	       same_text(a->subscriber, b->subscriber) &&
	       same_text(a->binding_file, b->binding_file) &&
	       same_text(a->vcap_service, b->vcap_service) &&
	       same_text(a->binding_dir, b->binding_dir) && same_text(a->url, b->url);
}

void slot_inherit(struct slot *slot, const struct slot *before)
{
	if (!same_service(slot->config, before->config))
		return;
	take_levels(slot, before->levels, before->level_count);
	replace_text(&slot->identity, before->identity);
	replace_text(&slot->host, before->host);
	replace_text(&slot->subaccount_id, before->subaccount_id);
	replace_text(&slot->tenant_id, before->tenant_id);
	slot->has_success = before->has_success;
	slot->last_success_s = before->last_success_s;
	slot->has_attempt = before->has_attempt;
	slot->last_attempt_s = before->last_attempt_s;
	slot->up = before->up;
	replace_text(&slot->last_error, before->last_error);
}

void slot_restore(struct slot *slot, const struct state_source *saved)
{
	if (slot->config->kind != saved->kind)
		return;
	take_levels(slot, saved->levels, saved->level_count);
	replace_text(&slot->identity, saved->identity);
	replace_text(&slot->host, saved->host);
	replace_text(&slot->subaccount_id, saved->subaccount_id);
	replace_text(&slot->tenant_id, saved->tenant_id);
	slot->has_success = saved->has_success;
	slot->last_success_s = saved->last_success_s;
}

/* References to what is known of one source. */
static bool save(const struct slot *slot, struct state_source *saved)
{
	saved->id = strdup(slot->config->id);
	saved->identity = strdup(slot->identity);
	saved->host = strdup(slot->host);
	saved->subaccount_id = strdup(slot->subaccount_id);
	saved->tenant_id = strdup(slot->tenant_id);
	saved->kind = slot->config->kind;
	saved->has_success = slot->has_success;
	saved->last_success_s = slot->last_success_s;
	for (size_t l = 0; l < slot->level_count; l++)
		saved->levels[saved->level_count++] = source_level_ref(slot->levels[l]);
	return saved->id != NULL && saved->identity != NULL && saved->host != NULL &&
	       saved->subaccount_id != NULL && saved->tenant_id != NULL;
}

bool slots_save(struct slot *const *slots, size_t count, struct state *ret_state)
{
	struct state state = { 0 };
	bool saved = true;

	state.sources = calloc(count + 1, sizeof(*state.sources));
	if (state.sources == NULL)
		return false;
	for (size_t i = 0; i < count && saved; i++)
		saved = save(slots[i], &state.sources[state.count++]);
	if (!saved) {
		state_release(&state);
		return false;
	}
	*ret_state = state;
	return true;
}

void slot_renew_view(struct slot *slot)
{
	struct source_facts facts = {
		.config = slot->config,
		.telemetry = slot->telemetry,
		.host = slot->host,
		.subaccount_id = slot->subaccount_id,
		.tenant_id = slot->tenant_id,
		.has_attempt = slot->has_attempt,
		.last_attempt_s = slot->last_attempt_s,
		.has_success = slot->has_success,
		.last_success_s = slot->last_success_s,
		.next_attempt_s = slot->next_attempt_s,
		.last_error = slot->last_error,
		.up = slot->up,
	};
	size_t starred_before = slot->view != NULL ? slot->view->starred_stores : 0;
	struct source_view *view = source_view_build(&facts, slot->levels, slot->level_count);

	if (view == NULL) {
		log_error("no memory for a new view, the old one is shown on",
			  LOG_TEXT("source", slot->config->id));
		return;
	}
	if (view->starred_stores > starred_before && !slot->table_follows)
		log_warn("a store has too many destinations for one series each, shown as \"*\"",
			 LOG_TEXT("source", slot->config->id),
			 LOG_NUMBER("stores", view->starred_stores));
	source_view_unref(slot->view);
	slot->view = view;
}

/* -- one attempt ----------------------------------------------------------------------- */

/* Whether the table has this: a store with its state and detail, or why the source is down. */
static bool is_in_table(const struct slot_attempt *attempt, const struct source_issue *issue)
{
	if (!attempt->up && issue == attempt->result->issues)
		return true;
	for (size_t l = 0; l < attempt->level_count; l++) {
		const struct source_level *level = attempt->levels[l];
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

/* What is known came from another service or tenant than what was asked now. */
static bool is_other_service(const struct slot *slot, const struct source_result *result)
{
	return slot->identity[0] != '\0' && result->identity[0] != '\0' &&
	       strcmp(slot->identity, result->identity) != 0;
}

static struct source_level *old_level(const struct slot *slot, const char *name)
{
	for (size_t i = 0; i < slot->level_count; i++) {
		if (strcmp(slot->levels[i]->name, name) == 0)
			return slot->levels[i];
	}
	return NULL;
}

static bool has_level(const struct slot_attempt *attempt, const char *name)
{
	for (size_t i = 0; i < attempt->level_count; i++) {
		if (strcmp(attempt->levels[i]->name, name) == 0)
			return true;
	}
	return false;
}

/* Merged levels; a level the source did not come to stays as it was when the attempt failed. */
static enum status merge_levels(const struct slot *slot, const struct source_result *result,
				struct slot_attempt *attempt)
{
	bool other = is_other_service(slot, result);

	attempt->up = true;
	for (size_t i = 0; i < result->level_count && i < SLOT_LEVELS_MAX; i++) {
		struct source_level *fresh = result->levels[i];
		struct source_level *old = other ? NULL : old_level(slot, fresh->name);
		struct source_level *merged =
			level_merge(slot->config, old, fresh, attempt->ended_s);
		if (merged == NULL)
			return STATUS_MEMORY;
		attempt->levels[attempt->level_count++] = merged;
		attempt->up = attempt->up && fresh->up;
	}
	for (size_t i = 0; i < slot->level_count && !attempt->up && !other; i++) {
		if (attempt->level_count < SLOT_LEVELS_MAX &&
		    !has_level(attempt, slot->levels[i]->name))
			attempt->levels[attempt->level_count++] = source_level_ref(slot->levels[i]);
	}
	return STATUS_OK;
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
	if (attempt->up)
		return strdup("");
	if (attempt->result == NULL)
		return strdup("out of memory");
	if (attempt->result->issue_count == 0)
		return strdup("not everything could be listed");
	return describe_issue(&attempt->result->issues[0]);
}

void slot_attempt(struct slot *slot, struct slot_attempt *ret_attempt)
{
	struct slot_attempt attempt = { 0 };
	uint64_t started_ms = clock_mono_ms();

	attempt.result = source_refresh(slot->source);
	attempt.ended_s = clock_now();
	if (attempt.result != NULL && merge_levels(slot, attempt.result, &attempt) != STATUS_OK) {
		levels_release(attempt.levels, &attempt.level_count);
		source_result_free(attempt.result);
		attempt.result = NULL;
		attempt.up = false;
	}
	attempt.lasted_ms = clock_mono_ms() - started_ms;
	attempt.last_error = describe_failure(&attempt);
	if (!atomic_load(&slot->stop)) {
		if (attempt.result != NULL)
			tell_issues(slot, &attempt);
		else
			telemetry_error(slot->telemetry, STAGE_LIST, STATUS_MEMORY);
	}
	*ret_attempt = attempt;
}

void slot_attempt_release(struct slot_attempt *attempt)
{
	levels_release(attempt->levels, &attempt->level_count);
	source_result_free(attempt->result);
	free(attempt->last_error);
}

static bool knows_stores(const struct slot *slot)
{
	for (size_t i = 0; i < slot->level_count; i++) {
		if (slot->levels[i]->store_count > 0)
			return true;
	}
	return false;
}

static void tell_change(const struct slot *slot, const struct slot_attempt *attempt)
{
	size_t stores = 0;
	size_t certificates = 0;

	for (size_t l = 0; l < attempt->level_count; l++) {
		const struct source_level *level = attempt->levels[l];
		stores += level->store_count;
		for (size_t i = 0; i < level->store_count; i++) {
			const struct store_content *content = level->stores[i].content;
			certificates += content != NULL ? content->certificate_count : 0;
		}
	}
	if (attempt->up && (!slot->has_attempt || !slot->up))
		log_info("source is up", LOG_TEXT("source", slot->config->id),
			 LOG_NUMBER("stores", stores), LOG_NUMBER("certificates", certificates));
	else if (!attempt->up && (!slot->has_attempt || slot->up) && !slot->table_follows)
		log_warn(knows_stores(slot) && stores > 0
				 ? "source is down, its older inventory is kept"
				 : "source is down",
			 LOG_TEXT("source", slot->config->id),
			 LOG_TEXT("error", attempt->last_error));
}

void slot_finish(struct slot *slot, struct slot_attempt *attempt, uint64_t now_ms)
{
	const struct source_result *result = attempt->result;

	tell_change(slot, attempt);
	if (result != NULL) {
		if (is_other_service(slot, result))
			slot->has_success = false; /* of the other one */
		take_levels(slot, attempt->levels, attempt->level_count);
		if (result->identity[0] != '\0')
			replace_text(&slot->identity, result->identity);
		if (result->host[0] != '\0')
			replace_text(&slot->host, result->host);
		if (result->subaccount_id[0] != '\0')
			replace_text(&slot->subaccount_id, result->subaccount_id);
		if (result->tenant_id[0] != '\0')
			replace_text(&slot->tenant_id, result->tenant_id);
	}
	slot->has_attempt = true;
	slot->up = attempt->up;
	slot->last_attempt_s = attempt->ended_s;
	if (attempt->up) {
		slot->has_success = true;
		slot->last_success_s = attempt->ended_s;
	}
	slot->failures = attempt->up ? 0 : slot->failures + 1;
	if (attempt->last_error != NULL)
		replace_text(&slot->last_error, attempt->last_error);
	struct attempt_outcome outcome = {
		.up = attempt->up,
		.wait_interval = result != NULL && result->wait_interval,
		.retry_after_s = result != NULL ? result->retry_after_s : -1,
		.failures = slot->failures,
	};
	uint64_t wait_ms = schedule_next_ms(&outcome, slot->config->poll_interval_s);
	uint64_t gap_ms = schedule_scaled_ms(FORCED_GAP_S * UINT64_C(1000));
	uint64_t since_ms = now_ms - slot->started_ms;
	if (slot->refresh_wanted && gap_ms < wait_ms + since_ms)
		wait_ms = gap_ms > since_ms ? gap_ms - since_ms : 0;
	slot->refresh_wanted = false;
	slot->due_ms = now_ms + wait_ms;
	slot->next_attempt_s = attempt->ended_s + (double)wait_ms / 1000;
	slot_renew_view(slot);
}
