/* The web configuration: values, mistakes with their lines, and what GnuTLS makes of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>
#include <dlfcn.h>

#include "config/web_config.h"
#include "config/web_priority.h"
#include "config/web/tls.h"
#include "config/web/values.h"
#include "config_fixture.h"

#define HASH       "$2y$10$abcdefghijklmnopqrstuuDPNfiGFvmJvEqZTcVUzMiQpCxgnxJ2i"
#define TEN(x)     x x x x x x x x x x
#define LONG_VALUE TEN(TEN(TEN("ab"))) "c" /* 2001 characters */
#define TLS        "tls_server_config:\n  cert_file: c.pem\n  key_file: k.pem\n"

static struct web_config *parse(const struct fixture *f, const char *text,
				struct problems *problems)
{
	struct web_config *config = NULL;

	problems_init(problems);
	enum status status =
		web_config_parse(text, strlen(text), "w.yml", f->folder, &config, problems);
	assert_int_equal(status == STATUS_OK, config != NULL);
	assert_int_equal(status == STATUS_OK, problems->count == 0);
	assert_lacks(buf_text(&problems->text), "CANARY");
	assert_lacks(buf_text(&problems->warnings), "CANARY");
	return config;
}

static struct web_config *parse_good(const struct fixture *f, const char *text)
{
	struct problems problems;
	struct web_config *config = parse(f, text, &problems);

	if (config == NULL)
		fail_msg("%s\nis refused:\n%s", text, buf_text(&problems.text));
	problems_release(&problems);
	return config;
}

static void write_pems(const struct fixture *f)
{
	(void)fixture_write(f, "c.pem", f->certificate);
	(void)fixture_write(f, "k.pem", f->key);
	(void)fixture_write(f, "other.pem", f->other_key);
	(void)fixture_write(f, "empty.pem", "");
	(void)fixture_write(f, "broken.pem",
			    "-----BEGIN CERTIFICATE-----\nAAAA\n"
			    "-----END CERTIFICATE-----\n");
}

static void test_empty(void **state)
{
	static const char *const texts[] = {
		"",
		"# nothing\n",
		"---\n",
		"{}\n",
		"tls_server_config:\n",
		"tls_server_config: {}\nhttp_server_config:\nrate_limit:\n"
	};
	const struct fixture *f = *state;

	for (size_t i = 0; i < ROWS(texts); i++) {
		struct web_config *config = parse_good(f, texts[i]);
		assert_false(config->tls);
		assert_int_equal(config->min_version, TLS_VERSION_12);
		assert_int_equal(config->max_version, TLS_VERSION_13);
		assert_int_equal(config->client_auth, CLIENT_AUTH_NONE);
		assert_true(config->http2);
		assert_int_equal(config->user_count, 0);
		assert_false(config->rate_limited);
		web_config_free(config);
	}
}

static void test_values(void **state)
{
	const struct fixture *f = *state;

	write_pems(f);
	struct web_config *config = parse_good(
		f, TLS "  client_ca_file: c.pem\n"
		       "  client_auth_type: VerifyClientCertIfGiven\n"
		       "  client_allowed_sans: [a.example, \"10.0.0.1\"]\n"
		       "  min_version: TLS11\n"
		       "  max_version: TLS12\n"
		       "  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]\n"
		       "  curve_preferences: [X25519, CurveP256]\n"
		       "  prefer_server_cipher_suites: off\n"
		       "http_server_config:\n"
		       "  http2: No\n"
		       "  headers:\n"
		       "    X-Frame-Options: deny\n"
		       "    X-Content-Type-Options: nosniff\n"
		       "    Content-Security-Policy: \"default-src 'none'\"\n"
		       "    X-XSS-Protection: \"\"\n"
		       "basic_auth_users:\n"
		       "  alice: " HASH "\n"
		       "  \"bob smith\": "
		       "\"$2a$04$abcdefghijklmnopqrstuuDPNfiGFvmJvEqZTcVUzMiQpCxgnxJ2i\"\n"
		       "rate_limit:\n"
		       "  interval: 1m1.5s\n"
		       "  burst: 20\n");
	assert_true(config->tls);
	assert_string_equal(config->certificate_pem, f->certificate);
	assert_string_equal(config->private_key_pem.data, f->key);
	assert_string_equal(config->client_ca_pem, f->certificate);
	assert_string_equal(config->certificate_file, fixture_path(f, "c.pem"));
	assert_int_equal(config->client_auth, CLIENT_AUTH_VERIFY_IF_GIVEN);
	assert_int_equal(config->client_allowed_sans.count, 2);
	assert_int_equal(config->min_version, TLS_VERSION_11);
	assert_int_equal(config->max_version, TLS_VERSION_12);
	assert_int_equal(config->cipher_suites.count, 1);
	assert_int_equal(config->curve_preferences.count, 2);
	assert_false(config->http2);
	assert_int_equal(config->header_count, 3);
	assert_string_equal(config->headers[0].name, "X-Frame-Options");
	assert_string_equal(config->headers[0].value, "deny");
	assert_int_equal(config->user_count, 2);
	assert_string_equal(config->users[0].name, "alice");
	assert_string_equal(config->users[0].bcrypt_hash, HASH);
	assert_true(config->rate_limited);
	assert_int_equal(config->rate_interval_ms, 61500);
	assert_int_equal(config->rate_burst, 20);
	web_config_free(config);
}

static void test_load(void **state)
{
	const struct fixture *f = *state;
	struct web_config *config = NULL;
	struct problems problems;

	write_pems(f);
	problems_init(&problems);
	assert_int_equal(web_config_load(fixture_write(f, "w.yml", TLS), &config, &problems),
			 STATUS_OK);
	assert_true(config->tls);
	assert_string_equal(config->private_key_file, fixture_path(f, "k.pem"));
	web_config_free(config);
	assert_int_equal(web_config_load(fixture_path(f, "none.yml"), &config, &problems),
			 STATUS_NOT_FOUND);
	assert_contains(buf_text(&problems.text), "none.yml: No such file");
	problems_release(&problems);
	web_config_free(NULL);
}

static void test_inline(void **state)
{
	const struct fixture *f = *state;
	char *certificate = fixture_escape(f->certificate);
	char *key = fixture_escape(f->key);
	char text[8192];
	struct problems problems;

	(void)snprintf(text, sizeof(text), "tls_server_config:\n  cert: \"%s\"\n  key: \"%s\"\n",
		       certificate, key);
	struct web_config *config = parse_good(f, text);
	assert_true(config->tls);
	assert_null(config->certificate_file);
	assert_string_equal(config->private_key_pem.data, f->key);
	web_config_free(config);
	/* the file wins over the text, with a word about it */
	write_pems(f);
	(void)snprintf(text, sizeof(text), TLS "  key: \"CANARY\"\n");
	config = parse(f, text, &problems);
	assert_non_null(config);
	assert_string_equal(config->private_key_pem.data, f->key);
	assert_string_equal(buf_text(&problems.warnings),
			    "w.yml:3:13: warning: tls_server_config: key_file: both a file and a "
			    "text are given; "
			    "the file counts\n");
	web_config_free(config);
	problems_release(&problems);
	free(certificate);
	free(key);
}

struct problem_row {
	const char *text;
	const char *problem; /* a part of the problems */
};

static const struct problem_row problem_rows[] = {
	{ "a", "w.yml:1:1: must be a mapping of keys, not a single value" },
	{ "tls_server: {}", "w.yml:1:1: tls_server: unknown key" },
	{ "rate_limt: {}", "w.yml:1:1: rate_limt: unknown key, did you mean \"rate_limit\"?" },
	{ "tls_server_config: x", "w.yml:1:20: tls_server_config: must be a mapping of keys" },
	{ "tls_server_config:\n  certfile: x",
	  "w.yml:2:3: tls_server_config: certfile: unknown key, did you mean \"cert_file\"?" },
	{ TLS "  cert_file: x\n",
	  "w.yml:4:3: tls_server_config: cert_file: given twice, first on line 2" },
	{ TLS "---\n", "a second document" },
	/* certificate and key */
	{ "tls_server_config:\n  cert_file: c.pem\n",
	  "w.yml:2:14: tls_server_config: key_file: is missing" },
	{ "tls_server_config:\n  key: CANARY\n",
	  "w.yml:2:8: tls_server_config: cert_file: is missing" },
	{ "tls_server_config:\n  client_auth_type: NoClientCert\n",
	  "w.yml:2:21: tls_server_config: cert_file: is missing" },
	{ "tls_server_config:\n  client_ca_file: c.pem\n",
	  "w.yml:2:19: tls_server_config: key_file: is missing" },
	{ "tls_server_config:\n  cert_file: no.pem\n  key_file: k.pem\n",
	  "w.yml:2:14: tls_server_config: cert_file: " },
	{ "tls_server_config:\n  cert_file: empty.pem\n  key_file: k.pem\n",
	  "empty.pem: no certificate in it" },
	{ "tls_server_config:\n  cert_file: broken.pem\n  key_file: k.pem\n",
	  "broken.pem: certificate number 1 is broken" },
	{ "tls_server_config:\n  cert_file: c.pem\n  key_file: c.pem\n",
	  "c.pem: no private key that can be read" },
	{ "tls_server_config:\n  cert_file: c.pem\n  key_file: other.pem\n",
	  "w.yml:3:13: tls_server_config: key_file: " },
	{ "tls_server_config:\n  cert: CANARY\n  key: CANARY\n", "cert: no certificate in it" },
	{ TLS "  client_ca: &a !!str x\n", "anchors (&name) are not supported" },
	/* clients */
	{ TLS "  client_ca_file: c.pem\n",
	  "w.yml:4:19: tls_server_config: client_auth_type: must be given" },
	{ TLS "  client_ca_file: empty.pem\n  client_auth_type: RequireAndVerifyClientCert\n",
	  "w.yml:4:19: tls_server_config: client_ca_file: " },
	{ TLS "  client_ca: nonsense\n  client_auth_type: RequireAndVerifyClientCert\n",
	  "client_ca: no certificate in it" },
	{ TLS "  client_auth_type: RequireAndVerifyClientCert\n",
	  "w.yml:4:21: tls_server_config: client_auth_type: needs client_ca_file" },
	{ TLS "  client_auth_type: Always\n",
	  "w.yml:4:21: tls_server_config: client_auth_type: must be NoClientCert, " },
	{ TLS "  client_allowed_sans: [a]\n",
	  "w.yml:4:24: tls_server_config: client_allowed_sans: needs client_auth_type" },
	{ TLS "  client_allowed_sans: [\"\"]\n", "has an empty name" },
	{ TLS "  client_allowed_sans: a\n", "must be a list, not a single value" },
	/* versions, suites, curves */
	{ TLS "  min_version: TLS13\n  max_version: TLS12\n",
	  "w.yml:5:16: tls_server_config: min_version: is higher than max_version" },
	{ "tls_server_config:\n  max_version: TLS11\n", "min_version: is higher than max_version" },
	{ TLS "  min_version: TLS1.2\n", "must be TLS10, TLS11, TLS12 or TLS13" },
	{ TLS "  cipher_suites: [TLS_RSA_WITH_AES_128_CBC_SHA]\n", "is no secure cipher suite" },
	{ TLS "  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA]\n",
	  "did you mean TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256?" },
	{ TLS "  cipher_suites: [TLS_AES_128_GCM_SHA256]\n  max_version: TLS12\n",
	  "has only suites of TLS 1.3" },
	{ TLS "  curve_preferences: [P256]\n",
	  "P256 is none of X25519, CurveP256, CurveP384 and CurveP521" },
	{ TLS "  prefer_server_cipher_suites: maybe\n", "must be true or false" },
	/* headers */
	{ "http_server_config:\n  headers:\n    Server: x\n",
	  "w.yml:3:5: headers: Server: cannot be set" },
	{ "http_server_config:\n  headers:\n    x-frame-options: deny\n", "cannot be set" },
	{ "http_server_config:\n  headers:\n    X-Frame-Options: DENY\n",
	  "w.yml:3:22: headers: X-Frame-Options: must be deny or sameorigin" },
	{ "http_server_config:\n  headers:\n    X-Content-Type-Options: sniff\n",
	  "must be nosniff" },
	{ "http_server_config:\n  headers:\n    Content-Security-Policy: \"a\\r\\nSet-Cookie: "
	  "b\"\n",
	  "must have ASCII characters in one line" },
	{ "http_server_config:\n  headers:\n    Content-Security-Policy: \"" LONG_VALUE "\"\n",
	  "w.yml:3:30: headers: Content-Security-Policy: is longer than 2000 characters" },
	{ "http_server_config:\n  http2: 2\n", "http2: must be true or false" },
	/* users */
	{ "basic_auth_users:\n  a: CANARY\n",
	  "w.yml:2:6: basic_auth_users: a: must be a bcrypt hash" },
	{ "basic_auth_users:\n  a: \"$2y$10$CANARY\"\n", "must be 60 characters long" },
	{ "basic_auth_users:\n  a: "
	  "\"$2y$03$abcdefghijklmnopqrstuuDPNfiGFvmJvEqZTcVUzMiQpCxgnxJ2i\"\n",
	  "cost must be 4 to 31" },
	{ "basic_auth_users:\n  a: \"$2y$1$CANARY\"\n", "cost must have two digits" },
	{ "basic_auth_users:\n  a: \"$2y$10$ "
	  "bcdefghijklmnopqrstuuDPNfiGFvmJvEqZTcVUzMiQpCxgnxJ2i\"\n",
	  "may have letters" },
	{ "basic_auth_users:\n  a: \"$1$CANARY\"\n", "must be a bcrypt hash" },
	{ "basic_auth_users:\n  a:\n", "has no value" },
	{ "basic_auth_users:\n  \"a:b\": " HASH "\n",
	  "a user's name must not be empty or have `:`" },
	{ "basic_auth_users:\n  a: " HASH "\n  a: " HASH "\n",
	  "w.yml:3:3: basic_auth_users: a: given twice, first on line 2" },
	{ "basic_auth_users: [a]\n", "must be a mapping of keys, not a list" },
	/* rate limit */
	{ "rate_limit:\n  interval: 5\n  burst: -1\n",
	  "w.yml:3:10: rate_limit: burst: must be a whole number" },
	{ "rate_limit:\n  interval: fast\n",
	  "w.yml:2:13: rate_limit: interval: must be a duration" },
	{ "rate_limit:\n  interval: -1s\n", "must be a duration" },
};

static void test_problems(void **state)
{
	const struct fixture *f = *state;

	write_pems(f);
	for (size_t i = 0; i < ROWS(problem_rows); i++) {
		struct problems problems;
		struct web_config *config = parse(f, problem_rows[i].text, &problems);
		if (config != NULL)
			fail_msg("%s\nis accepted", problem_rows[i].text);
		assert_contains(buf_text(&problems.text), problem_rows[i].problem);
		problems_release(&problems);
	}
}

static void test_warnings(void **state)
{
	static const struct problem_row rows[] = {
		{ "tls_server_config:\n  min_version: TLS13\n",
		  "w.yml:2:16: warning: tls_server_config: min_version or max_version: has no "
		  "effect: without "
		  "cert_file and key_file TLS stays off" },
		{ "tls_server_config:\n  cipher_suites: [TLS_AES_128_GCM_SHA256]\n",
		  "cipher_suites: has no effect" },
		{ "tls_server_config:\n  client_allowed_sans: [a]\n",
		  "client_allowed_sans: has no effect" },
		{ TLS "  client_auth_type: RequireAnyClientCert\n  client_allowed_sans: [a]\n",
		  "w.yml:5:24: warning: tls_server_config: client_allowed_sans: the certificates "
		  "are not "
		  "verified" },
		{ "rate_limit:\n  interval: 1s\n",
		  "w.yml:2:3: warning: rate_limit: burst is 0: no request passes" },
		{ "basic_auth_users:\n  a: "
		  "\"$2y$20$abcdefghijklmnopqrstuuDPNfiGFvmJvEqZTcVUzMiQpCxgnxJ2i\"\n",
		  "a bcrypt cost of 20 takes seconds" },
	};
	const struct fixture *f = *state;

	write_pems(f);
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct problems problems;
		struct web_config *config = parse(f, rows[i].text, &problems);
		assert_non_null(config);
		assert_contains(buf_text(&problems.warnings), rows[i].problem);
		web_config_free(config);
		problems_release(&problems);
	}
}

static void test_go_duration(void **state)
{
	static const struct {
		const char *text;
		enum status status;
		uint64_t ns;
	} rows[] = {
		{ "0", STATUS_OK, 0 },
		{ "0s", STATUS_OK, 0 },
		{ "-0s", STATUS_OK, 0 },
		{ "+1s", STATUS_OK, 1000000000 },
		{ "1000000", STATUS_OK, 1000000 },
		{ "1h1m1s1ms1us1ns", STATUS_OK, 3661001001001 },
		{ "1.5h", STATUS_OK, 5400000000000 },
		{ ".5s", STATUS_OK, 500000000 },
		{ "1.s", STATUS_OK, 1000000000 },
		{ "0.0000000001s", STATUS_OK, 0 },
		{ "2\xC2\xB5s", STATUS_OK, 2000 },
		{ "8784h", STATUS_OK, 31622400000000000 },
		{ "8785h", STATUS_RANGE, 0 },
		{ "99999999999999999999999999h", STATUS_RANGE, 0 },
		{ "99999999999999999999999999", STATUS_RANGE, 0 },
		{ "-1s", STATUS_RANGE, 0 },
		{ "", STATUS_SYNTAX, 0 },
		{ "-", STATUS_SYNTAX, 0 },
		{ ".s", STATUS_SYNTAX, 0 },
		{ "1d", STATUS_SYNTAX, 0 },
		{ "1s ", STATUS_SYNTAX, 0 },
		{ "1.5", STATUS_SYNTAX, 0 },
		{ "s", STATUS_SYNTAX, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		uint64_t ns = 0;
		if (go_duration(rows[i].text, &ns) != rows[i].status || ns != rows[i].ns)
			fail_msg("%s gives %llu", rows[i].text, (unsigned long long)ns);
	}
}

static void priority_of(const char *suites, const char *versions, char text[WEB_PRIORITY_SIZE])
{
	const struct fixture nowhere = { .folder = "/nonexistent" };
	char yaml[2048];

	(void)snprintf(yaml, sizeof(yaml), "tls_server_config:\n%s%s", suites, versions);
	struct web_config *config = parse_good(&nowhere, yaml);
	assert_int_equal(web_config_gnutls_priority(config, text, WEB_PRIORITY_SIZE, NULL),
			 STATUS_OK);
	web_config_free(config);
}

static void test_priority(void **state)
{
	static const struct {
		const char *suites;
		const char *versions;
		const char *wanted;
	} rows[] = {
		{ "", "",
		  "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-KX-ALL:+ECDHE-ECDSA:+ECDHE-RSA:"
		  "-CIPHER-ALL:+AES-128-GCM:+AES-256-GCM:+CHACHA20-POLY1305:+AES-128-CBC:+AES-256-"
		  "CBC:"
		  "-MAC-ALL:+AEAD:+SHA1:%SERVER_PRECEDENCE" },
		{ "  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384]\n",
		  "  max_version: TLS12\n  curve_preferences: [CurveP384, X25519]\n",
		  "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+ECDHE-RSA:-CIPHER-ALL:+AES-256-GCM:-MAC-"
		  "ALL:"
		  "+AEAD:-GROUP-ALL:+GROUP-SECP384R1:+GROUP-X25519:%SERVER_PRECEDENCE" },
		/* only CBC: TLS 1.3 keeps its own ciphers */
		{ "  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA]\n",
		  "  min_version: TLS10\n",
		  "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:+VERS-TLS1.1:+VERS-TLS1.0:-KX-ALL:"
		  "+ECDHE-ECDSA:-CIPHER-ALL:+AES-128-GCM:+AES-256-GCM:+CHACHA20-POLY1305:+AES-128-"
		  "CBC:"
		  "-MAC-ALL:+AEAD:+SHA1:%SERVER_PRECEDENCE" },
		/* only suites of TLS 1.3: nothing is left for TLS 1.2 */
		{ "  cipher_suites: [TLS_AES_256_GCM_SHA384]\n", "",
		  "NORMAL:-VERS-ALL:+VERS-TLS1.3:-KX-ALL:-CIPHER-ALL:+AES-128-GCM:+AES-256-GCM:"
		  "+CHACHA20-POLY1305:-MAC-ALL:+AEAD:%SERVER_PRECEDENCE" },
	};
	char text[WEB_PRIORITY_SIZE];

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		priority_of(rows[i].suites, rows[i].versions, text);
		assert_string_equal(text, rows[i].wanted);
	}
}

/* GnuTLS itself is asked, if it is there: each single suite, with each range of versions. */
static void test_priority_by_gnutls(void **state)
{
	static const char *const versions[] = { "", "  max_version: TLS12\n",
						"  min_version: TLS13\n",
						"  min_version: TLS10\n" };
	void *library = dlopen("libgnutls.so.30", RTLD_NOW | RTLD_LOCAL);
	int (*init)(void **cache, const char *text, const char **position) = NULL;
	void (*deinit)(void *cache) = NULL;

	(void)state;
	if (library == NULL) {
		skip();
		return;
	}
	*(void **)&init = dlsym(library, "gnutls_priority_init");
	*(void **)&deinit = dlsym(library, "gnutls_priority_deinit");
	if (init == NULL || deinit == NULL) {
		fail();
		return;
	}
	for (size_t i = 0; web_suite(i) != NULL; i++) {
		for (size_t v = 0; v < ROWS(versions); v++) {
			char suites[128];
			char text[WEB_PRIORITY_SIZE];
			const char *position = NULL;
			void *cache = NULL;
			if (v == 1 && web_suite(i)->key_exchange == NULL)
				continue;
			(void)snprintf(suites, sizeof(suites), "  cipher_suites: [%s]\n",
				       web_suite(i)->name);
			priority_of(suites, versions[v], text);
			if (init(&cache, text, &position) != 0)
				fail_msg("GnuTLS refuses %s at %s", text, position);
			deinit(cache);
		}
	}
	(void)dlclose(library);
}

#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

/* A certificate of the listener that has expired works no more: a warning says so. */
static void test_expired(void **state)
{
	const struct fixture *f = *state;
	struct problems problems;
	char now[32];

	write_pems(f);
	(void)snprintf(now, sizeof(now), "%lld", (long long)time(NULL) + 2LL * 86400);
	assert_int_equal(setenv("BTP_CERT_EXPORTER_NOW", now, 1), 0);
	struct web_config *config = parse(f, TLS, &problems);
	assert_non_null(config);
	assert_contains(
		buf_text(&problems.warnings),
		"w.yml:2:14: warning: tls_server_config: cert_file: the certificate expired on ");
	web_config_free(config);
	problems_release(&problems);
	assert_int_equal(unsetenv("BTP_CERT_EXPORTER_NOW"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FIXTURE(test_empty),        WITH_FIXTURE(test_values),
		WITH_FIXTURE(test_inline),       WITH_FIXTURE(test_load),
		WITH_FIXTURE(test_problems),     WITH_FIXTURE(test_expired),
		WITH_FIXTURE(test_warnings),     cmocka_unit_test(test_go_duration),
		cmocka_unit_test(test_priority), cmocka_unit_test(test_priority_by_gnutls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
