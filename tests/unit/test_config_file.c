/* The configuration file: values, defaults, ranges, variables, limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config_text.h"
#include "source/connector/settings.h"
#include "source/destination/settings.h"
#include "source/directory/settings.h"

static void test_defaults(void **state)
{
	(void)state;
	struct config *config = parse_good(DS);
	const struct source_config *s = config->sources[0];
	const struct destination_settings *own = s->own;

	assert_int_equal(config->workers, 4);
	assert_int_equal(config->source_count, 1);
	assert_string_equal(s->name, "a");
	assert_string_equal(s->system_id, "");
	assert_true(s->enabled);
	assert_int_equal(s->poll_interval_s, 3600);
	assert_int_equal(s->timeout_s, 30);
	assert_int_equal(s->connect_timeout_s, 5);
	assert_int_equal(s->refresh_timeout_s, 300);
	assert_string_equal(s->binding_file, FOLDER "/key.json");
	assert_string_equal(s->subscriber, "");
	assert_int_equal(own->levels, DS_READ_SUBACCOUNT | DS_READ_INSTANCE);
	assert_int_equal(own->collection, COLLECTION_PUBLIC_KEYS);
	assert_int_equal(own->page_size, 100);
	assert_int_equal(own->protected_keystores, PROTECTED_FETCH);
	assert_false(own->use_destination_passwords);
	assert_false(own->labels);
	assert_true(own->saml_trust);
	assert_int_equal(s->include.count, 1);
	assert_string_equal(s->include.items[0], "*");
	assert_int_equal(s->exclude.count, 0);
	assert_null(s->ca_file);
	assert_string_equal(s->proxy, "");
	assert_string_equal(s->origin, "f.yaml:2:5");
	assert_int_equal(strlen(s->digest), 64);
	config_free(config);
}

static void test_values(void **state)
{
	(void)state;
	struct config *config =
		parse_good("workers: 64\n"
			   "defaults:\n"
			   "  poll_interval: 2h\n"
			   "  page_size: 7\n"
			   "  exclude: [old]\n"
			   "  keystore_passwords: [{ name: \"*\", password_file: all }]\n"
			   "  insecure_skip_verify: true\n"
			   "  ca_file: ca.pem\n"
			   "sources:\n"
			   "  - id: one\n"
			   "    name: Number One\n"
			   "    system_id: PRD\n"
			   "    kind: destination-service\n"
			   "    enabled: false\n"
			   "    host: Destination.Example\n"
			   "    token_url: https://z.authentication.example\n"
			   "    client_id: sb-clone!b1|destination\n"
			   "    client_secret_file: ../secret\n"
			   "    poll_interval: 7d\n"
			   "    subscriber: tenant-1\n"
			   "    levels: [instance]\n"
			   "    collection: full\n"
			   "    protected_keystores: report\n"
			   "    use_destination_passwords: true\n"
			   "    labels: true\n"
			   "    saml_trust: false\n"
			   "    include: [\"*.p12\", \"*.jks\"]\n"
			   "    exclude: []\n"
			   "    auto_renewed: [\"gen-*\"]\n"
			   "    ca_file: \"\"\n"
			   "    proxy: http://proxy:3128\n"
			   "  - id: two\n"
			   "    kind: cloud-connector\n"
			   "    url: https://SCC.example:8443/\n"
			   "    certificate_file: /abs/c.pem\n"
			   "    private_key_file: k.pem\n"
			   "    tls_fingerprint_sha256: "
			   "\"AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:"
			   "11:22:33:44:55:"
			   "66:77:88:99\"\n"
			   "  - id: three\n"
			   "    kind: directory\n"
			   "    paths: [\"/x/**/*.jks\", \"rel/*.pem\"]\n");
	const struct source_config *one = config->sources[0];
	const struct source_config *two = config->sources[1];
	const struct source_config *three = config->sources[2];
	const struct destination_settings *of_one = one->own;
	const struct connector_settings *of_two = two->own;
	const struct directory_settings *of_three = three->own;

	assert_int_equal(config->workers, 64);
	assert_string_equal(one->name, "Number One");
	assert_string_equal(one->system_id, "PRD");
	assert_false(one->enabled);
	assert_string_equal(one->host, "https://destination.example");
	assert_string_equal(one->token_url, "https://z.authentication.example/oauth/token");
	assert_string_equal(one->client_secret.file, FOLDER "/../secret");
	assert_int_equal(one->poll_interval_s, 7 * 86400);
	assert_int_equal(of_one->page_size, 7);
	assert_int_equal(of_one->levels, DS_READ_INSTANCE);
	assert_int_equal(of_one->collection, COLLECTION_FULL);
	assert_int_equal(of_one->protected_keystores, PROTECTED_REPORT);
	assert_true(of_one->use_destination_passwords && of_one->labels && !of_one->saml_trust);
	assert_int_equal(one->include.count, 2);
	assert_int_equal(one->exclude.count, 0);
	assert_int_equal(one->keystore_password_count, 1);
	assert_string_equal(one->keystore_passwords[0].password.file, FOLDER "/all");
	assert_null(one->ca_file);
	assert_string_equal(one->proxy, "http://proxy:3128");
	assert_int_equal(two->poll_interval_s, 7200);
	assert_string_equal(of_two->url, "https://scc.example:8443");
	assert_string_equal(two->certificate.file, "/abs/c.pem");
	assert_string_equal(two->ca_file, FOLDER "/ca.pem");
	assert_string_equal(of_two->tls_fingerprint_sha256,
			    "aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899");
	assert_false(of_two->insecure_skip_verify); /* the pin wins over the default */
	assert_string_equal(of_three->paths.items[0], "/x/**/*.jks");
	assert_string_equal(of_three->paths.items[1], FOLDER "/rel/*.pem");
	assert_int_equal(three->exclude.count, 1);
	assert_null(three->ca_file);
	config_free(config);
}

static void test_variables(void **state)
{
	(void)state;
	assert_int_equal(setenv("BTP_TEST_NAME", "value: with ${BTP_TEST_UNSET}", 1), 0);
	assert_int_equal(setenv("BTP_TEST_NUMBER", "17", 1), 0);
	assert_int_equal(setenv("BTP_TEST_EMPTY", "", 1), 0);
	struct config *config = parse_good("workers: ${BTP_TEST_NUMBER}\n"
					   "sources:\n"
					   "  - id: a${BTP_TEST_NUMBER}\n"
					   "    kind: directory\n"
					   "    name: \"<${BTP_TEST_NAME}> $${HOME} $HOME $$\"\n"
					   "    system_id: \"${BTP_TEST_EMPTY}\"\n"
					   "    paths: [\"/${BTP_TEST_NUMBER}/*\"]\n");
	const struct source_config *s = config->sources[0];

	assert_int_equal(config->workers, 17);
	assert_string_equal(s->id, "a17");
	/* what comes out of a variable is not looked at again */
	assert_string_equal(s->name, "<value: with ${BTP_TEST_UNSET}> ${HOME} $HOME $$");
	assert_string_equal(s->system_id, "");
	assert_string_equal(((const struct directory_settings *)s->own)->paths.items[0], "/17/*");
	config_free(config);
}

struct range_row {
	const char *key;
	const char *low, *high; /* allowed */
	const char *too_low, *too_high;
};

static void assert_value(const char *key, const char *value, bool good)
{
	struct problems problems;
	char text[512];
	bool top = strcmp(key, "workers") == 0;

	if (top)
		(void)snprintf(text, sizeof(text), "%s: %s\n%s", key, value, DS);
	else
		(void)snprintf(text, sizeof(text), "%s    %s: %s\n", DS, key, value);
	struct config *config = parse(text, &problems);
	if ((config != NULL) != good)
		fail_msg("%s: %s is %s", key, value, good ? "refused" : "accepted");
	if (!good)
		assert_contains(buf_text(&problems.text), key);
	config_free(config);
	problems_release(&problems);
}

static void test_ranges(void **state)
{
	static const struct range_row rows[] = {
		{ "workers", "1", "64", "0", "65" },
		{ "poll_interval", "60s", "7d", "59s", "169h" },
		{ "timeout", "1s", "10m", "0s", "601s" },
		{ "connect_timeout", "1s", "2m", "0m", "121s" },
		{ "refresh_timeout", "10s", "1h", "9s", "3601s" },
		{ "page_size", "1", "1000", "0", "1001" },
	};
	static const char *const never[] = { "-1",     "1.5", "0x10", "1e1", "99999999999999999999",
					     "\" 1\"", "1 s", "1ms",  "s",   "\"\"",
					     "[]",     "{}",  "~" };

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		assert_value(rows[i].key, rows[i].low, true);
		assert_value(rows[i].key, rows[i].high, true);
		assert_value(rows[i].key, rows[i].too_low, false);
		assert_value(rows[i].key, rows[i].too_high, false);
		for (size_t k = 0; k < ROWS(never); k++)
			assert_value(rows[i].key, never[k], false);
	}
}

static const char *digest_of(struct config **config, const char *text)
{
	*config = parse_good(text);
	return (*config)->sources[0]->digest;
}

static void test_digest(void **state)
{
	static const char *const texts[] = {
		SCC,
		SCC "    enabled: false\n",
		SCC "    timeout: 31s\n",
		SCC "    name: x\n",
		SCC "    ca_file: x\n",
		SCC "    proxy: x\n",
		SCC "    insecure_skip_verify: true\n",
		DIR,
		DIR "    exclude: [a]\n",
		DIR "    exclude: [a, b]\n",
		DIR "    exclude: [ab]\n",
		DIR "    keystore_passwords: [{ name: a, password: b }]\n",
		DIR "    keystore_passwords: [{ name: a, password: c }]\n",
		DIR "    keystore_passwords: [{ name: a, password_file: b }]\n",
		DS,
		DS "    levels: [instance]\n",
		DS "    levels: [subaccount]\n",
		DS "    client_secret: a\n",
		DS "    client_secret: b\n",
		DS "    certificate: a\n",
		DS "    private_key: a\n",
	};
	struct config *configs[ROWS(texts)];

	(void)state;
	for (size_t i = 0; i < ROWS(texts); i++) {
		struct config *again;
		const char *digest = digest_of(&configs[i], texts[i]);
		assert_string_equal(digest, digest_of(&again, texts[i]));
		config_free(again);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(digest, configs[k]->sources[0]->digest);
	}
	for (size_t i = 0; i < ROWS(texts); i++)
		config_free(configs[i]);
}

static void test_wants(void **state)
{
	(void)state;
	struct config *config = parse_good(DIR "    include: [\"*.p12\", \"/opt/*\"]\n"
					       "    exclude: [\"old*\"]\n");
	const struct source_config *s = config->sources[0];

	assert_true(source_config_wants(s, "/x/a.p12"));
	assert_true(source_config_wants(s, "/opt/deep/a.pem"));
	assert_false(source_config_wants(s, "/x/a.pem"));
	assert_false(source_config_wants(s, "/x/old.p12"));
	config_free(config);
}

static void test_load(void **state)
{
	const struct fixture *f = *state;
	struct config *config = NULL;
	struct problems problems;
	char wanted[FIXTURE_PATH_MAX];

	problems_init(&problems);
	assert_int_equal(config_load(fixture_path(f, "none.yaml"), NULL, &config, &problems),
			 STATUS_NOT_FOUND);
	assert_contains(buf_text(&problems.text), "none.yaml: No such file");
	/* relative to the folder of the file, even if that is given relatively; --ca.file as
	 * default */
	(void)fixture_write(f, "sub/f[1]/c.yaml",
			    DS "  - { id: b, kind: directory, paths: [x.pem] }\n");
	assert_int_equal(chdir(fixture_path(f, "sub")), 0);
	assert_int_equal(config_load("f[1]/c.yaml", "ca.pem", &config, &problems), STATUS_OK);
	(void)snprintf(wanted, sizeof(wanted), "%s/sub/f[1]/key.json", f->folder);
	assert_string_equal(config->sources[0]->binding_file, wanted);
	assert_string_equal(config->sources[0]->ca_file, "ca.pem");
	(void)snprintf(wanted, sizeof(wanted), "%s/sub/f\\[1\\]/x.pem", f->folder);
	assert_string_equal(
		((const struct directory_settings *)config->sources[1]->own)->paths.items[0],
		wanted);
	assert_null(config->sources[1]->ca_file);
	assert_int_equal(chdir("/"), 0);
	struct source_config *taken = config_take_source(config, 0);
	assert_null(config->sources[0]);
	source_config_free(taken);
	config_free(config);
	problems_release(&problems);
}

/* Many keys in one map, and many values, end in a text and not in memory or time. */
static void test_limits(void **state)
{
	struct problems problems;
	struct buf text;

	(void)state;
	buf_init(&text, (size_t)4 * 1024 * 1024);
	for (int i = 0; i < 3000; i++)
		buf_printf(&text, "k%d: 1\n", i);
	assert_null(parse(buf_text(&text), &problems));
	assert_contains(buf_text(&problems.text), "more keys in one mapping");
	problems_release(&problems);
	buf_release(&text);
	buf_puts(&text, "a: [");
	for (int i = 0; i < 120000; i++)
		buf_puts(&text, "1,");
	buf_puts(&text, "]\n");
	assert_null(parse(buf_text(&text), &problems));
	assert_contains(buf_text(&problems.text), "more values");
	problems_release(&problems);
	buf_release(&text);
	for (int i = 0; i < 20; i++)
		buf_puts(&text, "[");
	for (int i = 0; i < 20; i++)
		buf_puts(&text, "]");
	assert_null(parse(buf_text(&text), &problems));
	assert_contains(buf_text(&problems.text), "nested deeper");
	problems_release(&problems);
	buf_release(&text);
	while (text.len <= (size_t)1024 * 1024)
		buf_puts(&text, "# a comment that is rather long but says nothing\n");
	assert_null(parse(buf_text(&text), &problems));
	assert_contains(buf_text(&problems.text), "larger than 1 MiB");
	problems_release(&problems);
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_variables),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_digest),
		cmocka_unit_test(test_wants),
		cmocka_unit_test_setup_teardown(test_load, fixture_setup, fixture_teardown),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
