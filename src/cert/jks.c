/*
 * Java keystores of the types JKS and JCEKS. There is no C library and no standard; the layout is
 * that of OpenJDK's JavaKeyStore and JceKeyStore (big-endian):
 *
 *	u4 magic, u4 version (1 or 2), u4 count, then per entry
 *	  u4 tag, u2 length + alias (modified UTF-8), u8 creation time, and
 *	  tag 1, private key:	u4 length + protected key, u4 count, certificates (leaf first)
 *	  tag 2, trusted:	one certificate
 *	  tag 3, secret key:	a serialised Java object without a length (JCEKS only)
 *	  certificate:		version 2 only: u2 length + type; u4 length + DER
 *	and in the end SHA-1 of the password (UTF-16), "Mighty Aphrodite" and all bytes before
 *
 * No password is needed to read certificates. The digest is checked with the passwords that are
 * given for the store. When none fits nobody knows whether the password is wrong or the bytes
 * are, so the certificates are shown, and the store is partial.
 */
#include "cert/jks.h"

#include <string.h>

#include <openssl/evp.h>

#include "base/buf.h"
#include "base/reader.h"
#include "base/text.h"
#include "cert/alias.h"
#include "cert/content.h"
#include "cert/crypto_memory.h"

#define DIGEST_SIZE      20 /* SHA-1 */
#define DIGEST_SALT      "Mighty Aphrodite"
#define DIGEST_BYTES_MAX 268435456 /* 256 MiB hashed for a store: 64 passwords for one of 4 MiB */
#define PASSWORD_MAX     ((size_t)INT16_MAX) /* bytes, as for PKCS#12 */
#define TAG_KEY          1
#define TAG_TRUSTED      2
#define TAG_SECRET       3

struct jks {
	struct reader r;
	struct store_content *content;
	uint32_t version;
	size_t entry; /* counted from 1, for details */
};

/* Nothing behind this point can be found. */
static enum status stop(struct jks *k, enum store_state otherwise, const char *why)
{
	content_problem(k->content, otherwise, "entry %zu: %s at byte %zu", k->entry, why,
			k->r.offset);
	return STATUS_OK;
}

static enum status truncated(struct jks *k)
{
	content_problem(k->content, STORE_UNPARSABLE, "truncated in entry %zu (%zu bytes)",
			k->entry, k->r.len);
	return STATUS_OK;
}

/* Reads one certificate. STATUS_SYNTAX: the reader has failed. */
static enum status read_certificate(struct jks *k)
{
	struct span type = { (const uint8_t *)"X.509", 5 };

	if (k->version == 2)
		type = rd_take(&k->r, rd_u16be(&k->r), UINT16_MAX);
	uint32_t len = rd_u32be(&k->r);
	size_t offset = k->r.offset;
	struct span der = rd_take(&k->r, len, STORE_BYTES_MAX);
	if (rd_failed(&k->r))
		return STATUS_SYNTAX;
	bool x509 = (type.len == 5 && memcmp(type.data, "X.509", 5) == 0) ||
		    (type.len == 4 && memcmp(type.data, "X509", 4) == 0);
	if (!x509)
		return content_add_gap(k->content, "a certificate that is not of type X.509",
				       offset);
	size_t behind = content_cut_behind(&der);
	enum status status = content_add_der(k->content, der.data, der.len, offset);
	if (status == STATUS_OK)
		content_bytes_behind(k->content, behind);
	return status;
}

static enum status read_chain(struct jks *k, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		enum status status = read_certificate(k);
		/* beyond STATUS_LIMIT the rest of the chain is passed over */
		if (status == STATUS_SYNTAX || status == STATUS_MEMORY)
			return status;
	}
	return STATUS_OK;
}

/* An entry without what stands behind its tag. */
static enum status begin_entry(struct jks *k, struct span alias)
{
	struct buf text;

	buf_init(&text, 4 * (size_t)UINT16_MAX);
	alias_from_modified_utf8(&text, alias.data, alias.len);
	enum status status = buf_status(&text);
	if (status == STATUS_OK)
		status = content_add_entry(k->content, buf_text(&text), text.len);
	buf_release(&text);
	return status;
}

/* One entry. *ret_more: the next one can be read. STATUS_OK or STATUS_MEMORY. */
static enum status read_entry(struct jks *k, bool *ret_more)
{
	uint32_t chain = 1;

	*ret_more = false;
	uint32_t tag = rd_u32be(&k->r);
	if (!rd_failed(&k->r) && tag != TAG_KEY && tag != TAG_TRUSTED && tag != TAG_SECRET)
		return stop(k, STORE_UNPARSABLE, "an unknown tag");
	struct span alias = rd_take(&k->r, rd_u16be(&k->r), UINT16_MAX);
	(void)rd_u64be(&k->r); /* creation time */
	if (rd_failed(&k->r))
		return truncated(k);
	if (tag == TAG_SECRET) {
		bool jceks = k->content->format == STORE_FORMAT_JCEKS;
		return stop(k, jceks ? STORE_UNSUPPORTED : STORE_UNPARSABLE,
			    jceks ? "a secret key, behind which nothing can be read"
				  : "a secret key in a keystore of type JKS");
	}
	if (tag == TAG_KEY) {
		rd_skip(&k->r, rd_u32be(&k->r));
		chain = rd_u32be(&k->r);
	}
	if (rd_failed(&k->r))
		return truncated(k);
	enum status status = begin_entry(k, alias);
	if (status == STATUS_LIMIT)
		return STATUS_OK;
	if (status == STATUS_OK)
		status = read_chain(k, chain);
	if (status == STATUS_SYNTAX)
		return truncated(k);
	*ret_more = status == STATUS_OK;
	return status;
}

/* The characters of a password as Java hashes them (UTF-16BE). Bytes that are no UTF-8, or all of
 * them where `as_bytes` is set, are a character each: so reads a program that takes the password
 * for Latin-1. */
static enum status password_utf16(const struct secret *password, bool as_bytes, struct buf *utf16)
{
	struct span text = { (const uint8_t *)password->data, password->len };

	if (!utf8_valid(text.data, text.len))
		as_bytes = true;
	for (size_t i = 0; i < text.len;) {
		uint32_t c = text.data[i++];
		unsigned more = as_bytes || c < 0xC0 ? 0 : c < 0xE0 ? 1 : c < 0xF0 ? 2 : 3;
		if (more > 0)
			c &= 0x3FU >> more;
		for (; more > 0; more--)
			c = c << 6 | (text.data[i++] & 0x3FU);
		uint32_t high = c >= 0x10000 ? 0xD800 + ((c - 0x10000) >> 10) : 0;
		uint32_t low = c >= 0x10000 ? 0xDC00 + ((c - 0x10000) & 0x3FF) : c;
		const uint8_t units[] = { (uint8_t)(high >> 8), (uint8_t)high, (uint8_t)(low >> 8),
					  (uint8_t)low };
		buf_append_secret(utf16, high != 0 ? units : units + 2, high != 0 ? 4 : 2);
	}
	return buf_status(utf16);
}

/* STATUS_OK: the digest is that of this password; STATUS_LOCKED; STATUS_UNSUPPORTED (a system
 * without SHA-1), STATUS_MEMORY. */
static enum status check_digest(struct span covered, const uint8_t *wanted,
				const struct secret *password, bool as_bytes)
{
	EVP_MD_CTX *hash = EVP_MD_CTX_new();
	uint8_t digest[EVP_MAX_MD_SIZE];
	struct buf utf16;

	buf_init(&utf16, 2 * PASSWORD_MAX);
	enum status status = password_utf16(password, as_bytes, &utf16);
	if (status == STATUS_OK && hash != NULL && EVP_DigestInit_ex(hash, EVP_sha1(), NULL) == 1 &&
	    EVP_DigestUpdate(hash, buf_text(&utf16), utf16.len) == 1 &&
	    EVP_DigestUpdate(hash, DIGEST_SALT, strlen(DIGEST_SALT)) == 1 &&
	    EVP_DigestUpdate(hash, covered.data, covered.len) == 1 &&
	    EVP_DigestFinal_ex(hash, digest, NULL) == 1)
		status = memcmp(digest, wanted, DIGEST_SIZE) == 0 ? STATUS_OK : STATUS_LOCKED;
	else if (status == STATUS_OK)
		status = crypto_failure(STATUS_UNSUPPORTED);
	EVP_MD_CTX_free(hash);
	buf_wipe_release(&utf16);
	return status;
}

static bool is_ascii(const struct secret *password)
{
	for (size_t i = 0; i < password->len; i++) {
		if ((unsigned char)password->data[i] >= 0x80)
			return false;
	}
	return true;
}

/* Tries the given passwords. STATUS_OK: one fits, or there is none. Else as check_digest(). */
static enum status try_passwords(struct span covered, const uint8_t *wanted,
				 const struct store_passwords *passwords)
{
	size_t tries = DIGEST_BYTES_MAX / (covered.len + PASSWORD_MAX);
	enum status status = STATUS_OK;

	for (size_t i = 0; passwords != NULL && i < passwords->count; i++) {
		const struct secret *password = &passwords->items[i];
		if (password->data == NULL || password->len > PASSWORD_MAX)
			continue;
		for (int as_bytes = 0; as_bytes < (is_ascii(password) ? 1 : 2); as_bytes++) {
			if (tries-- == 0)
				return STATUS_LOCKED;
			status = check_digest(covered, wanted, password, as_bytes != 0);
			if (status != STATUS_LOCKED)
				return status;
		}
	}
	return status;
}

/* Behind the last entry; what follows the digest is not looked at, as in Java. */
static enum status verify(struct jks *k, const struct store_passwords *passwords)
{
	struct span covered = { k->r.data, k->r.offset };
	struct span digest = rd_take(&k->r, DIGEST_SIZE, DIGEST_SIZE);

	if (rd_failed(&k->r)) {
		content_problem(k->content, STORE_UNPARSABLE, "truncated: the digest is missing");
		return STATUS_OK;
	}
	enum status status = try_passwords(covered, digest.data, passwords);
	if (status != STATUS_LOCKED)
		return status == STATUS_MEMORY ? status : STATUS_OK;
	content_problem(k->content, STORE_EMPTY,
			"the keystore's digest fits no password that is configured for it: the "
			"password is wrong, or the file was changed");
	return STATUS_OK;
}

enum status jks_decode(struct store_content *content, const uint8_t *data, size_t len,
		       const struct store_passwords *passwords)
{
	struct jks k = { .content = content };
	bool more = true;

	rd_init(&k.r, data, len);
	uint32_t magic = rd_u32be(&k.r);
	k.version = rd_u32be(&k.r);
	uint32_t count = rd_u32be(&k.r);
	content_set_format(content, magic == JCEKS_MAGIC ? STORE_FORMAT_JCEKS : STORE_FORMAT_JKS);
	if (rd_failed(&k.r)) {
		content_problem(content, STORE_UNPARSABLE, "truncated (%zu bytes)", len);
		return STATUS_OK;
	}
	if (k.version != 1 && k.version != 2) {
		content_problem(content, STORE_UNSUPPORTED, "version %u of the format", k.version);
		return STATUS_OK;
	}
	for (k.entry = 1; more && k.entry <= count; k.entry++) {
		enum status status = read_entry(&k, &more);
		if (status != STATUS_OK)
			return status;
	}
	return more ? verify(&k, passwords) : STATUS_OK;
}
