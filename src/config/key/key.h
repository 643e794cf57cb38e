#ifndef CONFIG_KEY_KEY_H
#define CONFIG_KEY_KEY_H

#include "base/json.h"
#include "base/status.h"
#include "config/binding.h"

/*
 * Finds the fields of a service key in JSON: flat; wrapped in `credentials`, as object or text; an
 * entry of VCAP_SERVICES, or all of VCAP_SERVICES with one Destination binding; an answer of the
 * Cloud Controller or of the btp command; a Kubernetes Secret as kubectl shows it, or a list with
 * one. Puts them into `binding` (and leaves them there on failure). STATUS_OK; STATUS_SYNTAX: the
 * text says what is there instead, such as the key of another service, and quotes nothing of it;
 * STATUS_LIMIT; STATUS_MEMORY.
 */
enum status key_search(const struct cJSON *json, const char *origin, struct binding *binding,
		       struct error *error) MUST_CHECK;

#endif
