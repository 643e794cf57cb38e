/* The result of a refresh, as the kinds of sources build it. */
#include "source/result.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"

#define TEXT_MAX 1024 /* bytes of a cleaned text or item of an issue */

struct source_result *source_result_new(void)
{
	struct source_result *result = calloc(1, sizeof(*result));

	if (result == NULL)
		return NULL;
	result->retry_after_s = -1;
	result->identity = strdup("");
	result->host = strdup("");
	result->subaccount_id = strdup("");
	result->tenant_id = strdup("");
	if (result->identity == NULL || result->host == NULL || result->subaccount_id == NULL ||
	    result->tenant_id == NULL) {
		source_result_free(result);
		return NULL;
	}
	return result;
}

void source_result_free(struct source_result *result)
{
	if (result == NULL)
		return;
	for (size_t i = 0; i < result->level_count; i++)
		source_level_unref(result->levels[i]);
	free(result->levels);
	for (size_t i = 0; i < result->issue_count; i++) {
		free(result->issues[i].item);
		free(result->issues[i].text);
	}
	free(result->issues);
	free(result->identity);
	free(result->host);
	free(result->subaccount_id);
	free(result->tenant_id);
	free(result);
}

enum status source_result_status(const struct source_result *result)
{
	enum status status = result->failed ? STATUS_MEMORY : STATUS_OK;

	for (size_t i = 0; i < result->level_count && status == STATUS_OK; i++)
		status = source_level_status(result->levels[i]);
	return status;
}

struct source_level *source_result_add_level(struct source_result *result, const char *name)
{
	struct source_level **levels =
		array_room(result->levels, result->level_count, sizeof(struct source_level *));

	struct source_level *level = NULL;

	if (levels != NULL) {
		result->levels = levels;
		level = source_level_new(name);
	}
	if (level != NULL)
		levels[result->level_count++] = level;
	else
		result->failed = true;
	return level;
}

void source_result_add_issue(struct source_result *result, enum stage stage, enum status reason,
			     const char *level, const char *item, const char *text)
{
	char clean_item[TEXT_MAX];
	char clean_text[TEXT_MAX];

	if (result->failed)
		return;
	text_printable_into(clean_item, sizeof(clean_item), item, strlen(item));
	text_printable_into(clean_text, sizeof(clean_text), text, strlen(text));
	struct source_issue issue = { stage, reason, level, strdup(clean_item),
				      strdup(clean_text) };
	struct source_issue *issues =
		array_room(result->issues, result->issue_count, sizeof(*issues));
	if (issues != NULL)
		result->issues = issues;
	if (issues == NULL || issue.item == NULL || issue.text == NULL) {
		free(issue.item);
		free(issue.text);
		result->failed = true;
		return;
	}
	issues[result->issue_count++] = issue;
}

enum status source_decode_reason(enum store_state state)
{
	switch (state) {
	case STORE_OK:
	case STORE_EMPTY:
	case STORE_FORBIDDEN:
	case STORE_UNAVAILABLE:
		break;
	case STORE_PARTIAL:
	case STORE_UNPARSABLE:
		return STATUS_SYNTAX;
	case STORE_LOCKED:
		return STATUS_LOCKED;
	case STORE_UNSUPPORTED:
		return STATUS_UNSUPPORTED;
	case STORE_TOO_LARGE:
		return STATUS_TOO_LARGE;
	}
	return STATUS_OK;
}
