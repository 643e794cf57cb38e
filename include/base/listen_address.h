#ifndef BASE_LISTEN_ADDRESS_H
#define BASE_LISTEN_ADDRESS_H

#include <stdbool.h>

#include "base/authority.h"

/*
 * Where to listen: `host:port`, `[v6]:port`, or `:port` for all addresses of both families; the
 * port is 0 to 65535. Names are those of base/authority.h. Thread-safe; nothing is looked up.
 */
struct listen_address {
	char host[AUTHORITY_HOST_SIZE]; /* without brackets; "": all addresses */
	char port[6];                   /* as it was written */
};

/* What a message says of a text that is no such address, after naming it. */
#define LISTEN_ADDRESS_RULE "must be host:port, [v6]:port or :port, port 0 to 65535"

/* Takes all of `text` apart; false when it is no listen address. */
bool listen_address_parse(const char *text, struct listen_address *ret_address);

#endif
