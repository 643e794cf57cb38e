/*
 * The parsers of answers: the input is tried as Retry-After, Content-Type, as the body of a
 * refusal, as a text that may quote a credential, and as a token with claims.
 */
#undef NDEBUG /* the checks are what the target is for */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "net/http/parse.h"
#include "net/oauth.h"
#include "net/redact.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_header(const char *value)
{
	int64_t seconds = 0;

	(void)http_is_json(value);
	if (http_retry_after(value, 1700000000, &seconds))
		assert(seconds >= 0 && seconds <= HTTP_RETRY_AFTER_MAX_S);
}

static void try_body(const char *body, size_t len)
{
	char form_text[] = "client_secret=p%2Bssword-of-the-client";
	char basic_text[] = "user:password-of-the-user";
	struct secret form = { form_text, strlen(form_text) };
	struct secret basic = { basic_text, strlen(basic_text) };
	struct redact_secrets secrets = { &form, &basic, &form, &basic };
	struct buf text;

	buf_init(&text, 4096);
	(void)http_error_body_text(body, len, &text);
	(void)redact_needed(body, len, &secrets);
	buf_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char subaccount_id[OAUTH_ID_SIZE];
	char tenant_id[OAUTH_ID_SIZE];
	char *value = malloc(size + 1);
	char *bytes = malloc(size > 0 ? size : 1); /* exact: no byte beyond may be read */

	if (value != NULL && bytes != NULL && size <= 4096) {
		memcpy(value, data, size);
		memcpy(bytes, data, size);
		value[size] = '\0';
		try_header(value);
		try_body(bytes, size);
		oauth_claims(bytes, size, subaccount_id, tenant_id);
		assert(strlen(subaccount_id) < OAUTH_ID_SIZE && strlen(tenant_id) < OAUTH_ID_SIZE);
	}
	free(value);
	free(bytes);
	return 0;
}
