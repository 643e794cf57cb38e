#ifndef TEST_SAMPLE_STATE_H
#define TEST_SAMPLE_STATE_H

#include "inventory/state/state.h"

/*
 * What a state file can hold: every kind of source, level, part, type, format, state and role at
 * least once, and texts that need escaping. tests/data/state/version-1.json is this state as the
 * first version of the format wrote it. Every failure ends the test.
 */

/* The caller releases it with state_release(). */
void sample_state(struct state *ret_state);

#endif
