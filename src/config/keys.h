#ifndef CONFIG_KEYS_H
#define CONFIG_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "config/source_config.h"

/*
 * The keys of a source, in one table: what reads, checks, digests and frees a source walks over it.
 * A new setting is a line here and a field in struct source_config.
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
	KEY_PATTERNS,    /* struct string_list */
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
};

struct key {
	const char *name;
	unsigned group; /* one of KEYS_..., which kinds take it (config/kind.h) */
	enum key_type type;
	unsigned flags;
	size_t offset; /* of the field in struct source_config */
	uint32_t min;
	uint32_t max;
	const char *const *choices; /* KEY_CHOICE: names in the order of the enum, then NULL */
	/* KEY_TEXT: checks and copies; the text of the error follows the key. NULL: any text */
	enum status (*check)(const char *text, char **ret_text, struct error *error);
};

#define KEYS_MAX SOURCE_KEYS_MAX /* the keys given are a set of bits */

const struct key *config_key(size_t i); /* NULL behind the last one */
/* The index of a key, or KEYS_MAX. */
size_t config_key_index(const char *name);

#endif
