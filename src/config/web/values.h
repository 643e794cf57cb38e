#ifndef CONFIG_WEB_VALUES_H
#define CONFIG_WEB_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* Single values of the web configuration, in the words of Go and of the exporter-toolkit. */

/* A Go duration: `0`, or numbers with a unit one after the other ("1m30s", "1.5h", "250ms"); a bare
 * number counts nanoseconds, as in a YAML file of the toolkit. STATUS_OK; STATUS_SYNTAX;
 * STATUS_RANGE (negative, or more than a year). */
enum status go_duration(const char *text, uint64_t *ret_ns) MUST_CHECK;

/* NULL when `text` is a bcrypt hash ($2a$, $2b$ or $2y$, cost 4..31, 60 characters), else what is
 * wrong with it, without showing it. */
const char *bcrypt_fault(const char *text, unsigned *ret_cost);

/* The header's name in static storage, NULL if it cannot be set. */
const char *web_header_name(const char *name);
/* NULL when the value is allowed for the header. */
const char *web_header_fault(const char *name, const char *value);

#endif
