/* Tokens: what is asked, what is believed, when it is asked again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/oauth.h"
#include "net_fixture.h"

#define SECRET  "pa+ss/w&rd= canary-77aa66bb55cc"
#define ENCODED "pa%2Bss%2Fw%26rd%3D%20canary-77aa66bb55cc"

/* {"zid":"tenant-1","ext_attr":{"subaccountid":"sub_1"},"exp":1} */
#define JWT                                                                                        \
	"eyJhbGciOiJSUzI1NiJ9."                                                                    \
	"eyJ6aWQiOiJ0ZW5hbnQtMSIsImV4dF9hdHRyIjp7InN1YmFjY291bnRpZCI6InN1Yl8xIn0sImV4cCI6MX0"      \
	".c2ln"

struct tokens {
	struct fixture f;
	struct oauth_client client;
	struct oauth_token token;
	struct secret secret;
	struct error error;
	int64_t retry_after_s;
};

static void begin(struct tokens *t, server_handler *handler, void *user)
{
	memset(t, 0, sizeof(*t));
	fixture_begin(&t->f, handler, user);
	assert_int_equal(secret_set(&t->secret, SECRET, strlen(SECRET)), STATUS_OK);
	t->client.endpoint = FIXTURE_TOKEN;
	t->client.token_url = t->f.url;
	t->client.client_id = "sb-clone!b1|dest!b2";
	t->client.client_secret = &t->secret;
}

static enum status get(struct tokens *t)
{
	return oauth_token_get(&t->token, t->f.session, &t->client, &t->retry_after_s, &t->error);
}

static void end(struct tokens *t)
{
	oauth_token_drop(&t->token);
	secret_release(&t->secret);
	fixture_end(&t->f);
}

static bool checks_form(struct exchange *x, void *user)
{
	bool ok = strcmp(x->body, user) == 0 && strncmp(x->head, "POST /", 6) == 0 &&
		  strstr(x->head, "\r\nContent-Type: application/x-www-form-urlencoded") != NULL &&
		  strstr(x->head, "\r\nAccept: application/json") != NULL &&
		  strstr(x->head, "\r\nAuthorization:") == NULL;

	reply(x, ok ? 200 : 400, JSON,
	      ok ? "{\"access_token\":\"" JWT "\",\"token_type\":\"bearer\",\"expires_in\":43199}"
		 : "{}");
	return true;
}

static void test_request_and_answer(void **state)
{
	static char with_secret[] = "grant_type=client_credentials&client_id="
				    "sb-clone%21b1%7Cdest%21b2&client_secret=" ENCODED;
	static char without_secret[] = "grant_type=client_credentials&client_id="
				       "sb-clone%21b1%7Cdest%21b2";
	struct tokens t;
	struct telemetry_source_values values;

	(void)state;
	begin(&t, checks_form, with_secret);
	uint64_t before_ms = clock_mono_ms();
	assert_int_equal(get(&t), STATUS_OK);
	assert_string_equal(t.token.access_token.data, JWT);
	assert_string_equal(t.token.tenant_id, "tenant-1");
	assert_string_equal(t.token.subaccount_id, "sub_1");
	assert_in_range(t.token.expires_mono_ms, before_ms + 43199000, clock_mono_ms() + 43199000);
	assert_int_equal(telemetry_source_read(t.f.source, &values), STATUS_OK);
	assert_int_equal(values.endpoints[FIXTURE_TOKEN].requests[CODE_2XX], 1);
	assert_int_equal(values.endpoints[FIXTURE_LIST].requests[CODE_2XX], 0);
	telemetry_source_values_release(&values);
	end(&t);
	begin(&t, checks_form, without_secret);
	t.client.client_secret = NULL; /* mutual TLS */
	assert_int_equal(get(&t), STATUS_OK);
	end(&t);
}

static bool counts(struct exchange *x, void *user)
{
	char body[128];

	(void)user;
	(void)snprintf(body, sizeof(body), "{\"access_token\":\"token-%u\",\"expires_in\":\"900\"}",
		       x->number);
	reply(x, 200, JSON, body);
	return true;
}

static void test_reuse_renew_drop(void **state)
{
	struct tokens t;

	(void)state;
	begin(&t, counts, NULL);
	assert_int_equal(get(&t), STATUS_OK);
	assert_int_equal(get(&t), STATUS_OK);
	assert_string_equal(t.token.access_token.data, "token-1");
	assert_string_equal(t.token.tenant_id, ""); /* no JWT */
	assert_int_equal(server_requests(t.f.server), 1);
	t.token.renew_mono_ms = clock_mono_ms() - 1;
	assert_int_equal(get(&t), STATUS_OK);
	assert_string_equal(t.token.access_token.data, "token-2");
	oauth_token_drop(&t.token);
	assert_null(t.token.access_token.data);
	assert_int_equal(get(&t), STATUS_OK);
	assert_string_equal(t.token.access_token.data, "token-3");
	assert_int_equal(server_requests(t.f.server), 3);
	end(&t);
}

static void test_life(void **state)
{
	static const struct {
		const char *expires_in; /* with its name and comma, or "" */
		uint64_t life_ms;
		uint64_t renew_ms;
	} table[] = {
		{ ",\"expires_in\":43200", 43200000, 34560000 },
		{ ",\"expires_in\":\"43200\"", 43200000, 34560000 },
		{ ",\"expires_in\":1500", 1500000, 1200000 },
		{ ",\"expires_in\":1000", 1000000, 700000 }, /* 5 min before its end */
		{ ",\"expires_in\":300", 300000, 240000 },
		{ ",\"expires_in\":10", 10000, 8000 },
		{ "", 600000, 300000 },
		{ ",\"expires_in\":null", 600000, 300000 },
		{ ",\"expires_in\":-5", 600000, 300000 },
		{ ",\"expires_in\":0", 600000, 300000 },
		{ ",\"expires_in\":9007199254740992", 2592000000, 2073600000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct tokens t;
		char answer[256];
		(void)snprintf(answer, sizeof(answer),
			       "HTTP/1.1 200 OK\r\n" JSON "Content-Length: %zu\r\n\r\n"
			       "{\"access_token\":\"x\"%s}",
			       strlen("{\"access_token\":\"x\"}") + strlen(table[i].expires_in),
			       table[i].expires_in);
		begin(&t, answer_always, answer);
		uint64_t before_ms = clock_mono_ms();
		assert_int_equal(get(&t), STATUS_OK);
		assert_in_range(t.token.expires_mono_ms, before_ms + table[i].life_ms,
				clock_mono_ms() + table[i].life_ms);
		assert_int_equal(t.token.expires_mono_ms - t.token.renew_mono_ms,
				 table[i].life_ms - table[i].renew_ms);
		end(&t);
	}
}

struct canned {
	int code;
	const char *headers;
	const char *body;
};

static bool answers(struct exchange *x, void *user)
{
	const struct canned *canned = user;

	reply(x, canned->code, canned->headers, canned->body);
	return true;
}

static void test_answers(void **state)
{
	static const struct {
		struct canned answer;
		enum status status;
		const char *error;
	} table[] = {
		{ { 401, JSON, "{\"error\":\"unauthorized\",\"error_description\":\"Bad cred\"}" },
		  STATUS_HTTP_401,
		  "HTTP 401: unauthorized: Bad cred" },
		{ { 400, JSON, "{\"error\":\"invalid_request\"}" },
		  STATUS_HTTP_4XX,
		  "invalid_request" },
		{ { 404, "Content-Type: text/html\r\n", "<html>" }, STATUS_HTTP_404, "HTTP 404" },
		{ { 429, "Retry-After: 90\r\nContent-Type: text/html\r\n", "<html>429" },
		  STATUS_HTTP_429,
		  "HTTP 429" },
		{ { 200, "Content-Type: text/html\r\n", "<html>log in" },
		  STATUS_CONTENT_TYPE,
		  "not JSON" },
		{ { 302, "Location: https://127.0.0.1:1/\r\n", "" }, STATUS_REDIRECT, "followed" },
		{ { 401, JSON, "{\"error\":\"x\",\"error_description\":\"" SECRET "\"}" },
		  STATUS_HTTP_401,
		  "withheld" },
		{ { 401, "", "client_secret=" ENCODED }, STATUS_HTTP_401, "withheld" },
		{ { 200, JSON, "[" }, STATUS_SYNTAX, "" },
		{ { 200, JSON, "[]" }, STATUS_SYNTAX, "access_token" },
		{ { 200, JSON, "{}" }, STATUS_SYNTAX, "access_token" },
		{ { 200, JSON, "{\"access_token\":7}" }, STATUS_SYNTAX, "access_token" },
		{ { 200, JSON, "{\"access_token\":\"\"}" }, STATUS_SYNTAX, "access_token" },
		{ { 200, JSON, "{\"access_token\":\"a b\"}" }, STATUS_SYNTAX, "access_token" },
		{ { 200, JSON, "{\"access_token\":\"a\\r\\nEvil: 1\"}" }, STATUS_SYNTAX, "acc" },
		{ { 200, JSON, "{\"access_token\":\"\xC3\xA4\"}" }, STATUS_SYNTAX, "access_token" },
		{ { 200, JSON, "{\"access_token\":\"a\",\"token_type\":\"mac\"}" },
		  STATUS_SYNTAX,
		  "bearer" },
		{ { 200, JSON, "{\"access_token\":\"a\",\"token_type\":1}" },
		  STATUS_SYNTAX,
		  "bearer" },
		{ { 200, JSON, "{\"access_token\":\"a\",\"token_type\":\"BEARER\"}" },
		  STATUS_OK,
		  "" },
		{ { 200, JSON, "{\"access_token\":\"a\",\"token_type\":null}" }, STATUS_OK, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct tokens t;
		struct canned answer = table[i].answer;
		begin(&t, answers, &answer);
		assert_int_equal(get(&t), table[i].status);
		assert_non_null(strstr(t.error.text, table[i].error));
		assert_null(strstr(t.error.text, "canary"));
		assert_int_equal(t.retry_after_s, answer.code == 429 ? 90 : -1);
		assert_int_equal(server_requests(t.f.server), 1);
		if (table[i].status != STATUS_OK)
			assert_null(t.token.access_token.data);
		end(&t);
	}
}

static void test_token_size(void **state)
{
	static const struct {
		size_t size;
		enum status status;
	} table[] = {
		{ 65536, STATUS_OK },
		{ 65537, STATUS_SYNTAX },
		{ 300000, STATUS_TOO_LARGE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct tokens t;
		char *body = malloc(table[i].size + 64);
		assert_non_null(body);
		size_t n = (size_t)sprintf(body, "{\"access_token\":\"");
		memset(body + n, 'x', table[i].size);
		(void)sprintf(body + n + table[i].size, "\"}");
		struct canned answer = { 200, JSON, body };
		begin(&t, answers, &answer);
		assert_int_equal(get(&t), table[i].status);
		end(&t);
		free(body);
	}
}

/* The first token is good, then `user` is answered. */
static bool good_once(struct exchange *x, void *user)
{
	if (x->number == 1)
		reply(x, 200, JSON, "{\"access_token\":\"first\",\"expires_in\":1000}");
	else
		answers(x, user);
	return true;
}

static void test_failed_renewal(void **state)
{
	static const struct {
		int code;
		enum status renewal; /* in the time between renewal and end */
		enum status after;   /* after its end */
	} table[] = {
		{ 500, STATUS_OK, STATUS_HTTP_5XX },
		{ 401, STATUS_HTTP_401, STATUS_HTTP_401 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct tokens t;
		struct canned answer = { table[i].code, "Retry-After: 60\r\n", "" };
		begin(&t, good_once, &answer);
		assert_int_equal(get(&t), STATUS_OK);
		t.token.renew_mono_ms = clock_mono_ms() - 1;
		assert_int_equal(get(&t), table[i].renewal);
		if (table[i].renewal == STATUS_OK) {
			assert_int_equal(t.retry_after_s, -1);
			assert_string_equal(t.token.access_token.data, "first");
			unsigned before = server_requests(t.f.server);
			assert_int_equal(get(&t), STATUS_OK); /* not at once again */
			assert_int_equal(server_requests(t.f.server), before);
		}
		t.token.renew_mono_ms = t.token.expires_mono_ms = clock_mono_ms() - 1;
		assert_int_equal(get(&t), table[i].after);
		end(&t);
	}
}

static void test_claims(void **state)
{
	static const struct {
		const char *token;
		const char *subaccount_id;
		const char *tenant_id;
	} table[] = {
		{ JWT, "sub_1", "tenant-1" },
		{ "", "", "" },
		{ "abc", "", "" },
		{ "a.b", "", "" },
		{ "..", "", "" },
		{ "a.!!!.c", "", "" },
		{ "a.e30.c", "", "" },                    /* {} */
		{ "a.W10.c", "", "" },                    /* [] */
		{ "a.eyJ6aWQiOjd9.c", "", "" },           /* {"zid":7} */
		{ "a.eyJ6aWQiOiJhIGIifQ.c", "", "" },     /* {"zid":"a b"} */
		{ "a.eyJ6aWQiOiJhXG5iIn0.c", "", "" },    /* {"zid":"a\nb"} */
		{ "a.eyJleHRfYXR0ciI6IngifQ.c", "", "" }, /* {"ext_attr":"x"} */
		/* {"zid":64 times x} */
		{ "a.eyJ6aWQiOiJ4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4"
		  "eHh4eHh4eHh4eHh4eHh4In0.c",
		  "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		char subaccount_id[OAUTH_ID_SIZE] = "old";
		char tenant_id[OAUTH_ID_SIZE] = "old";
		oauth_claims(table[i].token, strlen(table[i].token), subaccount_id, tenant_id);
		assert_string_equal(subaccount_id, table[i].subaccount_id);
		assert_string_equal(tenant_id, table[i].tenant_id);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request_and_answer),
		cmocka_unit_test(test_reuse_renew_drop),
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_token_size),
		cmocka_unit_test(test_failed_renewal),
		cmocka_unit_test(test_claims),
	};

	return cmocka_run_group_tests(tests, fixture_set_up, fixture_tear_down);
}
