/* Any bytes as the PEM text of one alias in a list of public keys. */
#include <stdint.h>
#include <stdlib.h>

#include "cert/store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct store_content *content = NULL;

	if (store_content_new(STORE_FORMAT_UNKNOWN, &content) != STATUS_OK)
		return 0;
	if (store_add_entry(content, "Alias") == STATUS_OK) {
		enum status status = store_add_pem(content, (const char *)data, size);
		if (status == STATUS_OK && content->certificate_count == 0)
			abort();
		store_content_finish(content);
		if (content->state == STORE_OK && content->certificate_count == 0)
			abort();
	}
	store_content_unref(content);
	return 0;
}
