/* PEM text: line breaks restored, certificates and keys parsed by OpenSSL and compared. */
#include "config/pem_check.h"

#include <stdbool.h>
#include <string.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/buf.h"
#include "base/pem.h"
#include "base/text.h"

#define PEM_TEXT_MAX (1024UL * 1024)
#define PEM_COLUMNS  64 /* RFC 7468 2 */
#define SOON_S       (30.0 * 86400)

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* `\n` and `\r` spelled with a backslash become what they mean. */
static void unescape(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		bool escaped = text[0] == '\\' && (text[1] == 'n' || text[1] == 'r');
		if (!escaped) {
			buf_append_secret(out, text, 1);
			continue;
		}
		text++;
		if (*text == 'n')
			buf_append_secret(out, "\n", 1);
	}
	buf_append_secret(out, "", 0);
}

/* The body of one block, without white space, in lines. */
static void wrap(struct buf *out, const char *body, const char *end)
{
	size_t column = 0;

	for (; body < end; body++) {
		if (is_space(*body))
			continue;
		buf_append_secret(out, body, 1);
		if (++column == PEM_COLUMNS) {
			buf_append_secret(out, "\n", 1);
			column = 0;
		}
	}
	if (column > 0)
		buf_append_secret(out, "\n", 1);
}

/* The block that begins at `begin`; returns what follows it, NULL when it is not complete. */
static const char *copy_block(struct buf *out, const char *begin)
{
	const char *label_end = strstr(begin + 11, "-----");
	const char *body = label_end != NULL ? label_end + 5 : NULL;
	const char *footer = body != NULL ? strstr(body, "-----END ") : NULL;
	const char *footer_end = footer != NULL ? strstr(footer + 9, "-----") : NULL;

	if (footer_end == NULL)
		return NULL;
	footer_end += 5;
	buf_append_secret(out, begin, (size_t)(body - begin));
	buf_append_secret(out, "\n", 1);
	if (memchr(body, '\n', (size_t)(footer - body)) != NULL) {
		while (body < footer && is_space(*body))
			body++;
		buf_append_secret(out, body, (size_t)(footer - body));
		if (footer > body && footer[-1] != '\n')
			buf_append_secret(out, "\n", 1);
	} else {
		wrap(out, body, footer);
	}
	buf_append_secret(out, footer, (size_t)(footer_end - footer));
	buf_append_secret(out, "\n", 1);
	return footer_end;
}

enum status pem_repair(struct secret *pem)
{
	struct buf plain;
	struct buf blocks;
	enum status status = STATUS_OK;
	const char *at = NULL;

	if (pem->data == NULL || strstr(pem->data, "-----BEGIN ") == NULL)
		return STATUS_OK;
	buf_init(&plain, PEM_TEXT_MAX);
	buf_init(&blocks, PEM_TEXT_MAX);
	unescape(&plain, pem->data);
	if (buf_status(&plain) != STATUS_OK) {
		status = STATUS_MEMORY;
		goto out;
	}
	at = strstr(plain.data, "-----BEGIN ");
	while (at != NULL) {
		const char *after = copy_block(&blocks, at);
		if (after == NULL)
			goto out; /* it cannot be repaired: the parser will refuse it */
		at = strstr(after, "-----BEGIN ");
	}
	status = buf_status(&blocks) == STATUS_OK ? secret_take(pem, &blocks) : STATUS_MEMORY;
out:
	buf_wipe_release(&plain);
	buf_wipe_release(&blocks);
	return status;
}

enum status pem_check_certificates(const char *pem, const char *what, struct error *error)
{
	size_t count = 0;
	enum status status = STATUS_OK;
	BIO *bio = BIO_new_mem_buf(pem, -1);

	if (bio == NULL)
		return error_set(error, STATUS_MEMORY, "%s: out of memory", what);
	ERR_clear_error();
	for (X509 *one = pem_next_certificate(bio); one != NULL; one = pem_next_certificate(bio)) {
		X509_free(one);
		count++;
	}
	if (!pem_ended())
		status = error_set(error, STATUS_SYNTAX, "%s: certificate number %zu is broken",
				   what, count + 1);
	else if (count == 0)
		status = error_set(error, STATUS_SYNTAX,
				   "%s: no certificate in it (PEM, -----BEGIN CERTIFICATE-----)",
				   what);
	BIO_free(bio);
	return status;
}

static bool read_time(const ASN1_TIME *time, int64_t *ret_s)
{
	struct tm tm;

	if (ASN1_TIME_to_tm(time, &tm) != 1)
		return false;
	*ret_s = timegm(&tm);
	return true;
}

bool pem_check_time(const char *pem, double now_s, struct error *ret_text)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	X509 *leaf = bio != NULL ? pem_next_certificate(bio) : NULL;
	int64_t not_before = 0;
	int64_t not_after = 0;
	bool known = leaf != NULL && read_time(X509_get0_notBefore(leaf), &not_before) &&
		     read_time(X509_get0_notAfter(leaf), &not_after);
	char text[RFC3339_SIZE];

	X509_free(leaf);
	BIO_free(bio);
	ERR_clear_error();
	if (!known)
		return false;
	double soon_s = (double)(not_after - not_before) / 3;
	soon_s = soon_s < SOON_S ? soon_s : SOON_S;
	bool expired = (double)not_after < now_s;
	bool early = (double)not_before > now_s;
	if (!expired && !early && (double)not_after - now_s > soon_s)
		return false;
	text_rfc3339(expired || !early ? not_after : not_before, text);
	(void)error_set(ret_text, STATUS_OK, "%s %s",
			expired ? "expired on"
			: early ? "is not valid before"
				: "expires soon, on",
			text);
	return true;
}

static EVP_PKEY *read_key(const char *pem, const char *name, struct error *error)
{
	EVP_PKEY *key = NULL;
	enum status status = pem_private_key(pem, strlen(pem), &key);
	bool encrypted = status == STATUS_LOCKED || strstr(pem, "ENCRYPTED") != NULL;

	if (status != STATUS_OK)
		(void)error_set(error, STATUS_SYNTAX, "%s: %s", name,
				encrypted
					? "the private key is encrypted; give it without passphrase"
					: "no private key that can be read (PEM)");
	return key;
}

enum status pem_check_pair(const char *certificate, const char *certificate_name, const char *key,
			   const char *key_name, struct error *error)
{
	enum status status = STATUS_SYNTAX;
	BIO *bio = BIO_new_mem_buf(certificate, -1);
	X509 *leaf = bio != NULL ? pem_next_certificate(bio) : NULL;
	EVP_PKEY *private_key = NULL;

	if (leaf == NULL) {
		(void)error_set(error, status, "%s: no certificate that can be read (PEM)",
				certificate_name);
		goto out;
	}
	private_key = read_key(key, key_name, error);
	if (private_key == NULL)
		goto out;
	if (X509_check_private_key(leaf, private_key) != 1) {
		(void)error_set(error, status, "%s: does not belong to the first certificate of %s",
				key_name, certificate_name);
		goto out;
	}
	status = STATUS_OK;
out:
	EVP_PKEY_free(private_key);
	X509_free(leaf);
	BIO_free(bio);
	ERR_clear_error();
	return status;
}
