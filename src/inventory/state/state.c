/* What a state file holds, in memory. */
#include "inventory/state/state.h"

#include <stdlib.h>

void state_release(struct state *state)
{
	for (size_t i = 0; i < state->count; i++) {
		struct state_source *source = &state->sources[i];
		free(source->id);
		free(source->identity);
		free(source->host);
		free(source->subaccount_id);
		free(source->tenant_id);
		for (size_t l = 0; l < source->level_count; l++)
			source_level_unref(source->levels[l]);
	}
	free(state->sources);
	state->sources = NULL;
	state->count = 0;
}
