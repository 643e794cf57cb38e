/*
 * From the bytes of a store to its content: recognise the format, hand over to its decoder, settle
 * the state. The one door through which all stores come in.
 */
#include "cert/store.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "cert/ber.h"
#include "cert/content.h"
#include "cert/jks.h"
#include "cert/pem.h"
#include "cert/pkcs12.h"
#include "cert/pkcs7.h"
#include "cert/sniff.h"
#include "cert/x509.h"

/* Whether the text begins with a block that holds a whole PKCS#12, as certtool writes it. */
static bool begins_with_pkcs12(struct span text, struct span *ret_base64)
{
	static const char label[] = "PKCS12";
	struct pem_block block;
	size_t offset = 0;

	if (!pem_next_block((const char *)text.data, text.len, &offset, &block) ||
	    block.label.len != strlen(label) || memcmp(block.label.data, label, strlen(label)) != 0)
		return false;
	*ret_base64 = block.body;
	return true;
}

static enum status decode_pkcs12_block(struct store_content *content, struct span base64,
				       const struct store_passwords *passwords)
{
	struct buf bytes;

	buf_init(&bytes, STORE_BYTES_MAX);
	enum status status = text_base64_decode(&bytes, (const char *)base64.data, base64.len);
	if (status == STATUS_OK) {
		status = pkcs12_decode(content, (const uint8_t *)buf_text(&bytes), bytes.len,
				       passwords);
	} else if (status != STATUS_MEMORY) {
		content_problem(content, STORE_UNPARSABLE, "a PEM block that is not base64");
		status = STATUS_OK;
	}
	buf_wipe_release(&bytes);
	return status;
}

static enum status decode_pem(struct store_content *content, struct span data,
			      const struct store_passwords *passwords)
{
	struct span base64;
	bool pkcs7 = false;

	if (begins_with_pkcs12(data, &base64))
		return decode_pkcs12_block(content, base64, passwords);
	content_set_format(content, STORE_FORMAT_PEM);
	enum status status = pem_decode(content, (const char *)data.data, data.len, &pkcs7);
	if (pkcs7)
		content_set_format(content, STORE_FORMAT_PKCS7);
	return status;
}

static bool is_blank(struct span data)
{
	for (size_t i = 0; i < data.len; i++) {
		if (data.data[i] == '\0' || strchr(" \t\r\n", data.data[i]) == NULL)
			return false;
	}
	return true;
}

/* Certificates one behind the other, as Java reads them from a file; white space behind them is
 * what editors and shells leave. What else stands there does not hide them. */
static enum status decode_der(struct store_content *content, struct span data)
{
	enum status status = STATUS_OK;
	size_t offset = 0;

	content_set_format(content, STORE_FORMAT_DER);
	while (status == STATUS_OK && offset < data.len) {
		struct span rest = { data.data + offset, data.len - offset };
		size_t len = ber_announced_length(rest);
		if (offset > 0 && is_blank(rest))
			break;
		if (offset > 0 && rest.data[0] != BER_SEQUENCE) {
			content_problem(content, STORE_UNPARSABLE,
					"%zu bytes behind the certificate", rest.len);
			break;
		}
		if (len > rest.len) {
			content_problem(content, STORE_UNPARSABLE, "truncated: %zu of %zu bytes",
					data.len, offset + len);
			break;
		}
		if (len == 0) /* indefinite, or no length at all */
			len = rest.len;
		status = content_add_der(content, rest.data, len, offset);
		offset += len;
	}
	return status;
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

static enum status decode_kind(struct store_content *content, enum sniff_kind kind,
			       struct span data, const struct store_passwords *passwords);

/* Content in base64 once more than it should be: SAP's clients encode what they upload. */
static enum status decode_base64(struct store_content *content, struct span data,
				 const struct store_passwords *passwords)
{
	struct buf bytes;

	buf_init(&bytes, STORE_BYTES_MAX);
	enum status status = text_base64_decode(&bytes, (const char *)data.data, data.len);
	if (status == STATUS_OK) {
		struct span inner = { (const uint8_t *)buf_text(&bytes), bytes.len };
		enum sniff_kind kind = sniff(&inner);
		if (kind == SNIFF_BASE64 || kind == SNIFF_NOTHING)
			kind = SNIFF_UNKNOWN;
		status = decode_kind(content, kind, inner, passwords);
	} else if (status != STATUS_MEMORY) {
		status = decode_kind(content, SNIFF_UNKNOWN, data, passwords);
	}
	buf_wipe_release(&bytes);
	return status;
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
		return decode_base64(content, data, passwords);
	case SNIFF_UNKNOWN:
		break;
	}
	content_problem(content, STORE_UNPARSABLE, "no known format (%zu bytes)", data.len);
	return STATUS_OK;
}

enum status store_decode(const uint8_t *data, size_t len, const struct store_passwords *passwords,
			 struct store_content **ret_content)
{
	struct span span = { data, len };
	struct store_content *content = NULL;
	enum status status = store_content_new(STORE_FORMAT_UNKNOWN, &content);

	if (status != STATUS_OK)
		return status;
	(void)x509_openssl_failure(STATUS_OK); /* what others left behind in this thread */
	if (len > STORE_BYTES_MAX) {
		content_too_large(content, "%zu bytes, more than %d", len, STORE_BYTES_MAX);
	} else {
		enum sniff_kind kind = sniff(&span);
		status = decode_kind(content, kind, span, passwords);
	}
	(void)x509_openssl_failure(STATUS_OK);
	if (status == STATUS_MEMORY) {
		store_content_unref(content);
		return STATUS_MEMORY;
	}
	store_content_finish(content);
	*ret_content = content;
	return STATUS_OK;
}

enum status store_add_pem(struct store_content *content, const char *pem, size_t len)
{
	size_t before = content->certificate_count;
	struct span data = { (const uint8_t *)pem, len };
	struct buf bytes;
	bool pkcs7 = false;

	if (len > STORE_BYTES_MAX) {
		content_too_large(content, "%zu bytes of PEM, more than %d", len, STORE_BYTES_MAX);
		return STATUS_LIMIT;
	}
	(void)x509_openssl_failure(STATUS_OK);
	buf_init(&bytes, STORE_BYTES_MAX);
	enum status status = STATUS_OK;
	enum sniff_kind kind = sniff(&data);
	if (kind == SNIFF_BASE64) {
		/* SAP's specification can be read as base64 of PEM */
		status = text_base64_decode(&bytes, (const char *)data.data, data.len);
		data = (struct span){ (const uint8_t *)buf_text(&bytes), bytes.len };
		kind = status == STATUS_OK ? sniff(&data) : SNIFF_UNKNOWN;
	}
	if (status == STATUS_MEMORY)
		goto out;
	if (kind == SNIFF_PEM)
		status = pem_decode(content, (const char *)data.data, data.len, &pkcs7);
	else if (kind == SNIFF_CERTIFICATE)
		status = content_add_der(content, data.data, data.len, CONTENT_NO_OFFSET);
	else
		status = content_add_gap(content, "no certificate in PEM", CONTENT_NO_OFFSET);
	if (status == STATUS_OK && content->certificate_count == before)
		status = STATUS_SYNTAX;
out:
	(void)x509_openssl_failure(STATUS_OK);
	buf_wipe_release(&bytes);
	return status;
}
