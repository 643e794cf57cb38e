#ifndef CONFIG_DISCOVER_H
#define CONFIG_DISCOVER_H

#include "base/status.h"
#include "config/binding/vcap.h"
#include "config/config.h"
#include "config/problems.h"

/*
 * Configurations without a file: service keys named on the command line, and bindings that the
 * platform put into the environment or mounted. Each becomes a source with all defaults, for which
 * `ca_file` (NULL: none) is the trust anchor file.
 */

/* One source for each service key file (`--binding.file`); none of them is read. STATUS_OK:
 * *ret_config is the caller's. STATUS_MEMORY, which is a problem. */
enum status config_from_binding_files(const struct string_list *paths, const char *ca_file,
				      struct config **ret_config,
				      struct problems *problems) MUST_CHECK;

/*
 * Sources from the bindings at `places` (VCAP_SERVICES_FILE_PATH, VCAP_SERVICES,
 * SERVICE_BINDING_ROOT, /etc/secrets/sapbtp, /etc/secrets/sapcp). *ret_config is the caller's and
 * has every binding that can be read, also when there are problems; NULL: none can. STATUS_OK;
 * STATUS_NOT_FOUND with a problem that says what was looked for when no binding exists;
 * STATUS_SYNTAX: a Destination binding cannot be read, each one is a problem; STATUS_MEMORY. Broken
 * folders that do not say that they are one are warnings.
 */
enum status config_discover(const struct binding_places *places, const char *ca_file,
			    struct config **ret_config, struct problems *problems) MUST_CHECK;

#endif
