#ifndef CERT_X509_VIEW_H
#define CERT_X509_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/reader.h"
#include "base/status.h"
#include "cert/ber.h"

/*
 * The parts of a certificate (RFC 5280 4.1), read in place: spans point into the caller's bytes,
 * which are untrusted. Thread-safe.
 */
#define X509_TEXT_MAX 67108864 /* 64 MiB: an escape is 4 bytes for one, and a store has 4 MiB */

struct x509_view {
	struct span der;           /* the certificate itself */
	bool v3;                   /* false: version 1 or 2 */
	struct span serial_number; /* content octets, at least one */
	struct span issuer;        /* the whole Name */
	struct span subject;
	struct ber_item not_before;
	struct ber_item not_after;
	struct ber_item signature_algorithm; /* the OBJECT IDENTIFIER */
	struct ber_item key_algorithm;       /* the OBJECT IDENTIFIER */
	struct span key_parameters;          /* what follows it in AlgorithmIdentifier */
	struct span key;                     /* content of the BIT STRING after its first octet */
	struct span extensions;              /* content of Extensions, empty if there are none */
};

/* STATUS_OK, or STATUS_SYNTAX: not exactly one certificate. */
enum status x509_view(const uint8_t *der, size_t len, struct x509_view *ret_view) MUST_CHECK;

/* The value of the first extension of this type (content octets of its OID), to be walked; false if
 * there is none. */
bool x509_extension(const struct x509_view *view, const char *oid, size_t oid_len,
		    struct ber *ret_value);

#endif
