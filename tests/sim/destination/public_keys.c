/*
 * See public_keys.h. Follows docs/reference/destination-service.md 3.5. Lines have 76 columns, as
 * Java's MIME encoder makes them; that is where the odd mixture of line ends comes from.
 */
#include "public_keys.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>

#include "peer.h"

#define COLUMNS 76

const char *const public_keys_styles[] = { "crlf", "lf", "base64", "literal", NULL };

static const char begin_line[] = "-----BEGIN CERTIFICATE-----";
static const char end_line[] = "-----END CERTIFICATE-----";

/* One block of PEM from base64 that may hold anything; only printable ASCII is kept. */
static void add_block(struct text *t, const char *base64, size_t len)
{
	size_t column = 0;

	if (t->len > 0)
		text_adds(t, "\n");
	text_adds(t, begin_line);
	for (size_t i = 0; i < len; i++) {
		if (base64[i] <= ' ' || base64[i] >= 0x7f)
			continue;
		if (column % COLUMNS == 0)
			text_adds(t, "\n");
		text_add(t, base64 + i, 1);
		column++;
	}
	text_adds(t, "\n");
	text_adds(t, end_line);
}

static void add_certificate(struct text *t, X509 *x)
{
	unsigned char *der = NULL;
	int len = i2d_X509(x, &der);
	struct text base64 = { 0 };

	if (len < 0) {
		t->failed = true;
		return;
	}
	text_add_base64(&base64, der, (size_t)len);
	if (base64.failed)
		t->failed = true;
	else
		add_block(t, base64.data, base64.len);
	text_release(&base64);
	OPENSSL_free(der);
}

static void add_pkcs7(struct text *t, PKCS7 *p7)
{
	STACK_OF(X509) *certs = PKCS7_type_is_signed(p7) ? p7->d.sign->cert : NULL;

	for (int i = 0; i < sk_X509_num(certs); i++)
		add_certificate(t, sk_X509_value(certs, i));
}

/* The CERTIFICATE blocks of a PEM text as they are, broken ones too. */
static void add_pem_blocks(struct text *t, const char *s)
{
	const char *begin;

	while ((begin = strstr(s, begin_line)) != NULL) {
		const char *body = begin + strlen(begin_line);
		const char *end = strstr(body, "-----");

		if (end == NULL)
			return;
		if (strncmp(end, end_line, strlen(end_line)) == 0)
			add_block(t, body, (size_t)(end - body));
		s = end;
	}
}

static void add_pem_pkcs7(struct text *t, const char *s, size_t len)
{
	BIO *bio = BIO_new_mem_buf(s, (int)len);
	PKCS7 *p7 = bio != NULL ? PEM_read_bio_PKCS7(bio, NULL, NULL, NULL) : NULL;

	if (p7 != NULL)
		add_pkcs7(t, p7);
	PKCS7_free(p7);
	BIO_free(bio);
}

/* The subject of the first certificate in `pem` that can be read. */
static const char *first_subject(struct arena *a, const char *pem)
{
	const char *subject = NULL;
	const char *next = pem;

	while (subject == NULL && (next = strstr(next, begin_line)) != NULL) {
		BIO *bio = BIO_new_mem_buf(next, -1);
		X509 *x = bio != NULL ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;

		if (x != NULL)
			subject = name_text(a, X509_get_subject_name(x));
		X509_free(x);
		BIO_free(bio);
		next += strlen(begin_line);
	}
	return subject != NULL ? subject : "";
}

static bool is_java_keystore(const unsigned char *p, size_t len)
{
	return len >= 4 &&
	       (memcmp(p, "\xfe\xed\xfe\xed", 4) == 0 || memcmp(p, "\xce\xce\xce\xce", 4) == 0);
}

/* PFX ::= SEQUENCE { version INTEGER (3), … } */
static bool is_pkcs12(const unsigned char *p, size_t len)
{
	size_t header = 2;

	if (len < 8 || p[0] != 0x30)
		return false;
	if (p[1] > 0x80)
		header += p[1] & 0x7f;
	return header + 3 <= len && memcmp(p + header, "\x02\x01\x03", 3) == 0;
}

static enum content_kind read_der(struct text *pem, const unsigned char *data, size_t len)
{
	const unsigned char *p = data;
	X509 *x = d2i_X509(NULL, &p, (long)len);
	PKCS7 *p7 = NULL;
	enum content_kind kind = CONTENT_GARBAGE;

	if (x != NULL && p == data + len) {
		add_certificate(pem, x);
		kind = CONTENT_CERTIFICATES;
	} else {
		p = data;
		p7 = d2i_PKCS7(NULL, &p, (long)len);
		if (p7 != NULL) {
			add_pkcs7(pem, p7);
			kind = CONTENT_CERTIFICATES;
		}
	}
	PKCS7_free(p7);
	X509_free(x);
	return kind;
}

static enum content_kind read_any(struct text *pem, const char *data, size_t len)
{
	const unsigned char *bytes = (const unsigned char *)data;

	if (is_java_keystore(bytes, len) || is_pkcs12(bytes, len))
		return CONTENT_KEYSTORE;
	if (len > 0 && bytes[0] == 0x30)
		return read_der(pem, bytes, len);
	if (len > 0 && strstr(data, "-----BEGIN") == NULL)
		return CONTENT_GARBAGE;
	add_pem_blocks(pem, data);
	if (pem->len == 0)
		add_pem_pkcs7(pem, data, len);
	if (pem->len == 0 && strstr(data, begin_line) != NULL)
		return CONTENT_GARBAGE; /* a certificate begins and never ends */
	return CONTENT_CERTIFICATES;
}

enum content_kind chain_read(struct arena *a, const void *data, size_t len, struct chain *ret_chain)
{
	struct text pem = { 0 };
	char *copy = arena_copy(a, data, len); /* ends in NUL */
	enum content_kind kind;

	*ret_chain = (struct chain){ .pem = "", .subject = "" };
	if (copy == NULL)
		return CONTENT_GARBAGE;
	kind = read_any(&pem, copy, len);
	if (pem.failed) {
		a->failed = true;
	} else if (pem.len > 0) {
		ret_chain->pem = arena_copy(a, pem.data, pem.len);
		ret_chain->subject = first_subject(a, pem.data);
	}
	text_release(&pem);
	return kind;
}

static void add_crlf_style(struct text *t, const char *pem)
{
	while (*pem != '\0') {
		size_t len = strcspn(pem, "\n");
		bool armor = strncmp(pem, "-----", 5) == 0;

		text_add(t, pem, len);
		pem += len;
		if (*pem == '\0')
			return;
		pem++;
		text_adds(t, armor || strncmp(pem, "-----", 5) == 0 ? "\n" : "\r\n");
	}
}

void pem_add_json(struct text *t, const char *pem, enum public_keys_style style)
{
	struct text styled = { 0 };

	text_adds(&styled, "");
	switch (style) {
	case STYLE_CRLF:
		add_crlf_style(&styled, pem);
		break;
	case STYLE_LF:
		text_adds(&styled, pem);
		break;
	case STYLE_BASE64:
		text_add_base64(&styled, pem, strlen(pem));
		break;
	case STYLE_LITERAL:
		text_add_lines(&styled, pem, "\\n");
		break;
	}
	if (styled.failed)
		t->failed = true;
	else
		text_add_json(t, styled.data);
	text_release(&styled);
}

void public_keys_add(struct text *t, const struct chain *chains, size_t chains_len,
		     enum public_keys_style style)
{
	text_adds(t, "[");
	for (size_t i = 0; i < chains_len; i++) {
		text_adds(t, i > 0 ? ",{" : "{");
		if (chains[i].alias != NULL) {
			text_adds(t, "\"Alias\":");
			text_add_json(t, chains[i].alias);
			text_adds(t, ",");
		}
		text_adds(t, "\"Content\":");
		pem_add_json(t, chains[i].pem, style);
		text_adds(t, ",\"SubjectDN\":");
		text_add_json(t, chains[i].subject);
		text_adds(t, "}");
	}
	text_adds(t, "]");
}
