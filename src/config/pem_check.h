#ifndef CONFIG_PEM_CHECK_H
#define CONFIG_PEM_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/secret.h"
#include "base/status.h"

/*
 * PEM text of certificates and keys (RFC 7468) as it arrives in settings: repaired where line
 * breaks were lost, and checked before anyone relies on it. Texts never hold parts of the input.
 * Thread-safe.
 */

/* Restores the line breaks of PEM blocks that came as literal `\n`, as blanks or not at all. Text
 * without PEM blocks stays. STATUS_OK or STATUS_MEMORY. */
enum status pem_repair(struct secret *pem) MUST_CHECK;

/* STATUS_OK when `pem` holds at least one certificate and each one parses; `what` begins the text
 * of the error. */
enum status pem_check_certificates(const char *pem, const char *what,
				   struct error *error) MUST_CHECK;

/*
 * Whether the time of the first certificate deserves a warning at `now_s` (Unix seconds): it has
 * expired, expires soon (what is left is less than 30 days and less than a third of its whole
 * life), or is not valid yet. True: `ret_text` says which, as a part of a sentence: "expired on
 * 2026-01-02T00:00:00Z". False also when no certificate or time can be read.
 */
bool pem_check_time(const char *pem, double now_s, struct error *ret_text);

/* STATUS_OK when the first certificate and the private key parse and belong together. The texts
 * begin with `certificate_name` or `key_name`. */
enum status pem_check_pair(const char *certificate, const char *certificate_name, const char *key,
			   const char *key_name, struct error *error) MUST_CHECK;

#endif
