#ifndef CERT_CRYPTO_MEMORY_H
#define CERT_CRYPTO_MEMORY_H

#include <stdbool.h>

#include "base/status.h"

/*
 * Room-internal. Whether OpenSSL lacked memory. Its error queue cannot be asked: OpenSSL 3.0
 * reports ERR_R_MALLOC_FAILURE for allocations of no bytes too, which the content of a store can
 * ask for (no salt, a modulus of 0), and it hides real failures behind other errors (an algorithm
 * that could not be loaded is "unsupported"). So OpenSSL allocates through this module, which notes
 * in each thread that an allocation failed.
 */

/* Whether an allocation of OpenSSL failed in this thread since the last call. Thread-safe. */
bool crypto_memory_failed(void);

/* False: OpenSSL had allocated before this module could be put in place, and nothing is noted. */
bool crypto_memory_is_watched(void);

/* Empties OpenSSL's error queue of this thread: STATUS_MEMORY if an allocation failed, else
 * `other`. */
enum status crypto_failure(enum status other);

#endif
