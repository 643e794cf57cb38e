#ifndef TEST_CERT_HELP_H
#define TEST_CERT_HELP_H

/* For tests/unit/test_cert_*.c: fixtures of tests/data/cert, and certificates built byte by byte.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/file.h"
#include "cert/certificate.h"
#include "cert/store.h"

#define UNUSED __attribute__((unused))

/* The bytes of a fixture; release with buf_release(). */
static UNUSED void load(const char *name, struct buf *ret_bytes)
{
	char path[4096];
	struct error error;

	(void)snprintf(path, sizeof(path), "%s/cert/%s", TEST_DATA_DIR, name);
	buf_init(ret_bytes, 1 << 24);
	if (file_read(path, ret_bytes, NULL, &error) != STATUS_OK)
		fail_msg("%s", error.text);
}

static UNUSED struct store_content *decode(const void *data, size_t len, const char *password)
{
	char empty[1] = "";
	struct secret secret = { password != NULL ? strdup(password) : empty,
				 password != NULL ? strlen(password) : 0 };
	struct store_passwords passwords = { &secret, password != NULL ? 1 : 0 };
	struct store_content *content = NULL;
	/* an exact copy, so that the address sanitizer sees one byte too many */
	uint8_t *copy = malloc(len > 0 ? len : 1);

	assert_non_null(copy);
	if (len > 0)
		memcpy(copy, data, len);
	assert_int_equal(store_decode(copy, len, &passwords, &content), STATUS_OK);
	free(copy);
	if (password != NULL)
		free(secret.data);
	return content;
}

static UNUSED struct store_content *decode_file(const char *name, const char *password)
{
	struct buf bytes;

	load(name, &bytes);
	struct store_content *content = decode(buf_text(&bytes), bytes.len, password);
	buf_release(&bytes);
	return content;
}

static UNUSED const struct store_entry *find_entry(const struct store_content *content,
						   const char *alias)
{
	for (size_t i = 0; i < content->entry_count; i++) {
		if (strcmp(content->entries[i].alias, alias) == 0)
			return &content->entries[i];
	}
	return NULL;
}

static UNUSED const struct certificate *find_certificate(const struct store_content *content,
							 const char *alias, uint32_t position)
{
	for (size_t i = 0; i < content->entry_count; i++) {
		const struct store_entry *entry = &content->entries[i];
		for (size_t k = 0; strcmp(entry->alias, alias) == 0 && k < entry->count; k++) {
			if (entry->certificates[k].position == position)
				return entry->certificates[k].certificate;
		}
	}
	return NULL;
}

/* What must hold for every content, however it came about. */
static UNUSED void check_sane(const struct store_content *content)
{
	size_t count = 0;

	for (size_t i = 0; i < content->entry_count; i++) {
		const struct store_entry *entry = &content->entries[i];
		assert_non_null(entry->alias);
		assert_true(strlen(entry->alias) <= STORE_ALIAS_MAX);
		for (size_t k = 0; k < entry->count; k++) {
			assert_non_null(entry->certificates[k].certificate);
			if (k > 0)
				assert_true(entry->certificates[k].position >
					    entry->certificates[k - 1].position);
		}
		count += entry->count;
	}
	assert_int_equal(count, content->certificate_count);
	assert_true(content->entry_count <= STORE_ENTRIES_MAX);
	switch (content->state) {
	case STORE_OK:
		assert_true(count > 0);
		assert_string_equal(content->detail, "");
		break;
	case STORE_PARTIAL:
		assert_true(count > 0);
		assert_string_not_equal(content->detail, "");
		break;
	case STORE_EMPTY:
		assert_true(count == 0);
		break;
	case STORE_LOCKED:
	case STORE_UNPARSABLE:
	case STORE_UNSUPPORTED:
		assert_true(count == 0);
		assert_string_not_equal(content->detail, "");
		break;
	case STORE_TOO_LARGE:
		assert_string_not_equal(content->detail, "");
		break;
	case STORE_FORBIDDEN:
	case STORE_UNAVAILABLE:
		fail_msg("a state of sources");
	}
}

/* --- DER, from the inside out: what was appended since `start` becomes the content of a new
 * element - */

static UNUSED void der_wrap(struct buf *b, size_t start, uint8_t tag)
{
	size_t len = b->len - start;
	uint8_t head[6] = { tag, (uint8_t)len };
	size_t head_len = 2;

	if (len >= 0x80) {
		head[1] = 0x83;
		head[2] = (uint8_t)(len >> 16);
		head[3] = (uint8_t)(len >> 8);
		head[4] = (uint8_t)len;
		head_len = 5;
	}
	buf_append(b, head, head_len);
	memmove(b->data + start + head_len, b->data + start, len);
	memcpy(b->data + start, head, head_len);
}

static UNUSED void der_put(struct buf *b, uint8_t tag, const void *data, size_t len)
{
	size_t start = b->len;

	buf_append(b, data, len);
	der_wrap(b, start, tag);
}

/* The parts of a built certificate; NULL: a sensible default. Lengths of texts by strlen(). */
struct parts {
	const char *serial;
	size_t serial_len;
	uint8_t not_before_tag;
	const char *not_before;
	uint8_t not_after_tag;
	const char *not_after;
	uint8_t name_tag; /* of the common name of the subject */
	const char *name;
	size_t name_len;
	const char *sans; /* content of GeneralNames */
	size_t sans_len;
	int version;                   /* 1 or 3 */
	const char *basic_constraints; /* content of the SEQUENCE; NULL: no extension */
	size_t basic_constraints_len;
	const char *issuer; /* a common name in UTF-8; NULL: the subject's own name */
};

static UNUSED void der_name(struct buf *b, uint8_t tag, const void *text, size_t len)
{
	size_t start = b->len;

	der_put(b, 0x06, "\x55\x04\x03", 3);
	der_put(b, tag, text, len);
	der_wrap(b, start, 0x30);
	der_wrap(b, start, 0x31);
	der_wrap(b, start, 0x30);
}

static UNUSED void der_extension(struct buf *b, const char *oid, const void *data, size_t len)
{
	size_t start = b->len;
	size_t value;

	der_put(b, 0x06, oid, 3);
	value = b->len;
	der_put(b, 0x30, data, len);
	der_wrap(b, value, 0x04);
	der_wrap(b, start, 0x30);
}

static UNUSED void build_certificate(struct buf *b, const struct parts *p)
{
	static const uint8_t algorithm[] = { 0x06, 0x08, 0x2A, 0x86, 0x48,
					     0xCE, 0x3D, 0x04, 0x03, 0x02 };
	static const uint8_t key_type[] = { 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D,
					    0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48,
					    0xCE, 0x3D, 0x03, 0x01, 0x07 };
	const char *before = p->not_before != NULL ? p->not_before : "240101000000Z";
	const char *after = p->not_after != NULL ? p->not_after : "340101000000Z";
	const char *name = p->name != NULL ? p->name : "built";
	size_t name_len = p->name != NULL ? p->name_len : strlen(name);
	uint8_t name_tag = p->name_tag != 0 ? p->name_tag : 0x0C;
	uint8_t key[66] = { 0, 4 };
	size_t start = b->len;
	size_t part;

	if (p->version != 1) {
		part = b->len;
		der_put(b, 0x02, "\x02", 1);
		der_wrap(b, part, 0xA0);
	}
	der_put(b, 0x02, p->serial != NULL ? p->serial : "\x01",
		p->serial != NULL ? p->serial_len : 1);
	der_put(b, 0x30, algorithm, sizeof(algorithm));
	if (p->issuer != NULL)
		der_name(b, 0x0C, p->issuer, strlen(p->issuer));
	else
		der_name(b, name_tag, name, name_len);
	part = b->len;
	der_put(b, p->not_before_tag != 0 ? p->not_before_tag : 0x17, before, strlen(before));
	der_put(b, p->not_after_tag != 0 ? p->not_after_tag : 0x17, after, strlen(after));
	der_wrap(b, part, 0x30);
	der_name(b, name_tag, name, name_len);
	part = b->len;
	der_put(b, 0x30, key_type, sizeof(key_type));
	der_put(b, 0x03, key, sizeof(key));
	der_wrap(b, part, 0x30);
	if (p->sans != NULL || p->basic_constraints != NULL) {
		part = b->len;
		if (p->sans != NULL)
			der_extension(b, "\x55\x1D\x11", p->sans, p->sans_len);
		if (p->basic_constraints != NULL)
			der_extension(b, "\x55\x1D\x13", p->basic_constraints,
				      p->basic_constraints_len);
		der_wrap(b, part, 0x30);
		der_wrap(b, part, 0xA3);
	}
	der_wrap(b, start, 0x30);
	der_put(b, 0x30, algorithm, sizeof(algorithm));
	der_put(b, 0x03, "\0\x30\0", 3);
	der_wrap(b, start, 0x30);
}

static UNUSED void put_u16(struct buf *b, unsigned value)
{
	uint8_t bytes[] = { (uint8_t)(value >> 8), (uint8_t)value };

	buf_append(b, bytes, sizeof(bytes));
}

static UNUSED void put_u32(struct buf *b, uint32_t value)
{
	put_u16(b, value >> 16);
	put_u16(b, value & 0xFFFF);
}

#endif
