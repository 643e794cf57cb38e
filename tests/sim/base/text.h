/*
 * Bytes and text for the simulator: an arena, a growing text, encodings, files, a digest.
 *
 * The arena and the text remember their first failure (no memory, or over the ceiling) and then
 * ignore what is added; callers look once, before use. Nothing here is shared between threads.
 */
#ifndef SIM_TEXT_H
#define SIM_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIGEST_HEX_SIZE 65 /* SHA-256 as lower-case hex, with the NUL */

/* Memory that is released all at once. */
struct arena {
	struct arena_block *blocks;
	bool failed;
};

void arena_release(struct arena *a);
/* Zeroed memory, or NULL. */
void *arena_alloc(struct arena *a, size_t count, size_t size);
char *arena_copy(struct arena *a, const char *s, size_t len);
char *arena_strdup(struct arena *a, const char *s);

/* A text that grows. `data` is NUL-terminated as soon as something was added. */
struct text {
	char *data;
	size_t len;
	size_t size;
	bool failed;
};

void text_release(struct text *t);
void text_add(struct text *t, const void *data, size_t len);
void text_adds(struct text *t, const char *s);
__attribute__((format(printf, 2, 3))) void text_addf(struct text *t, const char *format, ...);
/* As a JSON string, with the quotes. `s` has to be UTF-8; NULL gives null. */
void text_add_json(struct text *t, const char *s);
/* Every line break replaced by `with`. */
void text_add_lines(struct text *t, const char *s, const char *with);

/* Every '=' replaced by \u003d, which is the same thing inside JSON strings. */
void text_escape_equals(struct text *t);

/* `bytes` (at most 32) random bytes as lower-case hex with a NUL; zeros without randomness. */
void random_hex(char *ret_hex, size_t bytes);

void text_add_base64(struct text *t, const void *data, size_t len);
/* RFC 4648 section 5, without padding. */
void text_add_base64url(struct text *t, const void *data, size_t len);
/* White space is skipped; false for any other character outside the alphabet. */
bool text_add_base64_decoded(struct text *t, const char *s, size_t len);
bool text_add_base64url_decoded(struct text *t, const char *s, size_t len);

/*
 * Decodes %XX, and '+' as a blank when `form` is set. The result is the caller's, to be freed.
 * NULL for a broken sequence, an encoded NUL, or no memory.
 */
char *percent_decode(const char *s, size_t len, bool form);

void digest_hex(const void *data, size_t len, char ret_hex[DIGEST_HEX_SIZE]);

/* Reads a file of at most 64 MiB into `t`. On failure errno says why. */
bool text_add_file(struct text *t, const char *path);

/* A whole decimal number within [min, max], nothing before or after it. */
bool parse_number(const char *s, long min, long max, long *ret_value);

/* Milliseconds since 1970. */
int64_t now_ms(void);

#endif
