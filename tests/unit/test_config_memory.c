/*
 * Missing memory: the first, the second, ... allocation fails. Either the configuration is refused,
 * or it is the same as with memory: nothing is dropped silently, least of all TLS.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/crypto.h>

#include "base/proxy.h"
#include "config/credentials.h"
#include "config/discover.h"
#include "config/file/load.h"
#include "config/key/key.h"
#include "config/same_client.h"
#include "config/web_config.h"
#include "config_fixture.h"
#include "memory.h"
#include "source/destination/service.h"

#define ALLOCATIONS_MAX 50000

static bool failed; /* an allocation of the last try */

static const char config_text[] = "defaults:\n"
				  "  exclude: [a]\n"
				  "  keystore_passwords: [{ name: \"*\", password: p }]\n"
				  "  proxy: proxy:1\n"
				  "sources:\n"
				  "  - id: one\n"
				  "    kind: destination-service\n"
				  "    host: h\n"
				  "    identity_zone: z\n"
				  "    uaa_domain: authentication.example\n"
				  "    client_id: c\n"
				  "    client_secret: \"${HOME}\"\n"
				  "    levels: [instance]\n"
				  "    keystore_passwords:\n"
				  "      - { name: a, password: b }\n"
				  "      - { name: c, password_file: d }\n"
				  "  - id: two\n"
				  "    kind: directory\n"
				  "    paths: [a, b]\n";

/* The digests of a configuration's sources, "" when it is refused. */
static void digests_of(char ret_digests[2][65])
{
	struct config *config = NULL;
	struct problems problems;

	problems_init(&problems);
	memset(ret_digests, 0, (size_t)2 * 65);
	enum status status =
		config_parse(config_text, strlen(config_text), "f", "/f", "ca", &config, &problems);
	for (size_t i = 0; status == STATUS_OK && i < config->source_count && i < 2; i++)
		memcpy(ret_digests[i], config->sources[i]->digest, 65);
	if (status == STATUS_OK)
		config_warn_same_client(config, &problems);
	else
		assert_true(problems.count > 0);
	config_free(config);
	problems_release(&problems);
}

static void test_config(void **state)
{
	char good[2][65];
	char digests[2][65];
	long n = 0;

	(void)state;
	digests_of(good);
	assert_int_equal(strlen(good[1]), 64);
	for (failed = true; failed; n++) {
		memory_fail_at(n + 1, false);
		digests_of(digests);
		failed = memory_end();
		if (digests[0][0] != '\0')
			assert_memory_equal(digests, good, sizeof(good));
		assert_true(n < ALLOCATIONS_MAX);
	}
	assert_true(n > 100);
}

static void test_web(void **state)
{
	const struct fixture *f = *state;
	static const char text[] = "tls_server_config:\n"
				   "  cert_file: c.pem\n"
				   "  key_file: k.pem\n"
				   "  client_ca_file: c.pem\n"
				   "  client_auth_type: RequireAndVerifyClientCert\n"
				   "  client_allowed_sans: [a]\n"
				   "http_server_config: { headers: { X-Frame-Options: deny } }\n"
				   "rate_limit: { interval: 1s, burst: 2 }\n";
	long n = 0;

	(void)fixture_write(f, "c.pem", f->certificate);
	(void)fixture_write(f, "k.pem", f->key);
	for (failed = true; failed; n += 7) { /* OpenSSL makes very many */
		struct web_config *config = NULL;
		struct problems problems;
		problems_init(&problems);
		memory_fail_at(n + 1, false);
		enum status status =
			web_config_parse(text, strlen(text), "f", f->folder, &config, &problems);
		failed = memory_end();
		if (status == STATUS_OK) {
			assert_true(config->tls);
			assert_non_null(config->client_ca_pem);
			assert_int_equal(config->client_allowed_sans.count, 1);
			assert_int_equal(config->header_count, 1);
			web_config_free(config);
		}
		problems_release(&problems);
		assert_true(n < ALLOCATIONS_MAX);
	}
	assert_true(n > 50);
}

#define KEY                                                                                        \
	"{\"uri\":\"https://d.example\",\"url\":\"https://z.authentication.example\","             \
	"\"clientid\":\"c\",\"clientsecret\":\"s\",\"tenantid\":\"t\",\"instanceid\":\"i\"}"

static void test_credentials(void **state)
{
	struct source_config *source = source_config_new(&destination_service_kind);
	long n = 0;

	(void)state;
	assert_non_null(source);
	source->binding_json = strdup(KEY);
	source->subscriber = strdup("sub");
	for (failed = true; failed; n++) {
		struct credentials c = { 0 };
		memory_fail_at(n + 1, false);
		enum status status = credentials_read(source, &c, NULL);
		failed = memory_end();
		if (status == STATUS_OK) {
			assert_string_equal(c.token_url,
					    "https://sub.authentication.example/oauth/token");
			assert_string_equal(c.client_secret.data, "s");
			assert_string_equal(c.instance_id, "i");
		}
		credentials_release(&c);
		assert_true(n < ALLOCATIONS_MAX);
	}
	source_config_free(source);
}

/* A key that is one only in part is never taken: all fields, or an error. */
static void test_key_forms(void **state)
{
	static const char *const texts[] = {
		"Getting key a...\n\n{\"credentials\":" KEY "}\n",
		"\xEF\xBB\xBF\"{\\\"uri\\\":\\\"https://"
		"d.example\\\",\\\"clientid\\\":\\\"c\\\"}\"",
		"eyJ1cmkiOiJodHRwczovL2QuZXhhbXBsZSIsImNsaWVudGlkIjoiYyJ9",
		"apiVersion: v1\nkind: Secret\ndata:\n  uri: aHR0cHM6Ly9kLmV4YW1wbGU=\n"
		"  clientid: Yw==\n",
		"apiVersion: v1\nkind: Secret\nstringData:\n  k: '" KEY "'\n",
		"{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[{\"apiVersion\":\"v1\","
		"\"kind\":"
		"\"Secret\",\"stringData\":{\"uri\":\"https://d.example\",\"clientid\":\"c\"}}]}",
	};
	(void)state;

	for (size_t i = 0; i < ROWS(texts); i++) {
		long n = 0;
		for (failed = true; failed; n++) {
			struct binding binding = { 0 };
			struct error error = { "" };
			memory_fail_at(n + 1, false);
			enum status status = binding_from_json(texts[i], strlen(texts[i]), "f",
							       &binding, &error);
			failed = memory_end();
			if (status == STATUS_OK) {
				assert_string_equal(binding_get(&binding, BINDING_URI),
						    "https://d.example");
				assert_string_equal(binding_get(&binding, BINDING_CLIENTID), "c");
			}
			assert_true(status == STATUS_OK || failed);
			binding_release(&binding);
			assert_true(n < ALLOCATIONS_MAX);
		}
		assert_true(n > 2);
	}
}

static void test_proxy(void **state)
{
	long n = 0;

	(void)state;
	for (failed = true; failed; n++) {
		struct proxy proxy = { .address = NULL };
		memory_fail_at(n + 1, false);
		enum status status = proxy_parse("http://u%40:p%23@h:1", &proxy, NULL);
		failed = memory_end();
		assert_true(status == STATUS_OK || (status == STATUS_MEMORY && failed));
		if (status == STATUS_OK)
			assert_string_equal(proxy.login.data, "u%40:p%23");
		else
			assert_null(proxy.address);
		proxy_release(&proxy);
	}
	assert_true(n > 3);
}

static void test_discover(void **state)
{
	const struct fixture *f = *state;
	long n = 0;

	(void)fixture_write(f, "root/one/type", "destination");
	(void)fixture_write(f, "root/one/key.json", KEY);
	const struct binding_places places = {
		.vcap = "{\"destination\":[{\"name\":\"a\",\"credentials\":" KEY "}]}",
		.roots = { fixture_path(f, "root") },
	};
	for (failed = true; failed; n++) {
		struct config *config = NULL;
		struct problems problems;
		problems_init(&problems);
		memory_fail_at(n + 1, false);
		enum status status = config_discover(&places, NULL, &config, &problems);
		failed = memory_end();
		assert_true(status == STATUS_OK || problems.count > 0);
		config_free(config);
		problems_release(&problems);
		assert_true(n < ALLOCATIONS_MAX);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_config),
		cmocka_unit_test_setup_teardown(test_web, fixture_setup, fixture_teardown),
		cmocka_unit_test(test_credentials),
		cmocka_unit_test(test_key_forms),
		cmocka_unit_test(test_proxy),
		cmocka_unit_test_setup_teardown(test_discover, fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
