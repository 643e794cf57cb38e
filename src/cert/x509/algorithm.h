#ifndef CERT_X509_ALGORITHM_H
#define CERT_X509_ALGORITHM_H

#include "base/buf.h"
#include "base/status.h"
#include "cert/ber.h"
#include "cert/x509/view.h"

/* Keys and algorithms as text. What they are read from is untrusted. Thread-safe. */

/* Appends "RSA-2048", "EC-P-256", ...; an unknown algorithm by its long name or OID. */
enum status x509_key_text(struct buf *out, const struct x509_view *view) MUST_CHECK;

/* Appends the long name of an algorithm, or its OID in dots. */
enum status x509_oid_text(struct buf *out, const struct ber_item *oid) MUST_CHECK;

#endif
