#ifndef SOURCE_KINDS_H
#define SOURCE_KINDS_H

#include "source/source.h"

/*
 * The kinds of sources that exist, and the interface to all of them.
 */

/* STATUS_OK or STATUS_MEMORY. No I/O. */
enum status source_open(const struct source_context *context,
			struct source **ret_source) MUST_CHECK;

/* One whole refresh, bounded by refresh_timeout. NULL only without memory: then nothing is known of
 * this attempt but that. The caller owns the result (source_result_free()). */
struct source_result *source_refresh(struct source *source) MUST_CHECK;

void source_close(struct source *source); /* NULL is fine */

/* False for a level that the configuration does not ask for: older knowledge of it is not shown. */
bool source_wants_level(const struct source_config *config, const char *level);
/* The same for a store of a level: filters and settings may have changed since it was read. */
bool source_wants_store(const struct source_config *config, const struct source_store *store);

/* The static string for a level's name, NULL if it is none (state files). */
const char *source_level_name(const char *name);

#endif
