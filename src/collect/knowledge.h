#ifndef COLLECT_KNOWLEDGE_H
#define COLLECT_KNOWLEDGE_H

#include <stdatomic.h>

#include "inventory/state/state.h"
#include "source/result.h"

/*
 * What is known of one source: its levels, merged with older ones, and which service they came
 * from. Counted, and immutable once it is shared: a refresh makes the next knowledge aside. So the
 * successor of a slot and the writer of the state file need no more than a reference. References
 * may be taken and given back by any thread.
 */
struct knowledge {
	struct state_source facts;
	atomic_uint references; /* of knowledge.c alone */
};

/* Nothing is known yet. NULL without memory, as with all of these. */
struct knowledge *knowledge_new(const struct source_config *config);

/* What a state file or a predecessor says, as far as `config` still asks for it. */
struct knowledge *knowledge_restore(const struct source_config *config,
				    const struct state_source *saved);

/* Whether both settings name the same service, tenant and client, as far as they say: only then a
 * source keeps what its predecessor knew. */
bool knowledge_of_same_service(const struct source_config *a, const struct source_config *b);

/* What is known after a refresh that ended at `ended_s`: `before` merged with `result`. *ret_up
 * says whether every level was up. */
struct knowledge *knowledge_refresh(const struct source_config *config,
				    const struct knowledge *before,
				    const struct source_result *result, double ended_s,
				    bool *ret_up);

/* Whether any store is known. */
bool knowledge_has_stores(const struct knowledge *knowledge);

struct knowledge *knowledge_ref(struct knowledge *knowledge);
void knowledge_unref(struct knowledge *knowledge); /* NULL is fine */

#endif
