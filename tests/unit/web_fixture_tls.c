/* Keys and certificates for the web server of the tests. */
#include "web_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#define DAY INT64_C(86400)

static EVP_PKEY *make_key(struct web_fixture *fixture, const char *name)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	char file_name[64];

	(void)snprintf(file_name, sizeof(file_name), "%s.key", name);
	FILE *file = fopen(fixture_path(fixture, file_name), "we");
	assert_non_null(key);
	assert_non_null(file);
	assert_int_equal(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
	(void)fclose(file);
	return key;
}

static void add_extension(X509 *certificate, int nid, const char *value)
{
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	assert_non_null(extension);
	assert_int_equal(X509_add_ext(certificate, extension, -1), 1);
	X509_EXTENSION_free(extension);
}

static X509 *make_unsigned(const char *name, EVP_PKEY *key)
{
	static long serial = 1;
	X509 *certificate = X509_new();

	assert_non_null(certificate);
	(void)X509_set_version(certificate, 2);
	(void)ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
	(void)X509_gmtime_adj(X509_getm_notBefore(certificate), -DAY);
	(void)X509_gmtime_adj(X509_getm_notAfter(certificate), 30L * DAY);
	(void)X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
					 (const unsigned char *)name, -1, -1, 0);
	(void)X509_set_pubkey(certificate, key);
	return certificate;
}

static void write_certificate(struct web_fixture *fixture, const char *name, X509 *certificate)
{
	char file_name[64];

	(void)snprintf(file_name, sizeof(file_name), "%s.pem", name);
	FILE *file = fopen(fixture_path(fixture, file_name), "we");
	assert_non_null(file);
	assert_int_equal(PEM_write_X509(file, certificate), 1);
	(void)fclose(file);
}

void fixture_make_ca(struct web_fixture *fixture, const char *name)
{
	EVP_PKEY *key = make_key(fixture, name);
	X509 *certificate = make_unsigned(name, key);

	(void)X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
	add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE");
	assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
	write_certificate(fixture, name, certificate);
	X509_free(certificate);
	EVP_PKEY_free(key);
}

void fixture_make_certificate(struct web_fixture *fixture, const char *ca, const char *name,
			      const char *san, bool client)
{
	char file_name[64];
	EVP_PKEY *key = make_key(fixture, name);
	X509 *certificate = make_unsigned(name, key);

	(void)snprintf(file_name, sizeof(file_name), "%s.key", ca);
	FILE *file = fopen(fixture_path(fixture, file_name), "re");
	assert_non_null(file);
	EVP_PKEY *ca_key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
	(void)fclose(file);
	(void)snprintf(file_name, sizeof(file_name), "%s.pem", ca);
	file = fopen(fixture_path(fixture, file_name), "re");
	assert_non_null(file);
	X509 *ca_certificate = PEM_read_X509(file, NULL, NULL, NULL);
	(void)fclose(file);
	assert_non_null(ca_key);
	assert_non_null(ca_certificate);
	(void)X509_set_issuer_name(certificate, X509_get_subject_name(ca_certificate));
	add_extension(certificate, NID_basic_constraints, "CA:FALSE");
	add_extension(certificate, NID_ext_key_usage, client ? "clientAuth" : "serverAuth");
	if (san != NULL)
		add_extension(certificate, NID_subject_alt_name, san);
	assert_true(X509_sign(certificate, ca_key, EVP_sha256()) > 0);
	write_certificate(fixture, name, certificate);
	X509_free(ca_certificate);
	EVP_PKEY_free(ca_key);
	X509_free(certificate);
	EVP_PKEY_free(key);
}
