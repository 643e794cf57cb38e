#ifndef CONFIG_KIND_H
#define CONFIG_KIND_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A kind of source as the configuration sees it. Each kind has a folder below src/source/ with one
 * object of this struct, and one line in src/kinds.c. Nothing else knows which kinds exist: who
 * needs all of them walks registered_kinds[].
 */
struct key;
struct problems;
struct rules;
struct source_class; /* what a source of this kind does: source/source.h */
struct source_config;

/* Groups of the keys that are in struct source_config, for a kind to take. */
enum {
	KEYS_COMMON = 1,             /* of every kind */
	KEYS_BINDING = 2,            /* a service key, a binding, or its single fields */
	KEYS_CLIENT_CERTIFICATE = 4, /* certificate and private_key */
	KEYS_STORES = 8,             /* include, exclude, auto_renewed, keystore_passwords */
	KEYS_NETWORK = 16,           /* TLS and way out, which a remote source has */
};

struct source_kind {
	const char *name;         /* the value of `kind` */
	const char *const *words; /* parts of other words that people write for it; NULL ends it */
	unsigned groups;          /* KEYS_...: which common keys it takes */
	const struct key *keys;   /* its own ones; one without a name ends them. NULL: none */
	size_t size;              /* of its own settings (`own` of struct source_config) */
	/* Each of the functions may be NULL. */
	/* Sets the defaults of its own settings, which are all zero before. */
	void (*defaults)(void *own);
	/* Reports what its source needs and what excludes each other: config/rules.h. */
	void (*rules)(const struct rules *rules);
	/* --config.check: reads the files that only this kind names: config/file_check.h. Where the
	 * source is `partial`, config has read each common file by itself, and only what can be
	 * said of a file alone is. */
	void (*check_files)(const struct source_config *source, struct problems *problems);
	/* Whether both name the same service, tenant and client, as far as they say. Only then what
	 * is known of one is shown for the other. NULL: always. */
	bool (*same_service)(const struct source_config *a, const struct source_config *b);
	/* Whether the certificate of the server is not checked. NULL: it always is. */
	bool (*is_unverified)(const struct source_config *source);
	/* Whether bindings that are found, and service keys on the command line, are such sources;
	 * true for one kind. */
	bool of_bindings;
	const struct source_class *class;
};

/* All kinds, in the order in which messages list them; NULL ends it. Defined in src/kinds.c, which
 * stands above all rooms; a test with kinds of its own defines another one. */
extern const struct source_kind *const registered_kinds[];

/* NULL: there is no such kind. */
const struct source_kind *source_kind_named(const char *name);

/* The kind of what is discovered; NULL: no registered one is. */
const struct source_kind *source_kind_of_bindings(void);

#endif
