#ifndef COLLECT_COLLECTOR_H
#define COLLECT_COLLECTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "config/config.h"
#include "inventory/snapshot.h"
#include "telemetry/telemetry.h"

/*
 * Calls the sources on their schedule with a small pool of workers, merges what they bring with
 * what was known, and publishes snapshots (docs/operations.md). One source is refreshed by one
 * worker at a time. All functions may be called from any thread and do not wait for a source,
 * except collector_wait_all() and collector_stop().
 */
struct collector;

struct collector_settings {
	struct telemetry *telemetry; /* these two outlive the collector */
	struct snapshot_store *snapshots;
	const char *state_file; /* NULL: none; copied */
	bool spread;            /* jitter before first refreshes of many sources */
	bool table_follows;     /* a table is printed: what it shows is not logged */
};

/* Loads the state file, if any. NULL without memory. */
struct collector *collector_new(const struct collector_settings *settings);

/*
 * Takes the enabled sources out of `config`. Sources whose settings are unchanged go on
 * undisturbed; new and changed ones are refreshed at once, a changed one that asks the same service
 * keeps its inventory until then; others disappear. STATUS_OK; STATUS_UNSUPPORTED (a kind this
 * build has not) and STATUS_MEMORY change nothing, `error` says why.
 */
enum status collector_apply(struct collector *collector, struct config *config,
			    struct error *error) MUST_CHECK;

/*
 * Refreshes `count` sources (1 to 64) at the same time from now on: the first call starts the work,
 * later ones add workers, or let those above the number end after what they are doing. STATUS_OK,
 * also with fewer workers than asked for; STATUS_MEMORY when not one could be started.
 */
enum status collector_set_workers(struct collector *collector, uint32_t count) MUST_CHECK;

/* Refreshes every source soon, each at most once a minute. */
void collector_refresh_all(struct collector *collector);

/* Waits until every source was tried at least once; false when `timeout_ms` passed before. */
bool collector_wait_all(struct collector *collector, uint64_t timeout_ms);

/* True once every source was tried; else `error` names those that are open. */
bool collector_ready(struct collector *collector, struct error *error);
/* False when a refresh lasts far beyond its own limit, or does not begin long after it was due
 * although a worker is free: `error` names the source. */
bool collector_healthy(struct collector *collector, struct error *error);

/* Ends running refreshes, writes the state file, frees. NULL is fine. */
void collector_stop(struct collector *collector);

#endif
