#ifndef SOURCE_LEVEL_H
#define SOURCE_LEVEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "cert/store.h"

/*
 * One level of a source: the stores that it lists, the raw references to them, and facts about the
 * service. A source builds it during a refresh; inventory/ merges it with older knowledge, writes
 * it into the state file and reads it from there. It is counted, and immutable once it is part of a
 * result: then any thread may read it.
 */

/*
 * Parts of a level that are listed by requests of their own, a bit for each. A level says which of
 * them it knows in full (`whole`); of the others the older knowledge stays. These three mean the
 * same for every kind of source that has them. The further bits belong to each kind, whose table of
 * parts (source/source.h) names them: state files hold the names.
 */
enum level_part {
	PART_CERTIFICATES = 1u << 0, /* the stores of the level */
	PART_DESTINATIONS = 1u << 2,
	PART_FRAGMENTS = 1u << 3,
};
#define LEVEL_PARTS_MAX 16

struct source_level;

struct source_label {
	char *key;
	char *value;
};

struct source_store {
	char *name;       /* as the service spells it; not repaired, not cut */
	const char *type; /* the label `type`, static storage; "" = by content: keystore or
			     certificate */
	unsigned part;    /* one bit of the parts of its kind */
	enum store_state state;
	char *detail;                  /* for people; "" when nothing is wrong */
	struct store_content *content; /* a reference of this struct, NULL when nothing was read */
	bool auto_renewed;      /* by a pattern of the configuration, or the service says so */
	int64_t renewal_lead_s; /* renewal is due this long before notAfter; 0: general rules */
	bool renewal_unknown;   /* asking for these two failed: the older ones stay */
	bool labels_unknown;    /* asking for them failed: the older ones stay */
	/* Set by level_merge(), a source leaves them 0. */
	bool kept;     /* its content is of an earlier refresh than its level */
	double read_s; /* Unix seconds when its content was read; 0 unknown */
	struct source_label *labels;
	size_t label_count;
	struct source_level *level; /* that it is a store of */
};

enum reference_kind { REFERENCE_DESTINATION, REFERENCE_FRAGMENT };
const char *reference_kind_name(enum reference_kind kind); /* destination, fragment */

/* An effective reference of a destination or fragment of this level to a store of some level. */
struct source_reference {
	enum reference_kind kind;
	char *destination; /* name of the destination or fragment */
	char *property;    /* for example KeyStoreLocation */
	char *name;        /* of the store it refers to */
};

#define FACT_LABELS_MAX 4

/*
 * What a source reports about its service besides certificates: a row is one metric family. It is a
 * gauge, since a fact is of this refresh only: what could not be asked is absent, and older values
 * are not kept. The rows of a kind stand in one table (source/source.h).
 */
struct source_fact {
	const char *name; /* of the family; contract with dashboards and docs/metrics.md */
	const char *help; /* one line of plain ASCII */
	const char *labels[FACT_LABELS_MAX]; /* besides `source`, in the order of the page */
	bool is_time; /* Unix seconds: a value that is no time is not shown */
};

struct source_sample {
	const struct source_fact *fact; /* static storage */
	char *labels[FACT_LABELS_MAX];  /* values of the labels of the fact; unused ones are NULL */
	double value;
};

/* Counted; immutable once it is part of a result. */
struct source_level {
	const char *name; /* the label `level`: static storage */
	bool up;          /* listed whole and not every store failed (btp_source_level_up) */
	unsigned whole;   /* parts that are complete in this refresh */
	/* Set by level_merge(), Unix seconds; a source leaves them 0. */
	double read_s;                    /* the refresh that `up` and `whole` are of */
	double listed_s[LEVEL_PARTS_MAX]; /* by bit: when each part was last complete, 0 never */
	bool has_destinations, has_fragments; /* counts are known */
	uint64_t destinations, fragments;
	struct source_store *stores;
	size_t store_count;
	struct source_reference *references;
	size_t reference_count;
	struct source_sample *samples;
	size_t sample_count;
};

/* -- building --------------------------------------------------------------------------- */

/*
 * A level is built like text in a struct buf: the first lack of memory sticks. From then on what is
 * added is ignored, and what was added before is incomplete. Who has built a level asks once, with
 * source_level_status(), and drops one that failed; source_refresh() does that for the levels of a
 * result. Texts are copied.
 */

/* NULL without memory. `name` has static storage. */
struct source_level *source_level_new(const char *name);
struct source_level *source_level_ref(struct source_level *level);
void source_level_unref(struct source_level *level); /* NULL is fine */

/* STATUS_OK; STATUS_MEMORY: something could not be added, and the level is not to be used. */
enum status source_level_status(const struct source_level *level) MUST_CHECK;

/*
 * Adds a store, which is valid until the next one is added. `content` may be NULL; otherwise the
 * level takes its own reference, and the store's state and detail are taken from it. Never NULL: of
 * a level that failed it is a store which is in no list, so that its members can be set all the
 * same.
 */
struct source_store *source_level_add_store(struct source_level *level, unsigned part,
					    const char *name, const char *type,
					    struct store_content *content);
/* `detail` is cleaned (text_printable). */
void source_store_set_state(struct source_store *store, enum store_state state, const char *detail);
void source_store_add_label(struct source_store *store, const char *key, const char *value);
void source_level_add_reference(struct source_level *level, enum reference_kind kind,
				const char *destination, const char *property, const char *name);

/* `labels`: as many as the fact has, up to FACT_LABELS_MAX; further ones are NULL. */
void source_level_add_sample(struct source_level *level, const struct source_fact *fact,
			     double value, const char *const labels[FACT_LABELS_MAX]);

#endif
