#ifndef CERT_X509_SELF_H
#define CERT_X509_SELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "cert/x509/view.h"

/* Whether a certificate signed itself. It is untrusted. Thread-safe. */

enum x509_self {
	X509_SELF_VERIFIED,
	X509_SELF_WRONG, /* checked, or made with an algorithm that the key is not for */
	X509_SELF_UNCHECKED,
};

/*
 * Whether the certificate's own key verifies its signature. UNCHECKED: the algorithm or its
 * parameters are not among those that every supported OpenSSL checks, the library refuses them
 * here, or the check would be expensive (a key beyond 8192 bits, or RSA with an exponent beyond 64
 * bits). STATUS_OK or STATUS_MEMORY.
 */
enum status x509_check_itself(const uint8_t *der, size_t len, enum x509_self *ret_self) MUST_CHECK;

/* The same where only X509_SELF_VERIFIED counts. */
enum status x509_verifies_itself(const uint8_t *der, size_t len, bool *ret_verified) MUST_CHECK;

/* Whether the identifiers of the certificate's key and of its issuer's key (RFC 5280 4.2.1.1,
 * 4.2.1.2) say that another key than its own has signed it. */
bool x509_names_other_issuer(const struct x509_view *view);

#endif
