#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/*
 * SHA-256, of one piece of data or of several parts. Each part is preceded by its length, so that
 * "ab", "c" has another digest than "a", "bc". Parts are added freely and their failure is checked
 * once: OpenSSL fails only where memory is missing. Thread-safe for separate digests.
 */
#define DIGEST_SIZE      32
#define DIGEST_TEXT_SIZE (2 * DIGEST_SIZE + 1)

struct digest {
	struct evp_md_ctx_st *context; /* NULL: an earlier step has failed */
};

/* Between digest_begin() and digest_end() the digest holds memory. */
void digest_begin(struct digest *digest);
void digest_add(struct digest *digest, const void *part, size_t len);
/* NULL is another part than "". */
void digest_add_text(struct digest *digest, const char *text);
/* STATUS_OK or STATUS_MEMORY; the digest is released in any case. */
enum status digest_end(struct digest *digest, uint8_t ret_bytes[DIGEST_SIZE]) MUST_CHECK;

/* The digest of these bytes alone, without a length: a fingerprint. STATUS_OK or STATUS_MEMORY. */
enum status digest_of(const void *data, size_t len, uint8_t ret_bytes[DIGEST_SIZE]) MUST_CHECK;

/* As lower-case hex. */
void digest_text(const uint8_t bytes[DIGEST_SIZE], char ret_text[DIGEST_TEXT_SIZE]);

/* 64 hexadecimal digits of either case; colons between them, as tools print fingerprints, are
 * skipped. STATUS_OK, or STATUS_SYNTAX, and then ret_bytes is undefined. */
enum status digest_parse(const char *text, uint8_t ret_bytes[DIGEST_SIZE]) MUST_CHECK;

#endif
