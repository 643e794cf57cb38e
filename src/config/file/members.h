#ifndef CONFIG_FILE_MEMBERS_H
#define CONFIG_FILE_MEMBERS_H

#include "config/findings.h"
#include "config/keys.h"
#include "config/yaml/tree.h"

/* The key of a member of a source of the given kinds (KIND_BIT()s); NULL: reported. */
const struct key *member_key(const struct place *place, const struct yaml_node *member,
			     unsigned kinds);

/* The kind of a source; false when it is missing or wrong, reported. */
bool member_kind(const struct place *place, const struct yaml_node *source,
		 enum source_kind *ret_kind);

#endif
