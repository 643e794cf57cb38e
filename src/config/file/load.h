#ifndef CONFIG_FILE_LOAD_H
#define CONFIG_FILE_LOAD_H

#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "config/findings.h"
#include "config/yaml/tree.h"

/*
 * The inside of config_load(): from text to sources, and the checks of what belongs together.
 */

/* As config_load(), but from text, and without reading any other file. `file` is the name in
 * messages, `folder` where relative paths begin. */
enum status config_parse(const char *text, size_t len, const char *file, const char *folder,
			 const char *ca_file, struct config **ret_config,
			 struct problems *problems) MUST_CHECK;

/* What was given for one source itself (not by defaults). */
struct given {
	uint64_t keys; /* bit i: config_key(i), also when its value was refused */
};
bool given_has(const struct given *given, const char *name);

/* Reports what is missing, given in two ways, or does not go together. `mark` is the source's, for
 * what is missing; the others have the place of their key (source->key_marks). */
void rules_check(const struct place *place, struct text_mark mark, const struct given *given,
		 const struct source_config *source);

/* A configuration without sources and with its defaults; NULL without memory. */
struct config *config_new(void);
/* Takes over the source; on failure (no memory) it is freed. */
bool config_add_source(struct config *config, struct source_config *source) MUST_CHECK;

/* Warns of sources that read the same subaccount with the same client: reads their bindings as far
 * as that is possible now. */
void config_warn_same_client(const struct config *config, struct problems *problems);

#endif
