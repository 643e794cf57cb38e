#ifndef CONFIG_OPTIONS_H
#define CONFIG_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/log.h"
#include "base/status.h"
#include "config/string_list.h"

/* The command line (docs/configuration.md) with the environment variables behind it. */
enum config_check { CHECK_OFF, CHECK_OFFLINE, CHECK_ONLINE };
enum once_form { ONCE_OFF, ONCE_TABLE, ONCE_METRICS, ONCE_JSON, ONCE_CSV };
enum once_count { ONCE_COUNT_USED, ONCE_COUNT_ALL };

#define ONCE_DAYS_ALL UINT32_MAX

struct options {
	char *config_file; /* NULL: not given */
	struct string_list binding_files;
	char *ca_file; /* NULL: the system's */
	enum config_check config_check;
	enum once_form once;
	enum once_count once_count;
	uint32_t once_critical_days;
	uint32_t once_days; /* ONCE_DAYS_ALL: not given */
	char *once_output;  /* NULL: standard output */
	uint32_t once_timeout_s;
	bool healthcheck;
	struct string_list listen_addresses; /* at least one, without systemd_socket */
	bool systemd_socket;
	char *telemetry_path;
	char *web_config_file;       /* NULL: none */
	char *health_listen_address; /* NULL: none */
	bool enable_lifecycle;
	uint32_t max_requests; /* 0 = no limit */
	bool disable_exporter_metrics;
	char *shard;      /* NULL: all sources; checked by shard_parse() */
	char *state_file; /* NULL: none */
	enum log_level log_level;
	enum log_format log_format;
};

enum options_result {
	OPTIONS_RUN,
	OPTIONS_EXIT_OK,    /* --help, --version: text was printed on stdout */
	OPTIONS_EXIT_USAGE, /* exit 2: text was printed on stderr */
};

/* Reads flags and BTP_CERT_EXPORTER_* variables. OPTIONS_RUN: *ret_options is the caller's. */
enum options_result options_parse(int argc, char **argv, struct options *ret_options) MUST_CHECK;
void options_release(struct options *options);

#endif
