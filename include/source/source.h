#ifndef SOURCE_SOURCE_H
#define SOURCE_SOURCE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "base/words.h"
#include "config/source_config.h"
#include "source/result.h"
#include "telemetry/telemetry.h"

/*
 * What a kind of source implements. Each has a folder of its own and one object of struct
 * source_class, to which its struct source_kind points (config/kind.h); who uses sources includes
 * source/kinds.h.
 */
struct source; /* one configured source with its caches; used by one thread at a time */

struct source_context {
	const struct source_config *config; /* outlives the source */
	struct telemetry_source *telemetry; /* outlives the source */
	const atomic_bool *stop;            /* true: end at once; may be NULL */
};

/* A level that a kind may have. */
struct known_level {
	const char *name; /* the label `level` */
	/* All that it may list. References lead to stores of the levels with PART_DESTINATIONS. */
	unsigned parts;
	bool own;        /* it has the certificate with which the exporter itself logs on */
	bool has_places; /* the names of its stores are places within a service, not files */
	/* Whether the configuration asks for it; NULL: always. */
	bool (*wanted)(const struct source_config *config);
};

/* A part that a level of this kind may have. */
struct known_part {
	unsigned part;    /* its bit, which no other part of the kind has */
	const char *name; /* in state files: never given to another one */
	/* What the names begin with by which references lead to its stores; NULL: references lead
	 * to PART_CERTIFICATES. */
	const char *prefix;
	bool (*wanted)(const struct source_config *config); /* of its stores; NULL: always */
};

/* A type that a kind gives its stores. */
struct known_type {
	const char *name; /* the label `type` */
	bool trusted;     /* its certificates are there to be trusted, not shown */
	/* The name of the store of this type whose certificate is not used yet; NULL: none. */
	const char *waiting;
};

/*
 * A kind: its functions, which are behind those of source/kinds.h, and the words that it uses,
 * which the state file, the filters of the API and the metrics know from here. A table ends with a
 * row without a name; NULL is an empty one.
 */
struct source_class {
	enum status (*open)(const struct source_context *context, struct source **ret_source);
	struct source_result *(*refresh)(struct source *source);
	void (*close)(struct source *source);
	const struct known_level *levels;
	const struct known_part *parts;
	/* In addition to "", the type that the content decides. */
	const struct known_type *types;
	/* What it reports besides certificates, in the order of the page. */
	const struct source_fact *facts;
	/* Templates of its requests, the label `endpoint`; NULL if it makes none. */
	const struct word_list *endpoints;
	/* Bits 1 << reason (src/source/errors.h): what can go wrong at each stage. These counters
	 * start at 0, so that rate() sees the first error too. */
	uint32_t possible_errors[STAGE_COUNT];
};

/* The first member of each kind's own struct; source_open() sets both. */
struct source {
	const struct source_class *class;
	struct source_context context;
};

#endif
