#ifndef CONFIG_KEYS_H
#define CONFIG_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "config/source_config.h"

/*
 * A typed setting is a row: a key of a source, a flag, a key of the web configuration. setting.h
 * brings a text into its field.
 *
 * What reads, checks, digests and frees a source walks over the keys of its kind: the common ones,
 * whose table is in keys.c, and those of the kind itself.
 */
enum key_type {
	KEY_TEXT,        /* char *; `check` brings it into its form */
	KEY_FILE,        /* char *; joined with the folder of the file */
	KEY_BOOL,        /* bool */
	KEY_NUMBER,      /* uint32_t, min..max */
	KEY_DURATION,    /* uint32_t seconds, min..max */
	KEY_CHOICE,      /* an enum of the size of uint32_t, one of `choices` */
	KEY_SECRET,      /* struct secret_setting: its value */
	KEY_SECRET_FILE, /* struct secret_setting: its file */
	KEY_LIST,        /* struct string_list; `check` is for each element */
	KEY_PATHS,       /* struct string_list of glob patterns, joined with the folder */
	KEY_WORDS,       /* uint32_t: a list of `choices`, each a bit in their order */
	KEY_PASSWORDS,   /* keystore_passwords and its count */
	KEY_KIND,        /* read before all others */
};

enum {
	KEY_DEFAULTABLE = 1, /* may stand under `defaults` */
	KEY_EMPTY = 2,       /* "" (for a list: []) is a value */
	KEY_INLINE_FINE = 4, /* a KEY_SECRET that is public: no warning when it is inline */
	KEY_PROXY = 8,       /* a KEY_TEXT that can hold a password */
	KEY_NAME = 16,       /* must not be the content of a file; every KEY_FILE is such a name */
	KEY_SWITCH = 32, /* a KEY_BOOL: also 1 and 0; a KEY_CHOICE: also true (the first), false */
	KEY_YAML11 = 64, /* a KEY_BOOL: also the other truth values of YAML 1.1 */
	KEY_TERSE = 128, /* what was given instead of a choice or truth value is not shown */
};

struct key {
	const char *name;
	unsigned group; /* of a common key of a source: KEYS_... (config/kind.h); 0: of others */
	enum key_type type;
	unsigned flags;
	size_t offset; /* of the field, for a source in struct source_config or in its `own` */
	uint32_t min;  /* KEY_CHOICE: the value of the first name */
	uint32_t max;
	/* KEY_CHOICE: names in the order of the enum, then NULL; KEY_WORDS: in that of the bits */
	const char *const *choices;
	/* texts: STATUS_OK, with a copy in its form, or without one if it is as it should be; else
	 * the error is what follows the key in a message. NULL: any text */
	enum status (*check)(const char *text, char **ret_text, struct error *error);
	/* a default of this key does not count where the source has that other key; NULL: none */
	const char *yields_to;
};

/* Every key that a source of this kind can have, from 0; those of groups that it does not take are
 * counted, too, see kind_takes(). NULL behind the last one. */
const struct key *source_key(const struct source_kind *kind, size_t i);
/* The index of a key, or SOURCE_KEYS_MAX. */
size_t source_key_index(const struct source_kind *kind, const char *name);

bool kind_takes(const struct source_kind *kind, const struct key *key);
/* The key of this name that the kind takes; NULL: none. */
const struct key *kind_key(const struct source_kind *kind, const char *name);

/* The object that has the field of the key: the source, or its own settings. */
void *source_key_base(struct source_config *source, const struct key *key);

#endif
