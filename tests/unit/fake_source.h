/*
 * Sources of a kind that is made up: source/kinds.h is replaced by the linker (use_fake_sources()
 * in tests/CMakeLists.txt), so that a test decides what each refresh brings and when it ends. The
 * configuration is that of a directory.
 */
#ifndef TEST_FAKE_SOURCE_H
#define TEST_FAKE_SOURCE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "source/kinds.h"

struct fake_plan {
	atomic_bool gate_closed;   /* refreshes wait, unless they are stopped */
	atomic_bool lacks_memory;  /* there is no result at all */
	atomic_bool down;          /* nothing could be listed */
	atomic_bool wait_interval; /* what the result asks for */
	atomic_int retry_after_s;
	atomic_uint stores; /* how many there are: s-0, s-1, ... */
	const char *_Atomic identity;
	/* what happened */
	atomic_uint waiting;   /* refreshes that wait now */
	atomic_uint refreshes; /* that have ended */
	atomic_uint stopped;   /* of them, by their source being stopped */
	atomic_uint opened, closed;
};

extern struct fake_plan fake;

/* Everything good, nothing has happened. */
void fake_reset(void);
/* Waits until `number` is at least `wanted`; the test ends by its timeout otherwise. */
void fake_await(const atomic_uint *number, unsigned wanted);

#endif
