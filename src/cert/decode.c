/*
 * From the bytes of a store to its content: takes wrappings off, recognises the format and hands
 * over to its decoder.
 */
#include "cert/decode.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "cert/ber.h"
#include "cert/content.h"
#include "cert/der.h"
#include "cert/jks.h"
#include "cert/pem/block.h"
#include "cert/pem/body.h"
#include "cert/pem/decode.h"
#include "cert/pkcs12/decode.h"
#include "cert/pkcs7.h"
#include "cert/sniff.h"

/*
 * The bytes of the first block, if they are a whole PKCS#12, as certtool writes it. STATUS_SYNTAX:
 * they are not, or it is a block that is not to be decoded. The caller wipes `bytes`.
 */
static enum status first_pkcs12(struct span text, struct buf *bytes)
{
	struct pem_block block;
	size_t offset = 0;

	if (!pem_next_block((const char *)text.data, text.len, &offset, &block) ||
	    pem_label(block.label) == PEM_KEY)
		return STATUS_SYNTAX;
	enum status status = pem_body(bytes, block.body);
	if (status != STATUS_OK)
		return status == STATUS_MEMORY ? STATUS_MEMORY : STATUS_SYNTAX;
	struct span der = { (const uint8_t *)buf_text(bytes), bytes->len };
	return der.len > 0 && sniff_der(der) == SNIFF_PKCS12 ? STATUS_OK : STATUS_SYNTAX;
}

static enum status decode_pem(struct store_content *content, struct span data,
			      const struct store_passwords *passwords)
{
	bool pkcs7 = false;
	struct buf bytes;

	buf_init(&bytes, STORE_BYTES_MAX);
	enum status status = first_pkcs12(data, &bytes);
	if (status == STATUS_OK) {
		status = pkcs12_decode(content, (const uint8_t *)buf_text(&bytes), bytes.len,
				       passwords);
	} else if (status == STATUS_SYNTAX) {
		content_set_format(content, STORE_FORMAT_PEM);
		status = pem_decode(content, (const char *)data.data, data.len, &pkcs7);
		if (pkcs7)
			content_set_format(content, STORE_FORMAT_PKCS7);
	}
	buf_wipe_release(&bytes);
	return status;
}

static enum status decode_der(struct store_content *content, struct span data)
{
	content_set_format(content, STORE_FORMAT_DER);
	return der_file(content, data);
}

static enum status decode_pkcs7(struct store_content *content, struct span data)
{
	size_t wanted = ber_announced_length(data);

	content_set_format(content, STORE_FORMAT_PKCS7);
	if (wanted > data.len) {
		content_problem(content, STORE_UNPARSABLE, "truncated: %zu of %zu bytes", data.len,
				wanted);
		return STATUS_OK;
	}
	return pkcs7_decode(content, data.data, data.len, 0);
}

/* ASCII out of UTF-16, as PowerShell's > writes it; what is no ASCII becomes a question mark. */
static enum status from_utf16(struct buf *out, struct span data)
{
	bool big = data.data[0] == 0xFE || data.data[0] == 0;

	for (size_t i = 0; i + 1 < data.len; i += 2) {
		uint8_t high = data.data[big ? i : i + 1];
		uint8_t low = data.data[big ? i + 1 : i];
		char c = high == 0 && low < 0x80 ? (char)low : '?';
		bool mark = i == 0 && high == 0xFE && low == 0xFF;
		if (!mark)
			buf_append_secret(out, &c, 1);
	}
	return buf_status(out);
}

/*
 * Takes one wrapping off: UTF-16; base64, once more than it should be (SAP's clients encode what
 * they upload) or without its PEM markers. *data then points into `bytes`, which the caller wipes,
 * and *kind is what it is: SNIFF_UNKNOWN if nothing can be recognised. STATUS_OK or STATUS_MEMORY.
 */
static enum status unwrap(enum sniff_kind *kind, struct span *data, struct buf *bytes)
{
	enum sniff_kind outer = *kind;
	enum status status =
		outer == SNIFF_UTF16 ? from_utf16(bytes, *data) : pem_body(bytes, *data);

	*kind = SNIFF_UNKNOWN;
	if (status != STATUS_OK)
		return status == STATUS_MEMORY ? STATUS_MEMORY : STATUS_OK;
	*data = (struct span){ (const uint8_t *)buf_text(bytes), bytes->len };
	enum sniff_kind inner = sniff(data);
	if (inner != outer && (inner != SNIFF_NOTHING || outer == SNIFF_UTF16))
		*kind = inner;
	return STATUS_OK;
}

static bool is_wrapped(enum sniff_kind kind)
{
	return kind == SNIFF_UTF16 || kind == SNIFF_BASE64 || kind == SNIFF_UNKNOWN;
}

static enum status decode_kind(struct store_content *content, enum sniff_kind kind,
			       struct span data, const struct store_passwords *passwords)
{
	switch (kind) {
	case SNIFF_NOTHING:
		return STATUS_OK;
	case SNIFF_PEM:
		return decode_pem(content, data, passwords);
	case SNIFF_CERTIFICATE:
		return decode_der(content, data);
	case SNIFF_PKCS12:
		return pkcs12_decode(content, data.data, data.len, passwords);
	case SNIFF_PKCS7:
		return decode_pkcs7(content, data);
	case SNIFF_JKS:
		return jks_decode(content, data.data, data.len, passwords);
	case SNIFF_PRIVATE_KEY:
		content_problem(content, STORE_EMPTY, "a key without a certificate");
		return STATUS_OK;
	case SNIFF_REQUEST:
		content_problem(content, STORE_EMPTY, "a request for a certificate");
		return STATUS_OK;
	case SNIFF_REVOCATIONS:
		content_problem(content, STORE_EMPTY, "a list of revoked certificates");
		return STATUS_OK;
	case SNIFF_BCFKS:
		content_problem(content, STORE_UNSUPPORTED, "a keystore of type BCFKS");
		return STATUS_OK;
	case SNIFF_BKS:
		content_problem(content, STORE_UNSUPPORTED, "a keystore of type BKS or UBER");
		return STATUS_OK;
	case SNIFF_UTF16:
		content_problem(content, STORE_UNSUPPORTED, "text in UTF-16");
		return STATUS_OK;
	case SNIFF_BASE64:
	case SNIFF_UNKNOWN:
		break;
	}
	content_problem(content, STORE_UNPARSABLE, "no known format (%zu bytes)", data.len);
	return STATUS_OK;
}

/*
 * Recognises data without its wrappings, of which there are at most two: base64 of UTF-16, or the
 * other way round. Text that is nothing else may be base64 with quotes or escapes. If there is
 * nothing inside, it stays what it looked like.
 */
static enum status recognise(struct span *data, struct buf bytes[2], enum sniff_kind *ret_kind)
{
	enum sniff_kind first = sniff(data);
	enum sniff_kind kind = first;
	struct span inner = *data;

	for (int i = 0; i < 2 && is_wrapped(kind); i++) {
		if (i > 0 && kind == SNIFF_UNKNOWN)
			break;
		if (unwrap(&kind, &inner, &bytes[i]) != STATUS_OK)
			return STATUS_MEMORY;
	}
	*ret_kind = first == SNIFF_UTF16 ? SNIFF_UTF16 : SNIFF_UNKNOWN;
	if (!is_wrapped(kind)) {
		*ret_kind = kind;
		*data = inner;
	}
	return STATUS_OK;
}

enum status decode_store(struct store_content *content, struct span data,
			 const struct store_passwords *passwords)
{
	struct buf bytes[2];
	enum sniff_kind kind = SNIFF_UNKNOWN;

	buf_init(&bytes[0], STORE_BYTES_MAX);
	buf_init(&bytes[1], STORE_BYTES_MAX);
	enum status status = recognise(&data, bytes, &kind);
	if (status == STATUS_OK)
		status = decode_kind(content, kind, data, passwords);
	buf_wipe_release(&bytes[0]);
	buf_wipe_release(&bytes[1]);
	return status;
}

enum status decode_chain(struct store_content *content, struct span data)
{
	enum sniff_kind kind = SNIFF_UNKNOWN;
	struct buf bytes[2];
	bool pkcs7 = false;

	buf_init(&bytes[0], STORE_BYTES_MAX);
	buf_init(&bytes[1], STORE_BYTES_MAX);
	enum status status = recognise(&data, bytes, &kind);
	if (status != STATUS_OK)
		goto out;
	if (kind == SNIFF_PEM)
		status = pem_decode(content, (const char *)data.data, data.len, &pkcs7);
	else if (kind == SNIFF_PKCS7)
		status = pkcs7_decode(content, data.data, data.len, CONTENT_NO_OFFSET);
	else if (kind == SNIFF_CERTIFICATE)
		status = der_block(content, data, false, CONTENT_NO_OFFSET);
	else
		status = content_add_gap(content, "no certificate in PEM", CONTENT_NO_OFFSET);
out:
	buf_wipe_release(&bytes[0]);
	buf_wipe_release(&bytes[1]);
	return status;
}
