#ifndef CERT_SNIFF_H
#define CERT_SNIFF_H

#include "base/reader.h"

/*
 * Room-internal: what a store is, judged by its bytes alone. Untrusted; thread-safe, no allocation.
 * Only the outermost structure is looked at, so a broken store is still recognised.
 */
enum sniff_kind {
	SNIFF_NOTHING, /* no byte, or only white space */
	SNIFF_PEM,
	SNIFF_CERTIFICATE, /* DER */
	SNIFF_PKCS12,
	SNIFF_PKCS7,
	SNIFF_JKS,         /* and JCEKS */
	SNIFF_PRIVATE_KEY, /* DER: PKCS#8, PKCS#1, SEC 1 */
	SNIFF_REQUEST,     /* DER: PKCS#10 */
	SNIFF_REVOCATIONS, /* DER: a CRL */
	SNIFF_BCFKS,       /* Bouncy Castle's keystores */
	SNIFF_BKS,
	SNIFF_UTF16,  /* text in UTF-16 */
	SNIFF_BASE64, /* text that may be any of the above in base64 */
	SNIFF_UNKNOWN,
};

/* Also takes a byte order mark of UTF-8 away from the front of *data. */
enum sniff_kind sniff(struct span *data);

/* The same for what is no text: one of the kinds of DER, or SNIFF_UNKNOWN. */
enum sniff_kind sniff_der(struct span data);

#endif
