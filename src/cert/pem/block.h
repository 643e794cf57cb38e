#ifndef CERT_PEM_BLOCK_H
#define CERT_PEM_BLOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/reader.h"

/*
 * The blocks of a PEM text (RFC 7468, and what tools, editors and people make of it), found by
 * their markers; what is in a block is not looked at. The text is untrusted and may hold keys.
 * Thread-safe.
 *
 * A marker is a row of hyphens (two at least, or dashes that a word processor made of them), BEGIN
 * or END in any case, a label, and hyphens again; those may be missing behind a label that
 * certificates have.
 */

/* bytes of a label; the longest in use, "ANY PRIVATE KEY" and the like, have half of that */
#define PEM_LABEL_MAX 64

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

/* Whether a block ends as it began; the labels of certificates may differ. */
bool pem_is_ended(const struct pem_block *block);

#endif
