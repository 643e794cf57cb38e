#ifndef BASE_PEM_H
#define BASE_PEM_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/status.h"

/*
 * Certificates and keys of settings in PEM (RFC 7468), by OpenSSL: strict, and without ever asking
 * the terminal for a passphrase. Stores of other people are read by cert/, which is lenient and
 * decodes no key. Thread-safe; those that return no certificate leave OpenSSL's error queue empty.
 */

/* The next certificate, which the caller frees. NULL at the end and at a damaged block: pem_ended()
 * says which, as long as OpenSSL's error queue holds what the read has left there. */
X509 *pem_next_certificate(BIO *bio);
/* The same, also for a block TRUSTED CERTIFICATE, which OpenSSL writes. */
X509 *pem_next_anchor(BIO *bio);

/* Call when one of these returned NULL: true at the end of the text, false at a damaged block. */
bool pem_ended(void);

/* The first private key, which the caller frees. STATUS_OK; STATUS_LOCKED: it needs a passphrase;
 * STATUS_SYNTAX: there is none that can be read; STATUS_MEMORY. */
enum status pem_private_key(const char *pem, size_t len, EVP_PKEY **ret_key) MUST_CHECK;

#endif
