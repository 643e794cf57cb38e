#ifndef INVENTORY_STATE_READER_H
#define INVENTORY_STATE_READER_H

#include <stdbool.h>

#include "base/json_apart.h"
#include "inventory/state/unknown.h"
#include "source/kinds.h"

/*
 * What the functions that read a state file share. One that meets a word it does not know notes it
 * and returns STATUS_UNSUPPORTED; whoever reads the list that the thing is in leaves it out
 * (state_skip()). Not thread-safe.
 */
struct state_reader {
	struct state_unknown *unknown;
	struct error *error;
	const struct source_kind *kind; /* of the source that is being read */
	bool skipped; /* something of the source that is being read was left out */
};

/* Notes a word that is not known and returns STATUS_UNSUPPORTED. `what` is static. */
enum status state_not_known(struct state_reader *reader, const char *what, const char *word);

/* STATUS_OK for STATUS_UNSUPPORTED: the thing is left out. Other results stay what they are. */
enum status state_skip(struct state_reader *reader, enum status status) MUST_CHECK;

/* Notes the members that are not among `names`; the list ends with NULL. `what` is static. */
void state_check_members(struct state_reader *reader, const struct cJSON *object, const char *what,
			 const char *const *names);

/* The text of a member, "" when it is absent. Lives as long as the tree. */
const char *state_text(const struct cJSON *object, const char *name);

/* The member "part": a name, or the bit that version 1 wrote. STATUS_OK, STATUS_UNSUPPORTED. */
enum status state_read_part(struct state_reader *reader, const struct cJSON *object,
			    unsigned *ret_part) MUST_CHECK;

/* A moment of the wall clock in Unix seconds; 0, not known when, for what is absent or no time. */
double state_time(const struct cJSON *object, const char *name);

/* Calls `read` for each element of an array until one fails. */
typedef enum status state_element_reader(struct state_reader *reader, void *into,
					 struct json_span element);
enum status state_read_elements(struct state_reader *reader, struct json_span array,
				state_element_reader *read, void *into) MUST_CHECK;

#endif
