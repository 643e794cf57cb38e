/* The checksum at the end of a state file: SHA-256 over all that stands in front of it. */
#include "inventory/state/seal.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/digest.h"

#define BEGIN    ",\"checksum\":\"sha256:"
#define END      "\"}\n"
#define HEX_LEN  (DIGEST_TEXT_SIZE - 1)
#define SEAL_LEN (sizeof(BEGIN) - 1 + HEX_LEN + sizeof(END) - 1)

static enum status checksum(const char *text, size_t len, char ret_hex[DIGEST_TEXT_SIZE])
{
	uint8_t digest[DIGEST_SIZE];
	enum status status = digest_of(text, len, digest);

	if (status == STATUS_OK)
		digest_text(digest, ret_hex);
	return status;
}

void state_seal(struct buf *buf)
{
	char hex[DIGEST_TEXT_SIZE] = "";

	if (buf_status(buf) == STATUS_OK && checksum(buf_text(buf), buf->len, hex) != STATUS_OK)
		buf->status = STATUS_MEMORY;
	buf_puts(buf, BEGIN);
	buf_puts(buf, hex);
	buf_puts(buf, END);
}

/* Whether the text ends like a document with a checksum. */
static bool is_sealed(const char *text, size_t len)
{
	return len >= SEAL_LEN && memcmp(text + len - SEAL_LEN, BEGIN, sizeof(BEGIN) - 1) == 0 &&
	       memcmp(text + len - (sizeof(END) - 1), END, sizeof(END) - 1) == 0;
}

enum status state_seal_check(const char *text, size_t len, enum state_seal *ret_seal)
{
	char hex[DIGEST_TEXT_SIZE] = "";

	if (!is_sealed(text, len)) {
		*ret_seal = SEAL_NONE;
		return STATUS_OK;
	}
	const char *seal = text + len - SEAL_LEN;
	enum status status = checksum(text, len - SEAL_LEN, hex);
	if (status != STATUS_OK)
		return status;
	bool same = memcmp(seal + sizeof(BEGIN) - 1, hex, HEX_LEN) == 0;
	*ret_seal = same ? SEAL_INTACT : SEAL_BROKEN;
	return STATUS_OK;
}
