/* Finds credentials of a request in a text of the other side. */
#include "net/redact.h"

#include <string.h>

#include <curl/curl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#define SECRET_MIN          4 /* shorter ones would be found in any text */
#define CLIENT_SECRET_FIELD "client_secret="

static bool quotes(const char *text, size_t len, const char *secret, size_t secret_len)
{
	size_t window = secret_len < REDACT_WINDOW ? secret_len : REDACT_WINDOW;

	if (secret_len < SECRET_MIN)
		return false;
	for (size_t i = 0; i + window <= len; i++) {
		if (memmem(secret, secret_len, text + i, window) != NULL)
			return true;
	}
	return false;
}

static bool quotes_basic(const char *text, size_t len, const struct secret *basic)
{
	const char *colon = memchr(basic->data, ':', basic->len);

	if (colon != NULL &&
	    quotes(text, len, colon + 1, basic->len - (size_t)(colon + 1 - basic->data)))
		return true;
	size_t size = (basic->len + 2) / 3 * 4 + 1;
	unsigned char *encoded = OPENSSL_malloc(size);
	if (encoded == NULL)
		return true;
	int n = EVP_EncodeBlock(encoded, (const unsigned char *)basic->data, (int)basic->len);
	bool found = quotes(text, len, (const char *)encoded, (size_t)n);
	OPENSSL_clear_free(encoded, size);
	return found;
}

/* The value of client_secret as it stands in the form; NULL if there is none. */
static const char *form_secret(const struct secret *form, size_t *ret_len)
{
	const char *field = strstr(form->data, CLIENT_SECRET_FIELD);

	if (field == NULL)
		return NULL;
	field += strlen(CLIENT_SECRET_FIELD);
	*ret_len = strcspn(field, "&");
	return field;
}

static bool quotes_form(const char *text, size_t len, const struct secret *form)
{
	int decoded_len = 0;
	size_t encoded_len;
	const char *encoded = form_secret(form, &encoded_len);

	if (encoded == NULL)
		return false;
	if (quotes(text, len, encoded, encoded_len))
		return true;
	char *decoded = curl_easy_unescape(NULL, encoded, (int)encoded_len, &decoded_len);
	if (decoded == NULL)
		return true;
	bool found = quotes(text, len, decoded, (size_t)decoded_len);
	OPENSSL_cleanse(decoded, (size_t)decoded_len);
	curl_free(decoded);
	return found;
}

static bool is_set(const struct secret *secret)
{
	return secret != NULL && secret->data != NULL;
}

bool redact_needed(const char *text, size_t len, const struct redact_secrets *secrets)
{
	if (is_set(secrets->bearer) &&
	    quotes(text, len, secrets->bearer->data, secrets->bearer->len))
		return true;
	if (is_set(secrets->basic) && quotes_basic(text, len, secrets->basic))
		return true;
	if (is_set(secrets->plain) && quotes(text, len, secrets->plain->data, secrets->plain->len))
		return true;
	return is_set(secrets->form) && quotes_form(text, len, secrets->form);
}
