/* Display width of UTF-8 text, by wcwidth(3). */
#include "report/width.h"

#include <stdint.h>
#include <string.h>
#include <wchar.h>

#include "base/array.h"
#include "base/text.h"

#define ELLIPSIS    "\xE2\x80\xA6" /* U+2026 */
#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

struct range {
	uint32_t first, last;
};

/* UAX #9: marks, embeddings, overrides and isolates. */
static const struct range direction_ranges[] = {
	{ 0x061C, 0x061C },
	{ 0x200E, 0x200F },
	{ 0x202A, 0x202E },
	{ 0x2066, 0x2069 },
};

static bool turns_direction(uint32_t c)
{
	for (size_t i = 0; i < COUNT_OF(direction_ranges); i++) {
		if (c >= direction_ranges[i].first && c <= direction_ranges[i].last)
			return true;
	}
	return false;
}

/* One character as it is shown. */
struct shown {
	const char *text;
	size_t len;
	size_t columns;
};

static uint32_t code_point(const uint8_t *p, size_t len)
{
	static const uint8_t first_bits[] = { 0, 0x7F, 0x1F, 0x0F, 0x07 };
	uint32_t c = p[0] & first_bits[len];

	for (size_t i = 1; i < len; i++)
		c = c << 6 | (p[i] & 0x3F);
	return c;
}

/* The character at `text`, which is not at its end; returns the bytes that it takes there. */
static size_t next_shown(const char *text, size_t left, struct shown *ret_shown)
{
	const uint8_t *p = (const uint8_t *)text;
	struct shown replacement = { REPLACEMENT, strlen(REPLACEMENT), 1 };

	if (p[0] >= 0x20 && p[0] < 0x7F) {
		*ret_shown = (struct shown){ text, 1, 1 };
		return 1;
	}
	size_t len = utf8_sequence(p, left);
	*ret_shown = replacement;
	if (len < 2) /* not UTF-8, or a control character */
		return 1;
	uint32_t c = code_point(p, len);
	if (c < 0xA0 || turns_direction(c))
		return len;
	int columns = wcwidth((wchar_t)c); /* -1: not assigned, a terminal shows some box */
	*ret_shown = (struct shown){ text, len, columns >= 0 ? (size_t)columns : 1 };
	return len;
}

size_t text_columns(const char *text)
{
	size_t left = strlen(text);
	size_t columns = 0;
	struct shown shown;

	while (left > 0) {
		size_t len = next_shown(text, left, &shown);
		columns += shown.columns;
		text += len;
		left -= len;
	}
	return columns;
}

/* Appends what fits into `columns`; *text moves behind it. Returns the columns that were used. */
static size_t put_head(struct buf *buf, const char **text, size_t columns)
{
	size_t left = strlen(*text);
	size_t used = 0;
	struct shown shown;

	while (left > 0) {
		size_t len = next_shown(*text, left, &shown);
		if (used + shown.columns > columns)
			break;
		buf_append(buf, shown.text, shown.len);
		used += shown.columns;
		*text += len;
		left -= len;
	}
	return used;
}

/* The longest end of `text` that takes at most `columns`, of the `total` that it takes. */
static const char *tail(const char *text, size_t total, size_t columns)
{
	size_t left = strlen(text);
	struct shown shown;

	while (left > 0) {
		size_t len = next_shown(text, left, &shown);
		if (total <= columns && shown.columns > 0)
			break;
		total -= shown.columns;
		text += len;
		left -= len;
	}
	return text;
}

/* Appends all of `text` or as much of its beginning as fits, with the mark behind it. */
static size_t put_cut(struct buf *buf, const char *text, size_t columns)
{
	if (columns == 0)
		return 0;
	if (text_columns(text) <= columns)
		return put_head(buf, &text, columns);
	size_t used = put_head(buf, &text, columns - 1);
	buf_puts(buf, ELLIPSIS);
	return used + 1;
}

size_t text_put_columns(struct buf *buf, const char *text, size_t columns, size_t keep)
{
	size_t total = text_columns(text);

	if (total <= columns)
		return put_head(buf, &text, columns);
	if (columns == 0)
		return 0;
	size_t end = keep < columns ? keep : columns - 1;
	size_t used = put_head(buf, &text, columns - 1 - end);
	if (total - used <= keep) /* all of it is to be kept: its end gives way after all */
		return used + put_cut(buf, text, columns - used);
	buf_puts(buf, ELLIPSIS);
	text = tail(text, total - used, keep);
	return used + 1 + put_cut(buf, text, columns - used - 1);
}
