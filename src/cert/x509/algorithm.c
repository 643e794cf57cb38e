/*
 * Names of keys and of algorithms. Keys are described from their encoding (RFC 3279, 4055, 5480,
 * 8410), because decoding one costs more than reading the rest of its certificate.
 */
#include "cert/x509/algorithm.h"

#include <string.h>

#include <openssl/ec.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

#include "base/array.h"
#include "cert/ber.h"
#include "cert/crypto_memory.h"
#include "cert/x509/view.h"

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

/* NULL if it is none of them. */
static const char *post_quantum_name(const struct ber_item *oid)
{
	struct span s = oid->content;

	if (s.len != sizeof(nist_algorithms) + 1 ||
	    memcmp(s.data, nist_algorithms, sizeof(nist_algorithms) - 1) != 0)
		return NULL;
	uint8_t last = s.data[sizeof(nist_algorithms)];
	if (s.data[sizeof(nist_algorithms) - 1] == 3 && last < COUNT_OF(post_quantum_signatures))
		return post_quantum_signatures[last];
	if (s.data[sizeof(nist_algorithms) - 1] == 4 && last < COUNT_OF(post_quantum_kems))
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
		return crypto_failure(STATUS_SYNTAX);
	int nid = OBJ_obj2nid(object);
	if (nid != NID_undef)
		buf_puts(out, OBJ_nid2ln(nid));
	else if (OBJ_obj2txt(dots, sizeof(dots), object, 1) > 0)
		buf_puts(out, dots);
	ASN1_OBJECT_free(object);
	(void)crypto_failure(STATUS_OK);
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
	enum status status = crypto_failure(STATUS_OK);
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
		for (size_t i = 0; i < COUNT_OF(plain); i++) {
			if (ber_is_oid(oid, plain[i].octets, 3)) {
				buf_puts(out, plain[i].name);
				return buf_status(out);
			}
		}
		return x509_oid_text(out, oid);
	}
	return buf_status(out);
}
