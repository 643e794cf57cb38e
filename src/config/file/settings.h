#ifndef CONFIG_FILE_SETTINGS_H
#define CONFIG_FILE_SETTINGS_H

#include <stdbool.h>

#include "config/keys.h"
#include "config/source_config.h"
#include "config/values.h"

/* Reads `value` into the field of `key`. False: refused and reported, the field keeps its value. */
bool source_setting_read(const struct reading *reading, const struct key *key,
			 const struct yaml_node *value, struct source_config *source);

/* Reads `value` only to report what is wrong with it. */
void source_setting_try(const struct reading *reading, const struct source_kind *kind,
			const struct key *key, const struct yaml_node *value);

#endif
