/*
 * The certificates of a PEM text. Blocks that are broken do not spoil their neighbours, and what is
 * in a block is decided by its content. Blocks of keys are never decoded, so no key is copied;
 * OpenSSL's PEM reader would decode every block.
 */
#include "cert/pem/decode.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/reader.h"
#include "base/text.h"
#include "cert/ber.h"
#include "cert/content.h"
#include "cert/der.h"
#include "cert/pem/block.h"
#include "cert/pem/body.h"
#include "cert/pkcs7.h"
#include "cert/sniff.h"
#include "cert/x509/view.h"

#define LABEL_SHOWN 40 /* bytes of a label in a detail */

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
	if (!pem_is_ended(block))
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
