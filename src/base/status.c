/* Names of results and texts of errors. */
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>

const char *status_name(enum status status)
{
	switch (status) {
	case STATUS_OK:
		return "ok";
	case STATUS_DNS:
		return "dns";
	case STATUS_CONNECT:
		return "connect";
	case STATUS_TLS:
		return "tls";
	case STATUS_TIMEOUT:
		return "timeout";
	case STATUS_TRUNCATED:
		return "truncated";
	case STATUS_HTTP_401:
		return "http_401";
	case STATUS_HTTP_403:
		return "http_403";
	case STATUS_HTTP_404:
		return "http_404";
	case STATUS_HTTP_429:
		return "http_429";
	case STATUS_HTTP_4XX:
		return "http_4xx";
	case STATUS_HTTP_5XX:
		return "http_5xx";
	case STATUS_REDIRECT:
		return "redirect";
	case STATUS_CONTENT_TYPE:
		return "content_type";
	case STATUS_SYNTAX:
		return "syntax";
	case STATUS_TOO_LARGE:
		return "too_large";
	case STATUS_LIMIT:
		return "limit";
	case STATUS_MEMORY:
		return "memory";
	case STATUS_IO:
		return "io";
	case STATUS_LOCKED:
		return "locked";
	case STATUS_UNSUPPORTED:
		return "unsupported";
	case STATUS_LOGIN_PAGE:
		return "login_page";
	case STATUS_NOT_FOUND:
		return "not_found";
	case STATUS_RANGE:
		return "range";
	case STATUS_CANCELLED:
		return "cancelled";
	}
	return "unknown";
}

enum status error_set(struct error *error, enum status status, const char *format, ...)
{
	va_list args;

	if (error == NULL)
		return status;
	va_start(args, format);
	(void)vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	return status;
}
