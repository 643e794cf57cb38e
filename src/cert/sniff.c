/*
 * Recognises the format of a store by its first structure. Names and extensions mislead (keytool
 * writes PKCS#12 into .jks files since Java 9), so they are not asked.
 */
#include "cert/sniff.h"

#include <stdbool.h>
#include <string.h>

#include <openssl/asn1.h>

#include "cert/ber.h"
#include "cert/jks.h"
#include "cert/pem/block.h"

/* Bouncy Castle's BKS and UBER stores begin with a version (1, 2), a salt of 20 bytes and an
 * iteration count between 1024 and 2047. */
#define BKS_SALT_MIN   8
#define BKS_SALT_MAX   64
#define BKS_ROUNDS_MAX 100000

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_only_space(struct span data)
{
	for (size_t i = 0; i < data.len; i++) {
		if (!is_space(data.data[i]))
			return false;
	}
	return true;
}

/* Letters of base64 and white space, and enough of them not to be a word. */
static bool is_base64(struct span data)
{
	size_t letters = 0;

	for (size_t i = 0; i < data.len; i++) {
		uint8_t c = data.data[i];
		bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
			      (c >= '0' && c <= '9') || c == '+' || c == '/' || c == '=';
		if (!letter && !is_space(c))
			return false;
		letters += letter ? 1 : 0;
	}
	return letters >= 4;
}

static bool is_bks(struct span data)
{
	struct reader r;

	rd_init(&r, data.data, data.len);
	uint32_t version = rd_u32be(&r);
	uint32_t salt_len = rd_u32be(&r);
	if (version < 1 || version > 2 || salt_len < BKS_SALT_MIN || salt_len > BKS_SALT_MAX)
		return false;
	rd_skip(&r, salt_len);
	uint32_t rounds = rd_u32be(&r);
	return !rd_failed(&r) && rounds >= 1 && rounds <= BKS_ROUNDS_MAX && rd_left(&r) > 0;
}

/*
 * What is signed, recognised by its third element behind the version (and serial number): validity
 * in a certificate, a time in a revocation list (RFC 5280 5.1), attributes in a request (RFC 2986).
 */
static enum sniff_kind sniff_signed(struct span content)
{
	struct ber inside;
	struct ber_item item;

	ber_init(&inside, content);
	(void)ber_take_optional(&inside, BER_INTEGER, &item);
	for (int names = 0; names < 2; names++) {
		if (!ber_take(&inside, BER_SEQUENCE, &item))
			return SNIFF_CERTIFICATE;
	}
	if (!ber_next(&inside, &item))
		return SNIFF_CERTIFICATE;
	if (item.tag == V_ASN1_UTCTIME || item.tag == V_ASN1_GENERALIZEDTIME)
		return SNIFF_REVOCATIONS;
	return item.tag == BER_EXPLICIT(0) ? SNIFF_REQUEST : SNIFF_CERTIFICATE;
}

/* A first element that is a SEQUENCE: of something signed, or of something that begins with an
 * algorithm. */
static enum sniff_kind sniff_nested(const struct ber_item *first)
{
	struct ber inside;
	struct ber_item item;

	ber_init(&inside, first->content);
	if (!ber_next(&inside, &item))
		return SNIFF_CERTIFICATE;
	if (item.tag == BER_OID) /* an encrypted PKCS#8 key, or a public key */
		return SNIFF_PRIVATE_KEY;
	if (item.tag == BER_SEQUENCE && ber_next(&inside, &item) && item.tag == BER_OCTET_STRING)
		return SNIFF_BCFKS;
	return sniff_signed(first->content);
}

/* What stands inside the outermost SEQUENCE, as far as there are bytes. */
static enum sniff_kind sniff_sequence(struct span content)
{
	struct ber b;
	struct ber_item first;
	uint64_t version;

	ber_init(&b, content);
	if (!ber_next(&b, &first)) /* truncated */
		return content.len > 0 && content.data[0] == BER_SEQUENCE ? SNIFF_CERTIFICATE
									  : SNIFF_UNKNOWN;
	if (first.tag == BER_SEQUENCE)
		return sniff_nested(&first);
	if (first.tag == BER_OID)
		return SNIFF_PKCS7;
	if (!ber_u64(&first, &version))
		return SNIFF_UNKNOWN;
	if (version == 3)
		return SNIFF_PKCS12;
	return version <= 1 ? SNIFF_PRIVATE_KEY : SNIFF_UNKNOWN;
}

/* The content of the outermost SEQUENCE, cut where the bytes end; false if there is none. */
static bool outer_sequence(struct span data, struct span *ret_content)
{
	struct ber b;
	struct ber_item item;

	if (data.len < 2 || data.data[0] != BER_SEQUENCE)
		return false;
	ber_init(&b, data);
	if (ber_next(&b, &item)) {
		*ret_content = item.content;
		return true;
	}
	/* truncated, or broken further inside: the header is skipped by its own length */
	size_t header = data.data[1] <= 0x80 ? 2 : 2 + (data.data[1] & 0x7FU);
	if (header > 2 + sizeof(uint32_t) || header >= data.len)
		return false;
	*ret_content = (struct span){ data.data + header, data.len - header };
	return true;
}

enum sniff_kind sniff_der(struct span data)
{
	struct span content;

	return outer_sequence(data, &content) ? sniff_sequence(content) : SNIFF_UNKNOWN;
}

static enum sniff_kind sniff_text(struct span data)
{
	if (pem_is_pem((const char *)data.data, data.len))
		return SNIFF_PEM;
	return is_base64(data) ? SNIFF_BASE64 : SNIFF_UNKNOWN;
}

/* A SEQUENCE begins with the digit 0, so text can look like one. */
static bool starts_as_text(struct span data)
{
	for (size_t i = 0; i < 3 && i < data.len; i++) {
		bool printable = data.data[i] >= ' ' && data.data[i] < 0x7F;
		if (!printable && !is_space(data.data[i]))
			return false;
	}
	return true;
}

static bool starts_with(struct span data, const char *bytes, size_t len)
{
	return data.len >= len && memcmp(data.data, bytes, len) == 0;
}

/* With a byte order mark, or with two ASCII characters in front. */
static bool is_utf16(struct span data)
{
	const uint8_t *d = data.data;

	if (starts_with(data, "\xFF\xFE", 2) || starts_with(data, "\xFE\xFF", 2))
		return true;
	if (data.len < 4)
		return false;
	struct span little = { (const uint8_t[]){ d[0], d[2] }, 2 };
	struct span big = { (const uint8_t[]){ d[1], d[3] }, 2 };
	return (d[1] == 0 && d[3] == 0 && starts_as_text(little)) ||
	       (d[0] == 0 && d[2] == 0 && starts_as_text(big));
}

enum sniff_kind sniff(struct span *data)
{
	struct reader r;

	if (starts_with(*data, "\xEF\xBB\xBF", 3))
		*data = (struct span){ data->data + 3, data->len - 3 };
	if (is_only_space(*data))
		return SNIFF_NOTHING;
	rd_init(&r, data->data, data->len);
	uint32_t magic = rd_u32be(&r);
	if (magic == JKS_MAGIC || magic == JCEKS_MAGIC)
		return SNIFF_JKS;
	bool text_first = starts_as_text(*data);
	enum sniff_kind kind = text_first ? sniff_text(*data) : sniff_der(*data);
	if (kind == SNIFF_UNKNOWN)
		kind = text_first ? sniff_der(*data) : sniff_text(*data);
	if (kind != SNIFF_UNKNOWN)
		return kind;
	if (is_bks(*data))
		return SNIFF_BKS;
	return is_utf16(*data) ? SNIFF_UTF16 : SNIFF_UNKNOWN;
}
