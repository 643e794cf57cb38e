/*
 * Subject alternative names (RFC 5280 4.2.1.6) as text. Names that have a plain form are shown by
 * it; an otherName and a registeredID get the prefix that OpenSSL gives them. Names of directories,
 * X.400 and EDI are left out.
 */
#include "cert/x509/san.h"

#include <arpa/inet.h>
#include <string.h>

#include <openssl/objects.h>

#include "base/text.h"
#include "cert/ber.h"
#include "cert/crypto_memory.h"
#include "cert/san.h"
#include "cert/x509/view.h"

#define NAMES_MAX    100000 /* that are looked at; it bounds the time for those that are not shown */
#define OID_MAX      127    /* octets: the short form of a length; real ones have a dozen */
#define OID_TEXT_MAX 512    /* one octet is at most three digits and a dot, the first one more */

#define UPN "\x2B\x06\x01\x04\x01\x82\x37\x14\x02\x03" /* 1.3.6.1.4.1.311.20.2.3 */

/* The content of an OBJECT IDENTIFIER in dots; STATUS_SYNTAX if it is none. */
static enum status append_dots(struct buf *out, struct span oid)
{
	uint8_t der[2 + OID_MAX] = { BER_OID, (uint8_t)oid.len };
	const unsigned char *p = der;
	char dots[OID_TEXT_MAX];

	if (oid.len == 0 || oid.len > OID_MAX)
		return STATUS_SYNTAX;
	memcpy(der + 2, oid.data, oid.len);
	ASN1_OBJECT *object = d2i_ASN1_OBJECT(NULL, &p, (long)oid.len + 2);
	if (object == NULL)
		return crypto_failure(STATUS_SYNTAX);
	int len = OBJ_obj2txt(dots, sizeof(dots), object, 1);
	ASN1_OBJECT_free(object);
	enum status status = crypto_failure(STATUS_OK);
	if (status == STATUS_OK && (len <= 0 || (size_t)len >= sizeof(dots)))
		status = STATUS_SYNTAX;
	if (status == STATUS_OK)
		buf_puts(out, dots);
	return status;
}

/* OtherName: SEQUENCE { type-id OBJECT IDENTIFIER, value [0] EXPLICIT ANY }. Only the value of a
 * user principal name is known to be text. */
static enum status append_other_name(struct buf *out, struct span other_name)
{
	struct ber inside;
	struct ber value;
	struct ber_item type;
	struct ber_item text;

	ber_init(&inside, other_name);
	if (!ber_take(&inside, BER_OID, &type))
		return STATUS_SYNTAX;
	buf_puts(out, "otherName:");
	if (BER_IS_OID(&type, UPN) && ber_enter(&inside, BER_EXPLICIT(0), &value) &&
	    ber_take(&value, BER_UTF8_STRING, &text)) {
		buf_puts(out, "UPN:");
		buf_append(out, text.content.data, text.content.len);
		return STATUS_OK;
	}
	return append_dots(out, type.content);
}

static void append_address(struct buf *out, struct span s)
{
	char address[INET6_ADDRSTRLEN];

	if ((s.len == 4 || s.len == 16) &&
	    inet_ntop(s.len == 4 ? AF_INET : AF_INET6, s.data, address, sizeof(address)))
		buf_puts(out, address);
	else
		text_hex(out, s.data, s.len);
}

/* Appends one GeneralName, its text as found; STATUS_SYNTAX for those that are not shown. */
static enum status append_general_name(struct buf *out, const struct ber_item *name)
{
	switch (name->tag) {
	case BER_CONTEXT(1): /* rfc822Name */
	case BER_CONTEXT(2): /* dNSName */
	case BER_CONTEXT(6): /* uniformResourceIdentifier */
		buf_append(out, name->content.data, name->content.len);
		return STATUS_OK;
	case BER_CONTEXT(7):
		append_address(out, name->content);
		return STATUS_OK;
	case BER_CONTEXT(8):
		buf_puts(out, "RID:");
		return append_dots(out, name->content);
	case BER_CONTEXT(0) | BER_CONSTRUCTED:
		return append_other_name(out, name->content);
	default: /* directoryName, x400Address, ediPartyName */
		return STATUS_SYNTAX;
	}
}

enum status x509_san_text(struct buf *out, const struct x509_view *view)
{
	enum status status = STATUS_OK;
	struct ber value;
	struct ber names;
	struct ber_item name;
	struct buf one;
	size_t count = 0;

	if (!x509_extension(view, "\x55\x1D\x11", 3, &value) ||
	    !ber_enter(&value, BER_SEQUENCE, &names))
		return STATUS_OK;
	buf_init(&one, X509_TEXT_MAX);
	for (size_t i = 0; i < NAMES_MAX && ber_next(&names, &name); i++) {
		buf_release(&one);
		status = append_general_name(&one, &name);
		if (status == STATUS_SYNTAX)
			continue; /* one that is not shown hides no other */
		if (status == STATUS_OK)
			status = buf_status(&one);
		if (status != STATUS_OK || !san_add(out, &count, buf_text(&one), one.len))
			break;
	}
	if (status == STATUS_SYNTAX)
		status = STATUS_OK;
	buf_release(&one);
	return status == STATUS_OK ? buf_status(out) : status;
}
