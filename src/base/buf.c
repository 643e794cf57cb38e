/* A growing buffer with a ceiling; its first failure sticks. */
#include "base/buf.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#define CAPACITY_FIRST 256

void buf_init(struct buf *buf, size_t max)
{
	memset(buf, 0, sizeof(*buf));
	buf->max = max;
}

void buf_release(struct buf *buf)
{
	free(buf->data);
	buf_init(buf, buf->max);
}

void buf_wipe_release(struct buf *buf)
{
	if (buf->data != NULL)
		OPENSSL_cleanse(buf->data, buf->capacity);
	buf_release(buf);
}

/* Makes room for `len` more bytes and the NUL. */
static bool grow(struct buf *buf, size_t len, bool secret)
{
	if (buf->status != STATUS_OK)
		return false;
	if (len > buf->max || buf->len > buf->max - len) {
		buf->status = STATUS_TOO_LARGE;
		return false;
	}
	size_t need = buf->len + len + 1;
	if (need <= buf->capacity)
		return true;
	size_t capacity = buf->capacity > 0 ? buf->capacity : CAPACITY_FIRST;
	while (capacity < need)
		capacity += capacity;
	char *data = secret ? malloc(capacity) : realloc(buf->data, capacity);
	if (data == NULL) {
		buf->status = STATUS_MEMORY;
		return false;
	}
	if (secret && buf->data != NULL) {
		memcpy(data, buf->data, buf->len);
		OPENSSL_cleanse(buf->data, buf->capacity);
		free(buf->data);
	}
	buf->data = data;
	buf->capacity = capacity;
	return true;
}

static void append(struct buf *buf, const void *data, size_t len, bool secret)
{
	if (!grow(buf, len, secret))
		return;
	if (len > 0)
		memcpy(buf->data + buf->len, data, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void buf_append(struct buf *buf, const void *data, size_t len)
{
	append(buf, data, len, false);
}

void buf_append_secret(struct buf *buf, const void *data, size_t len)
{
	append(buf, data, len, true);
}

void buf_puts(struct buf *buf, const char *text)
{
	buf_append(buf, text, strlen(text));
}

void buf_putc(struct buf *buf, char c)
{
	buf_append(buf, &c, 1);
}

void buf_vprintf(struct buf *buf, const char *format, va_list args)
{
	char small[256];
	va_list again;

	va_copy(again, args);
	int n = vsnprintf(small, sizeof(small), format, args);
	if (n < 0) {
		buf->status = STATUS_MEMORY;
	} else if ((size_t)n < sizeof(small)) {
		buf_append(buf, small, (size_t)n);
	} else if (grow(buf, (size_t)n, false)) {
		(void)vsnprintf(buf->data + buf->len, (size_t)n + 1, format, again);
		buf->len += (size_t)n;
	}
	va_end(again);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	buf_vprintf(buf, format, args);
	va_end(args);
}

enum status buf_status(const struct buf *buf)
{
	return buf->status;
}

const char *buf_text(const struct buf *buf)
{
	return buf->data != NULL ? buf->data : "";
}

char *buf_take(struct buf *buf)
{
	buf_append(buf, "", 0);
	if (buf->status != STATUS_OK)
		return NULL;
	char *data = buf->data;
	buf->data = NULL;
	buf_init(buf, buf->max);
	return data;
}
