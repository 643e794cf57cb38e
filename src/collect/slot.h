#ifndef COLLECT_SLOT_H
#define COLLECT_SLOT_H

#include <stdatomic.h>

#include "collect/knowledge.h"
#include "collect/schedule.h"
#include "inventory/view.h"
#include "source/source.h"

/*
 * Inside of collect/: one source with what is known of it and what is published of it.
 *
 * Who may touch what: `config`, `telemetry` and `source` do not change; `source` belongs to the
 * worker that runs the slot. `stop` is atomic. Everything else is read and written under the
 * collector's lock, and only the worker that runs a slot changes its knowledge, status and view.
 * Under the lock pointers are swapped and times are planned; what is built, freed or logged is
 * built, freed and logged without it: each function says on which side it belongs.
 */
struct slot_status {
	bool has_attempt;
	bool up;
	double last_attempt_s;
	unsigned failures; /* in a row */
	char *last_error;  /* owned */
};

struct slot {
	struct source_config *config; /* owned */
	struct telemetry_source *telemetry;
	struct source *source;
	atomic_bool stop;
	bool table_follows; /* as in struct collector_settings */

	struct knowledge *knowledge; /* a reference, never NULL */
	struct slot_status status;
	struct source_view *view; /* what is published; a reference, NULL when memory was missing */

	/* schedule, monotonic milliseconds */
	uint64_t due_ms;
	uint64_t started_ms; /* of the last attempt, 0: none */
	double next_attempt_s;
	bool running;        /* a worker has it; nobody else frees it */
	bool reported;       /* running, but the refresh is over and its outcome is shown */
	bool refresh_wanted; /* asked for while it was running */
	bool removed;        /* freed by the worker that runs it */
};

/* Without the lock. Takes `config` on success. NULL without memory or when the kind is not
 * supported (*ret_status). */
struct slot *slot_new(struct source_config *config, struct telemetry *telemetry,
		      enum status *ret_status);
/* Without the lock. NULL is fine. */
void slot_free(struct slot *slot);

/* What a slot that is not shared yet begins with: references to the knowledge and a copy of the
 * status of its predecessor, taken under the lock. */
struct slot_legacy {
	const struct source_config *config; /* of the predecessor; NULL: there is none */
	struct knowledge *knowledge;
	struct slot_status status;
};

/* Under the lock; false without memory, then nothing is owned. */
bool slot_bequeath(const struct slot *slot, struct slot_legacy *ret_legacy) MUST_CHECK;
void slot_legacy_release(struct slot_legacy *legacy);

/* Without the lock, as long as the slot is not shared: a changed source keeps what its predecessor
 * knew until its first refresh, if both ask the same service. False without memory. */
bool slot_inherit(struct slot *slot, const struct slot_legacy *legacy) MUST_CHECK;
/* The same from a state file. */
bool slot_restore(struct slot *slot, const struct state_source *saved) MUST_CHECK;
/* Without the lock, as long as the slot is not shared: its first view. */
void slot_first_view(struct slot *slot);

/* One refresh, from the question to what is published. */
struct slot_attempt {
	const struct slot *slot;
	struct source_result *result;   /* NULL without memory */
	struct knowledge *knowledge;    /* what is known now; NULL: what was known before */
	struct slot_status status;      /* what the slot's status becomes */
	struct source_view *view;       /* what is published next; NULL: the old one */
	struct attempt_outcome outcome; /* for the schedule */
	uint64_t lasted_ms;
	uint64_t due_ms; /* as planned */
	double next_attempt_s;
	bool was_tried, was_up, had_stores; /* before it */
};

/* Without the lock: asks the source, counts and logs what went wrong, merges. */
void slot_attempt(struct slot *slot, struct slot_attempt *ret_attempt);
/* Under the lock: plans the next attempt, sooner if a refresh was asked for meanwhile. */
void slot_plan(struct slot *slot, struct slot_attempt *attempt, uint64_t now_ms);
/* Without the lock: builds the next view, which says when the next attempt is. */
void slot_attempt_view(struct slot_attempt *attempt);
/* Under the lock: swaps knowledge, status and view; `attempt` owns the old ones afterwards. A
 * refresh that was asked for since slot_plan() keeps its earlier time. */
void slot_finish(struct slot *slot, struct slot_attempt *attempt);
/* Without the lock, after slot_finish(): logs that the source came up or went down, and counts the
 * refresh, so that who sees it counted or logged sees its outcome too. */
void slot_attempt_report(const struct slot_attempt *attempt);
/* Without the lock. */
void slot_attempt_release(struct slot_attempt *attempt);

#endif
