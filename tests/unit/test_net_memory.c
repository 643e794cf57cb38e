/* Missing memory in net/, without a network: tokens, a session, what is read of a refusal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "memory.h"
#include "net/http/parse.h"
#include "net/oauth.h"
#include "net_recorded.h"

/* -- tokens ------------------------------------------------------------------------------------ */

/* {"zid":"tenant-1","ext_attr":{"subaccountid":"sub-1"}} */
#define CLAIMS "eyJ6aWQiOiJ0ZW5hbnQtMSIsImV4dF9hdHRyIjp7InN1YmFjY291bnRpZCI6InN1Yi0xIn19"

static char *session; /* nobody looks into it */

static enum status walk_token(void *user)
{
	static char secret[] = "s3cret&";
	const struct secret client_secret = { secret, strlen(secret) };
	const struct oauth_client client = { 0, "https://t.example/oauth/token", "client",
					     &client_secret };
	struct oauth_token *token = user;
	struct error error = { "" };
	int64_t retry_after_s;

	memset(token, 0, sizeof(*token));
	return oauth_token_get(token, (struct http_session *)(void *)session, &client,
			       &retry_after_s, &error);
}

static void check_token(void *user, enum status status, bool lacked)
{
	struct oauth_token *token = user;

	if (status == STATUS_OK) {
		assert_string_equal(token->access_token.data, "e30." CLAIMS ".e30");
		/* labels only: a token without its claims is good as well */
		assert_true(lacked || strcmp(token->tenant_id, "tenant-1") == 0);
		assert_true(token->tenant_id[0] == '\0' ||
			    strcmp(token->tenant_id, "tenant-1") == 0);
		assert_true(token->subaccount_id[0] == '\0' ||
			    strcmp(token->subaccount_id, "sub-1") == 0);
	} else {
		assert_null(token->access_token.data);
	}
	oauth_token_drop(token);
}

static void test_token(void **state)
{
	static const struct recorded rows[] = {
		{ .path = RECORDED_TOKEN_PATH,
		  .code = 200,
		  .body = "{\"access_token\":\"e30." CLAIMS ".e30\",\"expires_in\":43199}" },
	};
	struct oauth_token token;
	const struct memory_way way = { .name = "a token",
					.walk = walk_token,
					.check = check_token,
					.user = &token,
					.recovers = true };

	(void)state;
	recorded_begin(rows, 1);
	assert_true(memory_torture(&way) > 5);
}

/* -- a session --------------------------------------------------------------------------------- */

enum status __real_http_session_new(const struct http_settings *settings,
				    struct http_session **ret_session, struct error *error);
void __real_http_session_free(struct http_session *session);

static enum status walk_session(void *user)
{
	const struct http_settings settings = {
		.timeout_s = 5,
		.connect_timeout_s = 5,
		.ca_file = TEST_DATA_DIR "/cert/san-with-comma.pem",
		.proxy = "http://u:p@proxy.example:8080",
		.fingerprint_sha256 = "00112233445566778899aabbccddeeff"
				      "00112233445566778899aabbccddeeff",
	};
	struct error error = { "" };

	*(struct http_session **)user = NULL;
	return __real_http_session_new(&settings, user, &error);
}

static void check_session(void *user, enum status status, bool lacked)
{
	struct http_session *made = *(struct http_session **)user;

	(void)lacked;
	assert_true((made != NULL) == (status == STATUS_OK));
	__real_http_session_free(made);
}

static void test_session(void **state)
{
	struct http_session *made;
	const struct memory_way way = { .name = "a session",
					.walk = walk_session,
					.check = check_session,
					.user = &made,
					.recovers = true, /* OpenSSL may do without */
					.tries_max = 300 };

	(void)state;
	assert_int_equal(http_setup(), STATUS_OK);
	assert_true(memory_torture(&way) > 5);
	http_teardown();
}

/* -- a refusal --------------------------------------------------------------------------------- */

static enum status walk_refusal(void *user)
{
	static const char body[] = "[{\"ErrorMessage\":\"not \\u0001 this time\"}]";
	struct buf *text = user;

	buf_init(text, 1000);
	(void)http_error_body_text(body, strlen(body), text);
	return buf_status(text);
}

/* The text is for people: there may be none, but never half of one. */
static void check_refusal(void *user, enum status status, bool lacked)
{
	struct buf *text = user;

	if (status == STATUS_OK && !lacked)
		assert_non_null(strstr(buf_text(text), "this time"));
	buf_release(text);
}

static void test_refusal(void **state)
{
	struct buf text;
	const struct memory_way way = { .name = "the text of a refusal",
					.walk = walk_refusal,
					.check = check_refusal,
					.user = &text,
					.recovers = true };

	(void)state;
	assert_true(memory_torture(&way) > 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_token),
		cmocka_unit_test(test_session),
		cmocka_unit_test(test_refusal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
