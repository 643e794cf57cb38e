#ifndef CERT_DER_H
#define CERT_DER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/reader.h"
#include "base/status.h"
#include "cert/store.h"

/*
 * Room-internal: certificates in DER one behind the other, as Java reads them from a file. White
 * space behind them is what editors and shells leave; what else stands there does not hide them,
 * and makes the state partial. Untrusted; thread-safe. STATUS_OK, STATUS_LIMIT (state too_large),
 * STATUS_MEMORY.
 */
enum status der_file(struct store_content *content, struct span data) MUST_CHECK;

/*
 * The same for the bytes of a PEM block, or of another text, that begins at `offset` of the store
 * (or CONTENT_NO_OFFSET). An unreadable first one keeps its place. `trusted`: OpenSSL's trust
 * settings may stand behind it.
 */
enum status der_block(struct store_content *content, struct span data, bool trusted,
		      size_t offset) MUST_CHECK;

#endif
