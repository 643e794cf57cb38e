#ifndef CERT_PKCS12_ENTRIES_H
#define CERT_PKCS12_ENTRIES_H

#include "base/status.h"
#include "cert/pkcs12/bags.h"
#include "cert/store.h"

/* Makes the entries that Java shows out of the bags, then one for each certificate that is left.
 * Aliases are added to the bags. STATUS_OK, STATUS_MEMORY. */
enum status pkcs12_make_entries(struct store_content *content, struct pkcs12_bags *bags) MUST_CHECK;

#endif
