/*
 * See text.h. Base64 and the digest are OpenSSL's.
 */
#include "text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/evp.h>
#include <openssl/rand.h>

#define TEXT_MAX  ((size_t)512 << 20) /* more than any scenario needs */
#define FILE_MAX  ((size_t)64 << 20)  /* the largest body the exporter accepts */
#define BLOCK_MIN ((size_t)64 << 10)

struct arena_block {
	struct arena_block *next;
	size_t used;
	size_t size;
	_Alignas(max_align_t) unsigned char data[];
};

void arena_release(struct arena *a)
{
	while (a->blocks != NULL) {
		struct arena_block *next = a->blocks->next;

		free(a->blocks);
		a->blocks = next;
	}
	a->failed = false;
}

static struct arena_block *arena_grow(struct arena *a, size_t need)
{
	size_t size = need > BLOCK_MIN ? need : BLOCK_MIN;
	struct arena_block *b = calloc(1, sizeof *b + size);

	if (b == NULL)
		return NULL;
	b->size = size;
	b->next = a->blocks;
	a->blocks = b;
	return b;
}

void *arena_alloc(struct arena *a, size_t count, size_t size)
{
	const size_t align = _Alignof(max_align_t);
	struct arena_block *b = a->blocks;
	size_t need;

	if (a->failed || (size > 0 && count > TEXT_MAX / size)) {
		a->failed = true;
		return NULL;
	}
	need = (count * size + align - 1) / align * align;
	if (b == NULL || b->size - b->used < need)
		b = arena_grow(a, need);
	if (b == NULL) {
		a->failed = true;
		return NULL;
	}
	b->used += need;
	return b->data + (b->used - need);
}

char *arena_copy(struct arena *a, const char *s, size_t len)
{
	char *copy = arena_alloc(a, len + 1, 1);

	if (copy != NULL && len > 0)
		memcpy(copy, s, len);
	return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_copy(a, s, strlen(s));
}

void text_release(struct text *t)
{
	free(t->data);
	*t = (struct text){ 0 };
}

/* Room for `more` bytes and a NUL behind what is there. */
static bool text_reserve(struct text *t, size_t more)
{
	size_t size = t->size > 0 ? t->size : 256;
	char *data;

	if (t->failed || more > TEXT_MAX - t->len - 1) {
		t->failed = true;
		return false;
	}
	if (t->len + more < t->size)
		return true;
	while (size <= t->len + more)
		size *= 2;
	data = realloc(t->data, size);
	if (data == NULL) {
		t->failed = true;
		return false;
	}
	t->data = data;
	t->size = size;
	return true;
}

void text_add(struct text *t, const void *data, size_t len)
{
	if (!text_reserve(t, len))
		return;
	if (len > 0)
		memcpy(t->data + t->len, data, len);
	t->len += len;
	t->data[t->len] = '\0';
}

void text_adds(struct text *t, const char *s)
{
	text_add(t, s, strlen(s));
}

void text_addf(struct text *t, const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	if (n < 0 || !text_reserve(t, (size_t)n)) {
		t->failed = true;
		return;
	}
	va_start(ap, format);
	(void)vsnprintf(t->data + t->len, t->size - t->len, format, ap);
	va_end(ap);
	t->len += (size_t)n;
}

void text_add_json(struct text *t, const char *s)
{
	if (s == NULL) {
		text_adds(t, "null");
		return;
	}
	text_adds(t, "\"");
	for (const char *p = s; *p != '\0'; p++) {
		unsigned char c = (unsigned char)*p;

		if (c == '"' || c == '\\')
			text_addf(t, "\\%c", c);
		else if (c == '\n')
			text_adds(t, "\\n");
		else if (c == '\r')
			text_adds(t, "\\r");
		else if (c < 0x20 || c == 0x7f)
			text_addf(t, "\\u%04x", c);
		else
			text_add(t, p, 1);
	}
	text_adds(t, "\"");
}

void text_add_lines(struct text *t, const char *s, const char *with)
{
	while (*s != '\0') {
		size_t len = strcspn(s, "\r\n");

		text_add(t, s, len);
		s += len;
		if (*s == '\0')
			return;
		s += (s[0] == '\r' && s[1] == '\n') ? 2 : 1;
		text_adds(t, with);
	}
}

void text_escape_equals(struct text *t)
{
	struct text old = *t;

	*t = (struct text){ .failed = old.failed };
	for (size_t i = 0; i < old.len; i++) {
		if (old.data[i] == '=')
			text_adds(t, "\\u003d");
		else
			text_add(t, old.data + i, 1);
	}
	text_release(&old);
}

void random_hex(char *ret_hex, size_t bytes)
{
	unsigned char random[32] = { 0 };

	if (RAND_bytes(random, (int)bytes) != 1)
		memset(random, 0, sizeof random);
	for (size_t i = 0; i < bytes; i++)
		(void)snprintf(ret_hex + 2 * i, 3, "%02x", random[i]);
}

void text_add_base64(struct text *t, const void *data, size_t len)
{
	if (len > TEXT_MAX / 2 || !text_reserve(t, (len + 2) / 3 * 4))
		return;
	(void)EVP_EncodeBlock((unsigned char *)t->data + t->len, data, (int)len);
	t->len += (len + 2) / 3 * 4;
	t->data[t->len] = '\0';
}

void text_add_base64url(struct text *t, const void *data, size_t len)
{
	size_t from = t->len;

	text_add_base64(t, data, len);
	if (t->failed)
		return;
	for (char *p = t->data + from; *p != '\0'; p++) {
		if (*p == '+')
			*p = '-';
		else if (*p == '/')
			*p = '_';
		else if (*p == '=') {
			*p = '\0';
			t->len = (size_t)(p - t->data);
			return;
		}
	}
}

static int base64_value(char c, bool url)
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	const char *p;

	if (c == (url ? '-' : '+'))
		return 62;
	if (c == (url ? '_' : '/'))
		return 63;
	p = c != '\0' ? strchr(alphabet, c) : NULL;
	return p != NULL ? (int)(p - alphabet) : -1;
}

static bool base64_decode(struct text *t, const char *s, size_t len, bool url)
{
	uint32_t bits = 0;
	int held = 0;

	for (size_t i = 0; i < len; i++) {
		int value;
		char byte;

		if (strchr(" \t\r\n=", s[i]) != NULL && s[i] != '\0')
			continue;
		value = base64_value(s[i], url);
		if (value < 0)
			return false;
		bits = (bits << 6) | (uint32_t)value;
		held += 6;
		if (held < 8)
			continue;
		held -= 8;
		byte = (char)((bits >> held) & 0xff);
		text_add(t, &byte, 1);
	}
	return !t->failed;
}

bool text_add_base64_decoded(struct text *t, const char *s, size_t len)
{
	return base64_decode(t, s, len, false);
}

bool text_add_base64url_decoded(struct text *t, const char *s, size_t len)
{
	return base64_decode(t, s, len, true);
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

char *percent_decode(const char *s, size_t len, bool form)
{
	char *out = calloc(1, len + 1);
	size_t n = 0;

	if (out == NULL)
		return NULL;
	for (size_t i = 0; i < len; i++) {
		char c = s[i];

		if (c == '%') {
			int high = i + 2 < len ? hex_value(s[i + 1]) : -1;
			int low = i + 2 < len ? hex_value(s[i + 2]) : -1;

			c = high >= 0 && low >= 0 ? (char)(high * 16 + low) : '\0';
			i += 2;
		} else if (c == '+' && form) {
			c = ' ';
		}
		if (c == '\0') {
			free(out);
			return NULL;
		}
		out[n++] = c;
	}
	return out;
}

void digest_hex(const void *data, size_t len, char ret_hex[DIGEST_HEX_SIZE])
{
	unsigned char md[EVP_MAX_MD_SIZE] = { 0 };
	unsigned int md_len = 0;

	if (EVP_Digest(data, len, md, &md_len, EVP_sha256(), NULL) != 1)
		memset(md, 0, sizeof md);
	for (size_t i = 0; i < (DIGEST_HEX_SIZE - 1) / 2; i++)
		(void)snprintf(ret_hex + 2 * i, 3, "%02x", md[i]);
}

bool text_add_file(struct text *t, const char *path)
{
	FILE *f = fopen(path, "rbe");
	char chunk[16384];
	size_t total = 0, n;
	bool ok = f != NULL;

	while (ok && (n = fread(chunk, 1, sizeof chunk, f)) > 0) {
		total += n;
		if (total > FILE_MAX) {
			errno = EFBIG;
			ok = false;
			break;
		}
		text_add(t, chunk, n);
	}
	if (ok && ferror(f))
		ok = false;
	if (f != NULL)
		(void)fclose(f);
	if (ok && t->failed) {
		errno = ENOMEM;
		ok = false;
	}
	return ok;
}

bool parse_number(const char *s, long min, long max, long *ret_value)
{
	long value = 0;

	if (*s == '\0')
		return false;
	for (; *s != '\0'; s++) {
		if (*s < '0' || *s > '9' || value > (max - (*s - '0')) / 10)
			return false;
		value = value * 10 + (*s - '0');
	}
	if (value < min)
		return false;
	*ret_value = value;
	return true;
}

int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}
