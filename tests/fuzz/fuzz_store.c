/* Any bytes as a store, with passwords at hand: no crash, no leak, a state that fits the content.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>

#include "cert/store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(int condition)
{
	if (!condition)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char password[] = "changeit";
	const struct secret secret = { password, strlen(password) };
	const struct store_passwords passwords = { &secret, 1 };
	struct store_content *content = NULL;
	size_t count = 0;

	if (store_decode(data, size, &passwords, &content) != STATUS_OK)
		return 0;
	for (size_t i = 0; i < content->entry_count; i++)
		count += content->entries[i].count;
	expect(count == content->certificate_count);
	expect((content->state == STORE_OK) == (count > 0 && content->detail[0] == '\0'));
	expect(content->state != STORE_PARTIAL || count > 0);
	expect(content->state == STORE_OK || content->state == STORE_PARTIAL ||
	       content->state == STORE_TOO_LARGE || count == 0);
	expect(ERR_peek_error() == 0);
	store_content_unref(content);
	return 0;
}
