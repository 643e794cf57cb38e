#ifndef SOURCE_DESTINATION_SETTINGS_H
#define SOURCE_DESTINATION_SETTINGS_H

#include "config/keys.h"
#include "config/rules.h"
#include "config/source_config.h"

/* What `kind: destination-service` is told besides the keys that it has in common with others
 * (docs/configuration.md); see struct source_kind for the functions. */
enum collection { COLLECTION_PUBLIC_KEYS, COLLECTION_FULL };
enum protected_keystores { PROTECTED_FETCH, PROTECTED_REPORT };
enum { DS_READ_SUBACCOUNT = 1, DS_READ_INSTANCE = 2 }; /* bits of `levels` */

struct destination_settings {
	uint32_t levels; /* DS_READ_... */
	enum collection collection;
	uint32_t page_size;
	enum protected_keystores protected_keystores;
	bool use_destination_passwords;
	bool labels;
	bool saml_trust;
};

extern const struct key destination_keys[];

void destination_defaults(void *own);

#endif
