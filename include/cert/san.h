#ifndef CERT_SAN_H
#define CERT_SAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * Subject alternative names as one text: joined by ",", with "\" in front of each "," and "\" that
 * belongs to a name (as RFC 4514 2.4 has it), and otherwise as text_printable() shows them. No
 * names is "". All functions are thread-safe.
 */

/* A list ends with the name "…" where more would not fit. Public authorities issue for some hundred
 * names; 10 000 of 25 bytes fit. */
#define SAN_LIST_MAX 262144

/* Names in a label. */
#define SAN_LABEL_NAMES_MAX 16

/* Appends a name (any bytes) to a list that has *count of them. False: it does not fit; "…" was
 * appended, and no more may be. The result is buf_status(). */
bool san_add(struct buf *list, size_t *count, const void *name, size_t len);

/* Appends the next name of a list, as it was before it was joined, and moves *at behind it. False
 * at the end. */
bool san_next(const char **at, struct buf *name);

/* Appends the first SAN_LABEL_NAMES_MAX names of a list, joined as they are, then "…" if there are
 * more. */
void san_label(struct buf *label, const char *list);

#endif
