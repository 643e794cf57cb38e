#ifndef BASE_READER_H
#define BASE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Reads untrusted binary data with bounds checked and the first failure remembered: after it, every
 * read gives 0 or an empty span, so a parser reads a group of fields and checks once, before use.
 * Keeps pointers into the caller's bytes. Not thread-safe; no allocation.
 */
struct reader {
	const uint8_t *data;
	size_t len;
	size_t offset;
	bool failed;
};

struct span {
	const uint8_t *data;
	size_t len;
};

void rd_init(struct reader *r, const void *data, size_t len);
uint8_t rd_u8(struct reader *r);
uint16_t rd_u16be(struct reader *r);
uint32_t rd_u32be(struct reader *r);
uint64_t rd_u64be(struct reader *r);

/* The next `len` bytes; a failure when fewer are left or when `len` > `max`. */
struct span rd_take(struct reader *r, size_t len, size_t max);

void rd_skip(struct reader *r, size_t len);
size_t rd_left(const struct reader *r);
bool rd_failed(const struct reader *r);

#endif
