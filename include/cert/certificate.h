#ifndef CERT_CERTIFICATE_H
#define CERT_CERTIFICATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/*
 * The facts of one X.509 certificate (RFC 5280) that the exporter shows. Plain data, immutable once
 * made; strings are never NULL, "" when unknown. All text is UTF-8 as found after repair; cutting
 * to a label's length is the writer's business.
 */
enum certificate_role {
	CERTIFICATE_LEAF,         /* not a CA (basicConstraints), self-signed or not */
	CERTIFICATE_INTERMEDIATE, /* a CA that is not a root */
	/* A CA (or v1) that is its own issuer: its own key verifies its signature, or nothing can
	 * verify it and it names no other key as its issuer's. */
	CERTIFICATE_ROOT,
	CERTIFICATE_ROLE_UNKNOWN, /* only where the bytes were not seen */
	CERTIFICATE_ROLE_COUNT,
};

#define FINGERPRINT_SIZE 65 /* SHA-256 as lower-case hex and NUL */

/*
 * What is shown of a certificate as text, in the order of every output. A further text is a word
 * here, a member of struct certificate, and in certificate.c a row and the function that reads it.
 */
enum certificate_text {
	CERTIFICATE_SUBJECT,
	CERTIFICATE_ISSUER,
	CERTIFICATE_SERIAL_NUMBER,
	CERTIFICATE_FINGERPRINT,
	CERTIFICATE_PUBLIC_KEY,
	CERTIFICATE_SIGNATURE_ALGORITHM,
	CERTIFICATE_SAN,
	CERTIFICATE_TEXT_COUNT,
};

struct certificate {
	enum certificate_role role;
	bool has_not_before; /* false: unreadable, or outside 1970-01-02 .. 9999-12-31 */
	bool has_not_after;
	int64_t not_before_s; /* Unix seconds; not shown: negative if before 1970, else 0 */
	int64_t not_after_s;
	char *subject; /* RFC 4514 as OpenSSL prints RFC 2253, UTF-8 kept */
	char *issuer;
	char *serial_number; /* lower-case hex, no leading zeros, "-" in front if negative; "0" */
	char *fingerprint_sha256;  /* lower-case hex; "" where the bytes were not seen */
	char *public_key;          /* RSA-2048, RSA-PSS-3072, EC-P-256, Ed25519, DSA-2048, ... */
	char *signature_algorithm; /* OpenSSL's long name, for example sha256WithRSAEncryption;
				    * ML-DSA-65 and the like by names of our own */
	char *san;                 /* all names as one text, see cert/san.h */
};

/*
 * Reads exactly one DER certificate (RFC 5280 4.1). `der` is untrusted and not kept. STATUS_OK:
 * *ret_certificate is the caller's, released with certificate_free(). Otherwise it is not touched:
 * STATUS_SYNTAX (not one certificate, or bytes left over), STATUS_MEMORY. Thread-safe.
 */
enum status certificate_parse(const uint8_t *der, size_t len,
			      struct certificate **ret_certificate) MUST_CHECK;

/*
 * A certificate of which only some facts are known (a state file, a REST answer): strings are
 * copied, NULL is "". `facts` holds the rest. STATUS_OK or STATUS_MEMORY.
 */
enum status certificate_copy(const struct certificate *facts,
			     struct certificate **ret_certificate) MUST_CHECK;

void certificate_free(struct certificate *certificate);

struct certificate_text_row {
	const char *name; /* of the label, the column, the member of JSON and of the state file */
	size_t offset;    /* in struct certificate */
};
extern const struct certificate_text_row certificate_texts[CERTIFICATE_TEXT_COUNT];

const char *certificate_text(const struct certificate *certificate, enum certificate_text text);
/* Where the text is kept, for a caller that fills a certificate. */
char **certificate_text_at(struct certificate *certificate, enum certificate_text text);

/* leaf, intermediate, root, unknown: values of the label `role`, kept in the state file. */
const char *certificate_role_name(enum certificate_role role);
enum status certificate_role_parse(const char *name, enum certificate_role *ret_role) MUST_CHECK;

#endif
