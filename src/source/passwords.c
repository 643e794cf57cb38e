/* The keystore passwords of one refresh, by pattern or by exact name. */
#include "source/passwords.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/array.h"
#include "base/text.h"

static enum status add(struct passwords *passwords, const char *pattern, bool exact,
		       const struct secret *value)
{
	struct password_item *items =
		array_room(passwords->items, passwords->count, sizeof(*items));

	if (items == NULL)
		return STATUS_MEMORY;
	passwords->items = items;
	struct password_item item = { .pattern = strdup(pattern), .exact = exact };
	if (item.pattern == NULL || secret_set(&item.value, value->data, value->len) != STATUS_OK) {
		free(item.pattern);
		return STATUS_MEMORY;
	}
	items[passwords->count++] = item;
	return STATUS_OK;
}

enum status passwords_read(const struct source_config *config, struct source_result *result,
			   struct passwords *ret_passwords)
{
	enum status status = STATUS_OK;

	memset(ret_passwords, 0, sizeof(*ret_passwords));
	for (size_t i = 0; i < config->keystore_password_count && status == STATUS_OK; i++) {
		const struct keystore_password *setting = &config->keystore_passwords[i];
		struct secret value = { 0 };
		struct error error = { "" };
		status = secret_setting_read(&setting->password, &value, &error);
		if (status == STATUS_OK) {
			status = add(ret_passwords, setting->name, false, &value);
		} else if (status != STATUS_MEMORY) {
			source_result_add_issue(result, STAGE_CONFIG,
						status == STATUS_NOT_FOUND ? STATUS_IO : status, "",
						"keystore_passwords", error.text);
			status = STATUS_OK; /* the others are read */
		}
		secret_release(&value);
	}
	if (status != STATUS_OK)
		passwords_release(ret_passwords);
	return status;
}

enum status passwords_add(struct passwords *passwords, const char *store,
			  const struct secret *value)
{
	return add(passwords, store, true, value);
}

void passwords_release(struct passwords *passwords)
{
	for (size_t i = 0; i < passwords->count; i++) {
		free(passwords->items[i].pattern);
		secret_release(&passwords->items[i].value);
	}
	free(passwords->items);
	memset(passwords, 0, sizeof(*passwords));
}

static bool applies(const struct password_item *item, const char *store)
{
	return item->exact ? strcmp(item->pattern, store) == 0
			   : pattern_match(item->pattern, store);
}

enum status passwords_for(const struct passwords *passwords, const char *store,
			  struct store_passwords *ret_list, uint8_t ret_digest[32])
{
	struct secret *items = calloc(passwords->count + 1, sizeof(*items));
	EVP_MD_CTX *digest = EVP_MD_CTX_new();
	enum status status = STATUS_MEMORY;
	size_t count = 0;

	if (items == NULL || digest == NULL || EVP_DigestInit_ex(digest, EVP_sha256(), NULL) != 1)
		goto out;
	for (size_t i = 0; i < passwords->count; i++) {
		const struct secret *value = &passwords->items[i].value;
		if (!applies(&passwords->items[i], store))
			continue;
		items[count++] = *value; /* borrowed */
		if (EVP_DigestUpdate(digest, &value->len, sizeof(value->len)) != 1 ||
		    EVP_DigestUpdate(digest, value->data, value->len) != 1)
			goto out;
	}
	if (EVP_DigestFinal_ex(digest, ret_digest, NULL) != 1)
		goto out;
	ret_list->items = items;
	ret_list->count = count;
	items = NULL; /* handed over */
	status = STATUS_OK;
out:
	EVP_MD_CTX_free(digest);
	free(items);
	return status;
}

void passwords_list_release(struct store_passwords *list)
{
	union {
		const struct secret *borrowed;
		void *owned;
	} items = { .borrowed = list->items };

	free(items.owned);
	list->items = NULL;
	list->count = 0;
}
