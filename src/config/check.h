#ifndef CONFIG_CHECK_H
#define CONFIG_CHECK_H

#include "base/status.h"
#include "config/config.h"
#include "config/problems.h"

/*
 * Checks the service keys (`binding_file`, `--binding.file`) of enabled sources, on which a start
 * or a reload depends. A key that exists but is invalid is always a problem: no JSON, no service
 * key, a field missing or wrong. A key that is missing or unreadable is a problem only if it was
 * given on the command line; otherwise the source starts and reports itself down. Secret files
 * beside the key are not looked at: they rotate. A proxy of the environment that cannot be used is
 * a warning. STATUS_OK, STATUS_SYNTAX (problems were added).
 */
enum status config_check_start(const struct config *config, struct problems *problems) MUST_CHECK;

/*
 * `--config.check`: reads every file the configuration names (secrets, keys, CA files, bindings),
 * as a refresh would, and checks that certificates and keys parse and belong together. Of a partial
 * source each file is checked by itself. Adds problems, and a warning for each file of a directory
 * source that is missing.
 */
void config_check_files(const struct config *config, struct problems *problems);

#endif
