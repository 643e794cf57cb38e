#ifndef CONFIG_FILE_RULES_H
#define CONFIG_FILE_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "config/findings.h"
#include "config/source_config.h"

/* What was given for one source itself (not by defaults). */
struct given {
	uint64_t keys; /* bit i: config_key(i), also when its value was refused */
};
bool given_has(const struct given *given, const char *name);

/* Reports what is missing, given in two ways, or cannot be combined. `mark` is the source's, for
 * what is missing; the others have the place of their key (source->key_marks). */
void rules_check(const struct place *place, struct text_mark mark, const struct given *given,
		 const struct source_config *source);

#endif
