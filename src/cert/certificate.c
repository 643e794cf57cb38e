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

#define TEXT_ROW(member)                                                                           \
	{                                                                                          \
#member, offsetof(struct certificate, member)                                      \
	}

const struct certificate_text_row certificate_texts[] = {
	[CERTIFICATE_SUBJECT] = TEXT_ROW(subject),
	[CERTIFICATE_ISSUER] = TEXT_ROW(issuer),
	[CERTIFICATE_SERIAL_NUMBER] = TEXT_ROW(serial_number),
	[CERTIFICATE_FINGERPRINT] = TEXT_ROW(fingerprint_sha256),
	[CERTIFICATE_PUBLIC_KEY] = TEXT_ROW(public_key),
	[CERTIFICATE_SIGNATURE_ALGORITHM] = TEXT_ROW(signature_algorithm),
	[CERTIFICATE_SAN] = TEXT_ROW(san),
};
_Static_assert(COUNT_OF(certificate_texts) == CERTIFICATE_TEXT_COUNT, "each text has a row");

char **certificate_text_at(struct certificate *certificate, enum certificate_text text)
{
	return (void *)((char *)certificate + certificate_texts[text].offset);
}

const char *certificate_text(const struct certificate *certificate, enum certificate_text text)
{
	const void *member = (const char *)certificate + certificate_texts[text].offset;

	return *(char *const *)member;
}

/* -- reading the texts -------------------------------------------------------------------- */

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

static enum status subject_text(struct buf *out, const struct x509_view *view)
{
	return name_text(out, view->subject);
}

static enum status issuer_text(struct buf *out, const struct x509_view *view)
{
	return name_text(out, view->issuer);
}

/* An INTEGER of any length as signed hex: two's complement, most significant octet first. */
static enum status serial_text(struct buf *out, const struct x509_view *view)
{
	struct span serial = view->serial_number;
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

static enum status fingerprint_text(struct buf *out, const struct x509_view *view)
{
	uint8_t bytes[DIGEST_SIZE];
	char text[FINGERPRINT_SIZE];
	enum status status = digest_of(view->der.data, view->der.len, bytes);

	(void)crypto_failure(STATUS_OK);
	if (status != STATUS_OK)
		return status;
	digest_text(bytes, text);
	buf_puts(out, text);
	return buf_status(out);
}

static enum status signature_text(struct buf *out, const struct x509_view *view)
{
	return x509_oid_text(out, &view->signature_algorithm);
}

typedef enum status text_reader(struct buf *out, const struct x509_view *view);

static text_reader *const text_readers[] = {
	[CERTIFICATE_SUBJECT] = subject_text,
	[CERTIFICATE_ISSUER] = issuer_text,
	[CERTIFICATE_SERIAL_NUMBER] = serial_text,
	[CERTIFICATE_FINGERPRINT] = fingerprint_text,
	[CERTIFICATE_PUBLIC_KEY] = x509_key_text,
	[CERTIFICATE_SIGNATURE_ALGORITHM] = signature_text,
	[CERTIFICATE_SAN] = x509_san_text,
};
_Static_assert(COUNT_OF(text_readers) == CERTIFICATE_TEXT_COUNT, "each text has a reader");

/* -- reading the rest --------------------------------------------------------------------- */

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
static enum status read_role(const struct x509_view *view, enum certificate_role *ret_role)
{
	enum status status = STATUS_OK;
	enum x509_self self = X509_SELF_WRONG;
	bool ca = is_ca(view);
	bool same = false;

	if (ca || !view->v3)
		status = x509_same_name(view->subject, view->issuer, &same);
	if (status == STATUS_OK && same)
		status = x509_check_itself(view->der.data, view->der.len, &self);
	if (status != STATUS_OK)
		return status;
	if (self == X509_SELF_VERIFIED ||
	    (self == X509_SELF_UNCHECKED && !x509_names_other_issuer(view)))
		*ret_role = CERTIFICATE_ROOT;
	else
		*ret_role = ca ? CERTIFICATE_INTERMEDIATE : CERTIFICATE_LEAF;
	return STATUS_OK;
}

static enum status gather(const struct x509_view *view, struct certificate *facts,
			  struct buf texts[CERTIFICATE_TEXT_COUNT])
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < CERTIFICATE_TEXT_COUNT && status == STATUS_OK; i++)
		status = text_readers[i](&texts[i], view);
	if (status == STATUS_OK)
		status = read_time(&view->not_before, &facts->has_not_before, &facts->not_before_s);
	if (status == STATUS_OK)
		status = read_time(&view->not_after, &facts->has_not_after, &facts->not_after_s);
	if (status == STATUS_OK)
		status = read_role(view, &facts->role);
	return status == STATUS_TOO_LARGE ? STATUS_SYNTAX : status;
}

enum status certificate_parse(const uint8_t *der, size_t len, struct certificate **ret_certificate)
{
	struct x509_view view;
	struct buf texts[CERTIFICATE_TEXT_COUNT];
	struct certificate facts = { 0 };
	struct certificate *certificate = NULL;

	if (len > INT32_MAX)
		return STATUS_SYNTAX;
	enum status status = x509_view(der, len, &view);
	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < CERTIFICATE_TEXT_COUNT; i++)
		buf_init(&texts[i], X509_TEXT_MAX);
	status = gather(&view, &facts, texts);
	if (status != STATUS_OK)
		goto out;
	for (size_t i = 0; i < CERTIFICATE_TEXT_COUNT; i++)
		*certificate_text_at(&facts, i) = texts[i].data;
	status = certificate_copy(&facts, &certificate);
	if (status == STATUS_OK)
		*ret_certificate = certificate;
out:
	for (size_t i = 0; i < CERTIFICATE_TEXT_COUNT; i++)
		buf_release(&texts[i]);
	return status;
}

enum status certificate_copy(const struct certificate *facts, struct certificate **ret_certificate)
{
	size_t sizes[CERTIFICATE_TEXT_COUNT]; /* each with its NUL */
	size_t size = sizeof(*facts);

	for (size_t i = 0; i < CERTIFICATE_TEXT_COUNT; i++) {
		const char *text = certificate_text(facts, i);
		sizes[i] = text != NULL ? strlen(text) + 1 : 1;
		size += sizes[i];
	}
	/* one block: the struct, then its texts */
	struct certificate *c = malloc(size);
	if (c == NULL)
		return STATUS_MEMORY;
	char *at = (char *)(c + 1);
	*c = *facts;
	for (size_t i = 0; i < CERTIFICATE_TEXT_COUNT; i++) {
		const char *text = certificate_text(facts, i);
		memcpy(at, text != NULL ? text : "", sizes[i]);
		*certificate_text_at(c, i) = at;
		at += sizes[i];
	}
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
