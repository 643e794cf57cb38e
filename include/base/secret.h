#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stddef.h>

#include "base/buf.h"
#include "base/status.h"

/*
 * A password, key or token: bytes that are wiped before they are freed, and that no log, error or
 * output function takes. Always NUL-terminated. Not thread-safe.
 */
struct secret {
	char *data; /* NULL: not set (an empty secret is not NULL) */
	size_t len;
};

/* Replaces the value by a copy. STATUS_OK or STATUS_MEMORY (the old value is gone then too). */
enum status secret_set(struct secret *secret, const char *data, size_t len) MUST_CHECK;
/* Replaces the value by the bytes of a buffer, which is empty afterwards. */
enum status secret_take(struct secret *secret, struct buf *buf) MUST_CHECK;
void secret_release(struct secret *secret);

/* Wipes and frees a plain string; NULL is fine. */
void secret_free_text(char *text);

#endif
