#ifndef BASE_LISTEN_ADDRESS_H
#define BASE_LISTEN_ADDRESS_H

#include <stdbool.h>

#include "base/authority.h"

/*
 * Where to listen: `host:port`, `[v6]:port`, or `:port` for all addresses of both families; the
 * port is 0 to 65535. Or `unix:/path`, a Unix socket with an absolute path. Names are those of
 * base/authority.h. Thread-safe; nothing is looked up.
 */
#define UNIX_PATH_SIZE 108 /* sun_path of unix(7), with the byte that ends it */

struct listen_address {
	char host[AUTHORITY_HOST_SIZE]; /* without brackets; "": all addresses */
	char port[6];                   /* as it was written */
	char unix_path[UNIX_PATH_SIZE]; /* "": no Unix socket; otherwise the only member in use */
};

/* What a message says of a text that is no such address, after naming it. */
#define LISTEN_ADDRESS_RULE                                                                        \
	"must be host:port, [v6]:port or :port, port 0 to 65535, or unix:/path of at most 107 "    \
	"bytes"

/* Takes all of `text` apart; false when it is no listen address. */
bool listen_address_parse(const char *text, struct listen_address *ret_address);

#endif
