#ifndef SOURCE_ERRORS_H
#define SOURCE_ERRORS_H

#include <stdint.h>

#include "base/status.h"

/* Sets of reasons for `possible_errors` of struct source_class, which several kinds share. */
#define ERROR_BIT(reason) (UINT32_C(1) << (reason))
_Static_assert(STATUS_REASON_COUNT <= 32, "reasons fit the bits");

/* A request over HTTPS whose answer is parsed. */
#define ERRORS_OF_REQUESTS                                                                         \
	(ERROR_BIT(STATUS_DNS) | ERROR_BIT(STATUS_CONNECT) | ERROR_BIT(STATUS_TLS) |               \
	 ERROR_BIT(STATUS_TIMEOUT) | ERROR_BIT(STATUS_TRUNCATED) | ERROR_BIT(STATUS_HTTP_401) |    \
	 ERROR_BIT(STATUS_HTTP_403) | ERROR_BIT(STATUS_HTTP_404) | ERROR_BIT(STATUS_HTTP_429) |    \
	 ERROR_BIT(STATUS_HTTP_4XX) | ERROR_BIT(STATUS_HTTP_5XX) | ERROR_BIT(STATUS_REDIRECT) |    \
	 ERROR_BIT(STATUS_CONTENT_TYPE) | ERROR_BIT(STATUS_SYNTAX) | ERROR_BIT(STATUS_TOO_LARGE) | \
	 ERROR_BIT(STATUS_LIMIT) | ERROR_BIT(STATUS_MEMORY))

/* Bindings, passwords and keys are read from files when they are used. */
#define ERRORS_OF_SETTINGS                                                                         \
	(ERROR_BIT(STATUS_TRUNCATED) | ERROR_BIT(STATUS_SYNTAX) | ERROR_BIT(STATUS_TOO_LARGE) |    \
	 ERROR_BIT(STATUS_MEMORY) | ERROR_BIT(STATUS_IO) | ERROR_BIT(STATUS_UNSUPPORTED))

#define ERRORS_OF_DECODING                                                                         \
	(ERROR_BIT(STATUS_SYNTAX) | ERROR_BIT(STATUS_LOCKED) | ERROR_BIT(STATUS_UNSUPPORTED) |     \
	 ERROR_BIT(STATUS_TOO_LARGE) | ERROR_BIT(STATUS_LIMIT) | ERROR_BIT(STATUS_MEMORY))

#endif
