#ifndef CONFIG_DISCOVER_H
#define CONFIG_DISCOVER_H

#include "config/binding.h"
#include "config/config.h"

/* As config_discover(), with the places given instead of taken from the environment. */
enum status config_discover_in(const struct binding_places *places, const char *ca_file,
			       struct config **ret_config, struct problems *problems) MUST_CHECK;
/* Likewise as config_discover_for_check(). */
enum status config_discover_in_for_check(const struct binding_places *places, const char *ca_file,
					 struct config **ret_config,
					 struct problems *problems) MUST_CHECK;

#endif
