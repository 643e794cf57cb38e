#ifndef CONFIG_SETTING_H
#define CONFIG_SETTING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "config/keys.h"

/*
 * The engine of typed settings. Flags, variables of the environment, the keys of a source and those
 * of the web configuration are rows of one shape (struct key), and a text becomes the value of its
 * row here, whoever read it. What is wrong with a text is returned and not said: a flag's error and
 * a finding in a file have words of their own. Not thread-safe for one object.
 */
enum setting_fault {
	SETTING_GOOD,
	SETTING_EMPTY,   /* the text is empty, which the row does not allow */
	SETTING_CONTENT, /* the content of a file was given where its name belongs */
	SETTING_TYPE,    /* the text is no value of the row's type, bounds and choices */
	SETTING_CHECK,   /* the row's check refuses it; `error` says why */
	SETTING_MEMORY,
};

/*
 * Brings `text`, of `len` bytes, into the field of `key` in the object at `base`; the field keeps
 * its value unless the result is SETTING_GOOD. To a KEY_LIST it adds one element. A file's name is
 * joined with `folder`, unless that is NULL. For all types but lists of other things and KEY_KIND.
 */
enum setting_fault setting_put(const struct key *key, const char *text, size_t len,
			       const char *folder, void *base, struct error *error) MUST_CHECK;

/* Empties the field of `key`, as far as it owns memory: texts and lists of texts. */
void setting_release(const struct key *key, void *base);

/* A truth value: true and false; with KEY_SWITCH also 1 and 0, with KEY_YAML11 also those of YAML
 * 1.1 as Go's yaml.v2 knows them: yes, on, y and their opposites. */
bool setting_bool(const char *text, unsigned flags, bool *ret_bool);

#endif
