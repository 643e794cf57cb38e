#ifndef NET_REDACT_H
#define NET_REDACT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/secret.h"

/*
 * Servers repeat what they were sent: a refusal may quote the Authorization header or the form.
 * This finds credentials of a request in a text that is about to be shown.
 */
#define REDACT_WINDOW 12 /* this number of equal bytes in a row counts as a quotation */

struct redact_secrets {
	const struct secret *bearer; /* each may be NULL */
	const struct secret *basic;  /* "user:password": the password and the Base64 form count */
	const struct secret *form;   /* the client_secret in it counts, encoded or decoded */
	const struct secret *plain;  /* all of it counts */
};

/* True when `text` quotes at least REDACT_WINDOW bytes of a secret, or all of a shorter one; also
 * when memory for the comparison is missing. Secrets of less than 4 bytes are not looked for. */
bool redact_needed(const char *text, size_t len, const struct redact_secrets *secrets);

#endif
