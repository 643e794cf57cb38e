#ifndef CONFIG_KEY_VCAP_ENTRY_H
#define CONFIG_KEY_VCAP_ENTRY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"

/*
 * The entries of VCAP_SERVICES (docs/reference/destination-service.md 1.2): an object of lists by
 * service label. A Destination binding has the label `destination`, or is user-provided with the
 * tag or the name `destination`. Entries are untrusted.
 */

/* Whether the member `name` is the text `wanted`. */
bool vcap_text_is(const struct cJSON *object, const char *name, const char *wanted);
/* `label` is the name of the list, which counts where the entry has no label of its own. */
bool vcap_is_destination(const struct cJSON *entry, const char *label);
bool vcap_has_credentials(const struct cJSON *entry);

/* The one Destination entry of an object of lists, or of a list of entries; NULL when there is not
 * exactly one: *ret_count says how many. */
const struct cJSON *vcap_only_destination(const struct cJSON *services, size_t *ret_count);

#endif
