/*
 * Prints one rendering of a random inventory, for judges that are no C programs:
 * print_page text|openmetrics|json|csv|stores|sources CERTIFICATES SEED
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "metrics/metrics.h"
#include "report/csv.h"
#include "report/json.h"
#include "sample_view.h"

static enum status print_metrics(const char *format, const struct snapshot *snapshot,
				 struct telemetry *telemetry, struct buf *buf)
{
	struct exposition exposition = { .format = strcmp(format, "openmetrics") == 0
							   ? EXPOSITION_OPENMETRICS
							   : EXPOSITION_TEXT,
					 .snapshot = snapshot,
					 .telemetry = telemetry,
					 .now_s = SAMPLE_NOW,
					 .with_process = true,
					 .with_web = true };

	return metrics_write(&exposition, buf);
}

static enum status print(const char *format, const struct snapshot *snapshot,
			 struct telemetry *telemetry, struct buf *buf)
{
	if (strcmp(format, "json") == 0)
		return report_certificates_json(snapshot, NULL, SAMPLE_NOW, buf);
	if (strcmp(format, "csv") == 0)
		return report_certificates_csv(snapshot, NULL, SAMPLE_NOW, buf);
	if (strcmp(format, "stores") == 0)
		return report_stores_json(snapshot, SAMPLE_NOW, buf);
	if (strcmp(format, "sources") == 0)
		return report_sources_json(snapshot, SAMPLE_NOW, buf);
	return print_metrics(format, snapshot, telemetry, buf);
}

int main(int argc, char **argv)
{
	uint64_t count = 0;
	uint64_t seed = 0;
	struct buf buf;
	int code = 1;

	if (argc != 4 || parse_u64(argv[2], 1000000, &count) != STATUS_OK ||
	    parse_u64(argv[3], 1000000, &seed) != STATUS_OK)
		return 2;
	buf_init(&buf, EXPOSITION_MAX);
	struct arena *arena = arena_new();
	struct telemetry *telemetry = telemetry_new();
	if (arena != NULL && telemetry != NULL) {
		const struct snapshot *snapshot =
			sample_random(arena, telemetry, (size_t)count, seed);
		if (print(argv[1], snapshot, telemetry, &buf) == STATUS_OK &&
		    fwrite(buf.data, 1, buf.len, stdout) == buf.len)
			code = 0;
	}
	buf_release(&buf);
	telemetry_free(telemetry);
	arena_free(arena);
	return code;
}
