#ifndef CERT_PEM_H
#define CERT_PEM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/reader.h"
#include "base/status.h"
#include "cert/store.h"

/*
 * Room-internal: PEM text (RFC 7468, and what tools write around it). Untrusted, may hold keys.
 * Thread-safe.
 */

/* One block of a text: what stands between -----BEGIN label----- and the next marker. */
struct pem_block {
	struct span label;
	struct span body;
	bool ended; /* by -----END label-----: otherwise it is cut off */
};

/* Finds the next block in text[*offset..len) and moves *offset behind it. False: no more. */
bool pem_next_block(const char *text, size_t len, size_t *offset, struct pem_block *ret_block);

/* Whether the text has a marker that begins a block. */
bool pem_is_pem(const char *text, size_t len);

/*
 * Appends the certificates of a PEM text to the last entry, in file order; PKCS#7 blocks are
 * opened, everything else (keys, parameters, CRLs) is passed over without being decoded.
 * *ret_pkcs7: the certificates came out of PKCS#7 blocks only. STATUS_OK (also when there was
 * none), STATUS_LIMIT (state too_large), STATUS_MEMORY.
 */
enum status pem_decode(struct store_content *content, const char *text, size_t len,
		       bool *ret_pkcs7) MUST_CHECK;

#endif
