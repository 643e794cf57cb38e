/*
 * Java keystores of the types JKS and JCEKS. There is no C library and no standard; the layout is
 *that of OpenJDK's JavaKeyStore and JceKeyStore (big-endian):
 *
 *	u4 magic, u4 version (1 or 2), u4 count, then per entry
 *	  u4 tag, u2 length + alias (modified UTF-8), u8 creation time, and
 *	  tag 1, private key:	u4 length + protected key, u4 count, certificates (leaf first)
 *	  tag 2, trusted:	one certificate
 *	  tag 3, secret key:	a serialised Java object without a length (JCEKS only)
 *	  certificate:		version 2 only: u2 length + type; u4 length + DER
 *	and in the end a SHA-1 digest that needs the password.
 *
 * The digest is not checked: it protects against accidents, and certificates are public.
 */
#include "cert/jks.h"

#include <string.h>

#include "base/buf.h"
#include "base/reader.h"
#include "cert/alias.h"
#include "cert/content.h"

#define DIGEST_SIZE 20
#define TAG_KEY     1
#define TAG_TRUSTED 2
#define TAG_SECRET  3

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
	return content_add_der(k->content, der.data, der.len, offset);
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

enum status jks_decode(struct store_content *content, const uint8_t *data, size_t len)
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
	if (more && rd_left(&k.r) < DIGEST_SIZE)
		content_problem(content, STORE_UNPARSABLE, "truncated: the digest is missing");
	return STATUS_OK;
}
