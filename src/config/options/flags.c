/* The table of flags (docs/configuration.md) and the checks of single values. */
#include "config/options/flags.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/listen_address.h"
#include "base/text.h"

#define TELEMETRY_PATH_MAX 256

_Static_assert(sizeof(enum log_level) == sizeof(uint32_t), "choices are written as uint32_t");
_Static_assert(sizeof(enum log_format) == sizeof(uint32_t), "likewise");
_Static_assert(sizeof(enum config_check) == sizeof(uint32_t), "likewise");
_Static_assert(sizeof(enum once_form) == sizeof(uint32_t), "likewise");
_Static_assert(sizeof(enum once_count) == sizeof(uint32_t), "likewise");

static enum status check_listen(const char *text, char **ret_text, struct error *error)
{
	struct listen_address address;

	(void)ret_text;
	if (listen_address_parse(text, &address))
		return STATUS_OK;
	return error_set(error, STATUS_SYNTAX, LISTEN_ADDRESS_RULE);
}

static bool path_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       strchr("-._~/", c) != NULL;
}

static const char *telemetry_path_fault(const char *value)
{
	size_t len = strlen(value);

	if (value[0] != '/')
		return "must begin with /";
	if (len > TELEMETRY_PATH_MAX)
		return "is too long";
	for (const char *p = value; *p != '\0'; p++) {
		if (!path_char(*p))
			return "may have letters, digits and -._~/ only";
	}
	if (strstr(value, "//") != NULL || strstr(value, "/.") != NULL)
		return "must not have empty parts or parts that begin with a dot";
	if (len == 1 || strcmp(value, "/api") == 0 || text_starts_with(value, "/api/") ||
	    strcmp(value, "/-") == 0 || text_starts_with(value, "/-/"))
		return "is taken: /, /api/ and /-/ have other uses";
	return NULL;
}

static enum status check_telemetry_path(const char *text, char **ret_text, struct error *error)
{
	const char *fault = telemetry_path_fault(text);

	(void)ret_text;
	return fault == NULL ? STATUS_OK : error_set(error, STATUS_SYNTAX, "%s", fault);
}

static const char *const check_forms[] = { "offline", "online", NULL };
static const char *const once_forms[] = { "table", "metrics", "json", "csv", NULL };
static const char *const once_counts[] = { "used", "all", NULL };
static const char *const log_levels[] = { "debug", "info", "warn", "error", NULL };
static const char *const log_formats[] = { "logfmt", "json", NULL };

#define AT(field) offsetof(struct options, field)

#define FILE_FLAG(n, field, ...)                                                                   \
	{                                                                                          \
		.key = { .name = n, .type = KEY_FILE, .offset = AT(field) }, .value = "FILE",      \
		__VA_ARGS__                                                                        \
	}
#define TEXT_FLAG(n, t, field, c, ...)                                                             \
	{                                                                                          \
		.key = { .name = n,                                                                \
			 .type = t,                                                                \
			 .flags = KEY_NAME,                                                        \
			 .offset = AT(field),                                                      \
			 .check = (c) },                                                           \
		__VA_ARGS__                                                                        \
	}
#define NUMBER_FLAG(n, t, field, lo, hi, ...)                                                      \
	{                                                                                          \
		.key = { .name = n, .type = t, .offset = AT(field), .min = lo, .max = hi },        \
		__VA_ARGS__                                                                        \
	}
#define BOOL_FLAG(n, field, ...)                                                                   \
	{                                                                                          \
		.key = { .name = n, .type = KEY_BOOL, .flags = KEY_SWITCH, .offset = AT(field) },  \
		.alone = "true", .negatable = true, __VA_ARGS__                                    \
	}
#define CHOICE_FLAG(n, field, f, first, names, ...)                                                \
	{                                                                                          \
		.key = { .name = n,                                                                \
			 .type = KEY_CHOICE,                                                       \
			 .flags = f,                                                               \
			 .offset = AT(field),                                                      \
			 .min = first,                                                             \
			 .choices = names },                                                       \
		__VA_ARGS__                                                                        \
	}

static const struct flag flags[] = {
	{ .key = { .name = "help", .type = KEY_BOOL },
	  .command = true,
	  .group = "General",
	  .help = "Show this help and exit." },
	{ .key = { .name = "version", .type = KEY_BOOL },
	  .command = true,
	  .help = "Show the version and exit." },
	FILE_FLAG("config.file", config_file, .group = "Sources",
		  .help = "Configuration file (YAML). Without it and without --binding.file, "
			  "bindings are taken from VCAP_SERVICES_FILE_PATH, VCAP_SERVICES, "
			  "SERVICE_BINDING_ROOT, /etc/secrets/sapbtp and /etc/secrets/sapcp."),
	TEXT_FLAG("binding.file", KEY_LIST, binding_files, NULL, .value = "FILE",
		  .help = "Service key of a Destination instance (JSON): one source with all "
			  "defaults. Repeatable. Not together with --config.file."),
	FILE_FLAG("ca.file", ca_file,
		  .help = "Trust anchors (PEM) of every source without its own ca_file, instead of "
			  "the system's."),
	CHOICE_FLAG("config.check", config_check, KEY_SWITCH, CHECK_OFFLINE, check_forms,
		    .value = "offline|online", .alone = "offline", .negatable = true,
		    .help = "Read and check everything, secrets and keys included, print every "
			    "problem, and exit with 0 or 2. online: also ask every source once and "
			    "print what came of it. Alone it means offline."),
	FILE_FLAG("state.file", state_file,
		  .help = "Keep the last good inventory here over a restart (public facts only)."),
	CHOICE_FLAG("once", once, 0, ONCE_TABLE, once_forms, .group = "One run instead of a server",
		    .value = "table|metrics|json|csv", .alone = "table",
		    .help = "Refresh every source once, print, and exit: 0; 1 when a certificate "
			    "that counts has expired or expires soon; 2 when a source failed. "
			    "Alone it means table."),
	CHOICE_FLAG("once.count", once_count, 0, 0, once_counts, .value = "used|all",
		    .initial = "used",
		    .help = "With --once: which certificates count for exit 1 and need attention. "
			    "used: not those of stores that no destination or fragment uses, nor "
			    "roots that are only trusted."),
	NUMBER_FLAG("once.critical-days", KEY_NUMBER, once_critical_days, 0, 36500, .value = "DAYS",
		    .initial = "14",
		    .help = "With --once: a certificate that counts and expires within so many "
			    "days gives exit 1."),
	NUMBER_FLAG("once.days", KEY_NUMBER, once_days, 0, 36500, .value = "DAYS",
		    .help = "With --once: print only certificates that expire within so many days "
			    "or have expired. What is broken is in the table all the same."),
	FILE_FLAG("once.output", once_output,
		  .help = "With --once: write into this file, aside and renamed, so that readers "
			  "see the old or the new one whole."),
	NUMBER_FLAG("once.timeout", KEY_DURATION, once_timeout_s, 1, 86400, .value = "DURATION",
		    .initial = "2m",
		    .help = "With --once and --config.check=online: the time for all of it."),
	TEXT_FLAG("web.listen-address", KEY_LIST, listen_addresses, check_listen,
		  .group = "Web server", .value = "ADDRESS", .initial = ":9936",
		  .help = "Where to listen: host:port, [v6]:port or :port; port 0 takes a free "
			  "one. Repeatable."),
	TEXT_FLAG("web.telemetry-path", KEY_TEXT, telemetry_path, check_telemetry_path,
		  .value = "PATH", .initial = "/metrics", .help = "Path of the metrics."),
	FILE_FLAG("web.config.file", web_config_file,
		  .help = "TLS, client certificates, basic authentication, headers, rate limit "
			  "(exporter-toolkit format)."),
	TEXT_FLAG("web.health-listen-address", KEY_TEXT, health_listen_address, check_listen,
		  .value = "ADDRESS",
		  .help = "Also serve /-/healthy and /-/ready, and nothing else, here: without TLS "
			  "and authentication."),
	BOOL_FLAG("web.enable-lifecycle", enable_lifecycle,
		  .help = "Allow POST /-/reload and POST /-/refresh."),
	NUMBER_FLAG("web.max-requests", KEY_NUMBER, max_requests, 0, 1000000, .value = "NUMBER",
		    .initial = "40",
		    .help = "Scrapes at the same time; more are answered with 503. 0: no limit."),
	BOOL_FLAG("web.disable-exporter-metrics", disable_exporter_metrics,
		  .help = "Leave out process_*."),
	CHOICE_FLAG("log.level", log_level, 0, 0, log_levels, .group = "Log (on stderr)",
		    .value = "LEVEL", .initial = "info", .help = "debug, info, warn or error."),
	CHOICE_FLAG("log.format", log_format, 0, 0, log_formats, .value = "FORMAT",
		    .initial = "logfmt", .help = "logfmt or json."),
};

_Static_assert(COUNT_OF(flags) <= FLAGS_MAX, "a set of flags has that many");

const struct flag *option_flag(size_t i)
{
	return i < COUNT_OF(flags) ? &flags[i] : NULL;
}

void option_env_name(const struct flag *flag, char ret_name[ENV_NAME_SIZE])
{
	size_t prefix = strlen(ENV_PREFIX);

	(void)snprintf(ret_name, ENV_NAME_SIZE, "%s%s", ENV_PREFIX, flag->key.name);
	for (char *p = ret_name + prefix; *p != '\0'; p++) {
		if (*p == '.' || *p == '-')
			*p = '_';
		else if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	}
}
