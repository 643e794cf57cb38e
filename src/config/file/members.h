#ifndef CONFIG_FILE_MEMBERS_H
#define CONFIG_FILE_MEMBERS_H

#include "config/findings.h"
#include "config/keys.h"
#include "config/yaml/tree.h"

/*
 * Whose key a member of a source is: that of `kind` if it has one of this name, otherwise, if
 * `other_kinds` is set, that of the first kind that has one. NULL: reported.
 */
const struct source_kind *member_owner(const struct place *place, const struct yaml_node *member,
				       const struct source_kind *kind, bool other_kinds);

/* The kind of a source; NULL when it is missing or wrong, which is reported. */
const struct source_kind *member_kind(const struct place *place, const struct yaml_node *source);

/* The kind that has most of the members of a source: it stands in for one that is not known, so
 * that the rest of the source can be checked. */
const struct source_kind *member_nearest_kind(const struct yaml_node *source);

#endif
