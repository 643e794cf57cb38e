/*
 * PEM text (RFC 7468), read leniently: text around blocks, any line ends, header lines, and blocks
 * that are broken without spoiling their neighbours. Blocks of keys are never decoded, so no key is
 * copied; OpenSSL's PEM reader would decode every block.
 */
#include "cert/pem.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "cert/ber.h"
#include "cert/content.h"
#include "cert/pkcs7.h"

#define MARKER    "-----"
#define BEGIN     "-----BEGIN "
#define END       "-----END "
#define LABEL_MAX 64 /* the longest in use, "ANY PRIVATE KEY" and the like, have half of that */

enum block_kind { BLOCK_OTHER, BLOCK_CERTIFICATE, BLOCK_TRUSTED_CERTIFICATE, BLOCK_PKCS7 };

static const char *find(const char *text, size_t len, const char *word)
{
	return len > 0 ? memmem(text, len, word, strlen(word)) : NULL;
}

static bool starts(const char *text, size_t len, const char *word)
{
	return len >= strlen(word) && memcmp(text, word, strlen(word)) == 0;
}

/* The label of a marker whose label starts at `text`: up to the five hyphens on the same line. */
static bool read_label(const char *text, size_t len, struct span *ret_label)
{
	size_t n = 0;

	while (n < len && n <= LABEL_MAX && text[n] >= ' ' && !starts(text + n, len - n, MARKER))
		n++;
	if (n > LABEL_MAX || !starts(text + n, len - n, MARKER))
		return false;
	*ret_label = (struct span){ (const uint8_t *)text, n };
	return true;
}

/* The first marker with a label, of any kind; NULL if there is none. */
static const char *find_marker(const char *text, size_t len, const char *kind,
			       struct span *ret_label)
{
	const char *end = text + len;
	const char *at = text;

	while ((at = find(at, (size_t)(end - at), kind)) != NULL) {
		const char *label = at + strlen(kind);
		if (read_label(label, (size_t)(end - label), ret_label))
			return at;
		at = label;
	}
	return NULL;
}

bool pem_next_block(const char *text, size_t len, size_t *offset, struct pem_block *ret_block)
{
	struct span label;
	struct span end_label;
	const char *end = text + len;
	const char *begin = find_marker(text + *offset, len - *offset, BEGIN, &label);

	if (begin == NULL) {
		*offset = len;
		return false;
	}
	const char *body = (const char *)label.data + label.len + strlen(MARKER);
	const char *next = find(body, (size_t)(end - body), MARKER);
	if (next == NULL)
		next = end;
	*ret_block = (struct pem_block){ .label = label };
	ret_block->body = (struct span){ (const uint8_t *)body, (size_t)(next - body) };
	*offset = (size_t)(next - text);
	if (!starts(next, (size_t)(end - next), END))
		return true;
	const char *after = next + strlen(END);
	if (!read_label(after, (size_t)(end - after), &end_label))
		return true;
	ret_block->ended =
		end_label.len == label.len && memcmp(end_label.data, label.data, label.len) == 0;
	*offset = (size_t)(after - text) + end_label.len + strlen(MARKER);
	return true;
}

bool pem_is_pem(const char *text, size_t len)
{
	struct span label;

	return find_marker(text, len, BEGIN, &label) != NULL;
}

static enum block_kind kind_of(struct span label)
{
	static const struct {
		const char *label;
		enum block_kind kind;
	} kinds[] = {
		{ "CERTIFICATE", BLOCK_CERTIFICATE },
		{ "X509 CERTIFICATE", BLOCK_CERTIFICATE },
		{ "TRUSTED CERTIFICATE", BLOCK_TRUSTED_CERTIFICATE },
		{ "PKCS7", BLOCK_PKCS7 },
		{ "PKCS #7 SIGNED DATA", BLOCK_PKCS7 },
		{ "CMS", BLOCK_PKCS7 },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (label.len == strlen(kinds[i].label) &&
		    memcmp(label.data, kinds[i].label, label.len) == 0)
			return kinds[i].kind;
	}
	return BLOCK_OTHER;
}

/* The body without the header lines of RFC 1421, which end with an empty line. */
static struct span skip_headers(struct span body)
{
	const char *text = (const char *)body.data;
	const char *end = text + body.len;

	if (body.len == 0 || memchr(text, ':', body.len) == NULL)
		return body;
	const char *blank = find(text, body.len, "\n\n");
	const char *blank_crlf = find(text, body.len, "\r\n\r\n");
	if (blank == NULL || (blank_crlf != NULL && blank_crlf < blank))
		blank = blank_crlf;
	if (blank == NULL)
		return body;
	return (struct span){ (const uint8_t *)blank, (size_t)(end - blank) };
}

static enum status add_block(struct store_content *content, const struct pem_block *block,
			     enum block_kind kind, size_t offset)
{
	struct span body = skip_headers(block->body);
	struct span der;
	struct buf bytes;

	if (!block->ended)
		return content_add_gap(content, "a PEM block without its end", offset);
	buf_init(&bytes, STORE_BYTES_MAX);
	enum status status = text_base64_decode(&bytes, (const char *)body.data, body.len);
	if (status == STATUS_MEMORY)
		goto out;
	if (status != STATUS_OK) {
		status = content_add_gap(content, "a PEM block that is not base64", offset);
		goto out;
	}
	der = (struct span){ (const uint8_t *)buf_text(&bytes), bytes.len };
	if (kind == BLOCK_TRUSTED_CERTIFICATE) {
		/* OpenSSL's own: the certificate, then its trust settings */
		struct ber b;
		struct ber_item item;
		ber_init(&b, der);
		if (ber_next(&b, &item))
			der = item.whole;
	}
	if (kind == BLOCK_PKCS7)
		status = pkcs7_decode(content, der.data, der.len, offset);
	else
		status = content_add_der(content, der.data, der.len, offset);
out:
	buf_wipe_release(&bytes);
	return status;
}

static enum status decode_text(struct store_content *content, const char *text, size_t len,
			       bool *ret_pkcs7)
{
	enum status status = STATUS_OK;
	size_t offset = 0;
	bool seen_pkcs7 = false;
	bool seen_certificate = false;
	struct pem_block block;

	while (status == STATUS_OK && pem_next_block(text, len, &offset, &block)) {
		enum block_kind kind = kind_of(block.label);
		if (kind == BLOCK_OTHER)
			continue;
		seen_pkcs7 = seen_pkcs7 || kind == BLOCK_PKCS7;
		seen_certificate = seen_certificate || kind != BLOCK_PKCS7;
		size_t start = (size_t)((const char *)block.label.data - text) - strlen(BEGIN);
		status = add_block(content, &block, kind, start);
	}
	*ret_pkcs7 = seen_pkcs7 && !seen_certificate;
	return status;
}

/* Line ends written as backslash and letter, as in SAP's description of its SAML answer. */
static enum status unescape(struct buf *out, const char *text, size_t len)
{
	size_t start = 0;

	for (size_t i = 0; i + 1 < len; i++) {
		if (text[i] != '\\' || (text[i + 1] != 'n' && text[i + 1] != 'r'))
			continue;
		buf_append_secret(out, text + start, i - start);
		buf_append_secret(out, text[i + 1] == 'n' ? "\n" : "\r", 1);
		start = i + 2;
		i++;
	}
	buf_append_secret(out, text + start, len - start);
	return buf_status(out);
}

enum status pem_decode(struct store_content *content, const char *text, size_t len, bool *ret_pkcs7)
{
	struct buf plain;

	if (len == 0 || memchr(text, '\n', len) != NULL || find(text, len, "\\n") == NULL)
		return decode_text(content, text, len, ret_pkcs7);
	buf_init(&plain, len);
	enum status status = unescape(&plain, text, len);
	if (status == STATUS_OK)
		status = decode_text(content, buf_text(&plain), plain.len, ret_pkcs7);
	buf_wipe_release(&plain);
	return status;
}
