#ifndef INVENTORY_STATE_SAVE_H
#define INVENTORY_STATE_SAVE_H

#include "inventory/state/state.h"

/* STATUS_OK, STATUS_IO, STATUS_MEMORY, STATUS_TOO_LARGE (more than STATE_FILE_MAX): otherwise an
 * older file stays as it is. What was written can be read back. */
enum status state_save(const char *path, const struct state *state, struct error *error) MUST_CHECK;
/* The same with another ceiling, for tests. */
enum status state_save_limited(const char *path, const struct state *state, size_t bytes_max,
			       struct error *error) MUST_CHECK;

#endif
