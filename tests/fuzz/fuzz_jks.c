/* A Java keystore behind its magic number. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cert/jks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t magic[2][4] = { { 0xFE, 0xED, 0xFE, 0xED },
					     { 0xCE, 0xCE, 0xCE, 0xCE } };
	static char ascii[] = "changeit";
	static char other[] = "\xC3\xBC\xE2\x82\xAC\xF0\x9D\x84\x9E";
	static const struct secret items[] = { { ascii, sizeof(ascii) - 1 },
					       { other, sizeof(other) - 1 } };
	static const struct store_passwords passwords = { items, 2 };
	struct store_content *content = NULL;

	if (size < 1 || store_content_new(STORE_FORMAT_UNKNOWN, &content) != STATUS_OK)
		return 0;
	/* the first byte chooses the type; version, count and entries follow */
	uint8_t *store = malloc(size + 3);
	if (store != NULL) {
		memcpy(store, magic[data[0] & 1], 4);
		memcpy(store + 4, data + 1, size - 1);
		(void)!jks_decode(content, store, size + 3, data[0] & 2 ? &passwords : NULL);
		store_content_finish(content);
	}
	free(store);
	store_content_unref(content);
	return 0;
}
