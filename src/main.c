/*
 * btp_cert_exporter: flags -> configuration -> collector and web server; signals; nothing else.
 * Exit codes (docs/configuration.md): 0, 1 (a listener could not be opened; --once: something
 * expires), 2 (bad usage or configuration; --once: a source failed).
 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/environment.h"
#include "base/log.h"
#include "check_command.h"
#include "collect/collector.h"
#include "config/open.h"
#include "inventory/snapshot.h"
#include "net/http.h"
#include "telemetry/telemetry.h"
#include "web/server.h"

#include "once.h"

#define EXIT_LISTENER 1
#define EXIT_USAGE    2
#define FILES_MAX     8192 /* file descriptors; the web server takes half of them at most */
#define STOP_GRACE_MS 5000 /* for what is being served when the program ends */

struct app {
	struct options options;
	struct telemetry *telemetry;
	struct snapshot_store *snapshots;
	struct collector *collector;
	uint32_t workers;
	pthread_mutex_t reload_lock; /* one reload at a time: signal or web */
};

/* -- configuration --------------------------------------------------------------------------- */

static void log_lines(enum log_level level, const char *msg, const struct buf *lines)
{
	const char *line = buf_text(lines);

	while (*line != '\0') {
		size_t len = strcspn(line, "\n");
		char text[ERROR_TEXT_MAX * 2];
		(void)snprintf(text, sizeof(text), "%.*s", (int)len, line);
		if (len > 0)
			log_at(level, msg, LOG_TEXT("detail", text));
		line += len + (line[len] == '\n');
	}
}

/* All problems at once, as plain lines: they are for the person who starts the program. */
static void print_problems(const struct problems *problems)
{
	(void)fputs(buf_text(&problems->text), stderr);
}

/* The configuration at start, with its warnings in the log; NULL after the problems were printed.
 */
static struct config *first_config(const struct options *options)
{
	struct problems problems;
	struct config *config = NULL;

	problems_init(&problems);
	enum status status = config_open(options, &config, &problems);
	(void)status; /* each failure is a problem */
	print_problems(&problems);
	log_lines(LOG_WARN, "configuration warning", &problems.warnings);
	problems_release(&problems);
	return config;
}

static bool reload(void *user, struct error *error)
{
	struct app *app = user;
	struct problems problems;
	struct config *config = NULL;

	pthread_mutex_lock(&app->reload_lock);
	problems_init(&problems);
	enum status status = config_open(&app->options, &config, &problems);
	if (status == STATUS_OK) {
		uint32_t workers = config->workers;
		status = collector_apply(app->collector, config, error);
		if (status == STATUS_OK)
			status = collector_set_workers(app->collector, workers);
	} else {
		(void)error_set(error, status, "%zu problem%s, see the log; nothing was changed",
				problems.count, problems.count == 1 ? "" : "s");
		log_lines(LOG_ERROR, "configuration problem", &problems.text);
	}
	log_lines(LOG_WARN, "configuration warning", &problems.warnings);
	telemetry_reload(app->telemetry, status == STATUS_OK, clock_now());
	if (status == STATUS_OK)
		log_info("configuration reloaded");
	else
		log_error("configuration not reloaded, the previous one stays in use",
			  LOG_TEXT("error", error != NULL ? error->text : ""));
	config_free(config);
	problems_release(&problems);
	pthread_mutex_unlock(&app->reload_lock);
	return status == STATUS_OK;
}

/* -- hooks of the web server ----------------------------------------------------------------- */

static bool is_ready(void *user, struct error *error)
{
	return collector_ready(((struct app *)user)->collector, error);
}

static bool is_healthy(void *user, struct error *error)
{
	return collector_healthy(((struct app *)user)->collector, error);
}

static void refresh(void *user)
{
	collector_refresh_all(((struct app *)user)->collector);
}

/* -- start and stop -------------------------------------------------------------------------- */

/* Key material is in memory: no core file, no debugger of the same user. */
static void set_limits(void)
{
	struct rlimit none = { 0, 0 };
	struct rlimit files;

	/* the web server's connections: the soft limit is often 1024, far below the hard one */
	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
		files.rlim_cur = files.rlim_max < FILES_MAX ? files.rlim_max : FILES_MAX;
		(void)setrlimit(RLIMIT_NOFILE, &files);
	}

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/* A closed descriptor 0 to 2 would be given to the next socket, and be written to. Writing to the
 * ones that are opened here fails, so that a lost output is noticed. */
static void secure_descriptors(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			(void)open("/dev/null", O_RDONLY);
	}
}

static void block_signals(bool once, sigset_t *ret_set)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	(void)sigaction(SIGPIPE, &ignore, NULL);
	if (once)
		return; /* Ctrl-C ends it as it ends any command */
	sigemptyset(ret_set);
	sigaddset(ret_set, SIGINT);
	sigaddset(ret_set, SIGTERM);
	sigaddset(ret_set, SIGHUP);
	sigaddset(ret_set, SIGUSR1);
	(void)pthread_sigmask(SIG_BLOCK, ret_set, NULL);
}

static bool app_setup(struct app *app)
{
	pthread_mutex_init(&app->reload_lock, NULL);
	app->telemetry = telemetry_new();
	app->snapshots = snapshot_store_new();
	return app->telemetry != NULL && app->snapshots != NULL && http_setup() == STATUS_OK;
}

static void app_release(struct app *app)
{
	collector_stop(app->collector);
	snapshot_store_free(app->snapshots);
	telemetry_free(app->telemetry);
	http_teardown();
	pthread_mutex_destroy(&app->reload_lock);
	options_release(&app->options);
}

/* The collector with its sources, not started; 0 or an exit code after the reason was printed. */
static int make_collector(struct app *app, struct config *config, bool once)
{
	struct collector_settings settings = {
		.telemetry = app->telemetry,
		.snapshots = app->snapshots,
		.state_file = once ? NULL : app->options.state_file,
		.spread = !once,
		.table_follows = once && once_prints_table(&app->options),
	};
	struct error error = { "out of memory" };

	app->workers = config->workers;
	app->collector = collector_new(&settings);
	if (app->collector == NULL ||
	    collector_apply(app->collector, config, &error) != STATUS_OK) {
		(void)fprintf(stderr, "btp_cert_exporter: %s\n", error.text);
		return EXIT_USAGE;
	}
	telemetry_reload(app->telemetry, true, clock_now());
	return 0;
}

static int run_once(struct app *app)
{
	struct once once = {
		.options = &app->options,
		.telemetry = app->telemetry,
		.snapshots = app->snapshots,
		.collector = app->collector,
		.workers = app->workers,
	};

	return once_run(&once);
}

/* -- the daemon ------------------------------------------------------------------------------ */

static void wait_for_end(struct app *app, const sigset_t *signals)
{
	for (;;) {
		struct error error = { "" };
		int signal_number = 0;
		if (sigwait(signals, &signal_number) != 0)
			continue;
		switch (signal_number) {
		case SIGHUP:
			(void)reload(app, &error);
			break;
		case SIGUSR1:
			collector_refresh_all(app->collector);
			break;
		default:
			log_info("stopping", LOG_TEXT("signal", strsignal(signal_number)));
			return;
		}
	}
}

static int serve(struct app *app, const sigset_t *signals)
{
	struct web_hooks hooks = { app, is_ready, is_healthy, reload, refresh };
	struct web_server *server = NULL;
	struct error error = { "" };
	enum status status = web_server_start(&app->options, app->snapshots, app->telemetry, &hooks,
					      &server, &error);

	if (status != STATUS_OK) {
		log_error("cannot listen", LOG_TEXT("error", error.text));
		return EXIT_LISTENER;
	}
	/* only now: a port that is taken costs no source a request */
	if (collector_set_workers(app->collector, app->workers) != STATUS_OK) {
		log_error("no thread could be started");
		web_server_stop(server, 0);
		return EXIT_LISTENER;
	}
	wait_for_end(app, signals);
	web_server_stop(server, STOP_GRACE_MS);
	return 0;
}

int main(int argc, char **argv)
{
	struct app app = { 0 };
	struct config *config = NULL;
	char removed[ENVIRONMENT_NAMES_SIZE];
	sigset_t signals;
	int code = EXIT_USAGE;

	environment_clean(removed);
	secure_descriptors();
	/* for fnmatch(3) and wcwidth(3): a character is one of UTF-8, whatever the environment says
	 */
	(void)setlocale(LC_CTYPE, "C.UTF-8");
	switch (options_parse(argc, argv, &app.options)) {
	case OPTIONS_RUN:
		break;
	case OPTIONS_EXIT_OK:
		return 0;
	case OPTIONS_EXIT_USAGE:
		return EXIT_USAGE;
	}
	bool once = app.options.once != ONCE_OFF;
	bool quiet = once && app.options.log_level == LOG_INFO;
	log_setup(quiet ? LOG_WARN : app.options.log_level, app.options.log_format);
	if (removed[0] != '\0')
		log_warn("variables of the environment are not obeyed", LOG_TEXT("names", removed));
	set_limits();
	if (app.options.config_check != CHECK_OFF) {
		code = check_command(&app.options);
		options_release(&app.options);
		return code;
	}
	config = first_config(&app.options);
	if (config == NULL) {
		options_release(&app.options);
		return EXIT_USAGE;
	}
	block_signals(once, &signals);
	if (!app_setup(&app)) {
		(void)fprintf(stderr, "btp_cert_exporter: out of memory\n");
		goto out;
	}
	log_info("starting", LOG_TEXT("version", BTP_VERSION), LOG_TEXT("revision", BTP_REVISION));
	code = make_collector(&app, config, once);
	if (code == 0)
		code = once ? run_once(&app) : serve(&app, &signals);
out:
	config_free(config);
	app_release(&app);
	return code;
}
