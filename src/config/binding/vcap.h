#ifndef CONFIG_BINDING_VCAP_H
#define CONFIG_BINDING_VCAP_H

#include <stddef.h>

#include "base/json.h"

/*
 * The entries of VCAP_SERVICES (docs/reference/destination-service.md 1.2): an object of lists by
 * service label. A Destination binding has the label `destination`, or is user-provided with the
 * tag or the name `destination`.
 */

/* The one Destination entry of an object of lists, or of a list of entries; NULL when there is not
 * exactly one: *ret_count says how many. */
const struct cJSON *vcap_only_destination(const struct cJSON *services, size_t *ret_count);

#endif
