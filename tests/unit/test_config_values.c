/* The small parts: addresses, suggestions, PEM, lists, the order of findings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/proxy.h"
#include "base/authority.h"
#include "base/text.h"
#include "config/address.h"
#include "config/findings.h"
#include "config/pem_check.h"
#include "config/suggest.h"
#include "config/values.h"
#include "config_fixture.h"

#define LABEL_63 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz-0123456789"

struct address_row {
	const char *text;
	const char *wanted; /* NULL: refused */
};

static void assert_addresses(const struct address_row *rows, size_t count,
			     enum status (*read)(const char *, char **, struct error *))
{
	for (size_t i = 0; i < count; i++) {
		struct error error = { "" };
		char *address = NULL;
		enum status status = read(rows[i].text, &address, &error);
		if (rows[i].wanted == NULL) {
			assert_int_equal(status, STATUS_SYNTAX);
			assert_null(address);
			assert_true(error.text[0] != '\0');
			assert_lacks(error.text, "u:p");
			continue;
		}
		if (status != STATUS_OK)
			fail_msg("%s: %s", rows[i].text, error.text);
		assert_string_equal(address, rows[i].wanted);
		free(address);
	}
}

static void test_service_address(void **state)
{
	static const struct address_row rows[] = {
		{ "https://a.example", "https://a.example" },
		{ "HTTPS://A.Example/", "https://a.example" },
		{ "a.example", "https://a.example" },
		{ "a.example:8443", "https://a.example:8443" },
		{ "https://10.0.0.1:1", "https://10.0.0.1:1" },
		{ "https://[2001:DB8::1]:65535/", "https://[2001:db8::1]:65535" },
		{ "https://x/destination-configuration/v1", "https://x" },
		{ "https://under_score.example", "https://under_score.example" },
		{ LABEL_63 ".example", "https://" LABEL_63 ".example" },
		{ "", NULL },
		{ "http://a", NULL },
		{ "HTTP://a", NULL },
		{ "ftp://a", NULL },
		{ "https://", NULL },
		{ "https:///x", NULL },
		{ "https://a/b", NULL },
		{ "https://a?b", NULL },
		{ "https://a#b", NULL },
		{ "https://u@a", NULL },
		{ "https://u:p@a", NULL },
		{ "https://a:0", NULL },
		{ "https://a:65536", NULL },
		{ "https://a:", NULL },
		{ "https://a:1x", NULL },
		{ "https://a..b", NULL },
		{ "https://.a", NULL },
		{ "https://-a", NULL },
		{ "https://a-.b", NULL },
		{ "https://a b", NULL },
		{ "https://a\\b", NULL },
		{ "https://[::1", NULL },
		{ "https://[x]", NULL },
		{ "https://\xC3\xA4.example", NULL },
		{ "https://" LABEL_63 "x.example", NULL },
	};

	(void)state;
	assert_addresses(rows, ROWS(rows), address_service);
}

static void test_address_with_path(void **state)
{
	static const struct address_row rows[] = {
		{ "https://scc.example:8443", "https://scc.example:8443" },
		{ "SCC.example:8443/", "https://scc.example:8443" },
		{ "https://x/scc1", "https://x/scc1" },
		{ "https://x/a/b-c_d~e.f//", "https://x/a/b-c_d~e.f" },
		{ "https://x/destination-configuration/v1",
		  "https://x/destination-configuration/v1" },
		{ "http://x/a", NULL },
		{ "https://x/a?b", NULL },
		{ "https://x/a#b", NULL },
		{ "https://x/a b", NULL },
		{ "https://x/\xC3\xA4", NULL },
		{ "https://x//a", NULL },
		{ "https://x/../a", NULL },
		{ "https://x/a/..", NULL },
		{ "https://x/./a", NULL },
		{ "https://u:p@x/a", NULL },
	};

	(void)state;
	assert_addresses(rows, ROWS(rows), address_with_path);
}

static void test_token_address(void **state)
{
	static const struct address_row rows[] = {
		{ "https://z.auth.example", "https://z.auth.example/oauth/token" },
		{ "https://z.auth.example/", "https://z.auth.example/oauth/token" },
		{ "https://z.auth.example/oauth/token", "https://z.auth.example/oauth/token" },
		{ "https://z.auth.example/oauth/token/", "https://z.auth.example/oauth/token" },
		{ "https://ias.example/oauth2/token", "https://ias.example/oauth2/token" },
		{ "https://x/uaa", "https://x/uaa/oauth/token" },
		{ "z.auth.example", "https://z.auth.example/oauth/token" },
		{ "http://x", NULL },
		{ "https://x/a?b", NULL },
		{ "https://x/a b", NULL },
		{ "https://x//a", NULL },
		{ "https://x/../a", NULL },
		{ "https://x/a/..", NULL },
		{ "https://u:p@x/oauth/token", NULL },
	};

	(void)state;
	assert_addresses(rows, ROWS(rows), address_token);
}

static enum status with_subscriber(const char *text, char **ret_text, struct error *error)
{
	return address_with_subdomain(text, "sub", ret_text, error);
}

static void test_subdomain(void **state)
{
	static const struct address_row rows[] = {
		{ "https://z.auth.example/oauth/token", "https://sub.auth.example/oauth/token" },
		{ "https://z.auth.example:8443/x", "https://sub.auth.example:8443/x" },
		{ "https://localhost/oauth/token", NULL },
		{ "https://127.0.0.1/oauth/token", NULL },
		{ "https://[::1]/oauth/token", NULL },
	};

	(void)state;
	assert_addresses(rows, ROWS(rows), with_subscriber);
}

static void test_proxy(void **state)
{
	static const struct {
		const char *text;
		const char *address;
		const char *user;
		const char *password;
	} good[] = {
		{ "p", "http://p", NULL, NULL },
		{ "P:1", "http://p:1", NULL, NULL },
		{ "http://p", "http://p", NULL, NULL },
		{ "HTTPS://p/", "https://p", NULL, NULL },
		{ "[::1]:1", "http://[::1]:1", NULL, NULL },
		{ "socks://p", "socks://p", NULL, NULL },
		{ "socks4a://u@p:1", "socks4a://p:1", "u", "" },
		{ "socks5h://u:p@p:1", "socks5h://p:1", "u", "p" },
		{ "u:p@p", "http://p", "u", "p" },
		{ "http://:p@p", "http://p", "", "p" },
		{ "http://u:p:q@p", "http://p", "u", "p:q" },
		{ "http://a%3Ab:%40%23%2f%3F%25%20@p", "http://p", "a:b", "@#/?% " },
		{ "http://dom%5Cu:$&+,;=!*'()~^|{}[]<>\\\"`@p", "http://p", "dom\\u",
		  "$&+,;=!*'()~^|{}[]<>\\\"`" },
		{ "http://u:M\xC3\xBCller@p", "http://p", "u", "M\xC3\xBCller" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(good); i++) {
		struct proxy proxy;
		struct error error = { "" };
		if (proxy_parse(good[i].text, &proxy, &error) != STATUS_OK)
			fail_msg("%s: %s", good[i].text, error.text);
		assert_string_equal(proxy.address, good[i].address);
		assert_int_equal(proxy.https, strncmp(good[i].address, "https:", 6) == 0);
		assert_int_equal(proxy.user.data != NULL, good[i].user != NULL);
		assert_int_equal(proxy.password.data != NULL, good[i].user != NULL);
		if (good[i].user != NULL) {
			assert_string_equal(proxy.user.data, good[i].user);
			assert_string_equal(proxy.password.data, good[i].password);
		}
		proxy_release(&proxy);
	}
	assert_true(proxy_has_password("http://u:p@p"));
	assert_false(proxy_has_password("http://u@p:1") || proxy_has_password("http://u:@p"));
}

/* No text repeats a part of the value. */
static void test_proxy_refused(void **state)
{
	static const struct {
		const char *text;
		const char *part;
	} bad[] = {
		{ "", "must be [http://]" },
		{ "ftp://p", "must be" },
		{ "http://", "must be" },
		{ "p:0", "must be" },
		{ "p:65536", "must be" },
		{ "p/x", "must be" },
		{ "a b", "must be" },
		{ "://p", "must be" },
		{ "http://u:CANARY@", "must be" },
		{ "http://u:CANARY#x@h:1", "percent-encode" },
		{ "http://u:CANARY@x@h:1", "percent-encode" },
		{ "http://u:CANARY/x@h:1", "percent-encode" },
		{ "http://u:CANARY?x@h:1", "percent-encode" },
		{ "http://u#CANARY:x@h:1", "percent-encode" },
		{ "http://u:x#CANARY", "percent-encode" },
		{ "http://u:x/CANARY", "percent-encode" },
		{ "http://u:CANARY%zz@h:1", "percent-encode" },
		{ "http://u:CANARY%2@h:1", "percent-encode" },
		{ "http://u:CANARY%@h:1", "percent-encode" },
		{ "http://u:CANARY x@h:1", "percent-encode" },
		{ "http://u:CANARY\n@h:1", "percent-encode" },
		{ "http:/u:CANARY@h:1", "must be" },
		{ "http//u:CANARY@h:1", "must be" },
		{ "http://u:CANARY://@h:1", "must be" },
		{ "CANARY://u:p@h:1", "must be" },
		{ "http://u:p@CANARY CANARY:1", "must be" },
		{ "http://u:p@h:CANARY", "must be" },
		{ "http://u:CANARY%0a@h:1", "control character" },
		{ "http://u:CANARY%0D@h:1", "control character" },
		{ "http://u:CANARY%00@h:1", "control character" },
		{ "http://CANARY%00:p@h:1", "control character" },
		{ "http://%1FCANARY@h:1", "control character" },
		{ "socks5://u:CANARY%7f@h:1", "control character" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(bad); i++) {
		struct proxy proxy;
		struct error error = { "" };
		if (proxy_parse(bad[i].text, &proxy, &error) == STATUS_OK)
			fail_msg("accepted: %s", bad[i].text);
		assert_contains(error.text, bad[i].part);
		assert_lacks(error.text, "CANARY");
		assert_null(proxy.address);
		assert_null(proxy.user.data);
		assert_null(proxy.password.data);
		assert_false(proxy_has_password(bad[i].text) && strstr(bad[i].text, "%0") == NULL &&
			     strstr(bad[i].text, "%7f") == NULL);
	}
}

/* The variables in the order of curl; the first that is not empty decides. */
static void test_proxy_of_environment(void **state)
{
	static const char *const names[] = { "ALL_PROXY", "all_proxy", "HTTPS_PROXY",
					     "https_proxy" };
	struct proxy proxy;
	struct error error = { "" };
	char text[64];

	(void)state;
	for (size_t i = 0; i < ROWS(names); i++)
		assert_int_equal(unsetenv(names[i]), 0);
	assert_int_equal(unsetenv("no_proxy") | unsetenv("NO_PROXY"), 0);
	assert_int_equal(setenv("http_proxy", "http://plain", 1), 0);
	assert_int_equal(proxy_of_environment(&proxy, &error), STATUS_NOT_FOUND);
	for (size_t i = 0; i < ROWS(names); i++) {
		(void)snprintf(text, sizeof(text), "http://u:CANARY#@h%zu", i);
		assert_int_equal(setenv(names[i], text, 1), 0);
		assert_int_equal(proxy_of_environment(&proxy, &error), STATUS_SYNTAX);
		assert_contains(error.text, names[i]);
		assert_lacks(error.text, "CANARY");
		assert_null(proxy.address);
		(void)snprintf(text, sizeof(text), "http://h%zu", i);
		assert_int_equal(setenv(names[i], text, 1), 0);
		assert_int_equal(proxy_of_environment(&proxy, &error), STATUS_OK);
		assert_string_equal(proxy.address, text);
		proxy_release(&proxy);
	}
	assert_int_equal(setenv("https_proxy", "", 1), 0);
	assert_int_equal(proxy_of_environment(&proxy, &error), STATUS_OK);
	assert_string_equal(proxy.address, "http://h2");
	proxy_release(&proxy);
	assert_int_equal(setenv("NO_PROXY", "*", 1), 0);
	assert_int_equal(proxy_of_environment(&proxy, &error), STATUS_NOT_FOUND);
	assert_int_equal(unsetenv("NO_PROXY") | unsetenv("http_proxy"), 0);
	for (size_t i = 0; i < ROWS(names); i++)
		assert_int_equal(unsetenv(names[i]), 0);
}

static void test_labels(void **state)
{
	(void)state;
	assert_true(authority_is_label("a-1_B") && authority_is_label(LABEL_63));
	assert_false(authority_is_label("") || authority_is_label("a.b") ||
		     authority_is_label("-a") || authority_is_label(LABEL_63 "x"));
}

static void test_suggest(void **state)
{
	static const struct {
		const char *word;
		const char *best;
	} rows[] = {
		{ "poll_intervall", "poll_interval" },
		{ "pol_interval", "poll_interval" },
		{ "polli_nterval", "poll_interval" },
		{ "url", "url" },
		{ "ulr", "url" },
		{ "xyz", NULL },
		{ "", NULL },
		{ "a-word-that-is-longer-than-any-key-and-so-is-no-typing-mistake", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct suggestion s;
		suggest_start(&s, rows[i].word);
		suggest_offer(&s, "poll_interval");
		suggest_offer(&s, "url");
		if (rows[i].best == NULL)
			assert_null(suggest_best(&s));
		else
			assert_string_equal(suggest_best(&s), rows[i].best);
	}
}

static void test_durations(void **state)
{
	static const struct {
		uint32_t seconds;
		const char *text;
	} rows[] = { { 0, "0s" },    { 1, "1s" },    { 60, "60s" },   { 61, "61s" },
		     { 600, "10m" }, { 3600, "1h" }, { 5400, "90m" }, { 604800, "7d" } };

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		char text[DURATION_TEXT_SIZE];
		text_duration(rows[i].seconds, text);
		assert_string_equal(text, rows[i].text);
	}
}

/* By place, in the order of finding within a place; warnings apart; no line can be forged. */
static void test_findings(void **state)
{
	struct findings findings;
	struct problems problems;
	struct place place = { .findings = &findings, .where = "w", .key = "k" };

	(void)state;
	problems_init(&problems);
	findings_init(&findings, "f");
	finding_add(&place, (struct text_mark){ 9, 1 }, "nine");
	finding_add(&place, (struct text_mark){ 2, 7 }, "two\nforged");
	finding_warn(&place, (struct text_mark){ 1, 3 }, "warning");
	place.key = NULL;
	finding_add(&place, (struct text_mark){ 2, 7 }, "two again");
	finding_add(&place, (struct text_mark){ 2, 5 }, "further left");
	place.where = NULL;
	finding_add(&place, MARK_START, "one");
	place.findings = NULL;
	finding_add(&place, MARK_START, "to nobody");
	findings_finish(&findings, &problems);
	assert_string_equal(buf_text(&problems.text),
			    "f:1:1: one\nf:2:5: w: further left\nf:2:7: w: k: two\\x0aforged\n"
			    "f:2:7: w: two again\nf:9:1: w: k: nine\n");
	assert_string_equal(buf_text(&problems.warnings), "f:1:3: warning: w: k: warning\n");
	assert_int_equal(problems.count, 5);
	assert_int_equal(problems.warning_count, 1);
	problems_release(&problems);
	problems_init(&problems);
	findings_init(&findings, "f");
	place.findings = &findings;
	for (size_t i = 0; i < FINDINGS_MAX + 3; i++)
		finding_add(&place, (struct text_mark){ (uint32_t)i, 1 }, "x");
	findings_finish(&findings, &problems);
	assert_contains(buf_text(&problems.text), "f: 3 more problems are not shown\n");
	problems_release(&problems);
}

static void test_pem(void **state)
{
	const struct fixture *f = *state;
	struct error error = { "" };
	char both[8192];

	assert_int_equal(pem_check_certificates(f->certificate, "x", &error), STATUS_OK);
	(void)snprintf(both, sizeof(both), "text\n%s%s%s", f->certificate, f->certificate, f->key);
	assert_int_equal(pem_check_certificates(both, "x", &error), STATUS_OK);
	assert_int_equal(pem_check_certificates("", "x", &error), STATUS_SYNTAX);
	assert_string_equal(error.text,
			    "x: no certificate in it (PEM, -----BEGIN CERTIFICATE-----)");
	(void)snprintf(both, sizeof(both), "%s-----BEGIN CERTIFICATE-----\n!\n", f->certificate);
	assert_int_equal(pem_check_certificates(both, "x", &error), STATUS_SYNTAX);
	assert_string_equal(error.text, "x: certificate number 2 is broken");
	assert_int_equal(pem_check_pair(f->certificate, "c", f->key, "k", &error), STATUS_OK);
	assert_int_equal(pem_check_pair(f->certificate, "c", f->other_key, "k", &error),
			 STATUS_SYNTAX);
	assert_string_equal(error.text, "k: does not belong to the first certificate of c");
	assert_int_equal(pem_check_pair("", "c", f->key, "k", &error), STATUS_SYNTAX);
	assert_string_equal(error.text, "c: no certificate that can be read (PEM)");
	assert_int_equal(pem_check_pair(f->certificate, "c",
					"-----BEGIN ENCRYPTED PRIVATE KEY-----", "k", &error),
			 STATUS_SYNTAX);
	assert_contains(error.text, "k: the private key is encrypted");
}

static void test_pem_repair(void **state)
{
	static const struct {
		const char *text;
		const char *wanted;
	} rows[] = {
		{ "no PEM \\n here", "no PEM \\n here" },
		{ "-----BEGIN A-----", "-----BEGIN A-----" },
		{ "-----BEGIN A-----AAAA", "-----BEGIN A-----AAAA" },
		{ "-----BEGIN A-----AA AA-----END A-----",
		  "-----BEGIN A-----\nAAAA\n-----END A-----\n" },
		{ "-----BEGIN A-----\\r\\nAAAA\\r\\n-----END A-----\\r\\n",
		  "-----BEGIN A-----\nAAAA\n-----END A-----\n" },
		{ "-----BEGIN A-----\nAA\nAA\n-----END A-----\n-----BEGIN B-----\nBB\n-----END "
		  "B-----",
		  "-----BEGIN A-----\nAA\nAA\n-----END A-----\n-----BEGIN B-----\nBB\n"
		  "-----END B-----\n" },
		{ "-----BEGIN A-----"
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab-----END "
		  "A-----",
		  "-----BEGIN A-----\n"
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nb\n"
		  "-----END A-----\n" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct secret pem = { 0 };
		assert_int_equal(secret_set(&pem, rows[i].text, strlen(rows[i].text)), STATUS_OK);
		assert_int_equal(pem_repair(&pem), STATUS_OK);
		assert_string_equal(pem.data, rows[i].wanted);
		secret_release(&pem);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_service_address),
		cmocka_unit_test(test_address_with_path),
		cmocka_unit_test(test_token_address),
		cmocka_unit_test(test_subdomain),
		cmocka_unit_test(test_proxy),
		cmocka_unit_test(test_proxy_refused),
		cmocka_unit_test(test_proxy_of_environment),
		cmocka_unit_test(test_labels),
		cmocka_unit_test(test_suggest),
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_findings),
		cmocka_unit_test_setup_teardown(test_pem, fixture_setup, fixture_teardown),
		cmocka_unit_test(test_pem_repair),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
