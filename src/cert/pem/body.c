/*
 * The bytes of a PEM block. What base64 does not take as it is gets repaired once: the text went
 * through JSON, YAML, HTML, a mail or source code, and came back with escapes or quotes. Nothing
 * that is removed is a letter of base64.
 */
#include "cert/pem/body.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"

#define ENTITY_MAX 10 /* characters between "&" and ";", and inside <br/> */

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f';
}

/* The body without the header lines of RFC 1421, which end with an empty line. */
static struct span skip_headers(struct span body)
{
	const char *text = (const char *)body.data;
	bool empty = false; /* the line so far, behind the first line end */

	if (body.len == 0 || memchr(text, ':', body.len) == NULL)
		return body;
	const char *colon = memchr(text, ':', body.len);
	for (size_t i = (size_t)(colon - text); i < body.len; i++) {
		bool line_end = text[i] == '\n' || text[i] == '\r';
		bool crlf = text[i] == '\n' && i > 0 && text[i - 1] == '\r';
		if (line_end && empty && !crlf)
			return (struct span){ body.data + i, body.len - i };
		if (line_end)
			empty = true;
		else if (!is_space(text[i]))
			empty = false;
	}
	return body;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static void put_ascii(struct buf *out, unsigned code)
{
	char c = (char)code;

	if (code > 0 && code < 0x80)
		buf_append_secret(out, &c, 1);
}

/* What a backslash stands for; returns how many characters belong to it. Several are one, as in
 * JSON inside JSON. */
static size_t put_escape(struct buf *out, const char *text, size_t len)
{
	unsigned code = 0;

	if (len < 2 || text[1] == '\\')
		return 1;
	if (strchr("nrtf", text[1]) != NULL && text[1] != '\0') {
		buf_append_secret(out, "\n", 1);
		return 2;
	}
	if (text[1] != 'u' || len < 6)
		return text[1] == '/' ? 1 : 2;
	for (size_t i = 2; i < 6; i++) {
		int digit = hex_digit(text[i]);
		if (digit < 0)
			return 2;
		code = code * 16 + (unsigned)digit;
	}
	put_ascii(out, code);
	return 6;
}

/* An entity of HTML or XML; 0 if it is none. Names stand for what is no base64 (&quot;). */
static size_t put_entity(struct buf *out, const char *text, size_t len)
{
	const char *end = memchr(text, ';', len < ENTITY_MAX ? len : ENTITY_MAX);
	unsigned code = 0;

	if (end == NULL)
		return 0;
	size_t whole = (size_t)(end - text) + 1;
	if (text[1] != '#')
		return whole;
	bool hex = text[2] == 'x' || text[2] == 'X';
	for (const char *at = text + (hex ? 3 : 2); at < end; at++) {
		int digit = hex_digit(*at);
		if (digit < 0 || (!hex && digit > 9))
			return 0;
		code = code * (hex ? 16 : 10) + (unsigned)digit;
	}
	put_ascii(out, code);
	return whole;
}

/* How many bytes at `text` show nothing: a tag of HTML, a blank that is none of ASCII's. */
static size_t invisible(const char *text, size_t len)
{
	static const char *const blanks[] = { "\xC2\xA0", "\xE2\x80\x8B", "\xEF\xBB\xBF" };

	if (text[0] == '<') {
		const char *end = memchr(text, '>', len < ENTITY_MAX ? len : ENTITY_MAX);
		return end != NULL ? (size_t)(end - text) + 1 : 0;
	}
	for (size_t i = 0; i < COUNT_OF(blanks); i++) {
		if (len >= strlen(blanks[i]) && memcmp(text, blanks[i], strlen(blanks[i])) == 0)
			return strlen(blanks[i]);
	}
	return text[0] == '\0' || text[0] == '\v' || text[0] == '\f' ? 1 : 0;
}

/* `only_quoted`: of lines that are quoted each, as in source code, only what the quotes hold; the
 * marker in front of the body stands inside the first. */
static void repair(struct buf *out, const char *text, size_t len, bool only_quoted)
{
	bool in_quotes = true;
	bool line_start = false;
	size_t step;

	for (size_t i = 0; i < len; i += step) {
		char c = text[i];
		struct buf unwanted = { .max = 8 };
		struct buf *to = in_quotes || !only_quoted ? out : &unwanted;
		step = c == '\\'  ? put_escape(to, text + i, len - i)
		       : c == '&' ? put_entity(to, text + i, len - i)
				  : invisible(text + i, len - i);
		buf_release(&unwanted);
		if (step > 0)
			continue;
		step = 1;
		if (c == '"' || c == '\'' || c == '`') {
			in_quotes = !in_quotes;
			continue;
		}
		/* signs of quotations and comments in front of a line, and what separates quotes */
		bool sign = c == ',' || (line_start && strchr(">#*|", c) != NULL);
		line_start = c == '\n' || c == '\r' || (line_start && (sign || is_space(c)));
		if (!sign && (in_quotes || !only_quoted))
			buf_append_secret(out, &c, 1);
	}
}

static enum status decode(struct buf *out, struct span body)
{
	struct span base64 = skip_headers(body);

	return text_base64_decode(out, (const char *)base64.data, base64.len);
}

enum status pem_body(struct buf *out, struct span body)
{
	enum status status = decode(out, body);
	struct buf clean;

	buf_init(&clean, body.len);
	for (int quoted = 1; quoted >= 0 && status == STATUS_SYNTAX; quoted--) {
		buf_wipe_release(&clean);
		repair(&clean, (const char *)body.data, body.len, quoted == 1);
		status = buf_status(&clean);
		struct span repaired = { (const uint8_t *)buf_text(&clean), clean.len };
		if (status == STATUS_OK)
			status = decode(out, repaired);
		if (status == STATUS_OK && quoted == 1 && out->len == 0)
			status = STATUS_SYNTAX; /* the quotes were around something else */
	}
	buf_wipe_release(&clean);
	return status;
}
