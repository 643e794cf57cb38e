/*
 * Any bytes as a certificate: no crash, texts that are UTF-8, and whatever OpenSSL's own parser
 * accepts is accepted here too, with the same names and times.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/x509.h>

#include "base/buf.h"
#include "base/text.h"
#include "cert/certificate.h"

#define NAME_FLAGS (XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(int condition)
{
	if (!condition)
		abort();
}

static void check_text(const char *text)
{
	expect(utf8_valid(text, strlen(text)));
	for (; *text != '\0'; text++)
		expect((uint8_t)*text >= 0x20 && *text != 0x7F);
}

/* OpenSSL prints a bit string with its unused bits cleared; here it is shown as it stands. */
static int has_bit_string(const X509_NAME *name)
{
	for (int i = 0; i < X509_NAME_entry_count(name); i++) {
		const X509_NAME_ENTRY *entry = X509_NAME_get_entry(name, i);
		if (ASN1_STRING_type(X509_NAME_ENTRY_get_data(entry)) == V_ASN1_BIT_STRING)
			return 1;
	}
	return 0;
}

static void compare_name(const X509_NAME *name, const char *text)
{
	BIO *bio = BIO_new(BIO_s_mem());
	const char *bytes = NULL;
	struct buf printable;

	/* what it cannot print is shown byte by byte here; of absurdly many parts nothing is */
	if (X509_NAME_print_ex(bio, name, 0, NAME_FLAGS) >= 0 && X509_NAME_entry_count(name) < 16 &&
	    !has_bit_string(name)) {
		long len = BIO_get_mem_data(bio, &bytes);
		buf_init(&printable, 64 << 20);
		text_printable(&printable, bytes, len > 0 ? (size_t)len : 0);
		expect(strcmp(buf_text(&printable), text) == 0);
		buf_release(&printable);
	}
	BIO_free(bio);
}

static void compare(const X509 *x, const struct certificate *c)
{
	struct tm tm;

	compare_name(X509_get_subject_name(x), c->subject);
	compare_name(X509_get_issuer_name(x), c->issuer);
	if (c->has_not_after) {
		expect(ASN1_TIME_to_tm(X509_get0_notAfter(x), &tm) == 1);
		expect(timegm(&tm) == c->not_after_s);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct certificate *c = NULL;
	const unsigned char *p = data;
	enum status status = certificate_parse(data, size, &c);

	expect(ERR_peek_error() == 0);
	if (status == STATUS_OK) {
		for (size_t i = 0; i < CERTIFICATE_TEXT_COUNT; i++)
			check_text(certificate_text(c, i));
	}
	X509 *x = size <= INT32_MAX ? d2i_X509(NULL, &p, (long)size) : NULL;
	if (x != NULL && p == data + size && status == STATUS_OK)
		compare(x, c);
	X509_free(x);
	ERR_clear_error();
	certificate_free(c);
	return 0;
}
