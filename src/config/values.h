#ifndef CONFIG_VALUES_H
#define CONFIG_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/findings.h"
#include "config/keys.h"
#include "config/yaml/tree.h"

/*
 * Single values: from a YAML node into a field, with a text for people when it does not fit. No
 * message shows the value of a secret or of an address.
 */
struct reading {
	struct place place;
	const char *folder;  /* of the file: relative paths begin there */
	bool *out_of_memory; /* set to true when memory is missing, also where nobody listens */
};

/*
 * Reads a single value into the field of `key` in the object at `base`; for a KEY_LIST it is one
 * element. A secret or password that is written in the file itself gives a warning, unless it came
 * from a variable. False: refused and reported, the field keeps its value.
 */
bool value_put(const struct reading *reading, const struct key *key, const struct yaml_node *value,
	       void *base);

/* Reports missing memory; returns false. */
bool value_out_of_memory(const struct reading *reading, struct text_mark mark);

/* Reports a scalar that is none of `choices` (up to NULL). `meant`: the one that was probably
 * meant, NULL: the nearest by its letters, if any is near. */
void value_refuse_choice(const struct place *place, const struct yaml_node *value,
			 const char *const *choices, const char *meant);

/* The text of a scalar; NULL when it is no single value, reported. */
const char *value_text(const struct place *place, const struct yaml_node *value);

/*
 * A word of the file for a message: NULL when it is too long or has characters that such a word
 * does not have, so that a secret in the wrong place is not shown. Keys begin with a lower case
 * letter and have letters and `_-.`, and `<<` is one; words have letters, digits and `_-.`.
 */
const char *value_shown_key(const char *name);
const char *value_shown_word(const char *word);

/* Findings at the place of a member's name. `best`: the known key that may have been meant, or
 * NULL. */
void value_report_unknown(const struct place *place, const struct yaml_node *member,
			  const char *best);
void value_report_twice(const struct place *place, const struct yaml_node *member);

#endif
