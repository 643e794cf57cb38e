#ifndef CERT_PKCS7_H
#define CERT_PKCS7_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/reader.h"
#include "base/status.h"
#include "cert/store.h"

/*
 * Room-internal. Appends the certificates of a PKCS#7 or CMS SignedData (RFC 2315 9.1, RFC
 * 5652 5.1) or of a Netscape certificate sequence to the last entry, in file order. Nothing is
 * verified. What cannot be read, or stands behind it, is noted in the content: STATUS_OK,
 * STATUS_LIMIT (state too_large), STATUS_MEMORY. `offset` is the place in the store, or
 * CONTENT_NO_OFFSET. Untrusted; thread-safe.
 */
enum status pkcs7_decode(struct store_content *content, const uint8_t *data, size_t len,
			 size_t offset) MUST_CHECK;

/* Whether it is of a kind that holds certificates, and readable as far as them. */
bool pkcs7_is_signed(struct span data);

#endif
