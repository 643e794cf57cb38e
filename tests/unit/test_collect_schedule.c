/* When a source is asked again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "collect/schedule.h"

static void within(uint64_t ms, uint64_t low, uint64_t high)
{
	assert_in_range(ms, low, high);
}

static void good_attempts_wait_the_interval(void **state)
{
	struct attempt_outcome outcome = { .up = true, .retry_after_s = -1 };
	(void)state;

	for (int i = 0; i < 200; i++)
		within(schedule_next_ms(&outcome, 3600), 3600000 - 180000, 3600000 + 180000);
}

static void failures_double_up_to_the_interval(void **state)
{
	static const uint64_t minutes[] = { 1, 2, 4, 8, 16, 32, 60, 60 };
	(void)state;

	for (unsigned i = 0; i < 8; i++) {
		struct attempt_outcome outcome = { .retry_after_s = -1, .failures = i + 1 };
		within(schedule_next_ms(&outcome, 3600), minutes[i] * 57000, minutes[i] * 63000);
	}
	struct attempt_outcome many = { .retry_after_s = -1, .failures = 4000000000u };
	within(schedule_next_ms(&many, 604800), UINT64_C(604800000) / 100 * 95,
	       UINT64_C(604800000) / 100 * 105);
}

static void retry_after_is_obeyed(void **state)
{
	struct attempt_outcome outcome = { .retry_after_s = 600, .failures = 1 };
	(void)state;

	within(schedule_next_ms(&outcome, 3600), 600000, 600000);
	outcome.retry_after_s = 100000; /* capped at an hour */
	within(schedule_next_ms(&outcome, 300), 3600000, 3600000);
	outcome.retry_after_s = 5; /* shorter than the own wait */
	within(schedule_next_ms(&outcome, 3600), 57000, 63000);
}

static void refused_credentials_wait_an_interval(void **state)
{
	struct attempt_outcome outcome = { .wait_interval = true,
					   .retry_after_s = -1,
					   .failures = 1 };
	(void)state;

	within(schedule_next_ms(&outcome, 3600), 3420000, 3780000);
}

static void first_refreshes_are_spread(void **state)
{
	(void)state;

	assert_int_equal(schedule_first_ms(4, 4), 0);
	for (int i = 0; i < 100; i++)
		within(schedule_first_ms(200, 4), 0, 5000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_attempts_wait_the_interval),
		cmocka_unit_test(failures_double_up_to_the_interval),
		cmocka_unit_test(retry_after_is_obeyed),
		cmocka_unit_test(refused_credentials_wait_an_interval),
		cmocka_unit_test(first_refreshes_are_spread),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
