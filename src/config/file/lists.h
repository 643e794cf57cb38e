#ifndef CONFIG_FILE_LISTS_H
#define CONFIG_FILE_LISTS_H

#include <stdbool.h>

#include "config/keys.h"
#include "config/values.h"

/* The part of setting_put() for keys whose values are lists. */
bool setting_put_list(const struct reading *reading, const struct key *key,
		      const struct yaml_node *value, struct source_config *source);

#endif
