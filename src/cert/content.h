#ifndef CERT_CONTENT_H
#define CERT_CONTENT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/reader.h"
#include "base/status.h"
#include "cert/store.h"

/*
 * How a content is filled: what the decoders of the formats call while they read a store. Only for
 * contents made by store_content_new() that have not been handed out. Not thread-safe.
 */

/* A content with what only its building and its sharing need. */
struct content {
	struct store_content shown; /* first: a pointer to it is a pointer to the whole */
	atomic_uint references;
	bool state_is_set; /* by store_set_state() */
	bool too_large;
	bool damaged;
	enum store_state damage; /* the state if nothing is shown in the end */
	uint32_t next_position;  /* in the last entry */
};

struct content *content_of(struct store_content *shown);

#define CONTENT_NO_OFFSET SIZE_MAX

void content_set_format(struct store_content *content, enum store_format format);

/*
 * Begins an entry whose alias is text in UTF-8 of any bytes. STATUS_OK; STATUS_LIMIT: there are
 * STORE_ENTRIES_MAX already, the state is too_large, read no further; STATUS_MEMORY.
 */
enum status content_add_entry(struct store_content *content, const void *alias,
			      size_t len) MUST_CHECK;

/*
 * Reads one certificate into the last entry. `offset` is its place in the store, for the detail.
 * STATUS_OK, also when it cannot be read: then its position stays empty and the store is damaged.
 * STATUS_LIMIT: the entry is full and the state too_large; it may be ignored to read the next
 * entry. STATUS_MEMORY.
 */
enum status content_add_der(struct store_content *content, const uint8_t *der, size_t len,
			    size_t offset) MUST_CHECK;

/* A certificate that was read elsewhere, at a position of the last entry; owned on success.
 * STATUS_OK, STATUS_LIMIT (the state is too_large), STATUS_MEMORY. */
enum status content_add_certificate_take(struct store_content *content, uint32_t position,
					 struct certificate *certificate) MUST_CHECK;

/*
 * For a place that holds exactly one certificate (an entry of a JKS, a bag of a PKCS#12): cuts what
 * stands behind it and returns how many bytes that were, 0 if they are white space. Java and
 * OpenSSL read the certificate all the same.
 */
size_t content_cut_behind(struct span *der);

/* Notes such bytes behind the certificate that was added last; 0 is fine. */
void content_bytes_behind(struct store_content *content, size_t bytes);

/* An unreadable certificate at the next position, for the reason `why`. Results as above. */
enum status content_add_gap(struct store_content *content, const char *why,
			    size_t offset) MUST_CHECK;

/*
 * Something in the store could not be read. The state becomes partial if certificates are shown in
 * the end, else `otherwise` of the first such problem, whose text becomes the detail. No secrets in
 * it; remote text must have passed text_printable().
 */
void content_problem(struct store_content *content, enum store_state otherwise, const char *format,
		     ...) __attribute__((format(printf, 3, 4)));

/* A limit was hit: the state is too_large, whatever else happens. The first text wins. */
void content_too_large(struct store_content *content, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
