#ifndef CERT_X509_NAME_H
#define CERT_X509_NAME_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/reader.h"
#include "base/status.h"

/* Distinguished names (RFC 5280 4.1.2.4). They are untrusted. Thread-safe. */

/*
 * Appends a Name as text (RFC 4514, as X509_NAME_print_ex() does with XN_FLAG_RFC2253 and without
 * ASN1_STRFLGS_ESC_MSB). What OpenSSL refuses to print (bytes that are no text of the declared
 * type) is shown byte by byte. The text still has to pass text_printable(). STATUS_OK,
 * STATUS_SYNTAX (no Name), STATUS_LIMIT (more parts than any real name has), STATUS_MEMORY.
 */
enum status x509_name_text(struct buf *out, struct span name) MUST_CHECK;

/* Whether two Names are the same in OpenSSL's canonical form (case and blanks do not count).
 * STATUS_OK or STATUS_MEMORY. */
enum status x509_same_name(struct span a, struct span b, bool *ret_same) MUST_CHECK;

#endif
