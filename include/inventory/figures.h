#ifndef INVENTORY_FIGURES_H
#define INVENTORY_FIGURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "inventory/expiry.h"
#include "inventory/snapshot.h"
#include "inventory/view.h"

/*
 * The figures that people see, each computed in one place, so that page, API, table and dashboards
 * say the same number. Pure functions, thread-safe.
 */

/* Every state but `ok` is a problem, `empty` included (in PromQL: state!="ok"). */
bool store_has_problem(const struct inventory_store *store);

/* The last attempt did not read everything. False before the first one has ended: nothing is known
 * then (btp_source_up is absent). */
bool source_view_is_down(const struct source_view *view);

/* Whether the counts of a level, or of a source, say anything: nothing known is not zero. False
 * before the first list was read. */
bool inventory_level_is_known(const struct inventory_level *level);
bool source_view_is_known(const struct source_view *view);

/* False for kinds without destinations and fragments: nothing can refer to a missing certificate
 * there. */
bool source_view_has_references(const struct source_view *view);

/* Seconds since knowledge was read; 0 when it is not known (as_of_s 0), or the clock went back. */
double freshness_age_s(struct freshness freshness, double now_s);

/* Who uses a store can be said now: somebody is known, or every list was read. Otherwise "nobody"
 * is not known either. */
bool store_users_are_known(const struct source_view *view, const struct inventory_store *store);

/* Some of the users that are shown are older knowledge, or none is known and nothing can be said.
 */
bool store_users_are_stale(const struct source_view *view, const struct inventory_store *store);

struct inventory_counts {
	size_t sources;
	size_t sources_down;    /* source_view_is_down() */
	size_t sources_unknown; /* not source_view_is_known(): their counts below are not zero but
				   unknown */
	size_t sources_stale;   /* with a level whose knowledge is stale */
	size_t certificates;    /* the sum of by_status */
	size_t by_status[CERTIFICATE_STATUS_COUNT];
	size_t stale_certificates;
	size_t stores;
	size_t problem_stores; /* store_has_problem() */
	size_t stale_stores;
	size_t missing; /* references to missing certificates, certain as of the last attempt */
	size_t older_missing;
	size_t missing_known_sources; /* with references, and missing_known */
	size_t missing_unknown_sources;
};

/* Adds what is known of one source. */
void source_view_count(const struct source_view *view, double now_s,
		       struct inventory_counts *counts);

/* Of all sources. */
struct inventory_counts snapshot_count(const struct snapshot *snapshot, double now_s);

#endif
