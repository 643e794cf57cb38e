#ifndef CONFIG_BINDING_FOUND_H
#define CONFIG_BINDING_FOUND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "config/problems.h"

/* Bindings that were found, each with an id that no other one has. Not thread-safe. */
struct found_binding {
	char *id;
	/* where it is; one of the three */
	char *json;   /* its entry of VCAP_SERVICES */
	char *folder; /* that it is mounted as */
	char *file;   /* with the service key */
};

struct found_bindings {
	struct found_binding *items;
	size_t count;
	struct problems *problems; /* takes broken bindings; NULL: they count as found */
	size_t broken;             /* how many it took */
};
void found_bindings_release(struct found_bindings *found);
/* Takes over the texts, also on failure. The id becomes unique and loses its white space. Texts
 * that are all NULL mean that memory is missing, as does a NULL id: false, as where it is missing
 * here. */
bool found_bindings_take(struct found_bindings *found, struct found_binding binding) MUST_CHECK;

#endif
