#ifndef CONFIG_OPEN_H
#define CONFIG_OPEN_H

#include "base/status.h"
#include "config/config.h"
#include "config/options.h"
#include "config/problems.h"

/*
 * Reads the sources that the command line names: those of the configuration file, or one for each
 * service key, or those whose bindings are found in the environment; and checks the web
 * configuration. No network connection is opened. Nothing may change the environment meanwhile.
 *
 * With `--config.check` it also reads every file that the configuration names, and goes on where
 * something is wrong, so that one run finds all problems. Otherwise it reads what a start or a
 * reload depends on.
 *
 * STATUS_OK: *ret_config is the caller's and can be run; there may be warnings. Otherwise every
 * problem is listed.
 */
enum status config_open(const struct options *options, struct config **ret_config,
			struct problems *problems) MUST_CHECK;

#endif
