/* Requests through a proxy: tunnels, its own credentials, one that cannot be used. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net_fixture.h"

#define CANARY "canary-8d1f0c2b7a6e5d4c3b2a-secret"

/* A proxy that lets nobody through, and looks at what it is told. */
static bool proxy_refuses(struct exchange *x, void *user)
{
	if (strncmp(x->head, "CONNECT ", 8) != 0 || strstr(x->head, CANARY) != NULL)
		*(bool *)user = true;
	reply(x, 403, "ETag: of-the-proxy\r\n", "no");
	return false;
}

static void test_proxy(void **state)
{
	struct fixture f;
	bool leaked = false;
	char proxy[64];
	struct server_options options = { .handler = proxy_refuses, .user = &leaked };
	struct server *proxy_server = server_start(&options);
	struct secret token = { NULL, 0 };

	(void)state;
	assert_int_equal(secret_set(&token, CANARY, strlen(CANARY)), STATUS_OK);
	fixture_begin(&f, answer_good, NULL);
	(void)snprintf(proxy, sizeof(proxy), "http://127.0.0.1:%u", server_port(proxy_server));
	f.settings.proxy = proxy;
	f.request.bearer = &token;
	fixture_open(&f);
	assert_int_equal(fixture_get(&f), STATUS_CONNECT);
	assert_int_equal(f.response.code, 0);
	assert_null(f.response.etag);
	assert_false(leaked);
	assert_int_equal(server_requests(f.server), 0);
	assert_int_equal(server_requests(proxy_server), HTTP_TRIES);
	fixture_end(&f);

	fixture_begin(&f, answer_good, NULL); /* from the environment */
	assert_int_equal(setenv("https_proxy", proxy, 1), 0);
	fixture_open(&f);
	assert_int_equal(fixture_get(&f), STATUS_CONNECT);
	fixture_end(&f);
	fixture_begin(&f, answer_good, NULL); /* with its exceptions */
	assert_int_equal(setenv("NO_PROXY", "*", 1), 0);
	assert_int_equal(fixture_get(&f), STATUS_OK);
	fixture_end(&f);
	fixture_begin(&f, answer_good, NULL); /* which are not those of a configured one */
	f.settings.proxy = proxy;
	fixture_open(&f);
	assert_int_equal(fixture_get(&f), STATUS_CONNECT);
	fixture_end(&f);
	assert_int_equal(unsetenv("https_proxy"), 0);
	assert_int_equal(unsetenv("NO_PROXY"), 0);
	server_stop(proxy_server);
	secret_release(&token);
}

/* What the proxy was given for CONNECT. */
static bool proxy_takes_credentials(struct exchange *x, void *user)
{
	if (strstr(x->head, user) == NULL)
		fail_msg("not \"%s\":\n%s", (char *)user, x->head);
	reply(x, 403, "", "");
	return false;
}

/* User and password reach the proxy decoded once, from a setting and from the environment. */
static void test_proxy_credentials(void **state)
{
	static const struct {
		const char *encoded;
		char header[64]; /* by base64(1) */
	} rows[] = {
		{ "user:" CANARY, "Proxy-Authorization: Basic dXNlcjpj" },
		{ "u%40d:p%23%2F%3F%2541", "Proxy-Authorization: Basic dUBkOnAjLz8lNDE=\r\n" },
		{ "u:", "Proxy-Authorization: Basic dTo=\r\n" },
		{ "u", "Proxy-Authorization: Basic dTo=\r\n" },
		{ ":p", "Proxy-Authorization: Basic OnA=\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char header[sizeof(rows[0].header)];
		memcpy(header, rows[i].header, sizeof(header));
		struct server_options options = { .handler = proxy_takes_credentials,
						  .user = header };
		struct server *proxy_server = server_start(&options);
		struct fixture f;
		char proxy[128];
		(void)snprintf(proxy, sizeof(proxy), "http://%s@127.0.0.1:%u", rows[i].encoded,
			       server_port(proxy_server));
		bool from_environment = i % 2 == 1;
		fixture_begin(&f, answer_good, NULL);
		if (from_environment)
			assert_int_equal(setenv("HTTPS_PROXY", proxy, 1), 0);
		else
			f.settings.proxy = proxy;
		fixture_open(&f);
		assert_int_equal(fixture_get(&f), STATUS_CONNECT);
		assert_null(strstr(f.response.error.text, CANARY));
		assert_int_equal(server_requests(proxy_server), HTTP_TRIES);
		fixture_end(&f);
		assert_int_equal(unsetenv("HTTPS_PROXY"), 0);
		server_stop(proxy_server);
	}
}

/* Never without a proxy that is given and cannot be used; and no text quotes it. */
static void test_proxy_that_cannot_be_used(void **state)
{
	static const char *const values[] = {
		"http://user:" CANARY "#x@host:1",     "http://user:" CANARY "@x@host:1",
		"http://user:" CANARY "/x@host:1",     "http://user:" CANARY "?x@host:1",
		"http://user:" CANARY "%0a@host:1",    "http://user:" CANARY "%00@host:1",
		"http://" CANARY "%0d@host:1",         CANARY "://user@host:1",
		"socks5h://user:" CANARY "%01@host:1", CANARY " "
	};

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct fixture f;
		struct error error = { "" };
		struct http_session *session = NULL;
		fixture_begin(&f, answer_good, NULL);
		assert_int_equal(setenv("https_proxy", values[i], 1), 0);
		fixture_open(&f);
		assert_int_equal(fixture_get(&f), STATUS_CONNECT);
		assert_int_equal(server_requests(f.server), 0);
		assert_non_null(strstr(f.response.error.text, "variable https_proxy: "));
		assert_null(strstr(f.response.error.text, CANARY));
		fixture_end(&f);
		fixture_begin(&f, answer_good, NULL); /* a host that needs no proxy */
		assert_int_equal(setenv("no_proxy", "localhost,127.0.0.1", 1), 0);
		assert_int_equal(fixture_get(&f), STATUS_OK);
		fixture_end(&f);
		assert_int_equal(unsetenv("no_proxy"), 0);
		assert_int_equal(unsetenv("https_proxy"), 0);
		fixture_begin(&f, answer_good, NULL);
		f.settings.proxy = values[i];
		assert_int_equal(http_session_new(&f.settings, &session, &error), STATUS_SYNTAX);
		assert_non_null(strstr(error.text, "proxy: "));
		assert_null(strstr(error.text, CANARY));
		assert_null(session);
		fixture_end(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_proxy),
		cmocka_unit_test(test_proxy_credentials),
		cmocka_unit_test(test_proxy_that_cannot_be_used),
	};

	return cmocka_run_group_tests(tests, fixture_set_up, fixture_tear_down);
}
