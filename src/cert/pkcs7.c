/*
 * The certificates of a PKCS#7 / CMS SignedData (RFC 2315, RFC 5652), as in .p7b files. Read in
 * place so that one broken certificate hides no other; nothing is verified and no content is looked
 * at.
 */
#include "cert/pkcs7.h"

#include <string.h>

#include "cert/ber.h"
#include "cert/content.h"

#define SIGNED_DATA       "\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02"
#define NETSCAPE_SEQUENCE "\x60\x86\x48\x01\x86\xF8\x42\x02\x05" /* `openssl nseq` writes it */

/* ContentInfo: SEQUENCE { contentType, content [0] EXPLICIT }, SignedData up to its certificates.
 */
static bool enter_certificates(struct ber *b, struct ber_item *ret_certificates, bool *ret_signed)
{
	struct ber info;
	struct ber explicit_content;
	struct ber signed_data;
	struct ber_item item;

	*ret_signed = false;
	if (!ber_enter(b, BER_SEQUENCE, &info) || !ber_take(&info, BER_OID, &item))
		return false;
	*ret_signed = true;
	if (BER_IS_OID(&item, NETSCAPE_SEQUENCE))
		return ber_enter(&info, BER_EXPLICIT(0), &explicit_content) &&
		       ber_take(&explicit_content, BER_SEQUENCE, ret_certificates);
	*ret_signed = BER_IS_OID(&item, SIGNED_DATA);
	if (!*ret_signed)
		return true;
	if (!ber_enter(&info, BER_EXPLICIT(0), &explicit_content) ||
	    !ber_enter(&explicit_content, BER_SEQUENCE, &signed_data) ||
	    !ber_take(&signed_data, BER_INTEGER, &item) || /* version */
	    !ber_take(&signed_data, BER_SET, &item) ||     /* digestAlgorithms */
	    !ber_take(&signed_data, BER_SEQUENCE, &item))  /* contentInfo */
		return false;
	ret_certificates->content = (struct span){ NULL, 0 };
	(void)ber_take_optional(&signed_data, BER_EXPLICIT(0), ret_certificates);
	return !ber_failed(&signed_data);
}

/* What stands behind the ContentInfo, without the line end that editors and shells leave. */
static size_t count_behind(const struct ber *b)
{
	for (size_t i = 0; i < b->left; i++) {
		if (b->data[i] == '\0' || strchr(" \t\r\n", b->data[i]) == NULL)
			return b->left;
	}
	return 0;
}

enum status pkcs7_decode(struct store_content *content, const uint8_t *data, size_t len,
			 size_t offset)
{
	enum status status = STATUS_OK;
	bool is_signed = false;
	struct ber b;
	struct ber_item certificates = { 0 };
	struct ber_item item;

	ber_init(&b, (struct span){ data, len });
	if (!enter_certificates(&b, &certificates, &is_signed))
		return content_add_gap(content, "not readable as PKCS#7", offset);
	if (!is_signed) {
		content_problem(content, STORE_UNSUPPORTED,
				"PKCS#7 of a kind without certificates");
		return STATUS_OK;
	}
	size_t behind = count_behind(&b);
	ber_init(&b, certificates.content);
	while (status == STATUS_OK && ber_next(&b, &item)) {
		/* other choices are attribute certificates and formats that nobody uses */
		if (item.tag == BER_SEQUENCE)
			status = content_add_der(content, item.whole.data, item.whole.len,
						 CONTENT_NO_OFFSET);
	}
	if (status == STATUS_OK && ber_failed(&b))
		status = content_add_gap(content, "broken ASN.1 in the certificates of PKCS#7",
					 CONTENT_NO_OFFSET);
	if (status == STATUS_OK && behind > 0)
		content_problem(content, STORE_UNPARSABLE, "%zu bytes behind the PKCS#7", behind);
	return status;
}

bool pkcs7_is_signed(struct span data)
{
	struct ber_item certificates = { 0 };
	bool is_signed = false;
	struct ber b;

	ber_init(&b, data);
	return enter_certificates(&b, &certificates, &is_signed) && is_signed;
}
