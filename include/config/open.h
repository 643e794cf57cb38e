#ifndef CONFIG_OPEN_H
#define CONFIG_OPEN_H

#include "base/status.h"
#include "config/config.h"
#include "config/options.h"
#include "config/problems.h"

/*
 * Reads the sources that the command line names: those of the configuration file, or one for each
 * service key, or those whose bindings are found in the environment. No network connection is
 * opened. Nothing may change the environment meanwhile.
 */

/* For a start or a reload, only the sources of the shard. STATUS_OK: *ret_config is the caller's
 * and can be run; there may be warnings. Otherwise every problem is listed. */
enum status config_open(const struct options *options, struct config **ret_config,
			struct problems *problems) MUST_CHECK;

/*
 * `--config.check`: whatever the shard, also reads every file that the configuration names, and
 * goes on where something is wrong, so that one run finds all problems. Returns, for the caller,
 * what could be read; not to be run if there are problems. NULL: nothing could be read.
 */
struct config *config_open_for_check(const struct options *options, struct problems *problems);

#endif
