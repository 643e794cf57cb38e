#ifndef CONFIG_FILE_LOAD_H
#define CONFIG_FILE_LOAD_H

#include <stddef.h>

#include "base/status.h"
#include "config/config.h"
#include "config/problems.h"

/*
 * The configuration file (docs/configuration.md), read and checked in full. No other file is read,
 * and no network connection is opened. *ret_config is the caller's: it has every source that has a
 * place in the file, also when there are problems, so that check.h finds the rest in the same run;
 * then it is not to be run. It is NULL when the file is no YAML or memory is missing. `ca_file`
 * (NULL: none) is the default trust anchor file.
 *
 * STATUS_OK: the file has no problem. Any other result: all problems are listed.
 */
enum status config_load(const char *path, const char *ca_file, struct config **ret_config,
			struct problems *problems) MUST_CHECK;

/* The same from text. `file` is the name in messages, `folder` where relative paths begin. */
enum status config_parse(const char *text, size_t len, const char *file, const char *folder,
			 const char *ca_file, struct config **ret_config,
			 struct problems *problems) MUST_CHECK;

#endif
