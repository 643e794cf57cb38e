#ifndef CERT_X509_VIEW_H
#define CERT_X509_VIEW_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/reader.h"
#include "base/status.h"
#include "cert/ber.h"
#include "cert/certificate.h"

/*
 * Room-internal. The parts of a certificate (RFC 5280 4.1) in place, and their texts. Untrusted;
 * spans point into the caller's bytes. All functions are thread-safe.
 */
#define X509_TEXT_MAX 67108864 /* 64 MiB: an escape is 4 bytes for one, and a store has 4 MiB */

struct x509_view {
	bool v3;                   /* false: version 1 or 2 */
	struct span serial_number; /* content octets, at least one */
	struct span issuer;        /* the whole Name */
	struct span subject;
	struct ber_item not_before;
	struct ber_item not_after;
	struct ber_item signature_algorithm; /* the OBJECT IDENTIFIER */
	struct ber_item key_algorithm;       /* the OBJECT IDENTIFIER */
	struct span key_parameters;          /* what follows it in AlgorithmIdentifier */
	struct span key;                     /* content of the BIT STRING after its first octet */
	struct span extensions;              /* content of Extensions, empty if there are none */
};

/* STATUS_OK, or STATUS_SYNTAX: not exactly one certificate. */
enum status x509_view(const uint8_t *der, size_t len, struct x509_view *ret_view) MUST_CHECK;

/* The value of the first extension of this type (content octets of its OID), to be walked; false if
 * there is none. */
bool x509_extension(const struct x509_view *view, const char *oid, size_t oid_len,
		    struct ber *ret_value);

/*
 * Appends a Name as text (RFC 4514, as X509_NAME_print_ex() does with XN_FLAG_RFC2253 and without
 * ASN1_STRFLGS_ESC_MSB). What OpenSSL refuses to print (bytes that are no text of the declared
 * type) is shown byte by byte. The text still has to pass text_printable(). STATUS_OK,
 * STATUS_SYNTAX (no Name), STATUS_LIMIT (more parts than any real name has), STATUS_MEMORY.
 */
enum status x509_name_text(struct buf *out, struct span name) MUST_CHECK;

/* Appends "RSA-2048", "EC-P-256", ...; an unknown algorithm by its long name or OID. */
enum status x509_key_text(struct buf *out, const struct x509_view *view) MUST_CHECK;

/* Appends the long name of an algorithm, or its OID in dots. */
enum status x509_oid_text(struct buf *out, const struct ber_item *oid) MUST_CHECK;

/*
 * Appends the subject alternative names (RFC 5280 4.2.1.6) as a list of cert/san.h; nothing
 * without the extension. DNS names, mail addresses, URIs and IP addresses as they are,
 * a registeredID as "RID:1.2.3", an otherName as "otherName:UPN:user@realm" or, of another type
 * than the user principal name, as "otherName:1.2.3". Names of other kinds and broken ones are left
 * out. STATUS_OK or STATUS_MEMORY.
 */
enum status x509_san_text(struct buf *out, const struct x509_view *view) MUST_CHECK;

/* Whether two Names are the same in OpenSSL's canonical form (case and blanks do not count).
 * STATUS_OK or STATUS_MEMORY. */
enum status x509_same_name(struct span a, struct span b, bool *ret_same) MUST_CHECK;

enum x509_self {
	X509_SELF_VERIFIED,
	X509_SELF_WRONG, /* checked, or made with an algorithm that the key is not for */
	X509_SELF_UNCHECKED,
};

/*
 * Whether the certificate's own key verifies its signature. UNCHECKED: the algorithm or its
 * parameters are not among those that every supported OpenSSL checks, the library refuses them
 * here, or the check would be expensive (a key beyond 8192 bits, or RSA with an exponent beyond 64
 * bits). STATUS_OK or STATUS_MEMORY.
 */
enum status x509_check_itself(const uint8_t *der, size_t len, enum x509_self *ret_self) MUST_CHECK;

/* The same where only X509_SELF_VERIFIED counts. */
enum status x509_verifies_itself(const uint8_t *der, size_t len, bool *ret_verified) MUST_CHECK;

/* Whether the identifiers of the certificate's key and of its issuer's key (RFC 5280 4.2.1.1,
 * 4.2.1.2) say that another key than its own has signed it. */
bool x509_names_other_issuer(const struct x509_view *view);

/* Empties OpenSSL's error queue of this thread: STATUS_MEMORY if an allocation failed, else
 * `other`. */
enum status x509_openssl_failure(enum status other);

#endif
