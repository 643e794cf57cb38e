#ifndef CERT_PEM_DECODE_H
#define CERT_PEM_DECODE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/reader.h"
#include "base/status.h"
#include "cert/store.h"

/*
 * Room-internal: PEM text (RFC 7468, and what tools, editors and people make of it). Untrusted, may
 * hold keys. Thread-safe.
 *
 * A marker is a row of hyphens (two at least, or dashes that a word processor made of them), BEGIN
 * or END in any case, a label, and hyphens again; those may be missing behind a label that
 * certificates have.
 */

/* One block of a text: what stands between a marker BEGIN and the next marker. */
struct pem_block {
	size_t offset; /* of its first marker */
	struct span label;
	struct span body;
	bool has_end; /* the next marker is an END, with this label: */
	struct span end_label;
};

/* Finds the next block in text[*offset..len) and moves *offset behind it. False: no more. */
bool pem_next_block(const char *text, size_t len, size_t *offset, struct pem_block *ret_block);

/* Whether the text has a marker that begins a block. */
bool pem_is_pem(const char *text, size_t len);

/* What a label says about its block. The content decides; this is for what cannot be read. */
enum pem_label {
	PEM_CERTIFICATE, /* or several, as PKCS#7 or not */
	PEM_TRUSTED,     /* OpenSSL's own: a certificate, then its trust settings */
	PEM_PKCS7,
	PEM_LIKE_CERTIFICATE, /* no label that a tool is known to write, but it says certificate */
	PEM_UNKNOWN,
	PEM_KEY,   /* never decoded */
	PEM_OTHER, /* requests, revocation lists, parameters */
};
enum pem_label pem_label(struct span label);

/*
 * Appends the bytes of a body (as secret): base64 with any white space, behind header lines
 * (RFC 1421) or not, line ends that are the two characters "\n", other escapes of JSON and of
 * HTML, quotes and commas around lines. STATUS_OK, STATUS_SYNTAX, STATUS_TOO_LARGE, STATUS_MEMORY.
 */
enum status pem_body(struct buf *out, struct span body) MUST_CHECK;

/*
 * Appends the certificates of a PEM text to the last entry, in file order, from all blocks but
 * those of keys, whatever their label is; PKCS#7 is opened. Blocks with something else (keys,
 * parameters, CRLs) are passed over, and named if there is nothing but them. *ret_pkcs7: the
 * certificates came out of PKCS#7 only. STATUS_OK (also when there was none), STATUS_LIMIT (state
 * too_large), STATUS_MEMORY.
 */
enum status pem_decode(struct store_content *content, const char *text, size_t len,
		       bool *ret_pkcs7) MUST_CHECK;

#endif
