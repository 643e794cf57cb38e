/* The small parts: addresses, suggestions, PEM, lists, the order of findings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

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

static void test_yes_or_no(void **state)
{
	static const char *const listen[] = { ":0", ":65535", "a:1", "0.0.0.0:9936", "[::]:1" };
	static const char *const no_listen[] = { "",      ":",    "1",     ":-1",   ":1x",
						 "::1:1", "[::]", "a b:1", "[a]:1", ":000001" };
	static const char *const proxy[] = {
		"p", "p:1", "http://p", "socks5h://u:p@p:1", "[::1]:1", "https://p/", "u:p@p"
	};
	static const char *const no_proxy[] = { "",    "ftp://p", "http://",        "p:0",
						"p/x", "a b",     "http://u:p q@p", "://p" };
	bool secret = false;

	(void)state;
	for (size_t i = 0; i < ROWS(listen); i++)
		assert_true(address_is_listen(listen[i]));
	for (size_t i = 0; i < ROWS(no_listen); i++)
		assert_false(address_is_listen(no_listen[i]));
	for (size_t i = 0; i < ROWS(proxy); i++)
		assert_true(address_is_proxy(proxy[i], NULL));
	for (size_t i = 0; i < ROWS(no_proxy); i++)
		assert_false(address_is_proxy(no_proxy[i], NULL));
	assert_true(address_is_proxy("http://u:p@p", &secret));
	assert_true(secret);
	assert_true(address_is_proxy("http://u@p:1", &secret));
	assert_false(secret);
	assert_true(address_is_label("a-1_B") && address_is_label(LABEL_63));
	assert_false(address_is_label("") || address_is_label("a.b") || address_is_label("-a") ||
		     address_is_label(LABEL_63 "x"));
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
		value_duration_text(rows[i].seconds, text);
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
		cmocka_unit_test(test_yes_or_no),
		cmocka_unit_test(test_suggest),
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_findings),
		cmocka_unit_test_setup_teardown(test_pem, fixture_setup, fixture_teardown),
		cmocka_unit_test(test_pem_repair),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
