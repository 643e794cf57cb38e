/* Certificates and keys of settings in PEM, by OpenSSL. */
#include "base/pem.h"

#include <limits.h>

#include <openssl/err.h>
#include <openssl/pem.h>

/* Without a callback OpenSSL would ask the terminal. */
static int refuse_passphrase(char *text, int size, int writing, void *user)
{
	bool *asked = user;

	(void)text;
	(void)size;
	(void)writing;
	if (asked != NULL)
		*asked = true;
	return -1;
}

X509 *pem_next_certificate(BIO *bio)
{
	return PEM_read_bio_X509(bio, NULL, refuse_passphrase, NULL);
}

X509 *pem_next_anchor(BIO *bio)
{
	return PEM_read_bio_X509_AUX(bio, NULL, refuse_passphrase, NULL);
}

/* OpenSSL returns NULL both at the end and for a damaged block; only the error distinguishes them.
 */
bool pem_ended(void)
{
	unsigned long last = ERR_peek_last_error();

	ERR_clear_error();
	return ERR_GET_LIB(last) == ERR_LIB_PEM && ERR_GET_REASON(last) == PEM_R_NO_START_LINE;
}

enum status pem_private_key(const char *pem, size_t len, EVP_PKEY **ret_key)
{
	bool asked = false;

	if (len > INT_MAX)
		return STATUS_SYNTAX;
	BIO *bio = BIO_new_mem_buf(pem, (int)len);
	if (bio == NULL)
		return STATUS_MEMORY;
	EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, refuse_passphrase, &asked);
	BIO_free(bio);
	ERR_clear_error();
	if (key == NULL)
		return asked ? STATUS_LOCKED : STATUS_SYNTAX;
	*ret_key = key;
	return STATUS_OK;
}
