#ifndef CERT_STORE_H
#define CERT_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/secret.h"
#include "base/status.h"
#include "cert/certificate.h"
#include "cert/format.h"

/*
 * What is inside one certificate file or keystore. Every way to read a store ends in the same
 * struct, with the same aliases and positions.
 */
enum store_state {
	STORE_OK,
	STORE_PARTIAL, /* some certificates shown, others unreadable, or cut at a secret key; or
			  shown, and what protects the store does not fit */
	STORE_EMPTY,   /* no certificate in it, or no byte */
	STORE_LOCKED,  /* no password fits */
	STORE_UNPARSABLE,
	STORE_UNSUPPORTED, /* a known format or algorithm that is not read */
	STORE_TOO_LARGE,   /* a limit was hit; what was read is shown */
	STORE_FORBIDDEN,   /* set by sources: 403, file permission */
	STORE_UNAVAILABLE, /* set by sources: listed, but could not be fetched */
};

#define STORE_STATE_COUNT (STORE_UNAVAILABLE + 1) /* no value: switches are exhaustive */

const char *store_state_name(enum store_state state);
enum status store_state_parse(const char *name, enum store_state *ret_state) MUST_CHECK;

/* Limits (docs/operations.md) with the state they lead to: too_large. */
#define STORE_BYTES_MAX   4194304 /* 4 MiB */
#define STORE_ENTRIES_MAX 1000    /* entries of a keystore; certificates of PEM and PKCS#7 */
#define STORE_CHAIN_MAX   64      /* certificates in one entry of a keystore */
#define STORE_ALIAS_MAX   4096    /* bytes; longer aliases are cut at a character */
/* iterations of key derivations, in total per store and over all passwords */
#define STORE_KDF_ITERATIONS_MAX 10000000

struct store_certificate {
	uint32_t position; /* 0-based; an unreadable certificate keeps its place, so gaps can be */
	struct certificate *certificate; /* owned */
};

struct store_entry {
	char *alias; /* lower case as Java shows it; "" where there is no keystore; may repeat */
	struct store_certificate *certificates;
	size_t count;
};

/* Immutable and counted once it is handed out. `detail` never holds bytes or text of the store's
 * private parts; it is safe to log. */
struct store_content {
	enum store_format format;
	enum store_state state; /* ok .. too_large */
	char detail[160];       /* why the state is not ok; "" otherwise */
	struct store_entry *entries;
	size_t entry_count;
	size_t certificate_count; /* over all entries */
};

struct store_passwords {
	const struct secret *items;
	size_t count;
};

/*
 * Reads a store. `data` is untrusted, may hold private keys, and is neither kept nor wiped here (it
 * belongs to the caller); what the decoder copies of it is wiped. No password and the empty
 * password are tried first, then `passwords` (may be NULL) in order; JKS and JCEKS need none, but
 * `passwords` verify their digest. STATUS_OK: *ret_content is the caller's reference, whatever the
 * state of the store: a broken store is a result. STATUS_MEMORY otherwise: memory was missing for
 * this store; callers show it as unavailable and read it again. Thread-safe.
 */
enum status store_decode(const uint8_t *data, size_t len, const struct store_passwords *passwords,
			 struct store_content **ret_content) MUST_CHECK;

/*
 * Building a content from parts that came another way (public keys of a keystore, a REST answer, a
 * state file). store_add_entry() copies and normalises the alias ("" for no keystore).
 * store_add_pem() appends the certificates of a PEM text (or of PEM, DER or PKCS#7 in base64) to
 * the last entry, store_add_certificate_take() one certificate at a position (owned on success).
 * Unreadable certificates keep their place and make the state partial. STATUS_OK, STATUS_SYNTAX
 * (nothing readable in it), STATUS_LIMIT (the state is too_large), STATUS_MEMORY. Not thread-safe.
 */
enum status store_content_new(enum store_format format,
			      struct store_content **ret_content) MUST_CHECK;
enum status store_add_entry(struct store_content *content, const char *alias) MUST_CHECK;
enum status store_add_pem(struct store_content *content, const char *pem, size_t len) MUST_CHECK;
enum status store_add_certificate_take(struct store_content *content, uint32_t position,
				       struct certificate *certificate) MUST_CHECK;
void store_set_state(struct store_content *content, enum store_state state, const char *detail);
/* ok, partial, empty or (nothing but unreadable certificates) unparsable from what was added; keeps
 * too_large and what store_set_state() said. Call once at the end of building. */
void store_content_finish(struct store_content *content);

/* Whether other passwords for the same bytes can lead to another content. */
bool store_depends_on_passwords(const struct store_content *content);

struct store_content *store_content_ref(struct store_content *content);
void store_content_unref(struct store_content *content); /* NULL is fine */

#endif
