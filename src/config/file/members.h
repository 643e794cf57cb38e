#ifndef CONFIG_FILE_MEMBERS_H
#define CONFIG_FILE_MEMBERS_H

#include "config/findings.h"
#include "config/keys.h"
#include "config/yaml/tree.h"

/* The key of a member of a source of the given kinds (the bits of their keys); NULL: reported. */
const struct key *member_key(const struct place *place, const struct yaml_node *member,
			     unsigned keys);

/* The kind of a source; NULL when it is missing or wrong, which is reported. */
const struct source_kind *member_kind(const struct place *place, const struct yaml_node *source);

#endif
