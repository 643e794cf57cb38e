/*
 * Memory that runs out on purpose. A way through a room is walked again and again, and each time
 * another allocation fails: the first, the second, ... A program that is linked by
 * add_memory_test() (tests/CMakeLists.txt) has its allocations replaced by the linker: those of
 * the project, of OpenSSL (cert/crypto_memory.c) and of cJSON (base/json.c). Only allocations of
 * the thread that walks can fail. The address sanitizer looks for what is lost on the way.
 */
#ifndef TEST_MEMORY_H
#define TEST_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

/* From now on the allocation number `n` of this thread fails, counted from 1; 0: none does. With
 * `all` every later one fails as well. */
void memory_fail_at(long n, bool all);

/* Allocations succeed again. Whether one has failed since memory_fail_at(). */
bool memory_end(void);

/* How many allocations there have been since memory_fail_at(). */
long memory_count(void);

struct memory_way {
	const char *name; /* for messages */
	/* The way itself, with allocations that fail. It keeps in `user` what it made. */
	enum status (*walk)(void *user);
	/* Afterwards, with all the memory: checks what came of it and releases it. `status` is what
	 * walk() returned, `lacked` says that an allocation has failed. NULL: nothing to do. */
	void (*check)(void *user, enum status status, bool lacked);
	void *user;
	/* What the lack hits has a state of its own, or is not needed: then STATUS_OK is right as
	 * well, and check() knows what holds. */
	bool recovers;
	bool only_one;  /* never let all later ones fail */
	long tries_max; /* 0: each allocation fails once; else so many of them, evenly spread */
};

/*
 * Walks it with all the memory, which has to be STATUS_OK; then once for each allocation that fails
 * alone, and once for each from which on all fail: the result is STATUS_MEMORY (or, if it recovers,
 * STATUS_OK); then once more with all of it. Returns the number of allocations.
 */
long memory_torture(const struct memory_way *way);

/* "NAME, allocation 3 of 20", for the messages of check(). Static storage. */
const char *memory_where(void);

#endif
