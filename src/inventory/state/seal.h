#ifndef INVENTORY_STATE_SEAL_H
#define INVENTORY_STATE_SEAL_H

#include <stddef.h>

#include "base/buf.h"

/*
 * The checksum of a state file. It is the last member of the document and covers every byte in
 * front of it: a file that was damaged or edited is noticed, whatever JSON it still is.
 */
enum state_seal {
	SEAL_NONE,   /* the text does not end with a checksum */
	SEAL_BROKEN, /* it is not that of the text */
	SEAL_INTACT,
};

/* Ends a document that is written but for its last bracket. A failure sticks in the buffer. */
void state_seal(struct buf *buf);

/* Reports what the end of a whole document says of it. STATUS_OK, STATUS_MEMORY. Thread-safe. */
enum status state_seal_check(const char *text, size_t len, enum state_seal *ret_seal) MUST_CHECK;

#endif
