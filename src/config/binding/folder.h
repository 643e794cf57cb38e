#ifndef CONFIG_BINDING_FOLDER_H
#define CONFIG_BINDING_FOLDER_H

#include "base/status.h"
#include "config/binding.h"
#include "config/binding/found.h"

/*
 * Bindings mounted as folders (docs/reference/destination-service.md 1.3). What is in them is
 * untrusted; error texts name files and never a value.
 */

/* A folder that holds a binding, or exactly one Destination binding in folders below. What was put
 * stays on failure: binding_release() in any case. */
enum status binding_from_folder(const char *path, struct binding *ret_binding,
				struct error *error) MUST_CHECK;

/* All Destination bindings below a root. STATUS_NOT_FOUND when no such folder exists. Folders are
 * judged by their type first, even if `.metadata` is broken; then one that cannot be read is a
 * problem. */
enum status binding_list_root(const char *root, struct found_bindings *found,
			      struct error *error) MUST_CHECK;

#endif
