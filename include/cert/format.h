#ifndef CERT_FORMAT_H
#define CERT_FORMAT_H

#include <stdbool.h>

#include "base/status.h"

/*
 * The formats of stores. store_decode() finds the format from the bytes, never from a name. The
 * names are values of the metric label `format` and are kept in the state file. Thread-safe.
 */
enum store_format {
	STORE_FORMAT_UNKNOWN,
	STORE_FORMAT_PEM,
	STORE_FORMAT_DER,
	STORE_FORMAT_PKCS12,
	STORE_FORMAT_JKS,
	STORE_FORMAT_JCEKS,
	STORE_FORMAT_PKCS7,
	STORE_FORMAT_COUNT,
};

const char *store_format_name(enum store_format format);
enum status store_format_parse(const char *name, enum store_format *ret_format) MUST_CHECK;
bool store_format_is_keystore(enum store_format format); /* PKCS#12, JKS, JCEKS */

#endif
