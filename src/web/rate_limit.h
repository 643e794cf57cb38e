#ifndef WEB_RATE_LIMIT_H
#define WEB_RATE_LIMIT_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * A token bucket: one token per interval, at most `burst` of them, full at the start. Shared by all
 * listeners. The time is a parameter (clock_mono_ms()). Thread-safe after init.
 */
struct rate_limit {
	pthread_mutex_t lock;
	bool enabled;
	uint64_t interval_ms;
	uint64_t credit_ms; /* saved up time; each request takes one interval of it */
	uint64_t credit_max_ms;
	uint64_t last_ms;
};

/* `interval_ms` 0: no limit. `burst` 0 with an interval: nothing passes. */
void rate_limit_init(struct rate_limit *limit, uint64_t interval_ms, uint32_t burst,
		     uint64_t now_ms);
void rate_limit_release(struct rate_limit *limit);

/* True when a request may pass; then its token has been taken. */
bool rate_limit_take(struct rate_limit *limit, uint64_t now_ms);

#endif
