/*
 * Tokens by client credentials (RFC 6749 4.4, RFC 8705), as XSUAA gives them
 * (docs/reference/destination-service.md 2). A token is not verified: it is sent back to those who
 * made it; its claims only name things.
 */
#include "net/oauth.h"

#include <string.h>
#include <strings.h>

#include <openssl/crypto.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"

#define TOKEN_MAX      ((size_t)64 * 1024)        /* far above the 16 kB that a header may have */
#define LIFE_DEFAULT_S 600                        /* where expires_in is missing or 0 */
#define LIFE_MAX_S     ((uint64_t)30 * 24 * 3600) /* longer values are capped to this */
#define RENEW_BEFORE_S 300                        /* docs/reference/destination-service.md 2.2 */
#define RENEW_AGAIN_MS 60000                      /* after a renewal that failed */

/* ---- the request ---- */

static void put_field(struct buf *form, const char *name, const char *value, size_t len)
{
	if (form->len > 0)
		buf_append_secret(form, "&", 1);
	buf_append_secret(form, name, strlen(name));
	buf_append_secret(form, "=", 1);
	text_percent_encode_secret(form, value, len);
}

static enum status make_form(const struct oauth_client *client, struct secret *ret_form)
{
	static const char grant[] = "client_credentials";
	const struct secret *secret = client->client_secret;
	struct buf form;

	buf_init(&form, TOKEN_MAX);
	put_field(&form, "grant_type", grant, strlen(grant));
	put_field(&form, "client_id", client->client_id, strlen(client->client_id));
	if (secret != NULL)
		put_field(&form, "client_secret", secret->data, secret->len);
	enum status status = buf_status(&form);
	if (status == STATUS_OK)
		return secret_take(ret_form, &form);
	buf_wipe_release(&form);
	return status;
}

/* ---- the claims ---- */

/* An identifier that can be a label as it is; anything else counts as absent. */
static void keep_id(char ret_id[OAUTH_ID_SIZE], const char *text)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-_.";
	size_t len = text != NULL ? strlen(text) : 0;

	if (len == 0 || len >= OAUTH_ID_SIZE || strspn(text, allowed) != len)
		return;
	memcpy(ret_id, text, len + 1);
}

/* Base64url (RFC 4648 5) of the payload, in the alphabet that text_base64_decode() knows. */
static enum status decode_payload(const char *text, size_t len, struct buf *ret_json)
{
	struct buf plain;

	buf_init(&plain, TOKEN_MAX);
	buf_append_secret(&plain, text, len);
	enum status status = buf_status(&plain);
	for (size_t i = 0; i < plain.len; i++) {
		if (plain.data[i] == '-')
			plain.data[i] = '+';
		else if (plain.data[i] == '_')
			plain.data[i] = '/';
	}
	if (status == STATUS_OK)
		status = text_base64_decode(ret_json, buf_text(&plain), plain.len);
	buf_wipe_release(&plain);
	return status;
}

void oauth_claims(const char *token, size_t len, char ret_subaccount_id[OAUTH_ID_SIZE],
		  char ret_tenant_id[OAUTH_ID_SIZE])
{
	struct cJSON *claims = NULL;
	struct buf json;

	ret_subaccount_id[0] = '\0';
	ret_tenant_id[0] = '\0';
	const char *payload = memchr(token, '.', len);
	if (payload == NULL)
		return;
	payload++;
	size_t left = len - (size_t)(payload - token);
	const char *end = memchr(payload, '.', left);
	if (end == NULL)
		return;
	buf_init(&json, TOKEN_MAX);
	if (decode_payload(payload, (size_t)(end - payload), &json) == STATUS_OK &&
	    json_parse(buf_text(&json), json.len, &claims, NULL) == STATUS_OK) {
		keep_id(ret_tenant_id, json_member_text(claims, "zid"));
		keep_id(ret_subaccount_id,
			json_member_text(json_member(claims, "ext_attr"), "subaccountid"));
		json_free(claims);
	}
	buf_wipe_release(&json);
}

/* ---- the answer ---- */

/* What may stand in a header line (RFC 6750 2.1 allows less). */
static bool is_token(const char *text)
{
	size_t len = text != NULL ? strlen(text) : 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] <= ' ' || text[i] > '~')
			return false;
	}
	return len > 0 && len <= TOKEN_MAX;
}

static void set_life(struct oauth_token *token, uint64_t life_s, uint64_t now_ms)
{
	uint64_t renew_ms = life_s * 800;

	if (life_s > RENEW_BEFORE_S && renew_ms > (life_s - RENEW_BEFORE_S) * 1000)
		renew_ms = (life_s - RENEW_BEFORE_S) * 1000;
	token->expires_mono_ms = now_ms + life_s * 1000;
	token->renew_mono_ms = now_ms + renew_ms;
}

/* Takes over the token of a 200. `now_ms` is the time of the request: its life began later. */
static enum status take_token(struct oauth_token *token, const struct cJSON *answer,
			      uint64_t now_ms, struct error *error)
{
	const char *text = json_member_text(answer, "access_token");
	const struct cJSON *type = json_member(answer, "token_type");
	uint64_t life_s = LIFE_DEFAULT_S;

	if (!is_token(text))
		return error_set(error, STATUS_SYNTAX, "the answer has no usable access_token");
	if (!json_is_null(type) &&
	    (json_text(type) == NULL || strcasecmp(json_text(type), "bearer") != 0))
		return error_set(error, STATUS_SYNTAX, "the token is not a bearer token");
	if (!json_u64(json_member(answer, "expires_in"), &life_s) || life_s == 0)
		life_s = LIFE_DEFAULT_S; /* no token has none, and each request would want one */
	if (life_s > LIFE_MAX_S)
		life_s = LIFE_MAX_S;
	oauth_token_drop(token);
	if (secret_set(&token->access_token, text, strlen(text)) != STATUS_OK)
		return error_set(error, STATUS_MEMORY, "out of memory");
	set_life(token, life_s, now_ms);
	oauth_claims(text, strlen(text), token->subaccount_id, token->tenant_id);
	return STATUS_OK;
}

static enum status request_token(struct oauth_token *token, struct http_session *session,
				 const struct oauth_client *client, int64_t *ret_retry_after_s,
				 struct error *error)
{
	struct secret form = { NULL, 0 };
	struct http_response response;
	struct cJSON *answer = NULL;
	uint64_t now_ms = clock_mono_ms();
	enum status status = make_form(client, &form);

	if (status != STATUS_OK)
		return error_set(error, status, "the token request cannot be written");
	status = http_post_token(session, client->endpoint, client->token_url, &form, &response);
	secret_release(&form);
	*ret_retry_after_s = response.retry_after_s;
	if (status != STATUS_OK)
		(void)error_set(error, status, "%s", response.error.text);
	else
		status = json_parse(buf_text(&response.body), response.body.len, &answer, error);
	if (status == STATUS_OK)
		status = take_token(token, answer, now_ms, error);
	json_free(answer);
	http_response_release(&response);
	return status;
}

/* Refused, rather than not reached: the old token is not worth keeping either. */
static bool is_refusal(enum status status)
{
	return status == STATUS_HTTP_401 || status == STATUS_HTTP_403 ||
	       status == STATUS_HTTP_404 || status == STATUS_HTTP_4XX || status == STATUS_CANCELLED;
}

enum status oauth_token_get(struct oauth_token *token, struct http_session *session,
			    const struct oauth_client *client, int64_t *ret_retry_after_s,
			    struct error *error)
{
	uint64_t now_ms = clock_mono_ms();
	bool usable = token->access_token.data != NULL && now_ms < token->expires_mono_ms;
	struct error detail = { "" };

	*ret_retry_after_s = -1;
	if (usable && now_ms < token->renew_mono_ms)
		return STATUS_OK;
	enum status status = request_token(token, session, client, ret_retry_after_s, &detail);
	if (status == STATUS_OK)
		return STATUS_OK;
	if (usable && token->access_token.data != NULL && !is_refusal(status) &&
	    clock_mono_ms() < token->expires_mono_ms) {
		log_warn("token not renewed, the old one is used until it expires",
			 LOG_TEXT("reason", status_name(status)), LOG_TEXT("error", detail.text));
		token->renew_mono_ms = clock_mono_ms() + RENEW_AGAIN_MS;
		*ret_retry_after_s = -1;
		return STATUS_OK;
	}
	if (error != NULL)
		*error = detail;
	return status;
}

void oauth_token_drop(struct oauth_token *token)
{
	secret_release(&token->access_token);
	memset(token, 0, sizeof(*token));
}
