/*
 * Aliases of keystores as Java shows them: out of the encodings that the formats use (BMPString of
 * X.680, modified UTF-8 of java.io.DataInput), in lower case as String.toLowerCase(Locale.ENGLISH).
 */
#include "cert/alias.h"

#include <locale.h>
#include <stdbool.h>
#include <string.h>
#include <wctype.h>

#include "base/text.h"
#include "cert/store.h"

#define REPLACEMENT    0xFFFD
#define CAPITAL_I_DOT  0x0130 /* the two letters whose lower case needs more than a table */
#define CAPITAL_SIGMA  0x03A3
#define SMALL_SIGMA    0x03C3
#define FINAL_SIGMA    0x03C2
#define COMBINING_DOT  0x0307
#define CHARACTER_SIZE 4 /* bytes of a character in UTF-8 */

static size_t encode(uint32_t c, char ret_bytes[CHARACTER_SIZE])
{
	if (c < 0x80) {
		ret_bytes[0] = (char)c;
		return 1;
	}
	size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	for (size_t i = n - 1; i > 0; i--) {
		ret_bytes[i] = (char)(0x80 | (c & 0x3F));
		c >>= 6;
	}
	ret_bytes[0] = (char)((n == 2 ? 0xC0 : n == 3 ? 0xE0 : 0xF0) | c);
	return n;
}

static void append(struct buf *out, uint32_t c)
{
	char bytes[CHARACTER_SIZE];
	size_t n = encode(c, bytes);

	buf_append(out, bytes, n);
}

/* The first character of `data` and its length; a byte that begins none is U+FFFD. */
static uint32_t decode(const uint8_t *data, size_t len, size_t *ret_len)
{
	size_t n = utf8_sequence(data, len);

	*ret_len = n > 0 ? n : 1;
	if (n == 0)
		return REPLACEMENT;
	if (n == 1)
		return data[0];
	uint32_t c = data[0] & (0xFFU >> (n + 1));
	for (size_t i = 1; i < n; i++)
		c = c << 6 | (data[i] & 0x3F);
	return c;
}

/* Puts UTF-16 together: pairs become one character, halves that stand alone U+FFFD. */
struct pairing {
	struct buf *out;
	uint32_t high; /* the first half of a pair whose second half is due; 0 if none */
};

static void pairing_end(struct pairing *p)
{
	if (p->high != 0)
		append(p->out, REPLACEMENT);
	p->high = 0;
}

static void pairing_add(struct pairing *p, uint32_t unit)
{
	bool low = unit >= 0xDC00 && unit <= 0xDFFF;

	if (low && p->high != 0) {
		append(p->out, 0x10000 + ((p->high - 0xD800) << 10) + (unit - 0xDC00));
		p->high = 0;
		return;
	}
	pairing_end(p);
	if (unit >= 0xD800 && unit <= 0xDBFF)
		p->high = unit;
	else
		append(p->out, low ? REPLACEMENT : unit);
}

void alias_from_utf16(struct buf *out, const uint8_t *data, size_t len)
{
	struct pairing p = { out, 0 };

	for (size_t i = 0; i + 1 < len; i += 2)
		pairing_add(&p, (uint32_t)data[i] << 8 | data[i + 1]);
	pairing_end(&p);
}

void alias_from_modified_utf8(struct buf *out, const uint8_t *data, size_t len)
{
	struct pairing p = { out, 0 };
	size_t i = 0;

	while (i < len) {
		uint8_t c = data[i];
		size_t n = c < 0x80 ? 1 : (c & 0xE0) == 0xC0 ? 2 : (c & 0xF0) == 0xE0 ? 3 : 0;
		bool whole = n > 0 && n <= len - i;
		for (size_t k = 1; whole && k < n; k++)
			whole = (data[i + k] & 0xC0) == 0x80;
		if (!whole) { /* not modified UTF-8: plain UTF-8 of four bytes, or garbage */
			pairing_end(&p);
			append(out, decode(data + i, len - i, &n));
		} else if (n == 1) {
			pairing_add(&p, c);
		} else if (n == 2) {
			pairing_add(&p, (c & 0x1FU) << 6 | (data[i + 1] & 0x3FU));
		} else {
			pairing_add(&p, (c & 0x0FU) << 12 | (data[i + 1] & 0x3FU) << 6 |
						(data[i + 2] & 0x3FU));
		}
		i += n;
	}
	pairing_end(&p);
}

static bool is_ascii(const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (data[i] >= 0x80)
			return false;
	}
	return true;
}

static bool is_cased(uint32_t c, locale_t locale)
{
	return iswupper_l((wint_t)c, locale) != 0 || iswlower_l((wint_t)c, locale) != 0;
}

/* Characters inside of words that Java looks past when it asks whether a sigma ends its word. */
static bool is_inside_word(uint32_t c)
{
	return c == '\'' || c == '.' || c == ':' || c == 0xAD || c == 0xB7 || c == 0x2019 ||
	       (c >= 0x300 && c <= 0x36F);
}

static bool word_goes_on(const uint8_t *data, size_t len, locale_t locale)
{
	size_t n;

	while (len > 0) {
		uint32_t c = decode(data, len, &n);
		if (!is_inside_word(c))
			return is_cased(c, locale);
		data += n;
		len -= n;
	}
	return false;
}

/* The lower case of one character as UTF-8; `before` is the letter in front of it, 0 if none. */
static size_t lower(const uint8_t *data, size_t len, uint32_t before, locale_t locale,
		    char ret_bytes[2 * CHARACTER_SIZE], size_t *ret_read)
{
	uint32_t c = decode(data, len, ret_read);

	if (c < 0x80) {
		ret_bytes[0] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
		return 1;
	}
	if (locale == (locale_t)0)
		return encode(c, ret_bytes);
	if (c == CAPITAL_I_DOT) {
		ret_bytes[0] = 'i';
		return 1 + encode(COMBINING_DOT, ret_bytes + 1);
	}
	if (c == CAPITAL_SIGMA) {
		bool final = before != 0 && is_cased(before, locale) &&
			     !word_goes_on(data + *ret_read, len - *ret_read, locale);
		return encode(final ? FINAL_SIGMA : SMALL_SIGMA, ret_bytes);
	}
	return encode((uint32_t)towlower_l((wint_t)c, locale), ret_bytes);
}

enum status alias_normalise(struct buf *out, const void *utf8, size_t len)
{
	const uint8_t *data = utf8;
	locale_t locale = (locale_t)0; /* without C.UTF-8 on the machine only ASCII is changed */
	struct buf one;
	uint32_t before = 0;
	size_t n;

	if (!is_ascii(data, len))
		locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	buf_init(&one, 64);
	while (len > 0) {
		char bytes[2 * CHARACTER_SIZE];
		size_t bytes_len = lower(data, len, before, locale, bytes, &n);
		one.len = 0; /* its memory is used again */
		text_printable(&one, bytes, bytes_len);
		if (out->len + one.len > STORE_ALIAS_MAX)
			break;
		buf_append(out, buf_text(&one), one.len);
		if (buf_status(&one) != STATUS_OK)
			break;
		uint32_t c = decode(data, len, &n);
		before = is_inside_word(c) ? before : c;
		data += n;
		len -= n;
	}
	enum status status = buf_status(&one) == STATUS_OK ? buf_status(out) : buf_status(&one);
	buf_release(&one);
	if (locale != (locale_t)0)
		freelocale(locale);
	return status;
}
