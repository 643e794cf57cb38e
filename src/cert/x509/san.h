#ifndef CERT_X509_SAN_H
#define CERT_X509_SAN_H

#include "base/buf.h"
#include "base/status.h"
#include "cert/x509/view.h"

/*
 * Appends the subject alternative names (RFC 5280 4.2.1.6) as a list of cert/san.h; nothing
 * without the extension. DNS names, mail addresses, URIs and IP addresses as they are,
 * a registeredID as "RID:1.2.3", an otherName as "otherName:UPN:user@realm" or, of another type
 * than the user principal name, as "otherName:1.2.3". Names of other kinds and broken ones are left
 * out. STATUS_OK or STATUS_MEMORY.
 */
enum status x509_san_text(struct buf *out, const struct x509_view *view) MUST_CHECK;

#endif
