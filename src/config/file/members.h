#ifndef CONFIG_FILE_MEMBERS_H
#define CONFIG_FILE_MEMBERS_H

#include "config/findings.h"
#include "config/keys.h"
#include "config/yaml/tree.h"

/* Findings at the place of the member's name. `best`: the known key that may have been meant, or
 * NULL. */
void member_report_unknown(const struct place *place, const struct yaml_node *member,
			   const char *best);
void member_report_twice(const struct place *place, const struct yaml_node *member);

/* The key of a member of a source of the given kinds (KIND_BIT()s); NULL: reported. */
const struct key *member_key(const struct place *place, const struct yaml_node *member,
			     unsigned kinds);

/* The kind of a source; false when it is missing or wrong, reported. */
bool member_kind(const struct place *place, const struct yaml_node *source,
		 enum source_kind *ret_kind);

#endif
