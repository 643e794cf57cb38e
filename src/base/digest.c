/* SHA-256 (FIPS 180-4), computed by OpenSSL. */
#include "base/digest.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#define NO_TEXT UINT64_MAX /* in place of a length: no text of that length exists */

static void fail(struct digest *digest)
{
	EVP_MD_CTX_free(digest->context);
	digest->context = NULL;
}

void digest_begin(struct digest *digest)
{
	digest->context = EVP_MD_CTX_new();
	if (digest->context != NULL && EVP_DigestInit_ex(digest->context, EVP_sha256(), NULL) != 1)
		fail(digest);
}

static void update(struct digest *digest, const void *data, size_t len)
{
	if (digest->context != NULL && EVP_DigestUpdate(digest->context, data, len) != 1)
		fail(digest);
}

/* Big-endian, so that digests are the same on every machine. */
static void add_length(struct digest *digest, uint64_t len)
{
	uint8_t bytes[sizeof(len)];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(len >> (8 * (sizeof(bytes) - 1 - i)));
	update(digest, bytes, sizeof(bytes));
}

void digest_add(struct digest *digest, const void *part, size_t len)
{
	add_length(digest, len);
	update(digest, part, len);
}

void digest_add_text(struct digest *digest, const char *text)
{
	if (text != NULL)
		digest_add(digest, text, strlen(text));
	else
		add_length(digest, NO_TEXT);
}

enum status digest_end(struct digest *digest, uint8_t ret_bytes[DIGEST_SIZE])
{
	bool ok = digest->context != NULL &&
		  EVP_DigestFinal_ex(digest->context, ret_bytes, NULL) == 1;

	fail(digest);
	return ok ? STATUS_OK : STATUS_MEMORY;
}

enum status digest_of(const void *data, size_t len, uint8_t ret_bytes[DIGEST_SIZE])
{
	bool ok = EVP_Digest(data, len, ret_bytes, NULL, EVP_sha256(), NULL) == 1;

	return ok ? STATUS_OK : STATUS_MEMORY;
}

void digest_text(const uint8_t bytes[DIGEST_SIZE], char ret_text[DIGEST_TEXT_SIZE])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < DIGEST_SIZE; i++) {
		ret_text[2 * i] = digits[bytes[i] >> 4];
		ret_text[2 * i + 1] = digits[bytes[i] & 15];
	}
	ret_text[DIGEST_TEXT_SIZE - 1] = '\0';
}

enum status digest_parse(const char *text, uint8_t ret_bytes[DIGEST_SIZE])
{
	size_t digits = 0;

	for (; *text != '\0'; text++) {
		if (*text == ':')
			continue;
		int value = OPENSSL_hexchar2int((unsigned char)*text);
		if (value < 0 || digits == (size_t)2 * DIGEST_SIZE)
			return STATUS_SYNTAX;
		uint8_t *byte = &ret_bytes[digits / 2];
		*byte = (uint8_t)(digits % 2 == 0 ? value << 4 : *byte | value);
		digits++;
	}
	return digits == (size_t)2 * DIGEST_SIZE ? STATUS_OK : STATUS_SYNTAX;
}
