#ifndef CERT_DECODE_H
#define CERT_DECODE_H

#include "base/reader.h"
#include "base/status.h"
#include "cert/store.h"

/*
 * Fills a content from bytes of a format that is not known. The bytes are untrusted and may hold
 * keys; what is copied of them is wiped. Thread-safe for separate contents.
 */

/* The bytes of a whole store. What cannot be read is noted in the content, a format that is not
 * read as well. STATUS_OK, STATUS_LIMIT (the state is too_large), STATUS_MEMORY. */
enum status decode_store(struct store_content *content, struct span data,
			 const struct store_passwords *passwords) MUST_CHECK;

/* Certificates for the last entry: PEM as the examples of SAP's specification show it, base64 of
 * it, or base64 of DER or PKCS#7. Results as above. */
enum status decode_chain(struct store_content *content, struct span data) MUST_CHECK;

#endif
