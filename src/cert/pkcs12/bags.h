#ifndef CERT_PKCS12_BAGS_H
#define CERT_PKCS12_BAGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/reader.h"
#include "base/status.h"
#include "cert/store.h"

/* The bags of PKCS#12 (RFC 7292 4.2): certificates, and the attributes of keys and secrets. */

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
};

/*
 * Appends the bags of a SafeContents (RFC 7292 4.2), nested ones included, in file order; the spans
 * point into `safe`. A broken bag is noted in `content` and passed over. STATUS_OK, STATUS_SYNTAX
 * (not a SafeContents: nothing was appended), STATUS_LIMIT (state too_large), STATUS_MEMORY.
 */
enum status pkcs12_add_bags(struct pkcs12_bags *bags, struct store_content *content,
			    struct span safe) MUST_CHECK;
void pkcs12_bags_release(struct pkcs12_bags *bags);

#endif
