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
 * The keys of a source are in one table: what reads, checks, digests and frees a source walks over
 * it. A new setting is a line here and a field in struct source_config.
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
	KEY_LEVELS,      /* the two level_* fields */
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
	unsigned group; /* of a source: one of KEYS_..., which kinds take it (config/kind.h) */
	enum key_type type;
	unsigned flags;
	size_t offset; /* of the field, in struct source_config for a source */
	uint32_t min;  /* KEY_CHOICE: the value of the first name */
	uint32_t max;
	const char *const *choices; /* KEY_CHOICE: names in the order of the enum, then NULL */
	/* texts: STATUS_OK, with a copy in its form, or without one if it is as it should be; else
	 * the error is what follows the key in a message. NULL: any text */
	enum status (*check)(const char *text, char **ret_text, struct error *error);
};

#define KEYS_MAX SOURCE_KEYS_MAX /* the keys given are a set of bits */

const struct key *config_key(size_t i); /* NULL behind the last one */
/* The index of a key, or KEYS_MAX. */
size_t config_key_index(const char *name);

#endif
