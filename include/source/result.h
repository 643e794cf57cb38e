#ifndef SOURCE_RESULT_H
#define SOURCE_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source/level.h"
#include "telemetry/telemetry.h"

/*
 * What one refresh hands over: its levels, and what went wrong. A source knows its service; it does
 * not join, merge with older knowledge, count errors or write logs: that is done once, above it,
 * for all kinds. Built and read by one thread.
 *
 * The first lack of memory sticks, as in a level: what is added from then on is ignored, and
 * source_refresh() drops the result.
 */

/* One thing that went wrong: counted in btp_source_errors_total and logged by the caller, once. */
struct source_issue {
	enum stage stage;
	enum status reason;
	const char *level; /* "" when it concerns the whole source */
	char *item;        /* store, destination list, ...: a name, "" if none */
	char *text;        /* for people, no secret */
};

struct source_result {
	struct source_level **levels; /* every configured level, up or not; counted references */
	size_t level_count;
	struct source_issue *issues;
	size_t issue_count;
	char *identity; /* what was asked; knowledge of another identity is dropped; "" = unknown */
	char *host;     /* btp_source_info; "" when unknown */
	char *subaccount_id;
	char *tenant_id;
	int64_t retry_after_s; /* -1, or what the service asked for */
	bool wait_interval;    /* 401 with a fresh token, or 403: no early retry */
	bool failed;           /* memory was missing: for source_result_status() */
};

/* NULL without memory. Strings start as "", retry_after_s as -1. */
struct source_result *source_result_new(void);
void source_result_free(struct source_result *result);

/* STATUS_OK; STATUS_MEMORY: something could not be added, here or in one of the levels. */
enum status source_result_status(const struct source_result *result) MUST_CHECK;

/* Adds an empty level; the result owns it. NULL without memory. */
struct source_level *source_result_add_level(struct source_result *result, const char *name);

/* `text` and `item` are cleaned (text_printable). */
void source_result_add_issue(struct source_result *result, enum stage stage, enum status reason,
			     const char *level, const char *item, const char *text);

/* The reason of the issue of stage `decode` that a store of this state is worth when it was just
 * read; STATUS_OK: none. */
enum status source_decode_reason(enum store_state state);

#endif
