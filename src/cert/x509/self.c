/*
 * Whether a certificate whose subject and issuer are the same was signed with its own key. Only
 * algorithms that every supported OpenSSL checks are checked, so that a certificate has the same
 * role everywhere; roots that are signed with others (MD2, GOST, post-quantum) exist all the same.
 */
#include "cert/x509/self.h"

#include <string.h>

#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

#include "base/array.h"
#include "cert/ber.h"
#include "cert/crypto_memory.h"
#include "cert/x509/view.h"

#define VERIFY_KEY_BITS_MAX 8192 /* the largest keys of public roots are RSA-4096 */
#define VERIFY_EXPONENT_MAX 64   /* bits; 65537 has 17 */

/* Signature algorithms of OpenSSL 3.0 and later, with the type of key that makes them. */
static int key_of_signature(int signature)
{
	static const struct {
		int signature;
		int key;
	} checked[] = {
		{ NID_md5WithRSAEncryption, NID_rsaEncryption },
		{ NID_sha1WithRSAEncryption, NID_rsaEncryption },
		{ NID_sha1WithRSA, NID_rsaEncryption }, /* an older name of the same */
		{ NID_sha224WithRSAEncryption, NID_rsaEncryption },
		{ NID_sha256WithRSAEncryption, NID_rsaEncryption },
		{ NID_sha384WithRSAEncryption, NID_rsaEncryption },
		{ NID_sha512WithRSAEncryption, NID_rsaEncryption },
		{ NID_RSA_SHA3_224, NID_rsaEncryption },
		{ NID_RSA_SHA3_256, NID_rsaEncryption },
		{ NID_RSA_SHA3_384, NID_rsaEncryption },
		{ NID_RSA_SHA3_512, NID_rsaEncryption },
		{ NID_rsassaPss, NID_rsassaPss },
		{ NID_ecdsa_with_SHA1, NID_X9_62_id_ecPublicKey },
		{ NID_ecdsa_with_SHA224, NID_X9_62_id_ecPublicKey },
		{ NID_ecdsa_with_SHA256, NID_X9_62_id_ecPublicKey },
		{ NID_ecdsa_with_SHA384, NID_X9_62_id_ecPublicKey },
		{ NID_ecdsa_with_SHA512, NID_X9_62_id_ecPublicKey },
		{ NID_dsaWithSHA1, NID_dsa },
		{ NID_dsa_with_SHA224, NID_dsa },
		{ NID_dsa_with_SHA256, NID_dsa },
		{ NID_ED25519, NID_ED25519 },
		{ NID_ED448, NID_ED448 },
	};

	for (size_t i = 0; i < COUNT_OF(checked); i++) {
		if (checked[i].signature == signature)
			return checked[i].key;
	}
	return NID_undef;
}

/* Whether a key of this type makes such signatures; RSA-PSS comes from both kinds of RSA keys. */
static bool makes(int key, int wanted)
{
	if (key == NID_rsa) /* X.500's name of it */
		key = NID_rsaEncryption;
	return key == wanted || (wanted == NID_rsassaPss && key == NID_rsaEncryption);
}

/* Why OpenSSL did not decode a key of a known type: parameters that it does not have are none of
 * the key's faults. */
static bool has_unknown_parameters(int key, int parameter_type, const void *parameters)
{
	if (key == NID_rsassaPss)
		return parameter_type != V_ASN1_UNDEF;
	if (key != NID_X9_62_id_ecPublicKey)
		return false;
	if (parameter_type != V_ASN1_OBJECT)
		return true;
	EC_GROUP *group = EC_GROUP_new_by_curve_name(OBJ_obj2nid(parameters));
	bool unknown = group == NULL;
	EC_GROUP_free(group);
	return unknown;
}

static bool is_affordable(EVP_PKEY *key)
{
	BIGNUM *exponent = NULL;
	bool affordable = EVP_PKEY_get_bits(key) <= VERIFY_KEY_BITS_MAX;

	if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent) == 1)
		affordable = affordable && BN_num_bits(exponent) <= VERIFY_EXPONENT_MAX;
	BN_free(exponent);
	return affordable;
}

/* Whether the digest of the signature is one that this OpenSSL has; RSA-PSS names its own in its
 * parameters, and the algorithms of Edwards curves have none. */
static bool has_digest(X509 *x)
{
	int signature = X509_get_signature_nid(x);
	int digest = NID_undef;

	if (signature == NID_ED25519 || signature == NID_ED448)
		return true;
	if (X509_get_signature_info(x, &digest, NULL, NULL, NULL) != 1 || digest == NID_undef)
		return false;
	EVP_MD *md = EVP_MD_fetch(NULL, OBJ_nid2sn(digest), NULL);
	bool known = md != NULL;
	EVP_MD_free(md);
	return known;
}

/* Whether OpenSSL's last errors say that an algorithm is switched off (FIPS, a crypto policy). */
static bool was_refused(void)
{
	unsigned long error = ERR_peek_last_error();

	for (int i = 0; i < 2 && error != 0; i++) {
		int reason = ERR_GET_REASON(error);
		if (reason == ERR_R_UNSUPPORTED)
			return true;
		if (ERR_GET_LIB(error) == ERR_LIB_EVP &&
		    (reason == EVP_R_INVALID_DIGEST || reason == EVP_R_UNSUPPORTED_ALGORITHM))
			return true;
		error = ERR_peek_error();
	}
	return false;
}

static enum x509_self verify(X509 *x, EVP_PKEY *key)
{
	if (!is_affordable(key) || !has_digest(x))
		return X509_SELF_UNCHECKED;
	if (X509_verify(x, key) == 1)
		return X509_SELF_VERIFIED;
	return was_refused() ? X509_SELF_UNCHECKED : X509_SELF_WRONG;
}

static enum x509_self check(X509 *x, int wanted)
{
	ASN1_OBJECT *algorithm = NULL;
	X509_ALGOR *identifier = NULL;
	const void *parameters = NULL;
	int parameter_type = V_ASN1_UNDEF;

	if (X509_PUBKEY_get0_param(&algorithm, NULL, NULL, &identifier, X509_get_X509_PUBKEY(x)) !=
	    1)
		return X509_SELF_WRONG;
	int type = OBJ_obj2nid(algorithm);
	if (!makes(type, wanted))
		return X509_SELF_WRONG;
	EVP_PKEY *key = X509_get0_pubkey(x);
	if (key != NULL)
		return verify(x, key);
	X509_ALGOR_get0(NULL, &parameter_type, &parameters, identifier);
	return has_unknown_parameters(type, parameter_type, parameters) ? X509_SELF_UNCHECKED
									: X509_SELF_WRONG;
}

static enum x509_self decode_and_check(const uint8_t *der, size_t len)
{
	const unsigned char *p = der;
	X509 *x = d2i_X509(NULL, &p, (long)len);
	enum x509_self self = X509_SELF_WRONG;

	if (x != NULL) {
		int wanted = key_of_signature(X509_get_signature_nid(x));
		self = wanted != NID_undef ? check(x, wanted) : X509_SELF_UNCHECKED;
	}
	X509_free(x);
	return self;
}

enum status x509_check_itself(const uint8_t *der, size_t len, enum x509_self *ret_self)
{
	(void)crypto_failure(STATUS_OK);
	enum x509_self self = decode_and_check(der, len);
	enum status status = crypto_failure(STATUS_OK);
	if (self == X509_SELF_VERIFIED || status == STATUS_OK)
		*ret_self = self;
	return self == X509_SELF_VERIFIED ? STATUS_OK : status;
}

enum status x509_verifies_itself(const uint8_t *der, size_t len, bool *ret_verified)
{
	enum x509_self self = X509_SELF_WRONG;
	enum status status = x509_check_itself(der, len, &self);

	if (status == STATUS_OK)
		*ret_verified = self == X509_SELF_VERIFIED;
	return status;
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
