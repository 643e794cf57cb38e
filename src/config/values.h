#ifndef CONFIG_VALUES_H
#define CONFIG_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/findings.h"
#include "config/source_config.h"
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

/* An inline secret, or the name of a file that holds one: whichever of the two `is_file` says. */
bool value_secret(const struct reading *reading, const struct yaml_node *value, bool is_file,
		  bool may_be_empty, struct secret_setting *setting);
/* Unless it came from a variable. `name` is the key without `_file`. */
void value_warn_inline(const struct reading *reading, const struct yaml_node *value,
		       const char *name);

/* Reports missing memory; returns false. */
bool value_out_of_memory(const struct reading *reading, struct text_mark mark);

/* YAML 1.1 truth values as Go's yaml.v2 knows them: yes, on, true, y and their opposites. */
bool value_yaml11_bool(const char *text, bool *ret_bool);

/* A whole number of min..max. */
bool value_number(const struct place *place, const struct yaml_node *value, uint32_t min,
		  uint32_t max, uint32_t *ret_number);

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

/* `, not "value"` for a message; "" when the value is no single short word: a line that lost its
 * key can have added a secret to it. */
#define NOT_THIS_SIZE 48
void value_not_this(const char *text, char ret_text[NOT_THIS_SIZE]);

/* Findings at the place of a member's name. `best`: the known key that may have been meant, or
 * NULL. */
void value_report_unknown(const struct place *place, const struct yaml_node *member,
			  const char *best);
void value_report_twice(const struct place *place, const struct yaml_node *member);

#endif
