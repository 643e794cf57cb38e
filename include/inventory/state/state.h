#ifndef INVENTORY_STATE_STATE_H
#define INVENTORY_STATE_STATE_H

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
	const struct source_kind *kind;
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

void state_source_release(struct state_source *source); /* what the struct holds */
void state_release(struct state *state);

#endif
