/* Bytes that are wiped before they are freed. */
#include "base/secret.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

void secret_release(struct secret *secret)
{
	if (secret->data != NULL)
		OPENSSL_cleanse(secret->data, secret->len);
	free(secret->data);
	secret->data = NULL;
	secret->len = 0;
}

enum status secret_set(struct secret *secret, const char *data, size_t len)
{
	char *copy = malloc(len + 1);

	if (copy != NULL) {
		if (len > 0)
			memcpy(copy, data, len);
		copy[len] = '\0';
	}
	secret_release(secret);
	if (copy == NULL)
		return STATUS_MEMORY;
	secret->data = copy;
	secret->len = len;
	return STATUS_OK;
}

enum status secret_take(struct secret *secret, struct buf *buf)
{
	enum status status = secret_set(secret, buf_text(buf), buf->len);

	buf_wipe_release(buf);
	return status;
}

void secret_free_text(char *text)
{
	if (text != NULL)
		OPENSSL_cleanse(text, strlen(text));
	free(text);
}
