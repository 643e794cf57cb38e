#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "config/shard.h"
#include "config/source_config.h"

/*
 * The sources that are watched, wherever their settings come from: the configuration file, service
 * keys on the command line, or discovered bindings. Read and checked in full (open.h), then
 * constant.
 */
struct config {
	uint32_t workers;
	struct source_config **sources; /* each allocated by itself; see config_take_source() */
	size_t source_count;
	size_t left_out; /* sources of other shards, which are not in the list */
};

/* A configuration without sources and with its defaults; NULL without memory. */
struct config *config_new(void);
void config_free(struct config *config);

/* Takes over the source; on failure (no memory) it is freed. */
bool config_add_source(struct config *config, struct source_config *source) MUST_CHECK;
/* Frees the sources that do not belong to the shard. STATUS_OK; STATUS_MEMORY changes nothing. */
enum status config_keep_shard(struct config *config, struct shard shard) MUST_CHECK;
/* Moves source `i` out of the configuration (its slot becomes NULL). */
struct source_config *config_take_source(struct config *config, size_t i);

#endif
