/*
 * The facts of a certificate (RFC 5280) that the exporter shows, and the struct that carries them.
 * It checks no trust: the only signature ever verified is a certificate's own, to tell roots apart.
 */
#include "cert/certificate.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/asn1.h>

#include "base/array.h"
#include "base/digest.h"
#include "base/text.h"
#include "base/words.h"
#include "cert/ber.h"
#include "cert/crypto_memory.h"
#include "cert/x509/algorithm.h"
#include "cert/x509/name.h"
#include "cert/x509/san.h"
#include "cert/x509/self.h"
#include "cert/x509/view.h"

_Static_assert(FINGERPRINT_SIZE == DIGEST_TEXT_SIZE, "a fingerprint is a digest as text");

static const char *const role_words[] = {
	[CERTIFICATE_LEAF] = "leaf",
	[CERTIFICATE_INTERMEDIATE] = "intermediate",
	[CERTIFICATE_ROOT] = "root",
	[CERTIFICATE_ROLE_UNKNOWN] = "unknown",
};
_Static_assert(COUNT_OF(role_words) == CERTIFICATE_ROLE_COUNT, "each role has a word");
static const struct word_list roles = { role_words, COUNT_OF(role_words) };

/* The texts of a certificate while they are gathered. */
struct texts {
	struct buf subject;
	struct buf issuer;
	struct buf serial_number;
	struct buf public_key;
	struct buf signature_algorithm;
	struct buf san;
};

static void texts_init(struct texts *t)
{
	buf_init(&t->subject, X509_TEXT_MAX);
	buf_init(&t->issuer, X509_TEXT_MAX);
	buf_init(&t->serial_number, X509_TEXT_MAX);
	buf_init(&t->public_key, X509_TEXT_MAX);
	buf_init(&t->signature_algorithm, X509_TEXT_MAX);
	buf_init(&t->san, X509_TEXT_MAX);
}

static void texts_release(struct texts *t)
{
	buf_release(&t->subject);
	buf_release(&t->issuer);
	buf_release(&t->serial_number);
	buf_release(&t->public_key);
	buf_release(&t->signature_algorithm);
	buf_release(&t->san);
}

static enum status name_text(struct buf *out, struct span name)
{
	struct buf raw;

	buf_init(&raw, X509_TEXT_MAX);
	enum status status = x509_name_text(&raw, name);
	if (status == STATUS_OK) {
		text_printable(out, buf_text(&raw), raw.len);
		status = buf_status(out);
	}
	if (status == STATUS_LIMIT)
		status = STATUS_OK; /* a name of absurd length is unknown, its certificate is not */
	buf_release(&raw);
	return status;
}

/* An INTEGER of any length as signed hex: two's complement, most significant octet first. */
static enum status serial_text(struct buf *out, struct span serial)
{
	static const char digits[] = "0123456789abcdef";
	bool negative = serial.data[0] >= 0x80;
	bool started = false;
	size_t last = serial.len;

	/* the negative of a number: its bits inverted up to the lowest bit that is set */
	while (last > 0 && serial.data[last - 1] == 0)
		last--;
	if (negative)
		buf_putc(out, '-');
	for (size_t i = 0; i < serial.len; i++) {
		unsigned octet = serial.data[i];
		if (negative && i + 1 < last)
			octet = ~octet & 0xFF;
		else if (negative && i + 1 == last)
			octet = (~octet + 1) & 0xFF;
		for (unsigned shift = 8; shift > 0; shift -= 4) {
			unsigned digit = octet >> (shift - 4) & 15;
			started = started || digit != 0;
			if (started)
				buf_putc(out, digits[digit]);
		}
	}
	if (!started)
		buf_putc(out, '0');
	return buf_status(out);
}

/* A Time (RFC 5280 4.1.2.5). Anything that cannot be read or represented is no time. */
static enum status read_time(const struct ber_item *item, bool *ret_has, int64_t *ret_time_s)
{
	struct tm tm;

	*ret_has = false;
	if (item->tag != V_ASN1_UTCTIME && item->tag != V_ASN1_GENERALIZEDTIME)
		return STATUS_OK;
	ASN1_TIME *t = ASN1_STRING_type_new(item->tag);
	if (t == NULL || ASN1_STRING_set(t, item->content.data, (int)item->content.len) != 1) {
		ASN1_STRING_free(t);
		(void)crypto_failure(STATUS_OK);
		return STATUS_MEMORY;
	}
	if (ASN1_TIME_to_tm(t, &tm) == 1) {
		int64_t time_s = timegm(&tm);
		*ret_has = time_is_showable(time_s);
		*ret_time_s = *ret_has || time_s < 0 ? time_s : 0; /* 1970-01-01 is a filler */
	}
	ASN1_STRING_free(t);
	return crypto_failure(STATUS_OK);
}

/* BasicConstraints: SEQUENCE { cA BOOLEAN DEFAULT FALSE, ... } (RFC 5280 4.2.1.9) */
static bool is_ca(const struct x509_view *view)
{
	struct ber value;
	struct ber inside;
	struct ber_item ca;

	return x509_extension(view, "\x55\x1D\x13", 3, &value) &&
	       ber_enter(&value, BER_SEQUENCE, &inside) &&
	       ber_take_optional(&inside, BER_BOOLEAN, &ca) && ca.content.len == 1 &&
	       ca.content.data[0] != 0;
}

/* A CA, or one of version 1, that names itself as its issuer is a root unless its signature is
 * known to be another's. */
static enum status read_role(const struct x509_view *view, struct span der,
			     enum certificate_role *ret_role)
{
	enum status status = STATUS_OK;
	enum x509_self self = X509_SELF_WRONG;
	bool ca = is_ca(view);
	bool same = false;

	if (ca || !view->v3)
		status = x509_same_name(view->subject, view->issuer, &same);
	if (status == STATUS_OK && same)
		status = x509_check_itself(der.data, der.len, &self);
	if (status != STATUS_OK)
		return status;
	if (self == X509_SELF_VERIFIED ||
	    (self == X509_SELF_UNCHECKED && !x509_names_other_issuer(view)))
		*ret_role = CERTIFICATE_ROOT;
	else
		*ret_role = ca ? CERTIFICATE_INTERMEDIATE : CERTIFICATE_LEAF;
	return STATUS_OK;
}

static enum status fingerprint(struct span der, char ret_text[FINGERPRINT_SIZE])
{
	uint8_t bytes[DIGEST_SIZE];
	enum status status = digest_of(der.data, der.len, bytes);

	if (status == STATUS_OK)
		digest_text(bytes, ret_text);
	(void)crypto_failure(STATUS_OK);
	return status;
}

static enum status gather(const struct x509_view *view, struct span der, struct certificate *facts,
			  struct texts *t)
{
	enum status status = name_text(&t->subject, view->subject);

	if (status == STATUS_OK)
		status = name_text(&t->issuer, view->issuer);
	if (status == STATUS_OK)
		status = serial_text(&t->serial_number, view->serial_number);
	if (status == STATUS_OK)
		status = x509_key_text(&t->public_key, view);
	if (status == STATUS_OK)
		status = x509_oid_text(&t->signature_algorithm, &view->signature_algorithm);
	if (status == STATUS_OK)
		status = x509_san_text(&t->san, view);
	if (status == STATUS_OK)
		status = read_time(&view->not_before, &facts->has_not_before, &facts->not_before_s);
	if (status == STATUS_OK)
		status = read_time(&view->not_after, &facts->has_not_after, &facts->not_after_s);
	if (status == STATUS_OK)
		status = read_role(view, der, &facts->role);
	if (status == STATUS_OK)
		status = fingerprint(der, facts->fingerprint_sha256);
	return status == STATUS_TOO_LARGE ? STATUS_SYNTAX : status;
}

/* In place of a NULL text. The struct's texts are not const, but nothing writes through them. */
static char *or_empty(char *text, char *empty)
{
	return text != NULL ? text : empty;
}

enum status certificate_parse(const uint8_t *der, size_t len, struct certificate **ret_certificate)
{
	struct x509_view view;
	struct texts t;
	struct certificate facts = { 0 };
	struct certificate *certificate = NULL;

	if (len > INT32_MAX)
		return STATUS_SYNTAX;
	enum status status = x509_view(der, len, &view);
	if (status != STATUS_OK)
		return status;
	texts_init(&t);
	status = gather(&view, (struct span){ der, len }, &facts, &t);
	if (status != STATUS_OK)
		goto out;
	facts.subject = t.subject.data;
	facts.issuer = t.issuer.data;
	facts.serial_number = t.serial_number.data;
	facts.public_key = t.public_key.data;
	facts.signature_algorithm = t.signature_algorithm.data;
	facts.san = t.san.data;
	status = certificate_copy(&facts, &certificate);
	if (status == STATUS_OK)
		*ret_certificate = certificate;
out:
	texts_release(&t);
	return status;
}

/* Copies a text to *at, which moves behind it. */
static char *place(char **at, const char *text)
{
	char *start = *at;
	size_t size = strlen(text) + 1;

	memcpy(start, text, size);
	*at += size;
	return start;
}

enum status certificate_copy(const struct certificate *facts, struct certificate **ret_certificate)
{
	char empty[1] = "";
	struct certificate f = *facts;

	f.subject = or_empty(f.subject, empty);
	f.issuer = or_empty(f.issuer, empty);
	f.serial_number = or_empty(f.serial_number, empty);
	f.public_key = or_empty(f.public_key, empty);
	f.signature_algorithm = or_empty(f.signature_algorithm, empty);
	f.san = or_empty(f.san, empty);
	/* one block: the struct, then its texts */
	size_t size = sizeof(f) + strlen(f.subject) + strlen(f.issuer) + strlen(f.serial_number) +
		      strlen(f.public_key) + strlen(f.signature_algorithm) + strlen(f.san) + 6;
	struct certificate *c = malloc(size);
	if (c == NULL)
		return STATUS_MEMORY;
	char *at = (char *)(c + 1);
	*c = f;
	c->subject = place(&at, f.subject);
	c->issuer = place(&at, f.issuer);
	c->serial_number = place(&at, f.serial_number);
	c->public_key = place(&at, f.public_key);
	c->signature_algorithm = place(&at, f.signature_algorithm);
	c->san = place(&at, f.san);
	*ret_certificate = c;
	return STATUS_OK;
}

void certificate_free(struct certificate *certificate)
{
	free(certificate);
}

const char *certificate_role_name(enum certificate_role role)
{
	return word_of(&roles, role);
}

enum status certificate_role_parse(const char *name, enum certificate_role *ret_role)
{
	size_t value = 0;
	enum status status = word_parse(&roles, name, &value);

	if (status == STATUS_OK)
		*ret_role = (enum certificate_role)value;
	return status;
}
