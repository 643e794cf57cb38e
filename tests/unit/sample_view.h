#ifndef TESTS_SAMPLE_VIEW_H
#define TESTS_SAMPLE_VIEW_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "inventory/snapshot.h"

/*
 * Inventories for the tests of metrics/ and report/, made by hand so that those tests need no other
 * room: a small one with every case that has a line of its own (sample_view.c), and random ones of
 * any size (sample_random.c).
 */
#define SAMPLE_NOW 1767225600.5 /* 2026-01-01T00:00:00.5Z */

/* Five sources: a Destination service with everything, a directory with the odd cases, one that
 * failed, one that was not tried, a Cloud Connector. Static storage; counters are recorded in
 * `telemetry`. */
const struct snapshot *sample_snapshot(struct telemetry *telemetry);

/* The same, while the Destination service with everything is down: what is shown of it is older
 * knowledge, read at SAMPLE_READ. */
#define SAMPLE_READ 1767218400.0 /* 2025-12-31T22:00:00Z: 2 h before */
const struct snapshot *sample_outage(void);

/* A random inventory with `count` certificates, unique identities, hostile texts; the same for the
 * same seed. It lives in `arena`. */
const struct snapshot *sample_random(struct arena *arena, struct telemetry *telemetry, size_t count,
				     uint64_t seed);

#endif
