/*
 * How long a page takes: bench_metrics [CERTIFICATES [ROUNDS]]. Prints the median over the rounds;
 * nothing is asserted, the machine decides.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "metrics/metrics.h"
#include "report/csv.h"
#include "report/json.h"
#include "report/table.h"
#include "../unit/sample_view.h"

#define ROUNDS_MAX 1000

static double now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

struct job {
	const char *name;
	const struct snapshot *snapshot;
	struct telemetry *telemetry;
};

static enum status render(const struct job *job, struct buf *buf)
{
	struct exposition exposition = { .snapshot = job->snapshot,
					 .telemetry = job->telemetry,
					 .now_s = SAMPLE_NOW,
					 .with_process = true,
					 .with_web = true };

	if (strcmp(job->name, "json") == 0)
		return report_certificates_json(job->snapshot, NULL, SAMPLE_NOW, buf);
	if (strcmp(job->name, "csv") == 0)
		return report_certificates_csv(job->snapshot, NULL, SAMPLE_NOW, buf);
	if (strcmp(job->name, "table") == 0) {
		struct report_table table = { { SAMPLE_NOW, 14, false }, NULL, 120, true };
		return report_table(job->snapshot, &table, buf);
	}
	exposition.format =
		strcmp(job->name, "openmetrics") == 0 ? EXPOSITION_OPENMETRICS : EXPOSITION_TEXT;
	return metrics_write(&exposition, buf);
}

static int run(const struct job *job, size_t rounds)
{
	double ms[ROUNDS_MAX];
	size_t lines = 0;
	struct buf buf;

	buf_init(&buf, EXPOSITION_MAX);
	for (size_t i = 0; i < rounds; i++) {
		buf_release(&buf);
		double start = now_ms();
		if (render(job, &buf) != STATUS_OK) {
			fprintf(stderr, "%s failed\n", job->name);
			buf_release(&buf);
			return 1;
		}
		ms[i] = now_ms() - start;
	}
	for (size_t i = 0; i < buf.len; i++)
		lines += buf.data[i] == '\n';
	qsort(ms, rounds, sizeof(ms[0]), compare_doubles);
	printf("%-12s %10zu bytes %8zu lines %9.2f ms %7.0f ns/line\n", job->name, buf.len, lines,
	       ms[rounds / 2], ms[rounds / 2] * 1e6 / (double)lines);
	buf_release(&buf);
	return 0;
}

int main(int argc, char **argv)
{
	static const char *const names[] = { "text", "openmetrics", "json", "csv", "table" };
	uint64_t count = 10000;
	uint64_t rounds = 9;
	int code = 0;

	if ((argc > 1 && parse_u64(argv[1], 10000000, &count) != STATUS_OK) ||
	    (argc > 2 && parse_u64(argv[2], ROUNDS_MAX, &rounds) != STATUS_OK) || rounds == 0) {
		fprintf(stderr, "bench_metrics [CERTIFICATES [ROUNDS 1..%d]]\n", ROUNDS_MAX);
		return 2;
	}
	struct arena *arena = arena_new();
	struct telemetry *telemetry = telemetry_new();
	if (arena == NULL || telemetry == NULL)
		return 1;
	const struct snapshot *snapshot = sample_random(arena, telemetry, (size_t)count, 1);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && code == 0; i++)
		code = run(&(struct job){ names[i], snapshot, telemetry }, (size_t)rounds);
	telemetry_free(telemetry);
	arena_free(arena);
	return code;
}
