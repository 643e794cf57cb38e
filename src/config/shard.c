/* Which sources belong to which of several processes. */
#include "config/shard.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/text.h"

#define HASH_BYTES 8

bool shard_parse(const char *text, struct shard *ret_shard)
{
	char index_text[8];
	uint64_t index;
	uint64_t count;

	*ret_shard = (struct shard){ 0, 0 };
	if (text == NULL)
		return true;
	size_t len = strcspn(text, "/");
	if (text[len] != '/' || len >= sizeof(index_text))
		return false;
	(void)snprintf(index_text, sizeof(index_text), "%.*s", (int)len, text);
	if (parse_u64(text + len + 1, SHARDS_MAX, &count) != STATUS_OK ||
	    parse_u64(index_text, count, &index) != STATUS_OK || index == 0)
		return false;
	*ret_shard = (struct shard){ (uint32_t)index, (uint32_t)count };
	return true;
}

enum status shard_of_source(const char *id, uint32_t count, uint32_t *ret_index)
{
	uint8_t digest[DIGEST_SIZE];
	uint64_t hash = 0;
	enum status status = digest_of(id, strlen(id), digest);

	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < HASH_BYTES; i++)
		hash = hash << 8 | digest[i];
	*ret_index = (uint32_t)(hash % count) + 1;
	return STATUS_OK;
}
