#ifndef CONFIG_PROXY_CHECK_H
#define CONFIG_PROXY_CHECK_H

#include <stdbool.h>

#include "config/config.h"

/*
 * Whether the proxy of the environment can be used, if a source needs it: one without a `proxy` of
 * its own. A problem, or only a warning: at a start the requests of these sources fail, and those
 * of others do not. The text names the variable and no part of its value.
 */
void config_check_proxy(const struct config *config, bool warn_only, struct problems *problems);

#endif
