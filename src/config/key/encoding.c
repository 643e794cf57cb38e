/* UTF-16, base64 and YAML, on the way to the JSON of a service key. */
#include "config/key/encoding.h"

#include <stdint.h>
#include <string.h>

#include <openssl/asn1.h>

#include "base/secret.h"
#include "base/text.h"

bool key_is_utf16(const char *text, size_t len)
{
	if (len < 2)
		return false;
	if (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0)
		return true;
	return (text[0] == '\0') != (text[1] == '\0');
}

static uint32_t unit_at(const char *text, bool big_endian)
{
	const uint8_t *p = (const uint8_t *)text;

	return big_endian ? (uint32_t)(p[0] << 8 | p[1]) : (uint32_t)(p[1] << 8 | p[0]);
}

static void put_utf8(struct buf *utf8, uint32_t c)
{
	uint8_t bytes[4];
	int n = UTF8_putc(bytes, sizeof(bytes), c);

	if (n > 0)
		buf_append_secret(utf8, bytes, (size_t)n);
}

enum status key_from_utf16(const char *text, size_t len, struct buf *utf8)
{
	bool big_endian = text[0] == '\0' || memcmp(text, "\xFE\xFF", 2) == 0;
	size_t i = unit_at(text, big_endian) == 0xFEFF ? 2 : 0;

	if (len % 2 != 0)
		return STATUS_SYNTAX;
	for (; i < len; i += 2) {
		uint32_t c = unit_at(text + i, big_endian);
		if (c >= 0xD800 && c <= 0xDFFF) {
			uint32_t low = len - i >= 4 ? unit_at(text + i + 2, big_endian) : 0;
			if (c > 0xDBFF || low < 0xDC00 || low > 0xDFFF)
				return STATUS_SYNTAX;
			c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
			i += 2;
		}
		put_utf8(utf8, c);
	}
	return buf_status(utf8);
}

enum status key_from_base64(const char *text, size_t len, struct buf *bytes)
{
	struct secret copy = { 0 };
	enum status status = secret_set(&copy, text, len);

	for (size_t i = 0; status == STATUS_OK && i < copy.len; i++) {
		if (copy.data[i] == '-')
			copy.data[i] = '+';
		else if (copy.data[i] == '_')
			copy.data[i] = '/';
	}
	if (status == STATUS_OK)
		status = text_base64_decode(bytes, copy.data, copy.len);
	secret_release(&copy);
	return status;
}

/* As json_put_string(), into a buffer that is wiped. */
static void put_text(struct buf *json, const char *text)
{
	buf_append_secret(json, "\"", 1);
	for (; *text != '\0'; text++) {
		static const char digits[] = "0123456789abcdef";
		uint8_t c = (uint8_t)*text;
		char escape[] = { '\\', 'u', '0', '0', digits[c >> 4], digits[c & 0xF] };
		if (c < ' ' || c == '"' || c == '\\' || c == 0x7F)
			buf_append_secret(json, escape, sizeof(escape));
		else
			buf_append_secret(json, text, 1);
	}
	buf_append_secret(json, "\"", 1);
}

void key_yaml_to_json(const struct yaml_node *node, struct buf *json)
{
	bool map = node->kind == YAML_MAP;

	if (node->kind == YAML_NOTHING) {
		buf_append_secret(json, "null", 4);
		return;
	}
	if (node->kind == YAML_SCALAR) {
		put_text(json, node->text);
		return;
	}
	buf_append_secret(json, map ? "{" : "[", 1);
	for (const struct yaml_node *child = node->first; child != NULL; child = child->next) {
		if (child != node->first)
			buf_append_secret(json, ",", 1);
		if (map) {
			put_text(json, child->name);
			buf_append_secret(json, ":", 1);
		}
		key_yaml_to_json(child, json); /* as deep as YAML_DEPTH_MAX */
	}
	buf_append_secret(json, map ? "}" : "]", 1);
}
