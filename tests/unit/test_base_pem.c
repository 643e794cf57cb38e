/* Certificates and keys of settings: which blocks are read, and how a text ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/pem.h>

#include "base/pem.h"

#define DAMAGED "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"

static EVP_PKEY *key;
static X509 *certificate;

static int make(void **state)
{
	(void)state;
	key = EVP_EC_gen("P-256");
	certificate = X509_new();
	return key != NULL && certificate != NULL &&
			       X509_set_version(certificate, X509_VERSION_3) == 1 &&
			       ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) == 1 &&
			       X509_gmtime_adj(X509_getm_notBefore(certificate), 0) != NULL &&
			       X509_gmtime_adj(X509_getm_notAfter(certificate), 86400) != NULL &&
			       X509_set_pubkey(certificate, key) == 1 &&
			       X509_sign(certificate, key, EVP_sha256()) > 0
		       ? 0
		       : -1;
}

static int drop(void **state)
{
	(void)state;
	X509_free(certificate);
	EVP_PKEY_free(key);
	return 0;
}

/* The number of certificates that are read from a text. */
static size_t count(BIO *text, X509 *(*next)(BIO *bio))
{
	size_t n = 0;

	for (X509 *one = next(text); one != NULL; one = next(text)) {
		X509_free(one);
		n++;
	}
	return n;
}

static void test_end_or_damage(void **state)
{
	BIO *text = BIO_new(BIO_s_mem());

	(void)state;
	assert_int_equal(count(text, pem_next_certificate), 0);
	assert_true(pem_ended());
	assert_int_equal(PEM_write_bio_X509(text, certificate), 1);
	assert_int_equal(PEM_write_bio_X509(text, certificate), 1);
	assert_int_equal(count(text, pem_next_certificate), 2);
	assert_true(pem_ended());
	assert_int_equal(PEM_write_bio_X509(text, certificate), 1);
	assert_true(BIO_puts(text, DAMAGED) > 0);
	assert_int_equal(count(text, pem_next_certificate), 1);
	assert_false(pem_ended());
	BIO_free(text);
}

/* OpenSSL's own form is one of anchors only. */
static void test_trusted(void **state)
{
	BIO *text = BIO_new(BIO_s_mem());

	(void)state;
	assert_int_equal(PEM_write_bio_X509_AUX(text, certificate), 1);
	assert_int_equal(count(text, pem_next_anchor), 1);
	assert_true(pem_ended());
	assert_int_equal(PEM_write_bio_X509_AUX(text, certificate), 1);
	assert_int_equal(count(text, pem_next_certificate), 0);
	assert_true(pem_ended());
	BIO_free(text);
}

static enum status read_key(BIO *text)
{
	char *data;
	long len = BIO_get_mem_data(text, &data);
	EVP_PKEY *read = NULL;
	enum status status = pem_private_key(data, (size_t)len, &read);

	assert_int_equal(read != NULL, status == STATUS_OK);
	if (read != NULL)
		assert_int_equal(EVP_PKEY_eq(read, key), 1);
	EVP_PKEY_free(read);
	BIO_free(text);
	return status;
}

static void test_key(void **state)
{
	char passphrase[] = "passphrase";
	BIO *plain = BIO_new(BIO_s_mem());
	BIO *encrypted = BIO_new(BIO_s_mem());
	BIO *none = BIO_new(BIO_s_mem());

	(void)state;
	assert_int_equal(PEM_write_bio_PrivateKey(plain, key, NULL, NULL, 0, NULL, NULL), 1);
	assert_int_equal(read_key(plain), STATUS_OK);
	assert_int_equal(PEM_write_bio_PrivateKey(encrypted, key, EVP_aes_128_cbc(), NULL, 0, NULL,
						  passphrase),
			 1);
	assert_int_equal(read_key(encrypted), STATUS_LOCKED);
	assert_int_equal(PEM_write_bio_X509(none, certificate), 1);
	assert_int_equal(read_key(none), STATUS_SYNTAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_end_or_damage),
		cmocka_unit_test(test_trusted),
		cmocka_unit_test(test_key),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
