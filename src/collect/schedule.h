#ifndef COLLECT_SCHEDULE_H
#define COLLECT_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* When a source is asked again: pure functions but for the random jitter. Thread-safe. */
#define FORCED_GAP_S 60 /* a source is refreshed on request at most once a minute */

struct attempt_outcome {
	bool up;
	bool wait_interval;    /* no early retry: wrong credentials lock accounts */
	int64_t retry_after_s; /* -1: none */
	unsigned failures;     /* in a row, this one included */
};

/* Milliseconds until the next attempt: the interval +-5 % after a good one; 1, 2, 4, ... minutes,
 * at most the interval, after a bad one; never before Retry-After (cap 1 h). */
uint64_t schedule_next_ms(const struct attempt_outcome *outcome, uint32_t poll_interval_s);

/* Milliseconds before the first refresh of one of `count` sources. */
uint64_t schedule_first_ms(size_t count, uint32_t workers);

/* `ms` as it is; test builds divide it by BTP_CERT_EXPORTER_TEST_SPEED. */
uint64_t schedule_scaled_ms(uint64_t ms);

/* The moment `ms` from now on the monotonic clock, for pthread_cond_timedwait(). */
void schedule_deadline(uint64_t ms, struct timespec *ret);

#endif
