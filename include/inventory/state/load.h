#ifndef INVENTORY_STATE_LOAD_H
#define INVENTORY_STATE_LOAD_H

#include "inventory/state/state.h"

/* STATUS_OK; STATUS_NOT_FOUND (no file: a first start); STATUS_SYNTAX, STATUS_IO, ...: nothing is
 * returned and the program starts without older knowledge. */
enum status state_load(const char *path, struct state *ret_state, struct error *error) MUST_CHECK;

#endif
