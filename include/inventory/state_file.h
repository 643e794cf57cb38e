#ifndef INVENTORY_STATE_FILE_H
#define INVENTORY_STATE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "config/config.h"
#include "source/level.h"

/*
 * The last good inventory over a restart (`--state.file`): JSON with public facts only, mode 0600,
 * written aside and renamed. What is read is checked like any outside input. Not thread-safe for
 * one struct.
 */
#define STATE_LEVELS_MAX 8
#define STATE_FILE_MAX   ((size_t)256 * 1024 * 1024)

struct state_source {
	char *id;
	enum source_kind kind;
	bool has_success;
	double last_success_s;
	char *identity; /* of what was asked, "" unknown */
	char *host, *subaccount_id, *tenant_id;
	struct source_level *levels[STATE_LEVELS_MAX]; /* references of this struct */
	size_t level_count;
};

struct state {
	struct state_source *sources;
	size_t count;
};

/* STATUS_OK, STATUS_IO, STATUS_MEMORY, STATUS_TOO_LARGE (more than STATE_FILE_MAX): otherwise an
 * older file stays as it is. What was written can be read back. */
enum status state_save(const char *path, const struct state *state, struct error *error) MUST_CHECK;
/* The same with another ceiling, for tests. */
enum status state_save_limited(const char *path, const struct state *state, size_t bytes_max,
			       struct error *error) MUST_CHECK;

/* STATUS_OK; STATUS_NOT_FOUND (no file: a first start); STATUS_SYNTAX, STATUS_IO, ...: nothing is
 * returned and the program starts without older knowledge. */
enum status state_load(const char *path, struct state *ret_state, struct error *error) MUST_CHECK;
void state_release(struct state *state);

#endif
