/* --once: waits for one refresh of every source, then writes what is known in the form asked for.
 */
#include "once.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/file.h"
#include "metrics/metrics.h"
#include "report/csv.h"
#include "report/json.h"
#include "report/table.h"

#define EXIT_FAILED 2
#define OUTPUT_MODE 0644 /* a textfile collector runs as another user */
#define DAY_S       86400.0

static unsigned terminal_width(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
		return 0;
	return size.ws_col;
}

bool once_prints_table(const struct options *options)
{
	return options->once == ONCE_TABLE && options->once_output == NULL &&
	       options->log_level != LOG_DEBUG;
}

static enum status put_table(const struct once *once, const struct snapshot *snapshot,
			     const struct report_filter *filter, const struct report_judge *judge,
			     struct buf *buf)
{
	bool terminal = once->options->once_output == NULL && isatty(STDOUT_FILENO) != 0;
	const char *no_colour = getenv("NO_COLOR");
	struct report_table table = {
		.judge = *judge,
		.filter = filter,
		.width = terminal ? terminal_width() : 0,
		.colour = terminal && (no_colour == NULL || *no_colour == '\0'),
	};

	return report_table(snapshot, &table, buf);
}

static enum status put_metrics(const struct once *once, const struct snapshot *snapshot,
			       double now_s, struct buf *buf)
{
	struct exposition exposition = {
		.format = EXPOSITION_TEXT,
		.snapshot = snapshot,
		.telemetry = once->telemetry,
		.now_s = now_s,
	};

	(void)shard_parse(once->options->shard, &exposition.shard);
	return metrics_write(&exposition, buf);
}

static enum status put_form(const struct once *once, const struct snapshot *snapshot,
			    const struct report_judge *judge, struct buf *buf)
{
	const struct options *options = once->options;
	struct report_filter filter = {
		.has_within = options->once_days != ONCE_DAYS_ALL,
		.within_s = options->once_days * DAY_S,
		.or_unknown = true,
	};

	switch (options->once) {
	case ONCE_METRICS:
		return put_metrics(once, snapshot, judge->now_s, buf);
	case ONCE_JSON:
		return report_certificates_json(snapshot, &filter, judge->now_s, buf);
	case ONCE_CSV:
		return report_certificates_csv(snapshot, &filter, judge->now_s, buf);
	case ONCE_OFF:
	case ONCE_TABLE:
		break;
	}
	return put_table(once, snapshot, &filter, judge, buf);
}

/* A signal that would end the process between the file aside and its renaming would leave that file
 * behind. It is ignored for this moment, since the process ends right after it anyway. */
static enum status write_file(const char *path, const struct buf *buf, struct error *error)
{
	static const int ends[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT };
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction before[COUNT_OF(ends)];

	for (size_t i = 0; i < COUNT_OF(ends); i++)
		(void)sigaction(ends[i], &ignore, &before[i]);
	enum status status = file_write_atomic(path, buf_text(buf), buf->len, OUTPUT_MODE, error);
	for (size_t i = 0; i < COUNT_OF(ends); i++)
		(void)sigaction(ends[i], &before[i], NULL);
	return status;
}

/* Nothing is printed or replaced that is not whole. */
static bool write_output(const struct options *options, enum status status, const struct buf *buf)
{
	struct error error = { "the output could not be written" };
	bool written = status == STATUS_OK;

	if (written && options->once_output != NULL)
		written = write_file(options->once_output, buf, &error) == STATUS_OK;
	else if (written)
		written = fwrite(buf_text(buf), 1, buf->len, stdout) == buf->len &&
			  fflush(stdout) == 0;
	if (!written)
		(void)fprintf(stderr, "btp_cert_exporter: %s%s\n",
			      options->once_output != NULL ? "--once.output: " : "", error.text);
	return written;
}

int once_run(const struct once *once)
{
	const struct options *options = once->options;
	struct buf buf;
	bool all = collector_set_workers(once->collector, once->workers) == STATUS_OK &&
		   collector_wait_all(once->collector, (uint64_t)options->once_timeout_s * 1000);
	struct snapshot *snapshot = snapshot_store_current(once->snapshots);
	struct report_judge judge = {
		.now_s = clock_now(),
		.critical_days = options->once_critical_days,
		.all = options->once_count == ONCE_COUNT_ALL,
	};

	buf_init(&buf, EXPOSITION_MAX);
	enum status status = put_form(once, snapshot, &judge, &buf);
	bool written = write_output(options, status, &buf);
	int code = report_exit_code(snapshot, &judge);
	if (!all && !once_prints_table(options)) { /* the table names those sources itself */
		struct error error = { "" };
		(void)collector_ready(once->collector, &error);
		(void)fprintf(stderr, "btp_cert_exporter: --once.timeout: %s\n", error.text);
	}
	buf_release(&buf);
	snapshot_unref(snapshot);
	return all && written ? code : EXIT_FAILED;
}
