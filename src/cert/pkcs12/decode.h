#ifndef CERT_PKCS12_DECODE_H
#define CERT_PKCS12_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/reader.h"
#include "base/status.h"
#include "cert/ber.h"
#include "cert/store.h"

/*
 * Room-internal: PKCS#12 (RFC 7292). Untrusted; private keys are neither decrypted nor looked into.
 * Everything is thread-safe for separate contents.
 */

/* Reads a PFX into `content`. What cannot be read is noted there: STATUS_OK or STATUS_MEMORY. */
enum status pkcs12_decode(struct store_content *content, const uint8_t *data, size_t len,
			  const struct store_passwords *passwords) MUST_CHECK;

/* --- passwords and encryption: src/cert/pkcs12_crypt.c --- */

/* An AlgorithmIdentifier for encryption by password, as far as its cost has to be known. */
struct pkcs12_cipher {
	struct span algorithm; /* the whole AlgorithmIdentifier */
	uint64_t cost;         /* iterations of its key derivation, at least 1 */
	bool supported;        /* false: nothing may be derived */
	bool empty_salt;       /* and the derivation is PKCS#12's own (appendix B) */
	bool takes_bytes;      /* derives from the password's bytes as they are (PKCS#5) */
	bool legacy;           /* needs OpenSSL's legacy provider (RC2, RC4, DES) */
};

struct pkcs12_mac {
	bool present; /* false also for a kind that is not checked (PBMAC1, RFC 9579) */
	int digest_nid;
	struct span digest;
	struct span salt;
	uint64_t iterations;
};

void pkcs12_read_cipher(const struct ber_item *algorithm, struct pkcs12_cipher *ret_cipher);
/* MacData; false: broken. */
bool pkcs12_read_mac(struct ber_item *mac_data, struct pkcs12_mac *ret_mac);

/*
 * Whether `password` (NULL: none at all) fits. STATUS_OK, STATUS_LOCKED, STATUS_UNSUPPORTED,
 * STATUS_MEMORY. Neither password nor salt is nothing to derive a key from, which OpenSSL takes for
 * a lack of memory (3.0) or a failure without a reason (3.2): it does not fit.
 */
enum status pkcs12_check_mac(const struct pkcs12_mac *mac, const struct secret *password,
			     struct span content) MUST_CHECK;

struct pkcs12_providers; /* OpenSSL with its legacy provider, loaded when it is needed */

/*
 * Decrypts into `plain` (empty, secret). STATUS_OK; STATUS_LOCKED: this password does not fit;
 * STATUS_UNSUPPORTED: the algorithm or its parameters; STATUS_MEMORY. *providers is NULL at first,
 * kept between calls, and released in the end.
 */
enum status pkcs12_decrypt(const struct pkcs12_cipher *cipher, const struct secret *password,
			   struct span encrypted, struct buf *plain,
			   struct pkcs12_providers **providers) MUST_CHECK;
void pkcs12_providers_free(struct pkcs12_providers *providers);

/*
 * A password as OpenSSL before 1.1 understood it: each byte of its UTF-8 was a character of the
 * BMPString that keys are derived from (appendix B.1). The result is the UTF-8 of those characters,
 * for the functions above. STATUS_OK; STATUS_UNSUPPORTED: there is no difference, or the password
 * is not UTF-8 and OpenSSL understands it so anyway; STATUS_MEMORY.
 */
enum status pkcs12_old_password(const struct secret *password, struct secret *ret_old) MUST_CHECK;

/* --- bags: src/cert/pkcs12_bags.c --- */

enum pkcs12_kind { PKCS12_CERTIFICATE, PKCS12_PRIVATE_KEY, PKCS12_SECRET };

struct pkcs12_bag {
	enum pkcs12_kind kind;
	struct span certificate; /* DER; empty when the bag is broken */
	size_t bytes_behind;     /* what stood behind it in the bag */
	struct buf pieces;       /* holds it where it came in pieces */
	struct span key_id;      /* localKeyId */
	bool has_key_id;
	bool trusted;  /* has Oracle's trustedKeyUsage attribute */
	bool is_first; /* in its SafeContents */
	char *alias;   /* friendlyName, normalised; NULL if there is none */
};

#define PKCS12_BAGS_MAX 10000 /* ten a possible entry; beyond it the state is too_large */

struct pkcs12_bags {
	struct pkcs12_bag *items;
	size_t count;
	size_t capacity;
};

/*
 * Appends the bags of a SafeContents (RFC 7292 4.2), nested ones included, in file order; the spans
 * point into `safe`. A broken bag is noted in `content` and passed over. STATUS_OK, STATUS_SYNTAX
 * (not a SafeContents: nothing was appended), STATUS_LIMIT (state too_large), STATUS_MEMORY.
 */
enum status pkcs12_add_bags(struct pkcs12_bags *bags, struct store_content *content,
			    struct span safe) MUST_CHECK;
void pkcs12_bags_release(struct pkcs12_bags *bags);

/* --- entries: src/cert/pkcs12_entries.c --- */

/* Makes the entries that Java shows out of the bags, then one for each certificate that is left.
 * Aliases are added to the bags. STATUS_OK, STATUS_MEMORY. */
enum status pkcs12_make_entries(struct store_content *content, struct pkcs12_bags *bags) MUST_CHECK;

#endif
