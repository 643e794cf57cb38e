/*
 * Passwords of PKCS#12 (RFC 7292 appendix B, RFC 8018): what a derivation will cost, the MAC, and
 * decryption. The derivations and ciphers are OpenSSL's; this only reads the parameters first,
 * because iteration counts come from outside and nothing is derived before their sum is known.
 */
#include "cert/pkcs12/crypt.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/objects.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>

#include "base/text.h"
#include "cert/ber.h"
#include "cert/crypto_memory.h"

#define OID_PKCS5  "\x2A\x86\x48\x86\xF7\x0D\x01\x05"
#define OID_PKCS12 "\x2A\x86\x48\x86\xF7\x0D\x01\x0C\x01"
#define OID_PBKDF2 OID_PKCS5 "\x0C"
#define OID_PBES2  OID_PKCS5 "\x0D"
#define OID_SCRYPT "\x2B\x06\x01\x04\x01\xDA\x47\x04\x0B"
#define OID_AES    "\x60\x86\x48\x01\x65\x03\x04\x01"

/* bytes; writers use 8 to 64, and scrypt hashes the salt for each block that it makes */
#define SALT_MAX 1024

struct pkcs12_providers {
	OSSL_LIB_CTX *context;
	OSSL_PROVIDER *standard;
	OSSL_PROVIDER *legacy;
};

static bool take_salt(struct ber *parameters, bool *ret_empty)
{
	struct ber_item salt;

	if (!ber_take(parameters, BER_OCTET_STRING, &salt))
		return false;
	*ret_empty = salt.content.len == 0;
	return salt.content.len <= SALT_MAX;
}

static bool has_prefix(const struct ber_item *oid, const char *octets, size_t len)
{
	return oid->content.len == len + 1 && memcmp(oid->content.data, octets, len) == 0;
}

/* SEQUENCE { salt, iterations, ... }: of PBKDF2 and of the schemes before PBES2 */
static bool read_iterations(struct ber *parameters, uint64_t *ret_cost, bool *ret_empty_salt)
{
	struct ber inside;
	struct ber_item item;

	return ber_enter(parameters, BER_SEQUENCE, &inside) && take_salt(&inside, ret_empty_salt) &&
	       ber_next(&inside, &item) && ber_u64(&item, ret_cost) && *ret_cost >= 1;
}

/* scrypt (RFC 7914 7): N, r and p multiplied, as one step of it costs about one iteration. */
static bool read_scrypt(struct ber *parameters, uint64_t *ret_cost)
{
	struct ber inside;
	struct ber_item item;
	uint64_t factor;
	bool empty;

	*ret_cost = 1;
	if (!ber_enter(parameters, BER_SEQUENCE, &inside) || !take_salt(&inside, &empty))
		return false;
	for (int i = 0; i < 3; i++) {
		if (!ber_next(&inside, &item) || !ber_u64(&item, &factor) || factor == 0)
			return false;
		*ret_cost = factor > UINT64_MAX / *ret_cost ? UINT64_MAX : *ret_cost * factor;
	}
	return true;
}

/* PBES2-params: SEQUENCE { keyDerivationFunc, encryptionScheme } */
static bool read_pbes2(struct ber *parameters, struct pkcs12_cipher *cipher)
{
	struct ber inside;
	struct ber derivation;
	struct ber encryption;
	struct ber_item oid;
	bool empty; /* PBKDF2 and scrypt hash the password by itself */

	if (!ber_enter(parameters, BER_SEQUENCE, &inside) ||
	    !ber_enter(&inside, BER_SEQUENCE, &derivation) ||
	    !ber_enter(&inside, BER_SEQUENCE, &encryption) || !ber_take(&encryption, BER_OID, &oid))
		return false;
	cipher->legacy = !has_prefix(&oid, OID_AES, sizeof(OID_AES) - 1);
	if (!ber_take(&derivation, BER_OID, &oid))
		return false;
	if (BER_IS_OID(&oid, OID_PBKDF2))
		return read_iterations(&derivation, &cipher->cost, &empty);
	return BER_IS_OID(&oid, OID_SCRYPT) && read_scrypt(&derivation, &cipher->cost);
}

void pkcs12_read_cipher(const struct ber_item *algorithm, struct pkcs12_cipher *ret_cipher)
{
	struct ber inside;
	struct ber_item oid;

	*ret_cipher = (struct pkcs12_cipher){ .algorithm = algorithm->whole, .legacy = true };
	ber_init(&inside, algorithm->content);
	if (algorithm->tag != BER_SEQUENCE || !ber_take(&inside, BER_OID, &oid))
		return;
	if (BER_IS_OID(&oid, OID_PBES2)) {
		ret_cipher->takes_bytes = true;
		ret_cipher->supported = read_pbes2(&inside, ret_cipher);
	} else if (has_prefix(&oid, OID_PKCS12, sizeof(OID_PKCS12) - 1)) {
		uint8_t scheme = oid.content.data[oid.content.len - 1];
		ret_cipher->legacy = scheme != 3 && scheme != 4; /* 3DES */
		ret_cipher->supported =
			read_iterations(&inside, &ret_cipher->cost, &ret_cipher->empty_salt);
	} else if (has_prefix(&oid, OID_PKCS5, sizeof(OID_PKCS5) - 1)) {
		bool empty;
		ret_cipher->takes_bytes = true;
		ret_cipher->supported = read_iterations(&inside, &ret_cipher->cost, &empty);
	}
}

static int digest_nid(const struct ber_item *oid)
{
	const unsigned char *p = oid->whole.data;
	ASN1_OBJECT *object = d2i_ASN1_OBJECT(NULL, &p, (long)oid->whole.len);
	int nid = object != NULL ? OBJ_obj2nid(object) : NID_undef;

	ASN1_OBJECT_free(object);
	return EVP_get_digestbynid(nid) != NULL ? nid : NID_undef;
}

/* MacData: SEQUENCE { mac DigestInfo, macSalt OCTET STRING, iterations INTEGER DEFAULT 1 } */
bool pkcs12_read_mac(struct ber_item *mac_data, struct pkcs12_mac *ret_mac)
{
	struct ber inside;
	struct ber info;
	struct ber algorithm;
	struct ber_item oid;
	struct ber_item digest;
	struct ber_item salt;
	struct ber_item item;

	*ret_mac = (struct pkcs12_mac){ .iterations = 1 };
	ber_init(&inside, mac_data->content);
	if (!ber_enter(&inside, BER_SEQUENCE, &info) ||
	    !ber_enter(&info, BER_SEQUENCE, &algorithm) || !ber_take(&algorithm, BER_OID, &oid) ||
	    !ber_take(&info, BER_OCTET_STRING, &digest) ||
	    !ber_take(&inside, BER_OCTET_STRING, &salt))
		return false;
	if (ber_next(&inside, &item) &&
	    (!ber_u64(&item, &ret_mac->iterations) || ret_mac->iterations == 0))
		return false;
	ret_mac->digest = digest.content;
	ret_mac->salt = salt.content;
	ret_mac->digest_nid = digest_nid(&oid);
	ret_mac->present = ret_mac->digest_nid != NID_undef && salt.content.len <= SALT_MAX;
	(void)crypto_failure(STATUS_OK);
	return true;
}

enum status pkcs12_check_mac(const struct pkcs12_mac *mac, const struct secret *password,
			     struct span content)
{
	const EVP_MD *md = EVP_get_digestbynid(mac->digest_nid);
	const char *text = password != NULL ? password->data : NULL;
	int text_len = password != NULL ? (int)password->len : 0;
	enum status status = STATUS_UNSUPPORTED;
	uint8_t key[EVP_MAX_MD_SIZE];
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned digest_len = 0;
	int size = EVP_MD_get_size(md);

	if (password == NULL && mac->salt.len == 0)
		return STATUS_LOCKED;
	uint8_t *salt = malloc(mac->salt.len + 1); /* OpenSSL's parameter is not const */
	if (salt == NULL)
		return STATUS_MEMORY;
	if (mac->salt.len > 0)
		memcpy(salt, mac->salt.data, mac->salt.len);
	if (size > 0 &&
	    PKCS12_key_gen_utf8_ex(text, text_len, salt, (int)mac->salt.len, PKCS12_MAC_ID,
				   (int)mac->iterations, size, key, md, NULL, NULL) == 1 &&
	    HMAC(md, key, size, content.data, content.len, digest, &digest_len) != NULL)
		status = digest_len == mac->digest.len &&
					 CRYPTO_memcmp(digest, mac->digest.data, digest_len) == 0
				 ? STATUS_OK
				 : STATUS_LOCKED;
	OPENSSL_cleanse(key, sizeof(key));
	OPENSSL_cleanse(digest, sizeof(digest));
	free(salt);
	return crypto_failure(status);
}

void pkcs12_providers_free(struct pkcs12_providers *providers)
{
	if (providers == NULL)
		return;
	if (providers->legacy != NULL)
		(void)OSSL_PROVIDER_unload(providers->legacy);
	if (providers->standard != NULL)
		(void)OSSL_PROVIDER_unload(providers->standard);
	OSSL_LIB_CTX_free(providers->context);
	free(providers);
}

/* A context of its own, so that nothing else in the process gets at the old ciphers. */
static enum status load_providers(struct pkcs12_providers **providers)
{
	if (*providers != NULL)
		return STATUS_OK;
	struct pkcs12_providers *p = calloc(1, sizeof(*p));
	if (p == NULL)
		return STATUS_MEMORY;
	p->context = OSSL_LIB_CTX_new();
	if (p->context != NULL) {
		p->standard = OSSL_PROVIDER_load(p->context, "default");
		p->legacy = OSSL_PROVIDER_load(p->context, "legacy");
	}
	enum status status = crypto_failure(STATUS_OK);
	if (p->context == NULL || status != STATUS_OK) {
		pkcs12_providers_free(p);
		return STATUS_MEMORY;
	}
	*providers = p; /* without the legacy module its ciphers are found to be unsupported */
	return STATUS_OK;
}

/* PKCS12_pbe_crypt_ex() reports by its last error whether the cipher or the password was wrong. */
static enum status decrypt_failure(void)
{
	bool password = ERR_GET_LIB(ERR_peek_last_error()) == ERR_LIB_PKCS12 &&
			ERR_GET_REASON(ERR_peek_last_error()) == PKCS12_R_PKCS12_CIPHERFINAL_ERROR;

	return crypto_failure(password ? STATUS_LOCKED : STATUS_UNSUPPORTED);
}

enum status pkcs12_decrypt(const struct pkcs12_cipher *cipher, const struct secret *password,
			   struct span encrypted, struct buf *plain,
			   struct pkcs12_providers **providers)
{
	const unsigned char *p = cipher->algorithm.data;
	const char *text = password != NULL ? password->data : NULL;
	int text_len = password != NULL ? (int)password->len : 0;
	enum status status = STATUS_OK;
	unsigned char *out = NULL;
	int out_len = 0;

	if (password == NULL && cipher->empty_salt)
		return STATUS_LOCKED;
	if (cipher->legacy)
		status = load_providers(providers);
	if (status != STATUS_OK)
		return status;
	X509_ALGOR *algorithm = d2i_X509_ALGOR(NULL, &p, (long)cipher->algorithm.len);
	if (algorithm == NULL)
		return crypto_failure(STATUS_UNSUPPORTED);
	if (PKCS12_pbe_crypt_ex(algorithm, text, text_len, encrypted.data, (int)encrypted.len, &out,
				&out_len, 0, cipher->legacy ? (*providers)->context : NULL,
				NULL) == NULL) {
		status = decrypt_failure();
	} else {
		buf_append_secret(plain, out, (size_t)out_len);
		status = buf_status(plain);
		OPENSSL_clear_free(out, (size_t)out_len);
	}
	X509_ALGOR_free(algorithm);
	(void)crypto_failure(STATUS_OK);
	return status;
}

enum status pkcs12_old_password(const struct secret *password, struct secret *ret_old)
{
	enum status status = STATUS_UNSUPPORTED;
	bool ascii = true;
	struct buf old;

	for (size_t i = 0; i < password->len; i++)
		ascii = ascii && (unsigned char)password->data[i] < 0x80;
	if (ascii || !utf8_valid(password->data, password->len))
		return STATUS_UNSUPPORTED;
	buf_init(&old, 2 * password->len);
	for (size_t i = 0; i < password->len; i++) {
		unsigned char byte = (unsigned char)password->data[i];
		const char two[] = { (char)(0xC0 | byte >> 6), (char)(0x80 | (byte & 0x3F)) };
		buf_append_secret(&old, byte < 0x80 ? &password->data[i] : two,
				  byte < 0x80 ? 1 : 2);
	}
	status = buf_status(&old);
	if (status == STATUS_OK)
		status = secret_take(ret_old, &old);
	buf_wipe_release(&old);
	return status;
}
