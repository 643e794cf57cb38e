#ifndef CERT_BER_H
#define CERT_BER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/reader.h"
#include "base/status.h"

/*
 * Room-internal. Walks BER (X.690) element by element without copying: DER as certificates are, and
 * the indefinite lengths and constructed strings that older PKCS#12 and PKCS#7 writers produce.
 * Everything is untrusted. Like `struct reader` it remembers its first failure, so a group of
 * elements is read and checked once. Keeps pointers into the caller's bytes. No allocation but in
 * ber_octets().
 */
struct ber {
	const uint8_t *data; /* the next element */
	size_t left;
	bool failed;
};

struct ber_item {
	uint8_t tag;       /* the identifier octet: class, constructed bit, number */
	struct span whole; /* with its header, and with its end-of-contents if it has one */
	struct span content;
};

/* Identifier octets. */
#define BER_BOOLEAN      0x01
#define BER_INTEGER      0x02
#define BER_BIT_STRING   0x03
#define BER_OCTET_STRING 0x04
#define BER_OID          0x06
#define BER_UTF8_STRING  0x0C
#define BER_BMP_STRING   0x1E
#define BER_SEQUENCE     0x30
#define BER_SET          0x31
#define BER_CONSTRUCTED  0x20
#define BER_CONTEXT(n)   (0x80 | (n))
#define BER_EXPLICIT(n)  (0xA0 | (n))

void ber_init(struct ber *b, struct span span);

/* The next element of any kind; false at the end, and after a failure. */
bool ber_next(struct ber *b, struct ber_item *ret_item);

/* The next element, which must be `tag`; everything else is a failure. */
bool ber_take(struct ber *b, uint8_t tag, struct ber_item *ret_item);

/* The same if the next element is `tag`; otherwise false, and nothing has moved. */
bool ber_take_optional(struct ber *b, uint8_t tag, struct ber_item *ret_item);

/* Takes an element and starts to walk inside of it. */
bool ber_enter(struct ber *b, uint8_t tag, struct ber *ret_inside);

bool ber_failed(const struct ber *b);

/* Whether an element is this OBJECT IDENTIFIER, given as its content octets. */
bool ber_is_oid(const struct ber_item *item, const char *octets, size_t len);
#define BER_IS_OID(item, octets) ber_is_oid((item), (octets), sizeof(octets) - 1)

/* The value of an INTEGER that is not negative and fits. */
bool ber_u64(const struct ber_item *item, uint64_t *ret_value);

/*
 * The bytes of an OCTET STRING (or of an implicitly tagged one): in place when primitive, else put
 * together in `scratch` (as secret; it is empty before, and must outlive the span). STATUS_OK,
 * STATUS_SYNTAX, STATUS_MEMORY.
 */
enum status ber_octets(const struct ber_item *item, struct buf *scratch,
		       struct span *ret_octets) MUST_CHECK;

/* The length that the first element of `span` announces, header included; 0 if that cannot be read
 * or is indefinite. It may be more than the span holds. */
size_t ber_announced_length(struct span span);

#endif
