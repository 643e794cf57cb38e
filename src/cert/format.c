/* The formats of stores and their names. */
#include "cert/format.h"

#include "base/array.h"
#include "base/words.h"

static const char *const words[] = {
	[STORE_FORMAT_UNKNOWN] = "unknown", [STORE_FORMAT_PEM] = "pem",
	[STORE_FORMAT_DER] = "der",         [STORE_FORMAT_PKCS12] = "pkcs12",
	[STORE_FORMAT_JKS] = "jks",         [STORE_FORMAT_JCEKS] = "jceks",
	[STORE_FORMAT_PKCS7] = "pkcs7",
};
_Static_assert(COUNT_OF(words) == STORE_FORMAT_COUNT, "each format has a word");
static const struct word_list formats = { words, COUNT_OF(words) };

const char *store_format_name(enum store_format format)
{
	return word_of(&formats, format);
}

enum status store_format_parse(const char *name, enum store_format *ret_format)
{
	size_t value = 0;
	enum status status = word_parse(&formats, name, &value);

	if (status == STATUS_OK)
		*ret_format = (enum store_format)value;
	return status;
}

bool store_format_is_keystore(enum store_format format)
{
	return format == STORE_FORMAT_PKCS12 || format == STORE_FORMAT_JKS ||
	       format == STORE_FORMAT_JCEKS;
}
