/* Flags and environment: values, precedence, every mistake with its text, help and version. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capture.h"
#include "config/options/flags.h"
#include "config/version.h"
#include "config_fixture.h"

#define WORDS_MAX 12

static void clear_environment(void)
{
	char name[ENV_NAME_SIZE];

	for (size_t i = 0; option_flag(i) != NULL; i++) {
		option_env_name(option_flag(i), name);
		assert_int_equal(unsetenv(name), 0);
	}
}

static enum options_result parse(const char *const words[WORDS_MAX], struct options *options)
{
	char *argv[WORDS_MAX + 2] = { strdup("btp_cert_exporter") };
	int argc = 1;

	for (size_t i = 0; i < WORDS_MAX && words[i] != NULL; i++)
		argv[argc++] = strdup(words[i]);
	enum options_result result = options_parse(argc, argv, options);
	for (int i = 0; i < argc; i++)
		free(argv[i]);
	return result;
}

static void parse_good(const char *const words[WORDS_MAX], struct options *options)
{
	assert_int_equal(parse(words, options), OPTIONS_RUN);
}

static void test_defaults(void **state)
{
	struct options o;

	(void)state;
	parse_good((const char *const[WORDS_MAX]){ NULL }, &o);
	assert_null(o.config_file);
	assert_int_equal(o.binding_files.count, 0);
	assert_null(o.ca_file);
	assert_int_equal(o.config_check, CHECK_OFF);
	assert_int_equal(o.once, ONCE_OFF);
	assert_int_equal(o.once_count, ONCE_COUNT_USED);
	assert_int_equal(o.once_critical_days, 14);
	assert_int_equal(o.once_days, ONCE_DAYS_ALL);
	assert_null(o.once_output);
	assert_int_equal(o.once_timeout_s, 120);
	assert_int_equal(o.listen_addresses.count, 1);
	assert_string_equal(o.listen_addresses.items[0], ":9936");
	assert_string_equal(o.telemetry_path, "/metrics");
	assert_null(o.web_config_file);
	assert_null(o.health_listen_address);
	assert_false(o.enable_lifecycle);
	assert_int_equal(o.max_requests, 40);
	assert_false(o.disable_exporter_metrics);
	assert_null(o.state_file);
	assert_int_equal(o.log_level, LOG_INFO);
	assert_int_equal(o.log_format, LOG_LOGFMT);
	options_release(&o);
}

/* A switch that also takes a word; the flag wins over the variable. */
static void test_config_check(void **state)
{
	static const struct {
		const char *flag;     /* NULL: none */
		const char *variable; /* likewise */
		enum config_check check;
	} rows[] = {
		{ NULL, NULL, CHECK_OFF },
		{ "--config.check", NULL, CHECK_OFFLINE },
		{ "--config.check=offline", NULL, CHECK_OFFLINE },
		{ "--config.check=online", NULL, CHECK_ONLINE },
		{ "--config.check=true", NULL, CHECK_OFFLINE },
		{ "--config.check=1", NULL, CHECK_OFFLINE },
		{ "--config.check=false", NULL, CHECK_OFF },
		{ "--no-config.check", NULL, CHECK_OFF },
		{ NULL, "online", CHECK_ONLINE },
		{ NULL, "offline", CHECK_OFFLINE },
		{ NULL, "true", CHECK_OFFLINE },
		{ NULL, "false", CHECK_OFF },
		{ NULL, "", CHECK_OFF },
		{ "--no-config.check", "online", CHECK_OFF },
		{ "--config.check", "online", CHECK_OFFLINE },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct options o;
		assert_int_equal(unsetenv("BTP_CERT_EXPORTER_CONFIG_CHECK"), 0);
		if (rows[i].variable != NULL)
			assert_int_equal(
				setenv("BTP_CERT_EXPORTER_CONFIG_CHECK", rows[i].variable, 1), 0);
		parse_good((const char *const[WORDS_MAX]){ rows[i].flag }, &o);
		if (o.config_check != rows[i].check)
			fail_msg("row %zu: %d", i, (int)o.config_check);
		options_release(&o);
	}
	assert_int_equal(unsetenv("BTP_CERT_EXPORTER_CONFIG_CHECK"), 0);
}

static void test_values(void **state)
{
	struct options o;

	(void)state;
	parse_good((const char *const[WORDS_MAX]){ "--config.file", "a.yaml", "--ca.file=c=d.pem",
						   "--config.check", "--once=json",
						   "--once.critical-days", "0",
						   "--once.timeout=90s", "--web.listen-address=:0",
						   "--web.listen-address", "[::1]:9936" },
		   &o);
	assert_string_equal(o.config_file, "a.yaml");
	assert_string_equal(o.ca_file, "c=d.pem");
	assert_int_equal(o.config_check, CHECK_OFFLINE);
	assert_int_equal(o.once, ONCE_JSON);
	assert_int_equal(o.once_critical_days, 0);
	assert_int_equal(o.once_timeout_s, 90);
	assert_int_equal(o.listen_addresses.count, 2);
	assert_string_equal(o.listen_addresses.items[1], "[::1]:9936");
	options_release(&o);
	parse_good(
		(const char *const[WORDS_MAX]){
			"--binding.file=a", "--binding.file=b,c", "--once",
			"--web.telemetry-path=/a/metrics", "--web.config.file=w",
			"--web.health-listen-address=localhost:1", "--web.enable-lifecycle",
			"--web.max-requests=0", "--no-web.disable-exporter-metrics",
			"--state.file=s", "--log.level=debug", "--log.format=json" },
		&o);
	assert_int_equal(o.binding_files.count, 2);
	assert_string_equal(o.binding_files.items[1], "b,c"); /* commas only in the environment */
	assert_int_equal(o.once, ONCE_TABLE);
	assert_string_equal(o.telemetry_path, "/a/metrics");
	assert_string_equal(o.web_config_file, "w");
	assert_string_equal(o.health_listen_address, "localhost:1");
	assert_true(o.enable_lifecycle);
	assert_int_equal(o.max_requests, 0);
	assert_false(o.disable_exporter_metrics);
	assert_string_equal(o.state_file, "s");
	assert_int_equal(o.log_level, LOG_DEBUG);
	assert_int_equal(o.log_format, LOG_JSON);
	options_release(&o);
}

static void test_environment(void **state)
{
	struct options o;

	(void)state;
	assert_int_equal(setenv("BTP_CERT_EXPORTER_WEB_LISTEN_ADDRESS", ":1, :2", 1), 0);
	assert_int_equal(setenv("BTP_CERT_EXPORTER_WEB_MAX_REQUESTS", "7", 1), 0);
	assert_int_equal(setenv("BTP_CERT_EXPORTER_WEB_ENABLE_LIFECYCLE", "true", 1), 0);
	assert_int_equal(setenv("BTP_CERT_EXPORTER_CONFIG_FILE", "", 1), 0);
	assert_int_equal(setenv("BTP_CERT_EXPORTER_ONCE", "csv", 1), 0);
	assert_int_equal(setenv("BTP_CERT_EXPORTER_LOG_LEVEL", "warn", 1), 0);
	assert_int_equal(setenv("BTP_CERT_EXPORTER_SERVICE_HOST", "10.0.0.1", 1), 0);
	assert_int_equal(setenv("BTP_CERT_EXPORTER_PORT", "tcp://10.0.0.1:9936", 1), 0);
	parse_good((const char *const[WORDS_MAX]){ NULL }, &o);
	assert_int_equal(o.listen_addresses.count, 2);
	assert_string_equal(o.listen_addresses.items[1], ":2");
	assert_int_equal(o.max_requests, 7);
	assert_true(o.enable_lifecycle);
	assert_null(o.config_file);
	assert_int_equal(o.once, ONCE_CSV);
	assert_int_equal(o.log_level, LOG_WARN);
	options_release(&o);
	assert_int_equal(setenv("BTP_CERT_EXPORTER_ONCE_DAYS", "0", 1), 0);
	assert_int_equal(setenv("BTP_CERT_EXPORTER_ONCE_COUNT", "all", 1), 0);
	assert_int_equal(setenv("BTP_CERT_EXPORTER_ONCE_OUTPUT", "file", 1), 0);
	parse_good((const char *const[WORDS_MAX]){ NULL }, &o);
	assert_int_equal(o.once_days, 0);
	assert_int_equal(o.once_count, ONCE_COUNT_ALL);
	assert_string_equal(o.once_output, "file");
	options_release(&o);
	/* the flag wins, and replaces a list as a whole */
	parse_good((const char *const[WORDS_MAX]){ "--web.listen-address=:3",
						   "--web.max-requests=8",
						   "--no-web.enable-lifecycle" },
		   &o);
	assert_int_equal(o.listen_addresses.count, 1);
	assert_string_equal(o.listen_addresses.items[0], ":3");
	assert_int_equal(o.max_requests, 8);
	assert_false(o.enable_lifecycle);
	options_release(&o);
	/* a variable that is overridden is not even looked at */
	assert_int_equal(setenv("BTP_CERT_EXPORTER_WEB_MAX_REQUESTS", "many", 1), 0);
	parse_good((const char *const[WORDS_MAX]){ "--web.max-requests=8" }, &o);
	options_release(&o);
	clear_environment();
}

struct fault_row {
	const char *words[WORDS_MAX];
	const char *text;
};

static void test_faults(void **state)
{
	static const struct fault_row rows[] = {
		{ { "--confg.file=x" }, "unknown flag --confg.file, did you mean --config.file?" },
		{ { "--zzz" }, "unknown flag --zzz\n" },
		{ { "--web.listen" }, "unknown flag --web.listen" },
		{ { "--no-once" }, "unknown flag --no-once" },
		{ { "--no-web.enable-lifecycle=true" }, "unknown flag" },
		{ { "word" }, "unexpected word \"word\"; flags begin with --" },
		{ { "-x" }, "unexpected word \"-x\"" },
		{ { "--", "--version" }, "unexpected word \"--version\"" },
		{ { "--once", "json" }, "unexpected word \"json\"" },
		{ { "--config.file" }, "--config.file: needs a value" },
		{ { "--config.file", "--once" }, "--config.file: needs a value" },
		{ { "--config.file=" }, "--config.file: must not be empty" },
		{ { "--config.file=a", "--config.file=b" }, "--config.file: given twice" },
		{ { "--config.check", "--no-config.check" }, "--config.check: given twice" },
		{ { "--config.check=maybe" },
		  "--config.check: must be one of offline, online, not \"maybe\"" },
		{ { "--config.check=onlin" }, "did you mean online?" },
		{ { "--config.check", "online" }, "unexpected word \"online\"" },
		{ { "--config.file=a", "--binding.file=b" },
		  "--config.file and --binding.file exclude each other" },
		{ { "--once=xml" },
		  "--once: must be one of table, metrics, json, csv, not \"xml\"" },
		{ { "--once=metric" }, "did you mean metrics?" },
		{ { "--once.critical-days=-1" },
		  "--once.critical-days: must be a whole number from 0 to 36500, not \"-1\"" },
		{ { "--once.timeout=5" },
		  "--once.timeout: must be a duration from 1s to 1d with a "
		  "unit (30s, 5m), not \"5\"" },
		{ { "--once.timeout=0s" }, "--once.timeout: must be" },
		{ { "--once", "--once.days=many" },
		  "--once.days: must be a whole number from 0 to 36500, not \"many\"" },
		{ { "--once.days=30" }, "--once.days: needs --once" },
		{ { "--once.output=f" }, "--once.output: needs --once" },
		{ { "--once", "--once.output=" }, "--once.output: must not be empty" },
		{ { "--once=metrics", "--once.days=0" }, "--once.days: not with --once=metrics" },
		{ { "--once", "--once.count=unused" },
		  "--once.count: must be one of used, all, not \"unused\"" },
		{ { "--web.max-requests=1e3" }, "--web.max-requests: must be a whole number" },
		{ { "--web.listen-address=9936" },
		  "--web.listen-address: \"9936\" must be host:port, [v6]:port or :port" },
		{ { "--web.listen-address=:65536" }, "port 0 to 65535" },
		{ { "--web.listen-address=::1:80" }, "must be host:port" },
		{ { "--web.listen-address=[::g]:80" }, "must be host:port" },
		{ { "--web.listen-address=http://x:80" }, "must be host:port" },
		{ { "--web.listen-address=:1", "--web.listen-address=:1" },
		  "\":1\" is given twice" },
		{ { "--web.listen-address=:1", "--web.health-listen-address=:1" },
		  "\":1\" is also a --web.listen-address" },
		{ { "--web.health-listen-address=x" },
		  "--web.health-listen-address: \"x\" must be" },
		{ { "--web.telemetry-path=metrics" }, "must begin with /" },
		{ { "--web.telemetry-path=/" }, "is taken" },
		{ { "--web.telemetry-path=/api" }, "is taken" },
		{ { "--web.telemetry-path=/api/v1/sources" }, "is taken" },
		{ { "--web.telemetry-path=/-/ready" }, "is taken" },
		{ { "--web.telemetry-path=/a?b" }, "may have letters" },
		{ { "--web.telemetry-path=/a/../b" }, "must not have empty parts" },
		{ { "--web.telemetry-path=//" }, "must not have empty parts" },
		{ { "--log.level=verbose" },
		  "--log.level: must be one of debug, info, warn, error" },
		{ { "--log.format=text" }, "--log.format: must be one of logfmt, json" },
		{ { "--version=1" }, "--version: takes no value" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct captured c;
		struct options o;
		capture_begin(&c, stderr);
		enum options_result result = parse(rows[i].words, &o);
		const char *text = capture_end(&c, stderr);
		assert_int_equal(result, OPTIONS_EXIT_USAGE);
		assert_contains(text, "btp_cert_exporter: error: ");
		assert_contains(text, rows[i].text);
		assert_contains(text, "Try \"btp_cert_exporter --help\".\n");
	}
}

/* All mistakes at once, those of the environment by the name of the variable. */
static void test_all_faults(void **state)
{
	struct captured c;
	struct options o;

	(void)state;
	assert_int_equal(setenv("BTP_CERT_EXPORTER_LOG_LEVEL", "loud", 1), 0);
	assert_int_equal(setenv("BTP_CERT_EXPORTER_WEB_LISTEN_ADDRESS", ":1,,x", 1), 0);
	assert_int_equal(setenv("BTP_CERT_EXPORTER_ONCE", "true", 1), 0);
	capture_begin(&c, stderr);
	enum options_result result = parse(
		(const char *const[WORDS_MAX]){ "stray\nline", "--log.format=x", "--nope" }, &o);
	const char *text = capture_end(&c, stderr);
	clear_environment();
	assert_int_equal(result, OPTIONS_EXIT_USAGE);
	assert_contains(text, "unexpected word \"stray\\x0aline\"");
	assert_contains(text, "--log.format: ");
	assert_contains(text, "unknown flag --nope");
	assert_contains(text, "BTP_CERT_EXPORTER_LOG_LEVEL: must be one of");
	assert_contains(text, "BTP_CERT_EXPORTER_WEB_LISTEN_ADDRESS: must not be empty");
	assert_contains(text, "BTP_CERT_EXPORTER_WEB_LISTEN_ADDRESS: \"x\" must be");
	assert_contains(text, "BTP_CERT_EXPORTER_ONCE: must be one of");
}

static void test_help_and_version(void **state)
{
	static const char *const words[][WORDS_MAX] = {
		{ "--help" }, { "-h" }, { "--bad", "--help" }, { "--version" }
	};
	struct options o;

	(void)state;
	for (size_t i = 0; i < ROWS(words); i++) {
		struct captured c;
		bool version = strcmp(words[i][0], "--version") == 0;
		capture_begin(&c, stdout);
		enum options_result result = parse(words[i], &o);
		char *text = capture_end(&c, stdout);
		assert_int_equal(result, OPTIONS_EXIT_OK);
		assert_contains(text, version ? "btp_cert_exporter, version "
					      : "usage: btp_cert_exporter [");
		for (size_t k = 0; !version && option_flag(k) != NULL; k++)
			assert_contains(text, option_flag(k)->key.name);
		for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n"))
			assert_true(version || strlen(line) <= 100);
	}
	assert_contains(version_text(), "(branch: ");
	assert_contains(version_text(), "libcurl: ");
	assert_true(strlen(version_facts().openssl) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),         cmocka_unit_test(test_config_check),
		cmocka_unit_test(test_values),           cmocka_unit_test(test_environment),
		cmocka_unit_test(test_faults),           cmocka_unit_test(test_all_faults),
		cmocka_unit_test(test_help_and_version),
	};

	clear_environment();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
