/*
 * PKCS#12 (RFC 7292): the outer structure and its unlocking. Every derivation and decryption is
 * OpenSSL's (pkcs12_crypt.c); the structure is walked here rather than by d2i_PKCS12() because that
 * copies plain keys into memory that is not wiped, gives no access to certificates as they are
 * encoded, and refuses a whole file for one broken bag. A password is needed only where
 * certificates are encrypted; the MAC is only used to find the one that fits.
 */
#include "cert/pkcs12/decode.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "cert/ber.h"
#include "cert/content.h"
#include "cert/pkcs12/bags.h"
#include "cert/pkcs12/crypt.h"
#include "cert/pkcs12/entries.h"

#define OID_PKCS7     "\x2A\x86\x48\x86\xF7\x0D\x01\x07"
#define OID_DATA      OID_PKCS7 "\x01"
#define OID_ENCRYPTED OID_PKCS7 "\x06"
#define SAFES_MAX     1000 /* as entries: writers make one or two */
#define OWN_TRIES     2    /* no password and the empty one, which are always tried */

/* One ContentInfo of the AuthenticatedSafe. */
struct safe {
	struct span bytes; /* SafeContents, still encrypted or not */
	bool encrypted;
	struct pkcs12_cipher cipher;
	struct buf pieces; /* holds `bytes` where they came in pieces */
	struct buf plain;
};

/* A password that may fit. The one that the MAC confirms moves to the front of the list. */
struct candidate {
	const struct secret *password; /* NULL: no password at all */
	bool is_old;                   /* as pkcs12_old_password() makes it */
};

struct pkcs12 {
	struct store_content *content;
	struct buf pieces; /* holds the AuthenticatedSafe where it came in pieces */
	struct span authenticated;
	struct pkcs12_mac mac;
	struct safe *safes;
	size_t safe_count;
	struct candidate *candidates; /* in order: the given ones, then their old readings */
	size_t candidate_count;
	size_t given_count; /* candidates without the old readings */
	struct secret *old_passwords;
	size_t old_count;
	size_t paid_count;   /* candidates at the front that are in `iterations` for each part */
	uint64_t iterations; /* of all derivations that were made or may be made */
	struct pkcs12_providers *providers;
	struct pkcs12_bags bags;
};

/* ContentInfo: SEQUENCE { contentType, content [0] EXPLICIT } */
static bool enter_content_info(const struct ber_item *info, struct ber_item *ret_type,
			       struct ber *ret_content)
{
	struct ber inside;

	ber_init(&inside, info->content);
	return info->tag == BER_SEQUENCE && ber_take(&inside, BER_OID, ret_type) &&
	       ber_enter(&inside, BER_EXPLICIT(0), ret_content);
}

/* EncryptedData: SEQUENCE { version, SEQUENCE { type, algorithm, encryptedContent [0] IMPLICIT } }
 */
static bool read_encrypted(struct ber *content, struct safe *safe, struct ber_item *ret_octets)
{
	struct ber data;
	struct ber info;
	struct ber_item item;

	if (!ber_enter(content, BER_SEQUENCE, &data) || !ber_take(&data, BER_INTEGER, &item) ||
	    !ber_enter(&data, BER_SEQUENCE, &info) || !ber_take(&info, BER_OID, &item) ||
	    !ber_take(&info, BER_SEQUENCE, &item))
		return false;
	pkcs12_read_cipher(&item, &safe->cipher);
	safe->encrypted = true;
	return ber_next(&info, ret_octets) &&
	       (ret_octets->tag & ~BER_CONSTRUCTED) == BER_CONTEXT(0);
}

static enum status append_safe(struct pkcs12 *p, const struct safe *safe)
{
	struct safe *safes = array_room(p->safes, p->safe_count, sizeof(*safes));

	if (safes == NULL)
		return STATUS_MEMORY;
	p->safes = safes;
	safes[p->safe_count++] = *safe;
	return STATUS_OK;
}

static enum status read_safe(struct pkcs12 *p, const struct ber_item *info)
{
	struct safe safe = { .encrypted = false };
	struct ber content;
	struct ber_item type = { 0 };
	struct ber_item octets = { 0 };
	bool ok = enter_content_info(info, &type, &content);

	buf_init(&safe.pieces, STORE_BYTES_MAX);
	buf_init(&safe.plain, STORE_BYTES_MAX);
	if (ok && BER_IS_OID(&type, OID_DATA)) {
		ok = ber_next(&content, &octets) &&
		     (octets.tag & ~BER_CONSTRUCTED) == BER_OCTET_STRING;
	} else if (ok && BER_IS_OID(&type, OID_ENCRYPTED)) {
		ok = read_encrypted(&content, &safe, &octets);
	} else if (ok) {
		content_problem(p->content, STORE_UNSUPPORTED,
				"part %zu is not encrypted by password", p->safe_count + 1);
		return STATUS_OK;
	}
	enum status status = ok ? ber_octets(&octets, &safe.pieces, &safe.bytes) : STATUS_SYNTAX;
	if (status == STATUS_OK)
		status = append_safe(p, &safe);
	if (status == STATUS_SYNTAX)
		content_problem(p->content, STORE_UNPARSABLE, "part %zu is broken",
				p->safe_count + 1);
	if (status != STATUS_OK)
		buf_wipe_release(&safe.pieces);
	return status == STATUS_SYNTAX ? STATUS_OK : status;
}

/* AuthenticatedSafe: SEQUENCE OF ContentInfo */
static enum status read_safes(struct pkcs12 *p)
{
	enum status status = STATUS_OK;
	struct ber outer;
	struct ber list;
	struct ber_item info;

	ber_init(&outer, p->authenticated);
	if (!ber_enter(&outer, BER_SEQUENCE, &list)) {
		content_problem(p->content, STORE_UNPARSABLE,
				"broken ASN.1 in the PKCS#12 content");
		return STATUS_OK;
	}
	while (status == STATUS_OK && ber_next(&list, &info)) {
		if (p->safe_count == SAFES_MAX) {
			content_too_large(p->content, "more than %d parts", SAFES_MAX);
			return STATUS_OK;
		}
		status = read_safe(p, &info);
	}
	if (status == STATUS_OK && ber_failed(&list))
		content_problem(p->content, STORE_UNPARSABLE, "broken ASN.1 between parts");
	return status;
}

/* PFX: SEQUENCE { version 3, authSafe ContentInfo, macData OPTIONAL } */
static enum status read_pfx(struct pkcs12 *p, struct span data)
{
	size_t announced = ber_announced_length(data);
	struct ber outer;
	struct ber pfx;
	struct ber content;
	struct ber_item item;
	struct ber_item type;

	ber_init(&outer, data);
	if (announced > data.len) {
		content_problem(p->content, STORE_UNPARSABLE, "truncated: %zu of %zu bytes",
				data.len, announced);
		return STATUS_OK;
	}
	if (!ber_enter(&outer, BER_SEQUENCE, &pfx) || !ber_take(&pfx, BER_INTEGER, &item) ||
	    !ber_next(&pfx, &item) || !enter_content_info(&item, &type, &content)) {
		content_problem(p->content, STORE_UNPARSABLE, "not readable as PKCS#12");
		return STATUS_OK;
	}
	if (!BER_IS_OID(&type, OID_DATA)) {
		content_problem(p->content, STORE_UNSUPPORTED, "PKCS#12 signed by a public key");
		return STATUS_OK;
	}
	enum status status = STATUS_SYNTAX;
	if (ber_next(&content, &item) && (item.tag & ~BER_CONSTRUCTED) == BER_OCTET_STRING)
		status = ber_octets(&item, &p->pieces, &p->authenticated);
	if (status == STATUS_OK && ber_take_optional(&pfx, BER_SEQUENCE, &item) &&
	    !pkcs12_read_mac(&item, &p->mac))
		content_problem(p->content, STORE_UNPARSABLE, "the MAC of PKCS#12 is broken");
	if (status == STATUS_SYNTAX) {
		content_problem(p->content, STORE_UNPARSABLE, "not readable as PKCS#12");
		return STATUS_OK;
	}
	return status == STATUS_OK ? read_safes(p) : status;
}

static bool is_listed(const struct pkcs12 *p, const struct secret *password)
{
	for (size_t i = 1; i < p->candidate_count; i++) {
		const struct secret *known = p->candidates[i].password;
		if (known->len == password->len &&
		    memcmp(known->data, password->data, known->len) == 0)
			return true;
	}
	return false;
}

/* How OpenSSL before 1.1 understood the passwords that are given. */
static enum status list_old_passwords(struct pkcs12 *p)
{
	p->old_passwords = calloc(p->given_count, sizeof(*p->old_passwords));
	if (p->old_passwords == NULL)
		return STATUS_MEMORY;
	for (size_t i = OWN_TRIES; i < p->given_count; i++) {
		struct secret *old = &p->old_passwords[p->old_count];
		enum status status = pkcs12_old_password(p->candidates[i].password, old);
		if (status == STATUS_MEMORY)
			return status;
		if (status != STATUS_OK)
			continue;
		p->old_count++;
		if (old->len <= INT16_MAX && !is_listed(p, old))
			p->candidates[p->candidate_count++] = (struct candidate){ old, true };
	}
	return STATUS_OK;
}

/* No password and the empty one come first (they differ: RFC 7292 appendix B.1), then the list. */
static enum status list_passwords(struct pkcs12 *p, const struct secret *empty,
				  const struct store_passwords *passwords)
{
	size_t count = passwords != NULL ? passwords->count : 0;

	p->candidates = calloc(OWN_TRIES + 2 * count, sizeof(*p->candidates));
	if (p->candidates == NULL)
		return STATUS_MEMORY;
	p->candidates[p->candidate_count++] = (struct candidate){ NULL, false };
	p->candidates[p->candidate_count++] = (struct candidate){ empty, false };
	for (size_t i = 0; i < count; i++) {
		const struct secret *password = &passwords->items[i];
		if (password->data != NULL && password->len <= INT16_MAX && !is_listed(p, password))
			p->candidates[p->candidate_count++] = (struct candidate){ password, false };
	}
	p->given_count = p->candidate_count;
	return list_old_passwords(p);
}

static uint64_t add_cost(uint64_t sum, uint64_t cost, uint64_t times)
{
	if (cost > STORE_KDF_ITERATIONS_MAX || times > STORE_KDF_ITERATIONS_MAX)
		return STORE_KDF_ITERATIONS_MAX + 1U;
	return sum + cost * times > STORE_KDF_ITERATIONS_MAX ? STORE_KDF_ITERATIONS_MAX + 1U
							     : sum + cost * times;
}

/* The iterations of the usual derivations, before the first one is run: the given passwords for the
 * MAC, the one that it confirms for each part; without a MAC all of them for each part. */
static uint64_t total_cost(const struct pkcs12 *p)
{
	uint64_t sum = 0;

	if (p->mac.present)
		sum = add_cost(sum, p->mac.iterations, p->given_count);
	for (size_t i = 0; i < p->safe_count; i++) {
		const struct safe *safe = &p->safes[i];
		if (safe->encrypted && safe->cipher.supported)
			sum = add_cost(sum, safe->cipher.cost, p->paid_count);
	}
	return sum;
}

static bool is_affordable(struct pkcs12 *p)
{
	if (p->iterations <= STORE_KDF_ITERATIONS_MAX)
		return true;
	content_too_large(p->content, "key derivation of more than %d iterations",
			  STORE_KDF_ITERATIONS_MAX);
	return false;
}

/* One derivation beyond the usual ones; false: it is too expensive. */
static bool pay(struct pkcs12 *p, uint64_t cost)
{
	p->iterations = add_cost(p->iterations, cost, 1);
	return is_affordable(p);
}

/* Moves the password that the MAC confirms to the front. STATUS_LOCKED: there is none. */
static enum status choose_password(struct pkcs12 *p)
{
	for (size_t i = 0; i < p->candidate_count; i++) {
		struct candidate candidate = p->candidates[i];
		if (i >= p->given_count && !pay(p, p->mac.iterations))
			return STATUS_LIMIT;
		enum status status =
			pkcs12_check_mac(&p->mac, candidate.password, p->authenticated);
		if (status == STATUS_LOCKED)
			continue;
		if (status == STATUS_OK) {
			memmove(p->candidates + 1, p->candidates, i * sizeof(candidate));
			p->candidates[0] = candidate;
		}
		return status;
	}
	return STATUS_LOCKED;
}

/* One password for one part. STATUS_LOCKED: it does not fit. */
static enum status try_password(struct pkcs12 *p, struct safe *safe, const struct secret *password)
{
	enum status status =
		pkcs12_decrypt(&safe->cipher, password, safe->bytes, &safe->plain, &p->providers);

	if (status == STATUS_OK)
		status = pkcs12_add_bags(
			&p->bags, p->content,
			(struct span){ (const uint8_t *)buf_text(&safe->plain), safe->plain.len });
	if (status == STATUS_SYNTAX) /* garbage of a wrong password */
		status = STATUS_LOCKED;
	if (status == STATUS_LOCKED)
		buf_wipe_release(&safe->plain);
	return status;
}

/* Decrypts one part with the first password that fits and takes its bags. Writers exist that give
 * the MAC a password of its own, so that the one it confirms is the first, not the only one. */
static enum status open_safe(struct pkcs12 *p, struct safe *safe)
{
	size_t number = (size_t)(safe - p->safes) + 1;
	enum status status = STATUS_UNSUPPORTED;

	for (size_t i = 0; i < p->candidate_count && safe->cipher.supported; i++) {
		if (p->candidates[i].is_old && safe->cipher.takes_bytes)
			continue;
		if (i >= p->paid_count && !pay(p, safe->cipher.cost))
			return STATUS_OK; /* the store is too_large, other parts are read */
		status = try_password(p, safe, p->candidates[i].password);
		if (status != STATUS_LOCKED)
			break;
	}
	if (status == STATUS_LOCKED)
		content_problem(p->content, STORE_LOCKED, "no password decrypts part %zu", number);
	if (status == STATUS_UNSUPPORTED)
		content_problem(p->content, STORE_UNSUPPORTED, "part %zu: unsupported encryption",
				number);
	return status == STATUS_MEMORY || status == STATUS_LIMIT ? status : STATUS_OK;
}

static enum status take_plain(struct pkcs12 *p, const struct safe *safe)
{
	enum status status = pkcs12_add_bags(&p->bags, p->content, safe->bytes);

	if (status != STATUS_SYNTAX)
		return status;
	content_problem(p->content, STORE_UNPARSABLE, "part %zu is broken",
			(size_t)(safe - p->safes) + 1);
	return STATUS_OK;
}

static enum status check_cost(struct pkcs12 *p)
{
	p->paid_count = p->mac.present ? 1 : p->given_count;
	p->iterations = total_cost(p);
	return is_affordable(p) ? STATUS_OK : STATUS_LIMIT;
}

static void report_locked(struct pkcs12 *p)
{
	size_t given = p->given_count - OWN_TRIES;

	if (given == 0)
		content_problem(p->content, STORE_LOCKED,
				"a password is needed, and none was given");
	else
		content_problem(p->content, STORE_LOCKED,
				given == 1 ? "the given password does not fit"
					   : "none of the %zu given passwords fits",
				given);
}

/* What to do with encrypted parts: STATUS_OK to open them, else they stay closed. */
static enum status unlock(struct pkcs12 *p)
{
	enum status status = check_cost(p);

	if (status == STATUS_OK && p->mac.present)
		status = choose_password(p);
	if (status ==
	    STATUS_UNSUPPORTED) { /* nothing was chosen: whether the bags can be read will decide */
		p->mac.present = false;
		status = check_cost(p);
	}
	if (status == STATUS_LOCKED)
		report_locked(p);
	return status;
}

static enum status read_bags(struct pkcs12 *p)
{
	enum status status = STATUS_OK;
	bool open = true;
	bool needed = false;

	for (size_t i = 0; i < p->safe_count; i++)
		needed = needed || p->safes[i].encrypted;
	if (needed) {
		status = unlock(p);
		open = status == STATUS_OK;
		if (status == STATUS_MEMORY)
			return status;
		status = STATUS_OK;
	}
	for (size_t i = 0; i < p->safe_count && status == STATUS_OK; i++) {
		if (!p->safes[i].encrypted)
			status = take_plain(p, &p->safes[i]);
		else if (open)
			status = open_safe(p, &p->safes[i]);
	}
	return status == STATUS_LIMIT ? STATUS_OK : status;
}

static void release(struct pkcs12 *p)
{
	pkcs12_bags_release(&p->bags);
	for (size_t i = 0; i < p->safe_count; i++) {
		buf_wipe_release(&p->safes[i].pieces);
		buf_wipe_release(&p->safes[i].plain);
	}
	free(p->safes);
	free(p->candidates);
	for (size_t i = 0; i < p->old_count; i++)
		secret_release(&p->old_passwords[i]);
	free(p->old_passwords);
	buf_wipe_release(&p->pieces);
	pkcs12_providers_free(p->providers);
}

enum status pkcs12_decode(struct store_content *content, const uint8_t *data, size_t len,
			  const struct store_passwords *passwords)
{
	struct pkcs12 p = { .content = content };
	char nothing[1] = "";
	const struct secret empty = { nothing, 0 };

	content_set_format(content, STORE_FORMAT_PKCS12);
	buf_init(&p.pieces, STORE_BYTES_MAX);
	enum status status = list_passwords(&p, &empty, passwords);
	if (status == STATUS_OK)
		status = read_pfx(&p, (struct span){ data, len });
	if (status == STATUS_OK)
		status = read_bags(&p);
	if (status == STATUS_OK)
		status = pkcs12_make_entries(content, &p.bags);
	release(&p);
	return status;
}
