/*
 * Distinguished names as text: RFC 4514 in the form OpenSSL gives them for XN_FLAG_RFC2253, with
 * UTF-8 kept. Most attribute values are plain ASCII and are copied; the others are OpenSSL's work.
 */
#include "cert/x509/name.h"

#include <string.h>

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

#include "cert/ber.h"
#include "cert/crypto_memory.h"

#define VALUE_FLAGS (ASN1_STRFLGS_RFC2253 & ~ASN1_STRFLGS_ESC_MSB)
#define RDNS_MAX    256 /* real names have a dozen; only an attack has more */
#define RDN_MAX     16  /* attributes of one RDN: one as a rule, rarely two or three */

/* One character string type of ASN.1, by its universal tag. */
static bool is_text_type(uint8_t tag)
{
	switch (tag) {
	case V_ASN1_UTF8STRING:
	case V_ASN1_NUMERICSTRING:
	case V_ASN1_PRINTABLESTRING:
	case V_ASN1_T61STRING:
	case V_ASN1_IA5STRING:
	case V_ASN1_UTCTIME:
	case V_ASN1_GENERALIZEDTIME:
	case V_ASN1_VISIBLESTRING:
	case V_ASN1_UNIVERSALSTRING:
	case V_ASN1_BMPSTRING:
		return true;
	default:
		return false;
	}
}

/* Text of one byte a character in which nothing needs an escape (RFC 4514 2.4). */
static bool is_plain(uint8_t tag, struct span value)
{
	static const char safe[] = " '()-./:=?_@*&";

	if (tag == V_ASN1_UNIVERSALSTRING || tag == V_ASN1_BMPSTRING || value.len == 0)
		return false;
	if (value.data[0] == ' ' || value.data[value.len - 1] == ' ')
		return false;
	for (size_t i = 0; i < value.len; i++) {
		uint8_t c = value.data[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		bool digit = c >= '0' && c <= '9';
		if (!letter && !digit && (c == '\0' || strchr(safe, c) == NULL))
			return false;
	}
	return true;
}

static void append_dump(struct buf *out, struct span whole)
{
	static const char digits[] = "0123456789ABCDEF";

	buf_putc(out, '#');
	for (size_t i = 0; i < whole.len; i++) {
		buf_putc(out, digits[whole.data[i] >> 4]);
		buf_putc(out, digits[whole.data[i] & 15]);
	}
}

static enum status append_bio(struct buf *out, BIO *bio)
{
	const char *data = NULL;
	long len = BIO_get_mem_data(bio, &data);

	if (len > 0)
		buf_append(out, data, (size_t)len);
	return buf_status(out);
}

/* Text that has to be converted or escaped. */
static enum status append_string(struct buf *out, const struct ber_item *value)
{
	enum status status = STATUS_MEMORY;
	ASN1_STRING *string = ASN1_STRING_type_new(value->tag);
	BIO *bio = BIO_new(BIO_s_mem());

	if (string == NULL || bio == NULL ||
	    ASN1_STRING_set(string, value->content.data, (int)value->content.len) != 1)
		goto out;
	if (ASN1_STRING_print_ex(bio, string, VALUE_FLAGS) < 0) {
		unsigned long bytes = (VALUE_FLAGS & ~(unsigned long)ASN1_STRFLGS_UTF8_CONVERT) |
				      ASN1_STRFLGS_IGNORE_TYPE;
		if (crypto_failure(STATUS_SYNTAX) == STATUS_MEMORY)
			goto out;
		(void)BIO_reset(bio);
		if (ASN1_STRING_print_ex(bio, string, bytes) < 0)
			goto out;
	}
	status = append_bio(out, bio);
out:
	(void)crypto_failure(status);
	ASN1_STRING_free(string);
	BIO_free(bio);
	return status;
}

/* The short name of an attribute type, or its OID in dots: then *ret_known is false. */
static enum status append_type(struct buf *out, const struct ber_item *type, bool *ret_known)
{
	const unsigned char *p = type->whole.data;
	ASN1_OBJECT *object = d2i_ASN1_OBJECT(NULL, &p, (long)type->whole.len);
	char dots[80];

	if (object == NULL)
		return crypto_failure(STATUS_SYNTAX);
	int nid = OBJ_obj2nid(object);
	*ret_known = nid != NID_undef;
	if (nid != NID_undef)
		buf_puts(out, OBJ_nid2sn(nid));
	else if (OBJ_obj2txt(dots, sizeof(dots), object, 1) > 0)
		buf_puts(out, dots);
	ASN1_OBJECT_free(object);
	return buf_status(out);
}

/* AttributeTypeAndValue: SEQUENCE { type OBJECT IDENTIFIER, value ANY } */
static enum status append_attribute(struct buf *out, const struct ber_item *attribute)
{
	struct ber inside;
	struct ber_item type;
	struct ber_item value;
	bool known = false;

	ber_init(&inside, attribute->content);
	if (attribute->tag != BER_SEQUENCE || !ber_take(&inside, BER_OID, &type) ||
	    !ber_next(&inside, &value) || inside.left > 0)
		return STATUS_SYNTAX;
	enum status status = append_type(out, &type, &known);
	if (status != STATUS_OK)
		return status;
	buf_putc(out, '=');
	if (!known || !is_text_type(value.tag)) {
		append_dump(out, value.whole);
		return buf_status(out);
	}
	if (is_plain(value.tag, value.content)) {
		buf_append(out, value.content.data, value.content.len);
		return buf_status(out);
	}
	return append_string(out, &value);
}

/* The attributes of one RelativeDistinguishedName; OpenSSL prints them in reverse as well. */
static enum status append_rdn(struct buf *out, struct span rdn, bool first)
{
	struct ber_item attributes[RDN_MAX];
	struct ber_item item;
	size_t count = 0;
	struct ber inside;

	ber_init(&inside, rdn);
	while (ber_next(&inside, &item)) {
		if (count == RDN_MAX)
			return STATUS_LIMIT;
		attributes[count++] = item;
	}
	if (ber_failed(&inside))
		return STATUS_SYNTAX;
	for (size_t i = count; i-- > 0;) {
		if (i + 1 < count)
			buf_putc(out, '+');
		else if (!first)
			buf_putc(out, ',');
		enum status status = append_attribute(out, &attributes[i]);
		if (status != STATUS_OK)
			return status;
	}
	return STATUS_OK;
}

enum status x509_name_text(struct buf *out, struct span name)
{
	enum status status = STATUS_OK;
	struct span rdns[RDNS_MAX]; /* printed from the last to the first (RFC 4514 2.1) */
	size_t count = 0;
	struct ber outer;
	struct ber inside;
	struct ber_item item;

	ber_init(&outer, name);
	if (!ber_enter(&outer, BER_SEQUENCE, &inside) || outer.left > 0)
		return STATUS_SYNTAX;
	while (ber_next(&inside, &item)) {
		if (item.tag != BER_SET)
			return STATUS_SYNTAX;
		if (count == RDNS_MAX)
			return STATUS_LIMIT;
		rdns[count++] = item.content;
	}
	if (ber_failed(&inside))
		return STATUS_SYNTAX;
	for (size_t i = count; i-- > 0 && status == STATUS_OK;)
		status = append_rdn(out, rdns[i], i + 1 == count);
	return status;
}

enum status x509_same_name(struct span a, struct span b, bool *ret_same)
{
	const unsigned char *pa = a.data;
	const unsigned char *pb = b.data;
	bool same = a.len == b.len && memcmp(a.data, b.data, a.len) == 0;

	if (!same) {
		X509_NAME *name_a = d2i_X509_NAME(NULL, &pa, (long)a.len);
		X509_NAME *name_b = name_a != NULL ? d2i_X509_NAME(NULL, &pb, (long)b.len) : NULL;
		same = name_b != NULL && X509_NAME_cmp(name_a, name_b) == 0;
		X509_NAME_free(name_a);
		X509_NAME_free(name_b);
	}
	enum status status = crypto_failure(STATUS_OK);
	if (status == STATUS_OK)
		*ret_same = same;
	return status;
}
