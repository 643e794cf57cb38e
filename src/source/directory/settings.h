#ifndef SOURCE_DIRECTORY_SETTINGS_H
#define SOURCE_DIRECTORY_SETTINGS_H

#include "config/keys.h"
#include "config/rules.h"
#include "config/source_config.h"
#include "config/string_list.h"

/* What `kind: directory` is told besides the keys that it has in common with others
 * (docs/configuration.md); see struct source_kind for the functions. */
struct directory_settings {
	struct string_list paths; /* glob patterns */
};

extern const struct key directory_keys[];

void directory_rules(const struct rules *rules);
void directory_check_files(const struct source_config *source, struct problems *problems);
bool directory_same_service(const struct source_config *a, const struct source_config *b);

#endif
