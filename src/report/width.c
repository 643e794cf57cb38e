/*
 * Display width of UTF-8 text. The tables are the blocks of Unicode 15 whose characters are wide
 * (UAX #11: W and F) or take no column; single exceptions inside a block do not matter here, a
 * table that is off by one column in Tibetan does no harm.
 */
#include "report/width.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"

#define ELLIPSIS    "\xE2\x80\xA6" /* U+2026 */
#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

struct range {
	uint32_t first, last;
};

static const struct range zero_ranges[] = {
	{ 0x0300, 0x036F },   { 0x0483, 0x0489 },   { 0x0591, 0x05BD }, { 0x0610, 0x061A },
	{ 0x064B, 0x065F },   { 0x06D6, 0x06DC },   { 0x0900, 0x0902 }, { 0x093C, 0x093C },
	{ 0x0941, 0x0948 },   { 0x0E31, 0x0E31 },   { 0x0E34, 0x0E3A }, { 0x0E47, 0x0E4E },
	{ 0x1160, 0x11FF },   { 0x1AB0, 0x1AFF },   { 0x1DC0, 0x1DFF }, { 0x200B, 0x200D },
	{ 0x2060, 0x2064 },   { 0x20D0, 0x20FF },   { 0x302A, 0x302D }, { 0x3099, 0x309A },
	{ 0xFE00, 0xFE0F },   { 0xFE20, 0xFE2F },   { 0xFEFF, 0xFEFF }, { 0x1F3FB, 0x1F3FF },
	{ 0xE0001, 0xE007F }, { 0xE0100, 0xE01EF },
};

static const struct range wide_ranges[] = {
	{ 0x1100, 0x115F },   { 0x231A, 0x231B },   { 0x23E9, 0x23EC },   { 0x2614, 0x2615 },
	{ 0x2648, 0x2653 },   { 0x26A1, 0x26A1 },   { 0x2705, 0x2705 },   { 0x274C, 0x274C },
	{ 0x2B50, 0x2B50 },   { 0x2E80, 0x303E },   { 0x3041, 0x33FF },   { 0x3400, 0x4DBF },
	{ 0x4E00, 0x9FFF },   { 0xA000, 0xA4CF },   { 0xA960, 0xA97F },   { 0xAC00, 0xD7A3 },
	{ 0xF900, 0xFAFF },   { 0xFE30, 0xFE6F },   { 0xFF00, 0xFF60 },   { 0xFFE0, 0xFFE6 },
	{ 0x16FE0, 0x18CFF }, { 0x1AFF0, 0x1B2FF }, { 0x1F1E6, 0x1F1FF }, { 0x1F300, 0x1F64F },
	{ 0x1F680, 0x1F6FF }, { 0x1F900, 0x1F9FF }, { 0x1FA70, 0x1FAFF }, { 0x20000, 0x3FFFD },
};

/* UAX #9: marks, embeddings, overrides and isolates. */
static const struct range direction_ranges[] = {
	{ 0x061C, 0x061C },
	{ 0x200E, 0x200F },
	{ 0x202A, 0x202E },
	{ 0x2066, 0x2069 },
};

static bool in_ranges(uint32_t c, const struct range *ranges, size_t count)
{
	size_t low = 0;
	size_t high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (c > ranges[middle].last)
			low = middle + 1;
		else if (c < ranges[middle].first)
			high = middle;
		else
			return true;
	}
	return false;
}

#define IN(c, ranges) in_ranges((c), (ranges), sizeof(ranges) / sizeof((ranges)[0]))

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
	if (c < 0xA0 || IN(c, direction_ranges))
		return len;
	size_t columns = IN(c, zero_ranges) ? 0 : IN(c, wide_ranges) ? 2 : 1;
	*ret_shown = (struct shown){ text, len, columns };
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
