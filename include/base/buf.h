#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/*
 * A growing byte buffer with a ceiling and a memory of its first failure: once an append failed,
 * every later one is ignored, and buf_status() says why. So callers append freely and check once.
 * The bytes are always followed by a NUL that is not counted. Not thread-safe.
 */
struct buf {
	char *data; /* NULL while nothing was appended */
	size_t len;
	size_t capacity;
	size_t max;
	enum status status;
};

/* An empty buffer that never holds more than `max` bytes. Nothing is allocated yet. */
void buf_init(struct buf *buf, size_t max);

/* Frees the bytes; the buffer is empty and usable again, its failure forgotten. */
void buf_release(struct buf *buf);

/* The same for bytes that are secret: they are wiped first. Growing wipes old copies only if
 * `buf_append_secret` was used for all appends. */
void buf_wipe_release(struct buf *buf);

void buf_append(struct buf *buf, const void *data, size_t len);
void buf_append_secret(struct buf *buf, const void *data, size_t len);
void buf_puts(struct buf *buf, const char *text);
void buf_putc(struct buf *buf, char c);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *buf, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

/* STATUS_OK, STATUS_TOO_LARGE (the ceiling was hit) or STATUS_MEMORY. */
enum status buf_status(const struct buf *buf) MUST_CHECK;

/* The text so far, "" when empty. Valid until the next append. */
const char *buf_text(const struct buf *buf);

/* Hands the bytes over (free() them); NULL after a failure, or when memory for "" is missing. */
char *buf_take(struct buf *buf);

#endif
