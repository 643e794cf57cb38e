/* The table of flags (docs/configuration.md) and the checks of single values. */
#include "config/options/flags.h"

#include <stdio.h>
#include <string.h>

#include "base/listen_address.h"
#include "base/text.h"
#include "config/shard.h"

#define TELEMETRY_PATH_MAX 256

_Static_assert(sizeof(enum log_level) == sizeof(uint32_t), "choices are written as uint32_t");
_Static_assert(sizeof(enum log_format) == sizeof(uint32_t), "likewise");
_Static_assert(sizeof(enum config_check) == sizeof(uint32_t), "likewise");
_Static_assert(sizeof(enum once_form) == sizeof(uint32_t), "likewise");
_Static_assert(sizeof(enum once_count) == sizeof(uint32_t), "likewise");

static const char *listen_fault(const char *value)
{
	struct listen_address address;

	return listen_address_parse(value, &address) ? NULL : LISTEN_ADDRESS_RULE;
}

static const char *shard_fault(const char *value)
{
	struct shard shard;

	return shard_parse(value, &shard) ? NULL : SHARD_RULE;
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

static const char *const check_forms[] = { "offline", "online", NULL };
static const char *const once_forms[] = { "table", "metrics", "json", "csv", NULL };
static const char *const once_counts[] = { "used", "all", NULL };
static const char *const log_levels[] = { "debug", "info", "warn", "error", NULL };
static const char *const log_formats[] = { "logfmt", "json", NULL };

#define AT(field) offsetof(struct options, field)

static const struct flag flags[] = {
	{ "help", FLAG_HELP, 0, "General", NULL, NULL, "Show this help and exit.", 0, 0, NULL,
	  NULL },
	{ "version", FLAG_VERSION, 0, NULL, NULL, NULL, "Show the version and exit.", 0, 0, NULL,
	  NULL },
	{ "healthcheck", FLAG_BOOL, AT(healthcheck), NULL, NULL, NULL,
	  "Ask /-/healthy of the instance that runs with the same flags and environment, on its "
	  "health listener if it has one, and exit with 0 or 1. For health checks of containers.",
	  0, 0, NULL, NULL },
	{ "config.file", FLAG_TEXT, AT(config_file), "Sources", "FILE", NULL,
	  "Configuration file (YAML). Without it and without --binding.file, bindings are taken "
	  "from VCAP_SERVICES_FILE_PATH, VCAP_SERVICES, SERVICE_BINDING_ROOT, /etc/secrets/sapbtp "
	  "and /etc/secrets/sapcp.",
	  0, 0, NULL, NULL },
	{ "binding.file", FLAG_LIST, AT(binding_files), NULL, "FILE", NULL,
	  "Service key of a Destination instance (JSON): one source with all defaults. Repeatable. "
	  "Not together with --config.file.",
	  0, 0, NULL, NULL },
	{ "ca.file", FLAG_TEXT, AT(ca_file), NULL, "FILE", NULL,
	  "Trust anchors (PEM) of every source without its own ca_file, instead of the system's.",
	  0, 0, NULL, NULL },
	{ "config.check", FLAG_SWITCH, AT(config_check), NULL, "offline|online", NULL,
	  "Read and check everything, secrets and keys included, print every problem, and exit "
	  "with 0 or 2. online: also ask every source once and print what came of it. Alone it "
	  "means offline.",
	  0, 0, check_forms, NULL },
	{ "shard", FLAG_TEXT, AT(shard), NULL, "I/N", NULL,
	  "Watch only the sources whose id belongs to part I of N, so that N processes with the "
	  "same configuration share them: 1/3, 2/3, 3/3.",
	  0, 0, NULL, shard_fault },
	{ "state.file", FLAG_TEXT, AT(state_file), NULL, "FILE", NULL,
	  "Keep the last good inventory here over a restart (public facts only).", 0, 0, NULL,
	  NULL },
	{ "once", FLAG_ONCE, AT(once), "One run instead of a server", "table|metrics|json|csv",
	  NULL,
	  "Refresh every source once, print, and exit: 0; 1 when a certificate that counts has "
	  "expired or expires soon; 2 when a source failed. Alone it means table.",
	  0, 0, once_forms, NULL },
	{ "once.count", FLAG_CHOICE, AT(once_count), NULL, "used|all", "used",
	  "With --once: which certificates count for exit 1 and need attention. used: not those of "
	  "stores that no destination or fragment uses, nor roots that are only trusted.",
	  0, 0, once_counts, NULL },
	{ "once.critical-days", FLAG_NUMBER, AT(once_critical_days), NULL, "DAYS", "14",
	  "With --once: a certificate that counts and expires within so many days gives exit 1.", 0,
	  36500, NULL, NULL },
	{ "once.days", FLAG_NUMBER, AT(once_days), NULL, "DAYS", NULL,
	  "With --once: print only certificates that expire within so many days or have expired. "
	  "What is broken is in the table all the same.",
	  0, 36500, NULL, NULL },
	{ "once.output", FLAG_TEXT, AT(once_output), NULL, "FILE", NULL,
	  "With --once: write into this file, aside and renamed, so that readers see the old or "
	  "the new one whole.",
	  0, 0, NULL, NULL },
	{ "once.timeout", FLAG_DURATION, AT(once_timeout_s), NULL, "DURATION", "2m",
	  "With --once and --config.check=online: the time for all of it.", 1, 86400, NULL, NULL },
	{ "web.listen-address", FLAG_LIST, AT(listen_addresses), "Web server", "ADDRESS", ":9936",
	  "Where to listen: host:port, [v6]:port or :port; port 0 takes a free one; unix:/path is "
	  "a "
	  "Unix socket. Repeatable. Without it the environment variable PORT may name another "
	  "port.",
	  0, 0, NULL, listen_fault },
	{ "web.systemd-socket", FLAG_BOOL, AT(systemd_socket), NULL, NULL, NULL,
	  "Serve on the sockets that systemd passes, instead of --web.listen-address; one named "
	  "health serves the probes only.",
	  0, 0, NULL, NULL },
	{ "web.telemetry-path", FLAG_TEXT, AT(telemetry_path), NULL, "PATH", "/metrics",
	  "Path of the metrics.", 0, 0, NULL, telemetry_path_fault },
	{ "web.config.file", FLAG_TEXT, AT(web_config_file), NULL, "FILE", NULL,
	  "TLS, client certificates, basic authentication, headers, rate limit (exporter-toolkit "
	  "format).",
	  0, 0, NULL, NULL },
	{ "web.health-listen-address", FLAG_TEXT, AT(health_listen_address), NULL, "ADDRESS", NULL,
	  "Also serve /-/healthy and /-/ready, and nothing else, here: without TLS and "
	  "authentication.",
	  0, 0, NULL, listen_fault },
	{ "web.enable-lifecycle", FLAG_BOOL, AT(enable_lifecycle), NULL, NULL, NULL,
	  "Allow POST /-/reload and POST /-/refresh.", 0, 0, NULL, NULL },
	{ "web.max-requests", FLAG_NUMBER, AT(max_requests), NULL, "NUMBER", "40",
	  "Scrapes at the same time; more are answered with 503. 0: no limit.", 0, 1000000, NULL,
	  NULL },
	{ "web.disable-exporter-metrics", FLAG_BOOL, AT(disable_exporter_metrics), NULL, NULL, NULL,
	  "Leave out process_*.", 0, 0, NULL, NULL },
	{ "log.level", FLAG_CHOICE, AT(log_level), "Log (on stderr)", "LEVEL", "info",
	  "debug, info, warn or error.", 0, 0, log_levels, NULL },
	{ "log.format", FLAG_CHOICE, AT(log_format), NULL, "FORMAT", "logfmt", "logfmt or json.", 0,
	  0, log_formats, NULL },
};

#define FLAG_COUNT (sizeof(flags) / sizeof(flags[0]))

const struct flag *option_flag(size_t i)
{
	return i < FLAG_COUNT ? &flags[i] : NULL;
}

void option_env_name(const struct flag *flag, char ret_name[ENV_NAME_SIZE])
{
	size_t prefix = strlen(ENV_PREFIX);

	(void)snprintf(ret_name, ENV_NAME_SIZE, "%s%s", ENV_PREFIX, flag->name);
	for (char *p = ret_name + prefix; *p != '\0'; p++) {
		if (*p == '.' || *p == '-')
			*p = '_';
		else if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	}
}
