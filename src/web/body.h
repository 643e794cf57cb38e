#ifndef WEB_BODY_H
#define WEB_BODY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/status.h"

/*
 * The bytes of an answer, shared by every connection that sends them. A body is counted by
 * references, and immutable once more than one thread knows it. It knows the account that its bytes
 * are added to, so that slow readers cannot pin memory without end.
 */
struct body_account {
	atomic_size_t bytes; /* of all bodies that exist */
	atomic_size_t count;
	atomic_size_t leaving; /* bytes of bodies all of whose readers are being cut off */
};

#define ETAG_SIZE    80 /* W/, quotes, SHA-256 in hex */
#define TAG_SALT_LEN 16 /* hashed into each, since generations of snapshots start anew with us */

struct body {
	atomic_uint references;
	struct body_account *account;
	char *data;
	size_t len;
	char *gzip; /* NULL: not compressed */
	size_t gzip_len;
	atomic_uint readers;  /* connections that send it and are not cut off; clients.c counts */
	bool leaving;         /* the last reader was cut off; of clients.c, under its lock */
	char etag[ETAG_SIZE]; /* of both forms, so it must be weak; "": none */
};

/*
 * Takes the bytes of `buf`, which is empty afterwards. `account` must outlive the body. STATUS_OK:
 * one reference is the caller's; otherwise buf_status() or STATUS_MEMORY, and `buf` is released.
 */
enum status body_new(struct buf *buf, struct body_account *account,
		     struct body **ret_body) MUST_CHECK;

/* Adds the gzip form (RFC 1952; zlib's fastest level), which replaces the plain one unless
 * `keep_plain`. After a failure the body is as before, and is sent plain. Call this before the body
 * is shared. */
void body_compress(struct body *body, bool keep_plain);

/* The memory that the body takes. */
size_t body_bytes(const struct body *body);

struct body *body_ref(struct body *body);
void body_unref(struct body *body); /* NULL is fine */

#endif
