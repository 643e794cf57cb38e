/*
 * `--config.check`: the configuration with all the files that it names, and online every source.
 * Problems and warnings are lines on stderr, results are on stdout.
 */
#include "check_command.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "collect/collector.h"
#include "config/open.h"
#include "net/http.h"
#include "report/check_table.h"

#define EXIT_PROBLEM 2
#define TABLE_MAX    (16UL * 1024 * 1024)

/* Prints what is wrong. Returns the configuration, which is good and the caller's; NULL: there are
 * problems. */
static struct config *check_offline(const struct options *options)
{
	struct problems problems;
	struct config *config = NULL;

	problems_init(&problems);
	enum status status = config_open(options, &config, &problems);
	(void)fputs(buf_text(&problems.text), stderr);
	(void)fputs(buf_text(&problems.warnings), stderr);
	if (status == STATUS_OK) {
		printf("configuration is good: %zu source%s, %zu warning%s\n", config->source_count,
		       config->source_count == 1 ? "" : "s", problems.warning_count,
		       problems.warning_count == 1 ? "" : "s");
	} else {
		(void)fprintf(stderr, "%zu problem%s%s\n", problems.count,
			      problems.count == 1 ? "" : "s",
			      options->config_check == CHECK_ONLINE ? "; no source was asked" : "");
	}
	problems_release(&problems);
	return config;
}

/* The sources that the collector did not take. */
static void print_disabled(const struct config *config)
{
	const char *before = "not asked, because of enabled: false: ";

	for (size_t i = 0; i < config->source_count; i++) {
		if (config->sources[i] == NULL)
			continue;
		printf("%s%s", before, config->sources[i]->id);
		before = ", ";
	}
	if (before[0] == ',')
		(void)putchar('\n');
}

static int print_results(const struct snapshot *snapshot, const struct config *config)
{
	struct buf buf;
	bool colour = isatty(STDOUT_FILENO) != 0 && getenv("NO_COLOR") == NULL;
	int code = report_check_exit_code(snapshot);

	buf_init(&buf, TABLE_MAX);
	bool printed = report_check_table(snapshot, colour, &buf) == STATUS_OK &&
		       fwrite(buf_text(&buf), 1, buf.len, stdout) == buf.len;
	print_disabled(config);
	if (!printed || fflush(stdout) != 0 || ferror(stdout)) {
		(void)fprintf(stderr, "btp_cert_exporter: the output could not be written\n");
		code = EXIT_PROBLEM;
	}
	buf_release(&buf);
	return code;
}

/* Asks every source once. Takes the enabled sources out of `config`. */
static int check_online(const struct options *options, struct config *config)
{
	struct collector_settings settings = {
		.telemetry = telemetry_new(),
		.snapshots = snapshot_store_new(),
	};
	struct collector *collector = NULL;
	struct snapshot *snapshot = NULL;
	struct error error = { "out of memory" };
	uint32_t workers = config->workers;
	int code = EXIT_PROBLEM;
	bool ready = settings.telemetry != NULL && settings.snapshots != NULL &&
		     http_setup() == STATUS_OK;

	(void)fflush(stdout); /* what is known now, before the waiting */
	if (ready)
		collector = collector_new(&settings);
	if (collector == NULL || collector_apply(collector, config, &error) != STATUS_OK ||
	    collector_set_workers(collector, workers) != STATUS_OK) {
		(void)fprintf(stderr, "btp_cert_exporter: %s\n", error.text);
		goto out;
	}
	if (!collector_wait_all(collector, (uint64_t)options->once_timeout_s * 1000)) {
		(void)collector_ready(collector, &error);
		(void)fprintf(stderr, "btp_cert_exporter: --once.timeout: %s\n", error.text);
	}
	snapshot = snapshot_store_current(settings.snapshots);
	code = print_results(snapshot, config);
out:
	snapshot_unref(snapshot);
	collector_stop(collector);
	snapshot_store_free(settings.snapshots);
	telemetry_free(settings.telemetry);
	http_teardown();
	return code;
}

int check_command(const struct options *options)
{
	struct config *config = check_offline(options);
	int code = config != NULL ? 0 : EXIT_PROBLEM;

	if (config != NULL && options->config_check == CHECK_ONLINE) {
		struct sigaction ignore = { .sa_handler = SIG_IGN };
		(void)sigaction(SIGPIPE, &ignore, NULL);
		/* the table says what warnings of the sources would say before it */
		if (options->log_level == LOG_INFO)
			log_setup(LOG_ERROR, options->log_format);
		code = check_online(options, config);
	}
	config_free(config);
	return code;
}
