/* The formats of stores and their names. */
#include "cert/format.h"

#include <string.h>

const char *store_format_name(enum store_format format)
{
	switch (format) {
	case STORE_FORMAT_UNKNOWN:
		return "unknown";
	case STORE_FORMAT_PEM:
		return "pem";
	case STORE_FORMAT_DER:
		return "der";
	case STORE_FORMAT_PKCS12:
		return "pkcs12";
	case STORE_FORMAT_JKS:
		return "jks";
	case STORE_FORMAT_JCEKS:
		return "jceks";
	case STORE_FORMAT_PKCS7:
		return "pkcs7";
	}
	return "unknown";
}

enum status store_format_parse(const char *name, enum store_format *ret_format)
{
	for (int i = STORE_FORMAT_UNKNOWN; i <= STORE_FORMAT_PKCS7; i++) {
		if (strcmp(name, store_format_name((enum store_format)i)) == 0) {
			*ret_format = (enum store_format)i;
			return STATUS_OK;
		}
	}
	return STATUS_SYNTAX;
}

bool store_format_is_keystore(enum store_format format)
{
	return format == STORE_FORMAT_PKCS12 || format == STORE_FORMAT_JKS ||
	       format == STORE_FORMAT_JCEKS;
}
