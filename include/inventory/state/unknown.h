#ifndef INVENTORY_STATE_UNKNOWN_H
#define INVENTORY_STATE_UNKNOWN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * What a state file says that this version does not know, because a newer one wrote it: words
 * (`type "hsm"`) and members. Each is remembered once, and only the first ones, so that any file
 * needs the same memory. Not thread-safe.
 */
#define STATE_UNKNOWN_MAX 16

struct state_unknown_word {
	const char *what; /* static: type, level, member of a store, ... */
	char word[48];    /* as in the file, printable, cut */
	size_t times;
};

struct state_unknown {
	struct state_unknown_word words[STATE_UNKNOWN_MAX];
	size_t count;
	bool more; /* others were not remembered */
};

/* Takes note of a word; `what` is static. */
void state_unknown_note(struct state_unknown *unknown, const char *what, const char *word);

/* Appends them for people: `type "hsm" (2 times), level "space"`. */
void state_unknown_put(const struct state_unknown *unknown, struct buf *buf);

#endif
