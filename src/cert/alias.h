#ifndef CERT_ALIAS_H
#define CERT_ALIAS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"

/*
 * Room-internal: aliases as Java shows them. All input is untrusted; all functions are thread-safe
 * and append to `out`, whose status reports a lack of memory.
 */

/* Text of UTF-16, big endian (BMPString, friendlyName of PKCS#12), as UTF-8. Halves of a pair that
 * stand alone become U+FFFD; an odd last byte is left out. */
void alias_from_utf16(struct buf *out, const uint8_t *data, size_t len);

/* Java's modified UTF-8 (DataInput.readUTF: U+0000 in two bytes, pairs in six) as UTF-8. */
void alias_from_modified_utf8(struct buf *out, const uint8_t *data, size_t len);

/*
 * Lower case as String.toLowerCase(Locale.ENGLISH), then made printable (text_printable), and cut
 * at STORE_ALIAS_MAX bytes between characters. STATUS_OK or STATUS_MEMORY.
 */
enum status alias_normalise(struct buf *out, const void *utf8, size_t len) MUST_CHECK;

#endif
