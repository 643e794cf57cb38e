/* A SafeContents of PKCS#12 as it is after decryption: bags, aliases and chains. */
#include <stdint.h>
#include <stdlib.h>

#include "cert/pkcs12/bags.h"
#include "cert/pkcs12/entries.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct store_content *content = NULL;
	struct pkcs12_bags bags = { 0 };

	if (store_content_new(STORE_FORMAT_PKCS12, &content) != STATUS_OK)
		return 0;
	enum status status = pkcs12_add_bags(&bags, content, (struct span){ data, size });
	if (status == STATUS_OK)
		(void)!pkcs12_make_entries(content, &bags);
	store_content_finish(content);
	pkcs12_bags_release(&bags);
	store_content_unref(content);
	return 0;
}
