/*
 * What /proc says about this process (proc(5), getrlimit(2)). Linux only; elsewhere every fact is
 * simply absent.
 */
#include "telemetry/process.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/text.h"

#define STAT_LINE_MAX 2048 /* 52 numbers of at most 20 digits and a name of 15 characters */

/* Fields of /proc/self/stat after the name, counted from 0 (proc(5) calls the first one 3). */
enum stat_field {
	FIELD_UTIME = 14 - 3,
	FIELD_STIME = 15 - 3,
	FIELD_THREADS = 20 - 3,
	FIELD_START_TIME = 22 - 3,
	FIELD_VSIZE = 23 - 3,
	FIELD_RSS = 24 - 3,
	FIELD_COUNT,
};

struct stat_values {
	bool has[FIELD_COUNT];
	uint64_t value[FIELD_COUNT];
};

/* The next word of *text, cut off there; NULL at the end. */
static char *next_word(char **text)
{
	char *start = *text + strspn(*text, " \n");

	if (*start == '\0')
		return NULL;
	char *end = start + strcspn(start, " \n");
	*text = *end == '\0' ? end : end + 1;
	*end = '\0';
	return start;
}

/* The name may hold blanks and parentheses: what counts begins after the last ')'. */
static void read_stat(struct stat_values *ret)
{
	char line[STAT_LINE_MAX];

	memset(ret, 0, sizeof(*ret));
	FILE *file = fopen("/proc/self/stat", "re");
	if (file == NULL)
		return;
	size_t len = fread(line, 1, sizeof(line) - 1, file);
	(void)fclose(file);
	line[len] = '\0';
	char *text = strrchr(line, ')');
	if (text == NULL)
		return;
	text++;
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		const char *word = next_word(&text);
		if (word == NULL)
			return;
		ret->has[i] = parse_u64(word, UINT64_MAX, &ret->value[i]) == STATUS_OK;
	}
}

/* Unix time of the boot. */
static bool read_boot_time(uint64_t *ret_time_s)
{
	char *line = NULL;
	size_t size = 0;
	bool found = false;
	FILE *file = fopen("/proc/stat", "re");

	if (file == NULL)
		return false;
	while (!found && getline(&line, &size, file) > 0) {
		if (!text_starts_with(line, "btime "))
			continue;
		found = parse_u64(text_trim(line + strlen("btime ")), UINT32_MAX, ret_time_s) ==
			STATUS_OK;
		break;
	}
	free(line);
	(void)fclose(file);
	return found;
}

static bool count_open_fds(uint64_t *ret_count)
{
	uint64_t count = 0;
	DIR *dir = opendir("/proc/self/fd");

	if (dir == NULL)
		return false;
	for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
		if (entry->d_name[0] != '.')
			count++;
	}
	(void)closedir(dir);
	*ret_count = count > 0 ? count - 1 : 0; /* without the folder that was open meanwhile */
	return true;
}

static void read_limits(struct process_facts *facts)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
		facts->has_max_fds = true;
		facts->max_fds = limit.rlim_cur;
	}
	if (getrlimit(RLIMIT_AS, &limit) == 0) {
		facts->has_virtual_memory_max = true;
		facts->virtual_memory_max_bytes =
			limit.rlim_cur == RLIM_INFINITY ? INFINITY : (double)limit.rlim_cur;
	}
}

void process_read(struct process_facts *ret_facts)
{
	struct stat_values stat;
	uint64_t boot_time_s;
	long ticks = sysconf(_SC_CLK_TCK);
	long page_size = sysconf(_SC_PAGESIZE);

	memset(ret_facts, 0, sizeof(*ret_facts));
	read_stat(&stat);
	if (ticks > 0 && stat.has[FIELD_UTIME] && stat.has[FIELD_STIME]) {
		ret_facts->has_cpu_seconds = true;
		ret_facts->cpu_seconds_total =
			((double)stat.value[FIELD_UTIME] + (double)stat.value[FIELD_STIME]) /
			(double)ticks;
	}
	if (page_size > 0 && stat.has[FIELD_VSIZE] && stat.has[FIELD_RSS]) {
		ret_facts->has_memory = true;
		ret_facts->virtual_memory_bytes = stat.value[FIELD_VSIZE];
		ret_facts->resident_memory_bytes = stat.value[FIELD_RSS] * (uint64_t)page_size;
	}
	if (ticks > 0 && stat.has[FIELD_START_TIME] && read_boot_time(&boot_time_s)) {
		ret_facts->has_start_time = true;
		ret_facts->start_time_seconds =
			(double)boot_time_s + (double)stat.value[FIELD_START_TIME] / (double)ticks;
	}
	ret_facts->has_threads = stat.has[FIELD_THREADS];
	ret_facts->threads = stat.value[FIELD_THREADS];
	ret_facts->has_open_fds = count_open_fds(&ret_facts->open_fds);
	read_limits(ret_facts);
}
