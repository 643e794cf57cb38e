/* What the modules of the Destination service note about one refresh. */
#include "source/destination/run.h"

#include <string.h>

static size_t level_index(const struct source_level *level)
{
	return strcmp(level->name, LEVEL_SUBACCOUNT) == 0 ? 0 : 1;
}

void ds_set_incomplete(struct ds_run *run, const struct source_level *level)
{
	run->incomplete[level_index(level)] = true;
}

bool ds_is_incomplete(const struct ds_run *run, const struct source_level *level)
{
	return run->incomplete[level_index(level)];
}

void ds_retry_after(struct ds_run *run, int64_t seconds)
{
	if (seconds > run->result->retry_after_s)
		run->result->retry_after_s = seconds;
}

static void add_issue(struct ds_run *run, enum stage stage, enum status reason, const char *level,
		      const char *item, const char *text)
{
	if (reason == STATUS_CANCELLED)
		return; /* the program is stopping: nothing failed */
	if (run->token_failure.status != STATUS_OK && stage != STAGE_TOKEN)
		return; /* reported once, at the stage where it belongs */
	source_result_add_issue(run->result, stage, reason, level, item, text);
}

void ds_issue_text(struct ds_run *run, enum stage stage, enum status reason, const char *level,
		   const char *item, const char *text)
{
	bool has_token = run->token_failure.status == STATUS_OK || stage == STAGE_TOKEN;

	if (has_token && (reason == STATUS_HTTP_401 || reason == STATUS_HTTP_403))
		run->result->wait_interval = true;
	add_issue(run, stage, reason, level, item, text);
}

void ds_issue_of_one(struct ds_run *run, enum stage stage, enum status reason, const char *level,
		     const char *item, const char *text)
{
	/* SAML trust does not make its level fail, so it never delays the next attempt */
	if (reason == STATUS_HTTP_401 && stage != STAGE_SAML_TRUST)
		ds_issue_text(run, stage, reason, level, item, text);
	else
		add_issue(run, stage, reason, level, item, text);
}

void ds_issue(struct ds_run *run, enum stage stage, const char *level, const char *item,
	      const struct http_response *response)
{
	ds_retry_after(run, response->retry_after_s);
	ds_issue_text(run, stage, response->status, level, item, response->error.text);
}
