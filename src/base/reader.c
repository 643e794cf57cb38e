/* Bounds-checked reading of binary data. */
#include "base/reader.h"

void rd_init(struct reader *r, const void *data, size_t len)
{
	r->data = data;
	r->len = len;
	r->offset = 0;
	r->failed = false;
}

size_t rd_left(const struct reader *r)
{
	return r->failed ? 0 : r->len - r->offset;
}

bool rd_failed(const struct reader *r)
{
	return r->failed;
}

struct span rd_take(struct reader *r, size_t len, size_t max)
{
	if (r->failed || len > max || len > r->len - r->offset) {
		r->failed = true;
		return (struct span){ NULL, 0 };
	}
	struct span span = { r->data + r->offset, len };
	r->offset += len;
	return span;
}

void rd_skip(struct reader *r, size_t len)
{
	(void)rd_take(r, len, SIZE_MAX);
}

static uint64_t big_endian(struct reader *r, size_t len)
{
	struct span span = rd_take(r, len, sizeof(uint64_t));
	uint64_t value = 0;

	for (size_t i = 0; i < span.len; i++)
		value = (value << 8) | span.data[i];
	return value;
}

uint8_t rd_u8(struct reader *r)
{
	return (uint8_t)big_endian(r, 1);
}

uint16_t rd_u16be(struct reader *r)
{
	return (uint16_t)big_endian(r, 2);
}

uint32_t rd_u32be(struct reader *r)
{
	return (uint32_t)big_endian(r, 4);
}

uint64_t rd_u64be(struct reader *r)
{
	return big_endian(r, 8);
}
