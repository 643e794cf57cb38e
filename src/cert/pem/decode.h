#ifndef CERT_PEM_DECODE_H
#define CERT_PEM_DECODE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "cert/store.h"

/*
 * Appends the certificates of a PEM text to the last entry, in file order, from all blocks but
 * those of keys, whatever their label is; PKCS#7 is opened. Blocks with something else (keys,
 * parameters, CRLs) are passed over, and named if there is nothing but them. *ret_pkcs7: the
 * certificates came out of PKCS#7 only. STATUS_OK (also when there was none), STATUS_LIMIT (state
 * too_large), STATUS_MEMORY. The text is untrusted and may
 * hold keys. Thread-safe.
 */
enum status pem_decode(struct store_content *content, const char *text, size_t len,
		       bool *ret_pkcs7) MUST_CHECK;

#endif
