#ifndef SOURCE_SOURCE_H
#define SOURCE_SOURCE_H

#include <stdatomic.h>

#include "base/status.h"
#include "config/config.h"
#include "source/result.h"
#include "telemetry/telemetry.h"

/*
 * What a kind of source implements. Each has a folder of its own and one object of struct
 * source_class, which is registered in kinds.c; who uses sources includes source/kinds.h.
 */
struct source; /* one configured source with its caches; used by one thread at a time */

struct source_context {
	const struct source_config *config; /* outlives the source */
	struct telemetry_source *telemetry; /* outlives the source */
	const atomic_bool *stop;            /* true: end at once; may be NULL */
};

/* The functions behind those of source/kinds.h, which also set the members of struct source. */
struct source_class {
	enum status (*open)(const struct source_context *context, struct source **ret_source);
	struct source_result *(*refresh)(struct source *source);
	void (*close)(struct source *source);
};

/* The first member of each kind's own struct. */
struct source {
	const struct source_class *class;
	struct source_context context;
};

#endif
