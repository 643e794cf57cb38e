/*
 * The outer structure of a certificate (RFC 5280 4.1), read in place. OpenSSL's d2i_X509() decodes
 * the public key each time: 123 to 146 microseconds a certificate, against 0.3 here. The key is
 * needed only where a self-signature is checked.
 */
#include "cert/x509/view.h"

#include "cert/ber.h"

/* AlgorithmIdentifier: SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY OPTIONAL } */
static bool take_algorithm(struct ber *b, struct ber_item *ret_oid, struct span *ret_parameters)
{
	struct ber inside;

	if (!ber_enter(b, BER_SEQUENCE, &inside) || !ber_take(&inside, BER_OID, ret_oid))
		return false;
	*ret_parameters = (struct span){ inside.data, inside.left };
	return true;
}

static bool take_key(struct ber *b, struct x509_view *view)
{
	struct ber inside;
	struct ber_item bits;

	if (!ber_enter(b, BER_SEQUENCE, &inside) ||
	    !take_algorithm(&inside, &view->key_algorithm, &view->key_parameters) ||
	    !ber_take(&inside, BER_BIT_STRING, &bits) || bits.content.len == 0)
		return false;
	view->key = (struct span){ bits.content.data + 1, bits.content.len - 1 };
	return true;
}

static bool take_version(struct ber *tbs, struct x509_view *view)
{
	struct ber_item item;
	struct ber inside;
	uint64_t version;

	view->v3 = false;
	if (!ber_take_optional(tbs, BER_EXPLICIT(0), &item))
		return !ber_failed(tbs);
	ber_init(&inside, item.content);
	if (!ber_take(&inside, BER_INTEGER, &item) || !ber_u64(&item, &version) || inside.left > 0)
		return false;
	view->v3 = version >= 2;
	return true;
}

static bool take_validity(struct ber *tbs, struct x509_view *view)
{
	struct ber inside;

	return ber_enter(tbs, BER_SEQUENCE, &inside) && ber_next(&inside, &view->not_before) &&
	       ber_next(&inside, &view->not_after) && inside.left == 0;
}

static bool take_extensions(struct ber *tbs, struct x509_view *view)
{
	struct ber_item item;
	struct ber outer;
	struct ber inside;

	(void)ber_take_optional(tbs, BER_CONTEXT(1), &item); /* issuerUniqueID */
	(void)ber_take_optional(tbs, BER_CONTEXT(2), &item); /* subjectUniqueID */
	if (ber_take_optional(tbs, BER_EXPLICIT(3), &item)) {
		ber_init(&outer, item.content);
		if (!ber_take(&outer, BER_SEQUENCE, &item) || outer.left > 0)
			return false;
		view->extensions = item.content;
		ber_init(&inside, item.content);
		while (ber_next(&inside, &item)) {
			if (item.tag != BER_SEQUENCE)
				return false;
		}
		if (ber_failed(&inside))
			return false;
	}
	return !ber_failed(tbs) && tbs->left == 0;
}

enum status x509_view(const uint8_t *der, size_t len, struct x509_view *ret_view)
{
	struct x509_view view = { .der = { der, len } };
	struct span parameters;
	struct ber outer;
	struct ber certificate;
	struct ber tbs;
	struct ber_item inner_algorithm;
	struct ber_item item;

	ber_init(&outer, (struct span){ der, len });
	if (!ber_enter(&outer, BER_SEQUENCE, &certificate) || outer.left > 0 ||
	    !ber_enter(&certificate, BER_SEQUENCE, &tbs))
		return STATUS_SYNTAX;
	if (!take_version(&tbs, &view) || !ber_take(&tbs, BER_INTEGER, &item) ||
	    item.content.len == 0)
		return STATUS_SYNTAX;
	view.serial_number = item.content;
	if (!take_algorithm(&tbs, &inner_algorithm, &parameters) ||
	    !ber_take(&tbs, BER_SEQUENCE, &item))
		return STATUS_SYNTAX;
	view.issuer = item.whole;
	if (!take_validity(&tbs, &view) || !ber_take(&tbs, BER_SEQUENCE, &item))
		return STATUS_SYNTAX;
	view.subject = item.whole;
	if (!take_key(&tbs, &view) || !take_extensions(&tbs, &view))
		return STATUS_SYNTAX;
	if (!take_algorithm(&certificate, &view.signature_algorithm, &parameters) ||
	    !ber_take(&certificate, BER_BIT_STRING, &item) || certificate.left > 0)
		return STATUS_SYNTAX;
	*ret_view = view;
	return STATUS_OK;
}

bool x509_extension(const struct x509_view *view, const char *oid, size_t oid_len,
		    struct ber *ret_value)
{
	struct ber list;
	struct ber extension;
	struct ber_item item;

	ber_init(&list, view->extensions);
	while (ber_enter(&list, BER_SEQUENCE, &extension)) {
		if (!ber_take(&extension, BER_OID, &item) || !ber_is_oid(&item, oid, oid_len))
			continue;
		(void)ber_take_optional(&extension, BER_BOOLEAN, &item); /* critical */
		if (!ber_take(&extension, BER_OCTET_STRING, &item))
			return false;
		ber_init(ret_value, item.content);
		return true;
	}
	return false;
}
