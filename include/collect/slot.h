#ifndef COLLECT_SLOT_H
#define COLLECT_SLOT_H

#include <stdatomic.h>

#include "collect/schedule.h"
#include "inventory/model.h"
#include "inventory/state_file.h"
#include "source/source.h"

/*
 * Inside of collect/: one source with all that is known of it. `slot_attempt` runs on a worker
 * without a lock; everything else is done under the collector's lock.
 */
#define SLOT_LEVELS_MAX STATE_LEVELS_MAX

struct slot {
	struct source_config *config; /* owned */
	struct telemetry_source *telemetry;
	struct source *source;
	atomic_bool stop;
	struct source_view *view; /* what is published; a reference */
	bool table_follows;       /* as in struct collector_settings */

	/* knowledge */
	struct source_level *levels[SLOT_LEVELS_MAX];
	size_t level_count;
	char *identity; /* of the source that `levels` came from, "" unknown */
	char *host, *subaccount_id, *tenant_id;
	bool has_attempt;
	bool up;
	double last_attempt_s;
	bool has_success;
	double last_success_s;
	char *last_error;
	unsigned failures;

	/* schedule, monotonic milliseconds */
	uint64_t due_ms;
	uint64_t started_ms; /* of the last attempt, 0: none */
	double next_attempt_s;
	bool running;
	bool refresh_wanted; /* asked for while it was running */
	bool removed;        /* freed by the worker that runs it */
};

/* Takes `config` on success. NULL without memory or when the kind is not supported (*ret_status).
 */
struct slot *slot_new(struct source_config *config, struct telemetry *telemetry,
		      enum status *ret_status);
void slot_free(struct slot *slot);

/* A changed source keeps what its predecessor knew, until its first refresh. */
void slot_inherit(struct slot *slot, const struct slot *before);
/* The same from a state file. */
void slot_restore(struct slot *slot, const struct state_source *saved);
/* What is known of all of them, for the state file; false without memory. Under the lock. */
bool slots_save(struct slot *const *slots, size_t count, struct state *ret_state) MUST_CHECK;

/* A new view of what is known; the old one stays when memory is missing. */
void slot_renew_view(struct slot *slot);

/*
 * One refresh: asks the source, counts and logs what went wrong, merges, and builds the new view
 * into *ret_view (NULL without memory). Fields of the slot that readers of other threads use are
 * not touched before slot_finish().
 */
struct slot_attempt {
	struct source_result *result; /* NULL without memory */
	struct source_level *levels[SLOT_LEVELS_MAX];
	size_t level_count;
	bool up;
	double ended_s;
	uint64_t lasted_ms;
	char *last_error;
};
void slot_attempt(struct slot *slot, struct slot_attempt *ret_attempt);

/* Takes the attempt over into the slot and plans the next one. Under the lock. */
void slot_finish(struct slot *slot, struct slot_attempt *attempt, uint64_t now_ms);
void slot_attempt_release(struct slot_attempt *attempt);

#endif
