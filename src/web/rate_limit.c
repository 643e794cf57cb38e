/* The rate limit of the web configuration. Credit is counted in milliseconds, so that nothing is
 * lost by rounding however short the time between two requests. */
#include "web/rate_limit.h"

void rate_limit_init(struct rate_limit *limit, uint64_t interval_ms, uint32_t burst,
		     uint64_t now_ms)
{
	(void)pthread_mutex_init(&limit->lock, NULL);
	limit->enabled = interval_ms > 0;
	limit->interval_ms = interval_ms;
	limit->credit_max_ms =
		burst > 0 && interval_ms > UINT64_MAX / burst ? UINT64_MAX : interval_ms * burst;
	limit->credit_ms = limit->credit_max_ms;
	limit->last_ms = now_ms;
}

void rate_limit_release(struct rate_limit *limit)
{
	(void)pthread_mutex_destroy(&limit->lock);
}

bool rate_limit_take(struct rate_limit *limit, uint64_t now_ms)
{
	bool passes = false;

	if (!limit->enabled)
		return true;
	(void)pthread_mutex_lock(&limit->lock);
	if (now_ms > limit->last_ms) {
		uint64_t gained = now_ms - limit->last_ms;
		uint64_t room = limit->credit_max_ms - limit->credit_ms;
		limit->credit_ms += gained < room ? gained : room;
		limit->last_ms = now_ms;
	}
	if (limit->credit_ms >= limit->interval_ms) {
		limit->credit_ms -= limit->interval_ms;
		passes = true;
	}
	(void)pthread_mutex_unlock(&limit->lock);
	return passes;
}
