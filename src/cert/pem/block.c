/*
 * The blocks of a PEM text (RFC 7468), found leniently: text around blocks, any line ends, markers
 * as people and programs leave them.
 */
#include "cert/pem/block.h"

#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "base/text.h"

#define DASHES_MIN      2 /* RFC 7468 has five; 4 and 6 are common mistakes */
#define DASHES_UNCLOSED 4 /* in front of a marker that has none behind its label */

/* ---- markers ---- */

struct marker {
	size_t start;
	size_t after;    /* where a body begins */
	size_t trailing; /* its last dashes, which may be the first ones of the next marker */
	bool begin;
	struct span label;
};

/* A hyphen, or a dash that an editor made of two or three; 0 if it is none. */
static size_t dash_at(const char *text, size_t len, unsigned *count)
{
	if (text[0] == '-') {
		*count += 1;
		return 1;
	}
	if (len < 3 || memcmp(text, "\xE2\x80", 2) != 0 || text[2] < '\x90' || text[2] > '\x94')
		return 0;
	*count += text[2] == '\x94' ? 3 : text[2] == '\x93' ? 2 : 1; /* em, en, others */
	return 3;
}

/* The length of a row of dashes, 0 if there are too few. */
static size_t dashes_at(const char *text, size_t len, unsigned min)
{
	unsigned count = 0;
	size_t at = 0;
	size_t n;

	while (at < len && (n = dash_at(text + at, len - at, &count)) > 0)
		at += n;
	return count >= min ? at : 0;
}

static size_t blanks_at(const char *text, size_t len)
{
	size_t at = 0;

	while (at < len && at < PEM_LABEL_MAX) {
		if (text[at] == ' ' || text[at] == '\t')
			at++;
		else if (len - at >= 2 && memcmp(text + at, "\xC2\xA0", 2) == 0)
			at += 2;
		else
			break;
	}
	return at;
}

static bool starts(const char *text, size_t len, const char *word)
{
	return len >= strlen(word) && strncasecmp(text, word, strlen(word)) == 0;
}

/* A line end, or one that is written as an escape. */
static bool ends_line(const char *text, size_t len)
{
	return len == 0 || text[0] == '\0' || text[0] == '\r' || text[0] == '\n' || text[0] == '\\';
}

/* The marker whose first dashes, `leading` bytes of them, begin at `at`; false if it is none. */
static bool read_marker(const char *text, size_t len, size_t at, size_t leading, struct marker *m)
{
	m->start = at;
	at += leading;
	at += blanks_at(text + at, len - at);
	m->begin = starts(text + at, len - at, "BEGIN");
	if (!m->begin && !starts(text + at, len - at, "END"))
		return false;
	at += m->begin ? strlen("BEGIN") : strlen("END");
	size_t blanks = blanks_at(text + at, len - at);
	size_t label = at + blanks;
	for (at = label; at < len && at - label <= PEM_LABEL_MAX && !ends_line(text + at, len - at);
	     at++) {
		if (dashes_at(text + at, len - at, DASHES_MIN) > 0)
			break;
	}
	size_t dashes = at < len ? dashes_at(text + at, len - at, DASHES_MIN) : 0;
	m->label = (struct span){ (const uint8_t *)text + label, at - label };
	m->trailing = at;
	m->after = at + dashes;
	if (at - label > PEM_LABEL_MAX || (blanks == 0 && (m->begin || at > label)))
		return false;
	if (dashes > 0)
		return at > label || !m->begin;
	return ends_line(text + at, len - at) &&
	       dashes_at(text + m->start, leading, DASHES_UNCLOSED) > 0 &&
	       pem_label(m->label) < PEM_LIKE_CERTIFICATE;
}

/* The first marker from `at` on; false if there is none. */
static bool find_marker(const char *text, size_t len, size_t at, struct marker *ret_marker)
{
	while (at < len) {
		size_t leading = dashes_at(text + at, len - at, DASHES_MIN);
		if (leading > 0 && read_marker(text, len, at, leading, ret_marker))
			return true;
		at += leading > 0 ? leading : 1;
	}
	return false;
}

static bool find_begin(const char *text, size_t len, size_t at, struct marker *ret_marker)
{
	while (find_marker(text, len, at, ret_marker)) {
		if (ret_marker->begin)
			return true;
		at = ret_marker->trailing;
	}
	return false;
}

bool pem_next_block(const char *text, size_t len, size_t *offset, struct pem_block *ret_block)
{
	struct marker begin;
	struct marker next;

	if (!find_begin(text, len, *offset, &begin)) {
		*offset = len;
		return false;
	}
	bool found = find_marker(text, len, begin.trailing, &next);
	size_t end = found ? next.start : len;
	*ret_block = (struct pem_block){ .offset = begin.start, .label = begin.label };
	ret_block->body = (struct span){ (const uint8_t *)text + begin.after,
					 end > begin.after ? end - begin.after : 0 };
	ret_block->has_end = found && !next.begin;
	if (ret_block->has_end)
		ret_block->end_label = next.label;
	*offset = ret_block->has_end ? next.trailing : end;
	return true;
}

bool pem_is_pem(const char *text, size_t len)
{
	struct marker marker;

	return find_begin(text, len, 0, &marker);
}

/* ---- labels ---- */

/* In upper case, with single blanks between words, for comparisons. */
static void normalise(struct span label, char ret_text[PEM_LABEL_MAX + 1])
{
	const char *text = (const char *)label.data;
	size_t used = 0;

	for (size_t i = 0; i < label.len && used < PEM_LABEL_MAX;) {
		size_t blanks = blanks_at(text + i, label.len - i);
		if (blanks > 0 && used > 0 && i + blanks < label.len)
			ret_text[used++] = ' ';
		i += blanks;
		if (blanks > 0 || i >= label.len)
			continue;
		char c = text[i++];
		ret_text[used++] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
	}
	ret_text[used] = '\0';
}

enum pem_label pem_label(struct span label)
{
	static const struct {
		const char *label;
		enum pem_label kind;
	} known[] = {
		{ "CERTIFICATE", PEM_CERTIFICATE },       { "X509 CERTIFICATE", PEM_CERTIFICATE },
		{ "X.509 CERTIFICATE", PEM_CERTIFICATE }, { "CERTIFICATE CHAIN", PEM_CERTIFICATE },
		{ "TRUSTED CERTIFICATE", PEM_TRUSTED },   { "PKCS7", PEM_PKCS7 },
		{ "PKCS #7 SIGNED DATA", PEM_PKCS7 },     { "CMS", PEM_PKCS7 },
	};
	static const char *const others[] = { "REQUEST", "REVOCATION", "CRL", "ATTRIBUTE",
					      "PARAMETERS" };
	char text[PEM_LABEL_MAX + 1];

	normalise(label, text);
	for (size_t i = 0; i < COUNT_OF(known); i++) {
		if (strcmp(text, known[i].label) == 0)
			return known[i].kind;
	}
	if (strstr(text, "KEY") != NULL)
		return PEM_KEY;
	for (size_t i = 0; i < COUNT_OF(others); i++) {
		if (strstr(text, others[i]) != NULL)
			return PEM_OTHER;
	}
	bool like = strstr(text, "CERT") != NULL || text_starts_with(text, "PKCS7") ||
		    text_starts_with(text, "PKCS#7") || text_starts_with(text, "PKCS #7");
	return like ? PEM_LIKE_CERTIFICATE : PEM_UNKNOWN;
}

bool pem_is_ended(const struct pem_block *block)
{
	char begin[PEM_LABEL_MAX + 1];
	char end[PEM_LABEL_MAX + 1];

	if (!block->has_end)
		return false;
	normalise(block->label, begin);
	normalise(block->end_label, end);
	return strcmp(begin, end) == 0 || (pem_label(block->label) <= PEM_LIKE_CERTIFICATE &&
					   pem_label(block->end_label) <= PEM_LIKE_CERTIFICATE);
}
