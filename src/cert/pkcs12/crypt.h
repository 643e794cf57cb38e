#ifndef CERT_PKCS12_CRYPT_H
#define CERT_PKCS12_CRYPT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/reader.h"
#include "base/secret.h"
#include "base/status.h"
#include "cert/ber.h"

/*
 * The passwords and the encryption of PKCS#12 (RFC 7292 appendix B, RFC 8018). All parameters are
 * untrusted. The functions that read them derive nothing, so that the cost of a store is known
 * before it is paid. Thread-safe.
 */

/* An AlgorithmIdentifier for encryption by password, as far as its cost has to be known. */
struct pkcs12_cipher {
	struct span algorithm; /* the whole AlgorithmIdentifier */
	uint64_t cost;         /* iterations of its key derivation, at least 1 */
	bool supported;        /* false: nothing may be derived */
	bool empty_salt;       /* and the derivation is PKCS#12's own (appendix B) */
	bool takes_bytes;      /* derives from the password's bytes as they are (PKCS#5) */
	bool legacy;           /* needs OpenSSL's legacy provider (RC2, RC4, DES) */
};

struct pkcs12_mac {
	bool present; /* false also for a kind that is not checked (PBMAC1, RFC 9579) */
	int digest_nid;
	struct span digest;
	struct span salt;
	uint64_t iterations;
};

void pkcs12_read_cipher(const struct ber_item *algorithm, struct pkcs12_cipher *ret_cipher);
/* MacData; false: broken. */
bool pkcs12_read_mac(struct ber_item *mac_data, struct pkcs12_mac *ret_mac);

/*
 * Whether `password` (NULL: none at all) fits. STATUS_OK, STATUS_LOCKED, STATUS_UNSUPPORTED,
 * STATUS_MEMORY. Neither password nor salt is nothing to derive a key from, which OpenSSL takes for
 * a lack of memory (3.0) or a failure without a reason (3.2): it does not fit.
 */
enum status pkcs12_check_mac(const struct pkcs12_mac *mac, const struct secret *password,
			     struct span content) MUST_CHECK;

struct pkcs12_providers; /* OpenSSL with its legacy provider, loaded when it is needed */

/*
 * Decrypts into `plain` (empty, secret). STATUS_OK; STATUS_LOCKED: this password does not fit;
 * STATUS_UNSUPPORTED: the algorithm or its parameters; STATUS_MEMORY. *providers is NULL at first,
 * kept between calls, and released in the end.
 */
enum status pkcs12_decrypt(const struct pkcs12_cipher *cipher, const struct secret *password,
			   struct span encrypted, struct buf *plain,
			   struct pkcs12_providers **providers) MUST_CHECK;
void pkcs12_providers_free(struct pkcs12_providers *providers);

/*
 * A password as OpenSSL before 1.1 understood it: each byte of its UTF-8 was a character of the
 * BMPString that keys are derived from (appendix B.1). The result is the UTF-8 of those characters,
 * for the functions above. STATUS_OK; STATUS_UNSUPPORTED: there is no difference, or the password
 * is not UTF-8 and OpenSSL understands it so anyway; STATUS_MEMORY.
 */
enum status pkcs12_old_password(const struct secret *password, struct secret *ret_old) MUST_CHECK;

#endif
