/* When a source is asked again. */
#include "collect/schedule.h"

#include <stdlib.h>
#include <sys/random.h>

#include "base/text.h"

#define BACKOFF_FIRST_S   60
#define RETRY_AFTER_MAX_S 3600
#define SPREAD_MS         5000 /* "a few seconds" */
#define SPREAD_EACH_MS    200

/* A number below `limit`, which is not 0. Refreshes are spread by it; nobody gains by guessing it.
 */
static uint32_t random_below(uint32_t limit)
{
	uint32_t number = 0;

	(void)!getrandom(&number, sizeof(number), GRND_NONBLOCK);
	return number % limit;
}

static uint64_t jitter(uint64_t ms)
{
	uint64_t span = ms / 10; /* +-5 % */

	if (span == 0 || span > UINT32_MAX - 1)
		return ms;
	return ms - span / 2 + random_below((uint32_t)span + 1);
}

uint64_t schedule_scaled_ms(uint64_t ms)
{
#ifdef BTP_TEST_BUILD
	const char *setting = getenv("BTP_CERT_EXPORTER_TEST_SPEED");
	uint64_t speed;

	if (setting != NULL && parse_u64(setting, 100000, &speed) == STATUS_OK && speed > 0)
		return ms / speed;
#endif
	return ms;
}

uint64_t schedule_next_ms(const struct attempt_outcome *outcome, uint32_t poll_interval_s)
{
	uint64_t wait_s = poll_interval_s;

	if (!outcome->up && !outcome->wait_interval) {
		unsigned doublings = outcome->failures > 1 ? outcome->failures - 1 : 0;
		uint64_t backoff_s = (uint64_t)BACKOFF_FIRST_S << (doublings < 20 ? doublings : 20);
		if (backoff_s < wait_s)
			wait_s = backoff_s;
	}
	if (!outcome->up && outcome->retry_after_s > 0) {
		uint64_t asked_s = (uint64_t)outcome->retry_after_s;
		if (asked_s > RETRY_AFTER_MAX_S)
			asked_s = RETRY_AFTER_MAX_S;
		if (asked_s > wait_s)
			return schedule_scaled_ms(asked_s * 1000);
	}
	return schedule_scaled_ms(jitter(wait_s * 1000));
}

uint64_t schedule_first_ms(size_t count, uint32_t workers)
{
	uint64_t span = count * SPREAD_EACH_MS;

	if (count <= workers)
		return 0;
	if (span > SPREAD_MS)
		span = SPREAD_MS;
	return schedule_scaled_ms(random_below((uint32_t)span));
}

void schedule_deadline(uint64_t ms, struct timespec *ret)
{
	clock_gettime(CLOCK_MONOTONIC, ret);
	ret->tv_sec += (time_t)(ms / 1000);
	ret->tv_nsec += (long)(ms % 1000) * 1000000;
	if (ret->tv_nsec >= 1000000000) {
		ret->tv_sec++;
		ret->tv_nsec -= 1000000000;
	}
}
