/*
 * Walking BER and DER (X.690) in place. OpenSSL's templates would copy everything, keys included,
 * and refuse a whole file for one bad element; this reads one element at a time and copies nothing.
 */
#include "cert/ber.h"

#include <string.h>

#define NESTED_STRINGS_MAX 8 /* constructed strings inside each other; writers use one level */

struct header {
	uint8_t tag;
	size_t header_len;
	size_t len;
	bool indefinite;
};

void ber_init(struct ber *b, struct span span)
{
	b->data = span.data;
	b->left = span.len;
	b->failed = false;
}

bool ber_failed(const struct ber *b)
{
	return b->failed;
}

/* Identifier and length (X.690 8.1.2, 8.1.3). Whether that many bytes follow is not checked. */
static bool read_header(const uint8_t *data, size_t left, struct header *ret)
{
	struct reader r;

	rd_init(&r, data, left);
	ret->tag = rd_u8(&r);
	if ((ret->tag & 0x1F) == 0x1F) {
		while ((rd_u8(&r) & 0x80) != 0 && !rd_failed(&r))
			;
	}
	uint8_t first = rd_u8(&r);
	ret->len = first;
	ret->indefinite = first == 0x80;
	if (ret->indefinite) {
		ret->len = 0;
		if ((ret->tag & BER_CONSTRUCTED) == 0)
			return false;
	} else if (first > 0x80) {
		uint64_t len = 0;
		for (unsigned i = 0; i < (first & 0x7FU); i++) {
			if (len > UINT64_MAX >> 8)
				return false;
			len = len << 8 | rd_u8(&r);
		}
		if (len > SIZE_MAX / 2)
			return false;
		ret->len = (size_t)len;
	}
	ret->header_len = r.offset;
	return !rd_failed(&r);
}

/* The length of an indefinite content, without its end-of-contents octets (X.690 8.1.5). */
static bool find_end(const uint8_t *data, size_t left, size_t *ret_len)
{
	size_t depth = 1;
	size_t offset = 0;
	struct header h;

	while (read_header(data + offset, left - offset, &h)) {
		if (h.tag == 0 && h.header_len == 2 && h.len == 0) {
			if (--depth == 0) {
				*ret_len = offset;
				return true;
			}
			offset += 2;
			continue;
		}
		if (h.len > left - offset - h.header_len)
			return false;
		offset += h.header_len + h.len;
		depth += h.indefinite ? 1 : 0;
	}
	return false;
}

bool ber_next(struct ber *b, struct ber_item *ret_item)
{
	struct header h;
	size_t trailer = 0;

	if (b->failed || b->left == 0)
		return false;
	b->failed = true;
	if (!read_header(b->data, b->left, &h))
		return false;
	size_t room = b->left - h.header_len;
	if (h.indefinite) {
		if (!find_end(b->data + h.header_len, room, &h.len))
			return false;
		trailer = 2;
	} else if (h.len > room) {
		return false;
	}
	b->failed = false;
	ret_item->tag = h.tag;
	ret_item->content = (struct span){ b->data + h.header_len, h.len };
	ret_item->whole = (struct span){ b->data, h.header_len + h.len + trailer };
	b->data += ret_item->whole.len;
	b->left -= ret_item->whole.len;
	return true;
}

bool ber_take(struct ber *b, uint8_t tag, struct ber_item *ret_item)
{
	if (ber_next(b, ret_item) && ret_item->tag == tag)
		return true;
	b->failed = true;
	return false;
}

bool ber_take_optional(struct ber *b, uint8_t tag, struct ber_item *ret_item)
{
	if (b->failed || b->left == 0 || b->data[0] != tag)
		return false;
	return ber_next(b, ret_item);
}

bool ber_enter(struct ber *b, uint8_t tag, struct ber *ret_inside)
{
	struct ber_item item = { 0 };
	bool ok = ber_take(b, tag, &item);

	ber_init(ret_inside, item.content);
	ret_inside->failed = !ok;
	return ok;
}

bool ber_is_oid(const struct ber_item *item, const char *octets, size_t len)
{
	return item->tag == BER_OID && item->content.len == len &&
	       memcmp(item->content.data, octets, len) == 0;
}

bool ber_u64(const struct ber_item *item, uint64_t *ret_value)
{
	struct span s = item->content;
	uint64_t value = 0;

	if (item->tag != BER_INTEGER || s.len == 0 || s.data[0] >= 0x80)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (value > UINT64_MAX >> 8)
			return false;
		value = value << 8 | s.data[i];
	}
	*ret_value = value;
	return true;
}

static bool append_pieces(struct buf *scratch, struct span content, unsigned depth)
{
	struct ber inside;
	struct ber_item piece;

	if (depth > NESTED_STRINGS_MAX)
		return false;
	ber_init(&inside, content);
	while (ber_next(&inside, &piece)) {
		if (piece.tag == BER_OCTET_STRING)
			buf_append_secret(scratch, piece.content.data, piece.content.len);
		else if (piece.tag != (BER_OCTET_STRING | BER_CONSTRUCTED) ||
			 !append_pieces(scratch, piece.content, depth + 1))
			return false;
	}
	return !ber_failed(&inside);
}

enum status ber_octets(const struct ber_item *item, struct buf *scratch, struct span *ret_octets)
{
	if ((item->tag & BER_CONSTRUCTED) == 0) {
		*ret_octets = item->content;
		return STATUS_OK;
	}
	if (!append_pieces(scratch, item->content, 1))
		return STATUS_SYNTAX;
	if (buf_status(scratch) != STATUS_OK)
		return buf_status(scratch) == STATUS_MEMORY ? STATUS_MEMORY : STATUS_SYNTAX;
	*ret_octets = (struct span){ (const uint8_t *)buf_text(scratch), scratch->len };
	return STATUS_OK;
}

size_t ber_announced_length(struct span span)
{
	struct header h;

	if (!read_header(span.data, span.len, &h) || h.indefinite)
		return 0;
	return h.header_len + h.len;
}
