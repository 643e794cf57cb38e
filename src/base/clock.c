/* Wall clock (replaceable in test builds) and monotonic clock. */
#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/text.h"

#ifdef BTP_TEST_BUILD
static int test_clock(int64_t *ret_now_s)
{
	const char *setting = getenv("BTP_CERT_EXPORTER_NOW");
	char line[32] = "";
	uint64_t value;

	if (setting == NULL || *setting == '\0')
		return 0;
	if (*setting == '/') {
		FILE *file = fopen(setting, "re");
		if (file == NULL)
			return 0;
		char *read = fgets(line, sizeof(line), file);
		(void)fclose(file);
		if (read == NULL)
			return 0;
		setting = text_trim(line);
	}
	if (parse_u64(setting, INT64_MAX, &value) != STATUS_OK)
		return 0;
	*ret_now_s = (int64_t)value;
	return 1;
}
#endif

double clock_now(void)
{
	struct timespec ts;

#ifdef BTP_TEST_BUILD
	int64_t test_now_s;
	if (test_clock(&test_now_s))
		return (double)test_now_s;
#endif
	clock_gettime(CLOCK_REALTIME, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

int64_t clock_now_s(void)
{
	return (int64_t)clock_now();
}

uint64_t clock_mono_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}
