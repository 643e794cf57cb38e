/*
 * PEM text (RFC 7468), read leniently: text around blocks, any line ends, markers as people and
 * programs leave them, and blocks that are broken without spoiling their neighbours. What is in a
 * block is decided by its content. Blocks of keys are never decoded, so no key is copied; OpenSSL's
 * PEM reader would decode every block.
 */
#include "cert/pem/decode.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "cert/ber.h"
#include "cert/content.h"
#include "cert/der.h"
#include "cert/pkcs7.h"
#include "cert/sniff.h"
#include "cert/x509/view.h"

#define DASHES_MIN      2 /* RFC 7468 has five; 4 and 6 are common mistakes */
#define DASHES_UNCLOSED 4 /* in front of a marker that has none behind its label */
#define LABEL_MAX       64 /* the longest in use, "ANY PRIVATE KEY" and the like, have half of that */
#define LABEL_SHOWN     40 /* bytes of a label in a detail */

/* -- markers ------------------------------------------------------------------------------------
 */

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

	while (at < len && at < LABEL_MAX) {
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
	for (at = label; at < len && at - label <= LABEL_MAX && !ends_line(text + at, len - at);
	     at++) {
		if (dashes_at(text + at, len - at, DASHES_MIN) > 0)
			break;
	}
	size_t dashes = at < len ? dashes_at(text + at, len - at, DASHES_MIN) : 0;
	m->label = (struct span){ (const uint8_t *)text + label, at - label };
	m->trailing = at;
	m->after = at + dashes;
	if (at - label > LABEL_MAX || (blanks == 0 && (m->begin || at > label)))
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

/* -- labels -------------------------------------------------------------------------------------
 */

/* In upper case, with single blanks between words, for comparisons. */
static void normalise(struct span label, char ret_text[LABEL_MAX + 1])
{
	const char *text = (const char *)label.data;
	size_t used = 0;

	for (size_t i = 0; i < label.len && used < LABEL_MAX;) {
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
	char text[LABEL_MAX + 1];

	normalise(label, text);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(text, known[i].label) == 0)
			return known[i].kind;
	}
	if (strstr(text, "KEY") != NULL)
		return PEM_KEY;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (strstr(text, others[i]) != NULL)
			return PEM_OTHER;
	}
	bool like = strstr(text, "CERT") != NULL || text_starts_with(text, "PKCS7") ||
		    text_starts_with(text, "PKCS#7") || text_starts_with(text, "PKCS #7");
	return like ? PEM_LIKE_CERTIFICATE : PEM_UNKNOWN;
}

/* Whether a block ends as it began; labels of certificates may differ. */
static bool is_ended(const struct pem_block *block)
{
	char begin[LABEL_MAX + 1];
	char end[LABEL_MAX + 1];

	if (!block->has_end)
		return false;
	normalise(block->label, begin);
	normalise(block->end_label, end);
	return strcmp(begin, end) == 0 || (pem_label(block->label) <= PEM_LIKE_CERTIFICATE &&
					   pem_label(block->end_label) <= PEM_LIKE_CERTIFICATE);
}

/* -- blocks -------------------------------------------------------------------------------------
 */

struct reading {
	struct store_content *content;
	struct span other;   /* label of the first block of which is known that it is none */
	struct span unknown; /* label of the first other block without a certificate */
	bool seen_pkcs7;
	bool seen_certificate;
	bool seen_pkcs12;
};

static void show_label(char ret_text[LABEL_SHOWN + 1], struct span label)
{
	text_printable_into(ret_text, LABEL_SHOWN + 1, label.data, label.len);
}

static enum status add_gap(struct reading *r, const struct pem_block *block, const char *what)
{
	char label[LABEL_SHOWN + 1];
	char why[LABEL_SHOWN + 64];

	r->seen_certificate = r->seen_certificate || pem_label(block->label) != PEM_PKCS7;
	r->seen_pkcs7 = r->seen_pkcs7 || pem_label(block->label) == PEM_PKCS7;
	show_label(label, block->label);
	(void)snprintf(why, sizeof(why), "a PEM block \"%s\" %s", label, what);
	return content_add_gap(r->content, why, block->offset);
}

static void pass_over(struct reading *r, const struct pem_block *block)
{
	struct span *first = pem_label(block->label) >= PEM_KEY ? &r->other : &r->unknown;

	if (first->data == NULL)
		*first = block->label;
}

/* Says what the blocks are when none of them has a certificate or should have one. */
static void explain_others(struct reading *r)
{
	char label[LABEL_SHOWN + 1];

	if (r->seen_certificate || r->seen_pkcs7 || r->seen_pkcs12)
		return;
	show_label(label, r->unknown.data != NULL ? r->unknown : r->other);
	if (r->unknown.data != NULL)
		content_problem(r->content, STORE_UNPARSABLE,
				"a PEM block \"%s\" without a certificate", label);
	else if (r->other.data != NULL)
		content_problem(r->content, STORE_EMPTY, "no certificate, but a PEM block \"%s\"",
				label);
}

static bool is_blank(struct span body)
{
	for (size_t i = 0; i < body.len; i++) {
		if (strchr(" \t\r\n", (char)body.data[i]) == NULL || body.data[i] == '\0')
			return false;
	}
	return true;
}

/* A block that is cut off, or that ends as something else. */
static enum status add_unended(struct reading *r, const struct pem_block *block, bool last)
{
	char label[LABEL_SHOWN + 1];
	char what[LABEL_SHOWN + 32];

	if (pem_label(block->label) >= PEM_LIKE_CERTIFICATE) {
		pass_over(r, block);
		return STATUS_OK;
	}
	if (!block->has_end && !last && is_blank(block->body))
		return STATUS_OK; /* a heading, or a line that is there twice */
	if (!block->has_end)
		return add_gap(r, block, "without its end");
	show_label(label, block->end_label);
	(void)snprintf(what, sizeof(what), "that ends as \"%s\"", label);
	return add_gap(r, block, what);
}

/* Certificates, by content. `expected`: the label says that there are some. */
static enum status add_bytes(struct reading *r, const struct pem_block *block, struct span der,
			     bool expected)
{
	enum pem_label label = pem_label(block->label);
	struct span data = der;
	struct x509_view view;
	enum sniff_kind kind = der.len > 0 ? sniff_der(der) : SNIFF_UNKNOWN;

	if (kind == SNIFF_PKCS12) {
		r->seen_pkcs12 = true;
		content_problem(r->content, STORE_UNSUPPORTED,
				"a PKCS#12 at byte %zu that is not the first PEM block",
				block->offset);
		return STATUS_OK;
	}
	bool pkcs7 = kind == SNIFF_PKCS7 || (kind != SNIFF_CERTIFICATE && label == PEM_PKCS7);
	if (pkcs7 && (expected || pkcs7_is_signed(der))) {
		r->seen_pkcs7 = true;
		return pkcs7_decode(r->content, der.data, der.len, block->offset);
	}
	size_t announced = ber_announced_length(der);
	if (announced > 0 && announced < data.len)
		data.len = announced;
	if (!expected && (pkcs7 || x509_view(data.data, data.len, &view) != STATUS_OK)) {
		pass_over(r, block);
		return STATUS_OK;
	}
	r->seen_certificate = true;
	return der_block(r->content, der, label == PEM_TRUSTED, block->offset);
}

static enum status add_block(struct reading *r, const struct pem_block *block, bool last)
{
	enum pem_label label = pem_label(block->label);
	bool expected = label <= PEM_LIKE_CERTIFICATE;
	struct buf bytes;

	if (label == PEM_KEY) {
		pass_over(r, block);
		return STATUS_OK;
	}
	if (!is_ended(block))
		return add_unended(r, block, last);
	buf_init(&bytes, STORE_BYTES_MAX);
	enum status status = pem_body(&bytes, block->body);
	if (status == STATUS_OK) {
		struct span der = { (const uint8_t *)buf_text(&bytes), bytes.len };
		status = add_bytes(r, block, der, expected);
	} else if (status != STATUS_MEMORY && expected) {
		status = add_gap(r, block, "that is not base64");
	} else if (status != STATUS_MEMORY) {
		pass_over(r, block);
		status = STATUS_OK;
	}
	buf_wipe_release(&bytes);
	return status;
}

enum status pem_decode(struct store_content *content, const char *text, size_t len, bool *ret_pkcs7)
{
	struct reading r = { .content = content };
	enum status status = STATUS_OK;
	size_t offset = 0;
	struct pem_block block;

	while (status == STATUS_OK && pem_next_block(text, len, &offset, &block))
		status = add_block(&r, &block, offset >= len);
	if (status == STATUS_OK)
		explain_others(&r);
	*ret_pkcs7 = r.seen_pkcs7 && !r.seen_certificate;
	return status;
}
