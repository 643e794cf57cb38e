#ifndef INVENTORY_STATE_LOAD_H
#define INVENTORY_STATE_LOAD_H

#include <stdbool.h>

#include "inventory/state/state.h"
#include "inventory/state/unknown.h"

/*
 * Reads a state file. STATUS_OK: *ret_state is the caller's (state_release()), and *ret_unknown
 * says what was left out because this version does not know it. STATUS_NOT_FOUND (no file: a first
 * start); STATUS_SYNTAX and STATUS_LIMIT (not a state file, or a damaged one), STATUS_TOO_LARGE,
 * STATUS_IO, ...: nothing is returned, `error` says why, and the program starts without older
 * knowledge.
 */
enum status state_load(const char *path, struct state *ret_state, struct state_unknown *ret_unknown,
		       struct error *error) MUST_CHECK;

/* Whether state_load() refused the file for what is in it: then no later start can read it either.
 */
bool state_is_refused(enum status status);

/*
 * Renames such a file to `path`.bad, so that the next state does not overwrite what somebody may
 * want to look at; an older one of that name is replaced. Returns the new name, which the caller
 * frees; NULL when that failed.
 */
char *state_set_aside(const char *path) MUST_CHECK;

#endif
