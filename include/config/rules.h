#ifndef CONFIG_RULES_H
#define CONFIG_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "config/source_config.h"

/*
 * What a source needs and what excludes each other (docs/configuration.md): the rules of the common
 * keys, and what the rules of a kind are made of. A key whose value was refused counts as given:
 * one mistake gives one message. Not thread-safe.
 */
struct place;

struct rules {
	const struct place *place;
	struct text_mark mark; /* of the source */
	uint64_t given; /* by itself, not by defaults; bit i: source_key(i), also when refused */
	const struct source_config *source;
};

/* Reports what is missing, given in two ways, or cannot be combined: by the rules of the common
 * keys that the kind takes, and by its own. */
void rules_check(const struct place *place, struct text_mark mark, uint64_t given,
		 const struct source_config *source);

/* Whether the source itself has this key; the other one: it, or the same with `_file`. */
bool rules_given(const struct rules *rules, const char *key);
bool rules_given_either(const struct rules *rules, const char *key);

/* Reports `text` about a key that is missing, at the place of the source. */
void rules_missing(const struct rules *rules, const char *key, const char *text);
/* Reports `text` at the place of the key, be it given by the source or by a default. */
void rules_refuse(const struct rules *rules, const char *key, const char *text);
void rules_warn(const struct rules *rules, const char *key, const char *text);

/* Of KEYS_CLIENT_CERTIFICATE: one of the two is missing. */
void rules_key_pair(const struct rules *rules);
/* Of KEYS_BINDING: credentials are missing, or prove the same in two ways. */
void rules_binding(const struct rules *rules);

#endif
