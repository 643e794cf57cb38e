#ifndef COLLECT_PARTS_H
#define COLLECT_PARTS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "inventory/snapshot.h"
#include "inventory/state/state.h"
#include "telemetry/telemetry.h"

/*
 * The collector that the files of this room share:
 *
 *   collector.c   making, ending, what main, the probes and the web server ask
 *   succession.c  another configuration: which slots stay, which are made, which go
 *   workers.c     the pool: refreshes when they are due
 *   publish.c     the views of all slots become the current snapshot
 *   state.c       reading and writing the state file
 *
 * `lock` is held for plans and pointers: nothing is built, freed, logged or read under it, since
 * the probes take it on the thread that serves everybody. The other two are never taken by them.
 * Order: apply_lock, report_lock, lock.
 */
#define WORKERS_MAX 64

/* One thread of the pool; it ends when its number is not below `workers` any more. */
struct worker {
	struct collector *collector;
	pthread_t thread;
	bool started; /* and not joined yet */
	bool ended;
};

struct slot;

struct collector {
	struct telemetry *telemetry;
	struct snapshot_store *snapshots;
	char *state_file;
	bool spread;
	bool table_follows;
	struct state state; /* as loaded, until the first sources took what is theirs: apply_lock */
	enum status state_status;

	pthread_mutex_t apply_lock; /* one collector_apply() at a time; taken before `lock` */
	/* a refresh that ends and a request for one are logged in the order in which they happened
	 */
	pthread_mutex_t report_lock;
	pthread_mutex_t lock;
	pthread_cond_t wake;    /* work or a stop for the workers */
	pthread_cond_t changed; /* an attempt ended, for collector_wait_all() */
	struct slot **slots;    /* in the order of the configuration; changed with both locks */
	size_t slot_count;
	bool stopping;
	bool state_dirty;
	bool state_writing;
	uint64_t state_written_ms;
	struct worker workers[WORKERS_MAX];
	size_t worker_count; /* how many are wanted: the first ones */
	size_t busy_workers; /* with a refresh */
};

#endif
