/*
 * Reads what one level holds: certificates, destinations, fragments. Files are read once, however
 * many entries refer to them; `repeat` makes many entries out of one.
 */
#ifndef SIM_ENTITIES_H
#define SIM_ENTITIES_H

#include "scenario.h"

struct entity_loader {
	struct loader *l;
	enum public_keys_style style; /* unless an entry has its own */
	bool content_first;           /* order of the keys of a certificate */
	struct content *contents;     /* what was read so far; in the arena */
};

/* Fills `level` from its JSON object (NULL: empty). Failure is remembered in the loader. */
void entities_load(struct entity_loader *el, const cJSON *object, struct level *level);

/* The PEM certificates of a file as a JSON string, for SAML trust; NULL when `file` is NULL. */
const char *entities_load_pem(struct entity_loader *el, const char *file, bool literal);

#endif
