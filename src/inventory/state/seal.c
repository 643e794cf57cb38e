/* The checksum at the end of a state file: SHA-256 over all that stands in front of it. */
#include "inventory/state/seal.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/text.h"

#define BEGIN    ",\"checksum\":\"sha256:"
#define END      "\"}\n"
#define HEX_LEN  64
#define SEAL_LEN (sizeof(BEGIN) - 1 + HEX_LEN + sizeof(END) - 1)

static enum status put_checksum(struct buf *buf, const char *text, size_t len)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned digest_len = 0;

	if (EVP_Digest(text, len, digest, &digest_len, EVP_sha256(), NULL) != 1)
		return STATUS_MEMORY;
	text_hex(buf, digest, digest_len);
	return buf_status(buf);
}

void state_seal(struct buf *buf)
{
	struct buf hex;

	buf_init(&hex, HEX_LEN);
	if (buf_status(buf) == STATUS_OK &&
	    put_checksum(&hex, buf_text(buf), buf->len) != STATUS_OK)
		buf->status = STATUS_MEMORY;
	buf_puts(buf, BEGIN);
	buf_puts(buf, buf_text(&hex));
	buf_puts(buf, END);
	buf_release(&hex);
}

/* Whether the text ends like a document with a checksum. */
static bool is_sealed(const char *text, size_t len)
{
	return len >= SEAL_LEN && memcmp(text + len - SEAL_LEN, BEGIN, sizeof(BEGIN) - 1) == 0 &&
	       memcmp(text + len - (sizeof(END) - 1), END, sizeof(END) - 1) == 0;
}

enum status state_seal_check(const char *text, size_t len, enum state_seal *ret_seal)
{
	struct buf hex;

	if (!is_sealed(text, len)) {
		*ret_seal = SEAL_NONE;
		return STATUS_OK;
	}
	buf_init(&hex, HEX_LEN);
	const char *seal = text + len - SEAL_LEN;
	enum status status = put_checksum(&hex, text, len - SEAL_LEN);
	bool same = memcmp(seal + sizeof(BEGIN) - 1, buf_text(&hex), hex.len) == 0;
	buf_release(&hex);
	if (status == STATUS_OK)
		*ret_seal = same ? SEAL_INTACT : SEAL_BROKEN;
	return status;
}
