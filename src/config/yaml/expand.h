#ifndef CONFIG_YAML_EXPAND_H
#define CONFIG_YAML_EXPAND_H

#include <stdbool.h>

#include "base/status.h"
#include "config/findings.h"
#include "config/yaml/tree.h"

/*
 * Replaces each `${NAME}` of a scalar by the environment variable; `$${` becomes `${`. An unset
 * variable, a `${` that is no reference, or bytes that are not UTF-8 are reported at `place`, and
 * the node is marked as refused. False only when memory is missing.
 */
bool yaml_expand(struct yaml_node *node, const struct place *place) MUST_CHECK;

#endif
