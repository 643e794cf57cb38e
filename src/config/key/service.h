#ifndef CONFIG_KEY_SERVICE_H
#define CONFIG_KEY_SERVICE_H

#include <stdbool.h>

#include "base/json.h"

/* Whether an address is, beyond doubt, that of the Destination service; NULL is not. */
bool key_service_is_destination(const char *uri);

/* Which service other than Destination the credentials seem to be of, for people; NULL: they may be
 * of Destination, or nothing is known. `object` is untrusted, the names are constants. */
const char *key_service_of_fields(const struct cJSON *object);
/* The same for the label that a service has in VCAP_SERVICES, or the `type` of a binding. */
const char *key_service_of_label(const char *label);
/* For a kind of Kubernetes object that holds no key: what to do instead; NULL: nothing is known. */
const char *key_service_of_kind(const char *kind);

#endif
