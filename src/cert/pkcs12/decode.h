#ifndef CERT_PKCS12_DECODE_H
#define CERT_PKCS12_DECODE_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "cert/store.h"

/*
 * Reads a PFX (PKCS#12, RFC 7292) into `content`. It is untrusted; private keys are neither
 * decrypted nor looked into. What cannot be read is noted in the content: STATUS_OK or
 * STATUS_MEMORY. Thread-safe for separate contents.
 */
enum status pkcs12_decode(struct store_content *content, const uint8_t *data, size_t len,
			  const struct store_passwords *passwords) MUST_CHECK;

#endif
