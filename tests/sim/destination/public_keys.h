/*
 * What the service answers at {name}/publicKeys: the public part of an entry, made from the entry's
 * own bytes (PEM, DER, PKCS#7) or from PEM files that stand for the entries of a keystore.
 *
 * Keystores are recognised by their first bytes only: the simulator cannot look into them, so that
 * it never shares an error with the decoders that it is there to test.
 */
#ifndef SIM_PUBLIC_KEYS_H
#define SIM_PUBLIC_KEYS_H

#include "text.h"

enum content_kind {
	CONTENT_CERTIFICATES, /* PEM (also without any certificate), DER, PKCS#7, nothing at all */
	CONTENT_KEYSTORE,     /* JKS, JCEKS, PKCS#12 */
	CONTENT_GARBAGE,
};

/* How `Content` is written. The documentation shows CRLF and promises base64. */
enum public_keys_style {
	STYLE_CRLF,    /* base64 lines end in CRLF, BEGIN and END lines in LF, none at the end */
	STYLE_LF,      /* LF everywhere */
	STYLE_BASE64,  /* the whole PEM text in base64 */
	STYLE_LITERAL, /* backslash and n instead of a line break */
};

/* Their names in the scenario, in the same order, NULL at the end. */
extern const char *const public_keys_styles[];

/* A chain of certificates: PEM text with LF and without a last line break. */
struct chain {
	const char *alias; /* NULL: not a keystore */
	const char *pem;
	const char *subject; /* of the first certificate that can be read, RFC 2253; else "" */
};

/*
 * Finds out what `data` is and copies its certificates into `ret_chain` (alias NULL, `pem` empty
 * when there is none). Everything lives in the arena. With the arena failed the result is void.
 */
enum content_kind chain_read(struct arena *a, const void *data, size_t len,
			     struct chain *ret_chain);

/* The answer's body. `chains_len` 0 gives []. */
void public_keys_add(struct text *t, const struct chain *chains, size_t chains_len,
		     enum public_keys_style style);

/* One PEM text in the wanted style, as a JSON string. */
void pem_add_json(struct text *t, const char *pem, enum public_keys_style style);

#endif
