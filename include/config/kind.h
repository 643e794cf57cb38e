#ifndef CONFIG_KIND_H
#define CONFIG_KIND_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A kind of source as the configuration sees it. Each kind has a folder below src/source/ with one
 * object of this struct, and one line in src/kinds.c. Nothing else knows which kinds exist: who
 * needs all of them walks registered_kinds[].
 */
struct source_class; /* what a source of this kind does: source/source.h */

enum {
	KEYS_COMMON = 1,             /* of every kind */
	KEYS_BINDING = 2,            /* a service key, a binding, or its single fields */
	KEYS_CLIENT_CERTIFICATE = 4, /* certificate and private_key */
	KEYS_STORES = 8,             /* include, exclude, auto_renewed, keystore_passwords */
	KEYS_NETWORK = 16,           /* TLS and way out: such a source is remote */
	KEYS_DESTINATION = 32,
	KEYS_CONNECTOR = 64,
	KEYS_DIRECTORY = 128,
};

struct source_kind {
	const char *name;         /* the value of `kind` */
	const char *const *words; /* parts of other words that people write for it; NULL ends it */
	unsigned keys;            /* the groups of keys that it takes: KEYS_... */
	bool of_bindings; /* bindings that are found and service keys on the command line are it */
	const struct source_class *class;
};

/* All kinds, in the order in which messages list them; NULL ends it. Defined in src/kinds.c, which
 * stands above all rooms; a test with kinds of its own defines another one. */
extern const struct source_kind *const registered_kinds[];

/* NULL: there is no such kind. */
const struct source_kind *source_kind_named(const char *name);

/* The kind of what is discovered; NULL: no registered kind takes bindings. */
const struct source_kind *source_kind_of_bindings(void);

#endif
