#ifndef CERT_JKS_H
#define CERT_JKS_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "cert/store.h"

#define JKS_MAGIC   0xFEEDFEEDU
#define JCEKS_MAGIC 0xCECECECEU

/*
 * Room-internal. Reads a Java keystore of the types JKS and JCEKS into `content`; the first four
 * bytes are one of the magic numbers. Needs no password: certificates are in clear. `passwords`
 * (may be NULL) verify the digest of the store; when there are some and none fits, the certificates
 * are shown and the store has a problem. Private keys are passed over. What cannot be read is noted
 * in the content: STATUS_OK or STATUS_MEMORY. Untrusted; thread-safe.
 */
enum status jks_decode(struct store_content *content, const uint8_t *data, size_t len,
		       const struct store_passwords *passwords) MUST_CHECK;

#endif
