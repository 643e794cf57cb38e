/*
 * For the tests of config/: a folder that is removed afterwards, files in it, and key pairs made by
 * OpenSSL. cmocka.h is included before this file.
 */
#ifndef TEST_CONFIG_FIXTURE_H
#define TEST_CONFIG_FIXTURE_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#define FIXTURE_PATH_MAX 512
#define ROWS(table)      (sizeof(table) / sizeof((table)[0]))

struct fixture {
	char folder[64];
	char *certificate; /* PEM, self-signed */
	char *key;         /* its private key */
	char *other_key;   /* another one */
};

static inline char *fixture_bio_text(BIO *bio)
{
	char *data = NULL;
	long len = BIO_get_mem_data(bio, &data);
	char *text = strndup(data, (size_t)len);

	assert_non_null(text);
	BIO_free(bio);
	return text;
}

static inline char *fixture_key_text(EVP_PKEY *key)
{
	BIO *bio = BIO_new(BIO_s_mem());

	assert_int_equal(PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL), 1);
	return fixture_bio_text(bio);
}

static inline char *fixture_certificate_text(EVP_PKEY *key)
{
	X509 *x = X509_new();
	X509_NAME *name = X509_get_subject_name(x);
	BIO *bio = BIO_new(BIO_s_mem());

	assert_int_equal(X509_set_version(x, 2), 1);
	assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(x), 1), 1);
	assert_non_null(X509_gmtime_adj(X509_getm_notBefore(x), 0));
	assert_non_null(X509_gmtime_adj(X509_getm_notAfter(x), 86400));
	assert_int_equal(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
						    (const uint8_t *)"test", -1, -1, 0),
			 1);
	assert_int_equal(X509_set_issuer_name(x, name), 1);
	assert_int_equal(X509_set_pubkey(x, key), 1);
	assert_true(X509_sign(x, key, EVP_sha256()) > 0);
	assert_int_equal(PEM_write_bio_X509(bio, x), 1);
	X509_free(x);
	return fixture_bio_text(bio);
}

static inline int fixture_setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	(void)snprintf(f->folder, sizeof(f->folder), "/tmp/btp-config-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	EVP_PKEY *key = EVP_EC_gen("P-256");
	EVP_PKEY *other = EVP_EC_gen("P-256");
	f->certificate = fixture_certificate_text(key);
	f->key = fixture_key_text(key);
	f->other_key = fixture_key_text(other);
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
	*state = f;
	return 0;
}

static inline int fixture_remove_one(const char *path, const struct stat *st, int type,
				     struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline int fixture_teardown(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(nftw(f->folder, fixture_remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
	free(f->certificate);
	free(f->key);
	free(f->other_key);
	free(f);
	return 0;
}

/* The absolute path of a name in the folder; valid for a few calls. */
static inline const char *fixture_path(const struct fixture *f, const char *name)
{
	static char paths[8][FIXTURE_PATH_MAX];
	static size_t next;
	char *path = paths[next++ % 8];

	(void)snprintf(path, FIXTURE_PATH_MAX, "%s/%s", f->folder, name);
	return path;
}

/* Writes a file and the folders it is in. */
static inline const char *fixture_write(const struct fixture *f, const char *name, const char *text)
{
	const char *path = fixture_path(f, name);
	char folder[FIXTURE_PATH_MAX];

	(void)snprintf(folder, sizeof(folder), "%s", path);
	for (char *p = folder + strlen(f->folder) + 1; *p != '\0'; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		(void)mkdir(folder, 0700);
		*p = '/';
	}
	FILE *file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	return path;
}

/* A PEM text as the inside of a JSON string: line feeds as `\n`. The caller frees. */
static inline char *fixture_escape(const char *text)
{
	char *out = calloc(2, strlen(text) + 1);
	size_t n = 0;

	assert_non_null(out);
	for (; *text != '\0'; text++) {
		if (*text == '\n') {
			out[n++] = '\\';
			out[n++] = 'n';
		} else {
			out[n++] = *text;
		}
	}
	return out;
}

#define assert_contains(text, part)                                                                \
	do {                                                                                       \
		if (strstr((text), (part)) == NULL)                                                \
			fail_msg("\"%s\" is not in:\n%s", (part), (text));                         \
	} while (0)
#define assert_lacks(text, part)                                                                   \
	do {                                                                                       \
		if (strstr((text), (part)) != NULL)                                                \
			fail_msg("\"%s\" is in:\n%s", (part), (text));                             \
	} while (0)

#endif
