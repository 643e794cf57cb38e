#ifndef CONFIG_SAME_CLIENT_H
#define CONFIG_SAME_CLIENT_H

#include "config/config.h"
#include "config/problems.h"

/* Warns of sources that read the same subaccount with the same client: reads their bindings as far
 * as that is possible now. */
void config_warn_same_client(const struct config *config, struct problems *problems);

#endif
