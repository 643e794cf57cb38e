/*
 * The outer structure of a certificate (RFC 5280 4.1), read in place. OpenSSL's d2i_X509() decodes
 * the public key each time, which costs more than everything else together and is needed only to
 * check self-signatures; so keys are described here from their encoding (RFC 3279, 4055, 5480,
 * 8410).
 */
#include "cert/x509/view.h"

#include <string.h>

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

#include "cert/crypto_memory.h"

/*
 * Names of post-quantum algorithms (FIPS 203 to 205) by the last number of their OID; OpenSSL has
 * had them since 3.5 only, and under other names.
 */
static const char nist_algorithms[] = "\x60\x86\x48\x01\x65\x03\x04"; /* 2.16.840.1.101.3.4 */
static const char *const post_quantum_signatures[] = {
	[17] = "ML-DSA-44",
	[18] = "ML-DSA-65",
	[19] = "ML-DSA-87",
	[20] = "SLH-DSA-SHA2-128s",
	[21] = "SLH-DSA-SHA2-128f",
	[22] = "SLH-DSA-SHA2-192s",
	[23] = "SLH-DSA-SHA2-192f",
	[24] = "SLH-DSA-SHA2-256s",
	[25] = "SLH-DSA-SHA2-256f",
	[26] = "SLH-DSA-SHAKE-128s",
	[27] = "SLH-DSA-SHAKE-128f",
	[28] = "SLH-DSA-SHAKE-192s",
	[29] = "SLH-DSA-SHAKE-192f",
	[30] = "SLH-DSA-SHAKE-256s",
	[31] = "SLH-DSA-SHAKE-256f",
	[32] = "HashML-DSA-44-with-SHA512",
	[33] = "HashML-DSA-65-with-SHA512",
	[34] = "HashML-DSA-87-with-SHA512",
	[35] = "HashSLH-DSA-SHA2-128s-with-SHA256",
	[36] = "HashSLH-DSA-SHA2-128f-with-SHA256",
	[37] = "HashSLH-DSA-SHA2-192s-with-SHA512",
	[38] = "HashSLH-DSA-SHA2-192f-with-SHA512",
	[39] = "HashSLH-DSA-SHA2-256s-with-SHA512",
	[40] = "HashSLH-DSA-SHA2-256f-with-SHA512",
	[41] = "HashSLH-DSA-SHAKE-128s-with-SHAKE128",
	[42] = "HashSLH-DSA-SHAKE-128f-with-SHAKE128",
	[43] = "HashSLH-DSA-SHAKE-192s-with-SHAKE256",
	[44] = "HashSLH-DSA-SHAKE-192f-with-SHAKE256",
	[45] = "HashSLH-DSA-SHAKE-256s-with-SHAKE256",
	[46] = "HashSLH-DSA-SHAKE-256f-with-SHAKE256",
};
static const char *const post_quantum_kems[] = {
	[1] = "ML-KEM-512", [2] = "ML-KEM-768", [3] = "ML-KEM-1024"
};

enum status x509_openssl_failure(enum status other)
{
	bool failed = crypto_memory_failed();
	bool ask_queue = !crypto_memory_is_watched();
	unsigned long error;

	while ((error = ERR_get_error()) != 0)
		failed = failed || (ask_queue && ERR_GET_REASON(error) == ERR_R_MALLOC_FAILURE);
	return failed ? STATUS_MEMORY : other;
}

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
	struct x509_view view = { 0 };
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

/* KeyIdentifier of an extension: [0] of AuthorityKeyIdentifier, or all of SubjectKeyIdentifier. */
static bool key_identifier(struct ber *value, uint8_t tag, struct ber_item *ret_item)
{
	return ber_take_optional(value, tag, ret_item) && ret_item->content.len > 0;
}

static bool same_octets(struct span a, struct span b)
{
	return a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
}

bool x509_names_other_issuer(const struct x509_view *view)
{
	struct ber value;
	struct ber authority;
	struct ber_item own;
	struct ber_item item;

	if (!x509_extension(view, "\x55\x1D\x23", 3, &value) ||
	    !ber_enter(&value, BER_SEQUENCE, &authority))
		return false;
	if (key_identifier(&authority, BER_CONTEXT(0), &item) &&
	    x509_extension(view, "\x55\x1D\x0E", 3, &value) &&
	    key_identifier(&value, BER_OCTET_STRING, &own) &&
	    !same_octets(item.content, own.content))
		return true;
	(void)ber_take_optional(&authority, BER_EXPLICIT(1), &item); /* authorityCertIssuer */
	return ber_take_optional(&authority, BER_CONTEXT(2), &item) &&
	       !same_octets(item.content, view->serial_number);
}

/* NULL if it is none of them. */
static const char *post_quantum_name(const struct ber_item *oid)
{
	struct span s = oid->content;

	if (s.len != sizeof(nist_algorithms) + 1 ||
	    memcmp(s.data, nist_algorithms, sizeof(nist_algorithms) - 1) != 0)
		return NULL;
	uint8_t last = s.data[sizeof(nist_algorithms)];
	if (s.data[sizeof(nist_algorithms) - 1] == 3 &&
	    last < sizeof(post_quantum_signatures) / sizeof(post_quantum_signatures[0]))
		return post_quantum_signatures[last];
	if (s.data[sizeof(nist_algorithms) - 1] == 4 &&
	    last < sizeof(post_quantum_kems) / sizeof(post_quantum_kems[0]))
		return post_quantum_kems[last];
	return NULL;
}

enum status x509_oid_text(struct buf *out, const struct ber_item *oid)
{
	const unsigned char *p = oid->whole.data;
	const char *name = post_quantum_name(oid);
	char dots[128];

	if (name != NULL) {
		buf_puts(out, name);
		return buf_status(out);
	}
	ASN1_OBJECT *object = d2i_ASN1_OBJECT(NULL, &p, (long)oid->whole.len);
	if (object == NULL)
		return x509_openssl_failure(STATUS_SYNTAX);
	int nid = OBJ_obj2nid(object);
	if (nid != NID_undef)
		buf_puts(out, OBJ_nid2ln(nid));
	else if (OBJ_obj2txt(dots, sizeof(dots), object, 1) > 0)
		buf_puts(out, dots);
	ASN1_OBJECT_free(object);
	(void)x509_openssl_failure(STATUS_OK);
	return buf_status(out);
}

/* How many bits the next element, an INTEGER, has; 0 if it is none. */
static size_t integer_bits(struct ber *b)
{
	struct ber_item item;

	if (!ber_take(b, BER_INTEGER, &item))
		return 0;
	struct span s = item.content;
	while (s.len > 0 && s.data[0] == 0) {
		s.data++;
		s.len--;
	}
	if (s.len == 0)
		return 0;
	size_t bits = s.len * 8;
	for (unsigned top = s.data[0]; (top & 0x80) == 0; top <<= 1)
		bits--;
	return bits;
}

static void append_bits(struct buf *out, const char *algorithm, struct span sequence)
{
	struct ber outer;
	struct ber inside;

	ber_init(&outer, sequence);
	(void)ber_enter(&outer, BER_SEQUENCE, &inside);
	size_t bits = integer_bits(&inside);
	buf_puts(out, algorithm);
	if (bits > 0)
		buf_printf(out, "-%zu", bits);
}

/* ECParameters: a named curve, or its description (RFC 3279), which has no name here. */
static enum status append_curve(struct buf *out, struct span parameters)
{
	struct ber b;
	struct ber_item item;

	ber_init(&b, parameters);
	if (!ber_take(&b, BER_OID, &item)) {
		buf_puts(out, "EC-explicit");
		return buf_status(out);
	}
	const unsigned char *p = item.whole.data;
	ASN1_OBJECT *object = d2i_ASN1_OBJECT(NULL, &p, (long)item.whole.len);
	int nid = object != NULL ? OBJ_obj2nid(object) : NID_undef;
	ASN1_OBJECT_free(object);
	enum status status = x509_openssl_failure(STATUS_OK);
	buf_puts(out, "EC-");
	if (status != STATUS_OK)
		return status;
	if (nid == NID_undef)
		return x509_oid_text(out, &item) == STATUS_MEMORY ? STATUS_MEMORY : STATUS_OK;
	const char *nist = EC_curve_nid2nist(nid);
	buf_puts(out, nist != NULL ? nist : OBJ_nid2sn(nid));
	return buf_status(out);
}

enum status x509_key_text(struct buf *out, const struct x509_view *view)
{
	static const struct {
		const char *octets;
		const char *name;
	} plain[] = {
		{ "\x2B\x65\x6E", "X25519" },
		{ "\x2B\x65\x6F", "X448" },
		{ "\x2B\x65\x70", "Ed25519" },
		{ "\x2B\x65\x71", "Ed448" },
	};
	const struct ber_item *oid = &view->key_algorithm;

	if (BER_IS_OID(oid, "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01")) {
		append_bits(out, "RSA", view->key);
	} else if (BER_IS_OID(oid, "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0A")) {
		append_bits(out, "RSA-PSS", view->key);
	} else if (BER_IS_OID(oid, "\x2A\x86\x48\xCE\x38\x04\x01")) {
		append_bits(out, "DSA", view->key_parameters);
	} else if (BER_IS_OID(oid, "\x2A\x86\x48\xCE\x3D\x02\x01")) {
		return append_curve(out, view->key_parameters);
	} else {
		for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
			if (ber_is_oid(oid, plain[i].octets, 3)) {
				buf_puts(out, plain[i].name);
				return buf_status(out);
			}
		}
		return x509_oid_text(out, oid);
	}
	return buf_status(out);
}
