/* What a state file holds, in memory. */
#include "inventory/state/state.h"

#include <stdlib.h>

void state_source_release(struct state_source *source)
{
	free(source->id);
	free(source->identity);
	free(source->host);
	free(source->subaccount_id);
	free(source->tenant_id);
	for (size_t i = 0; i < source->level_count; i++)
		source_level_unref(source->levels[i]);
}

void state_release(struct state *state)
{
	for (size_t i = 0; i < state->count; i++)
		state_source_release(&state->sources[i]);
	free(state->sources);
	state->sources = NULL;
	state->count = 0;
}
