#ifndef CONFIG_BINDING_VCAP_H
#define CONFIG_BINDING_VCAP_H

#include "base/status.h"
#include "config/binding.h"
#include "config/binding/found.h"

/*
 * Bindings in the environment of Cloud Foundry: VCAP_SERVICES, as a variable or as a file
 * (docs/reference/destination-service.md 1.2). All of it is untrusted; error texts name entries and
 * never a value.
 */

/* Where bindings are looked for. */
struct binding_places {
	const char *vcap_file; /* NULL or "": not set */
	const char *vcap;      /* likewise */
	const char *roots[4];  /* folders, up to the first NULL; see binding/folder.h */
};
struct binding_places binding_places_of_environment(void);

/* The entry of VCAP_SERVICES with that name, binding_name or instance_name. What was put stays on
 * failure: binding_release() in any case. */
enum status binding_from_vcap(const char *name, struct binding *ret_binding,
			      struct error *error) MUST_CHECK;

/* All Destination bindings of VCAP_SERVICES. STATUS_NOT_FOUND when the variable is not set. Entries
 * are judged by their label first; one without credentials is a problem. */
enum status binding_list_vcap(const struct binding_places *places, struct found_bindings *found,
			      struct error *error) MUST_CHECK;

#endif
