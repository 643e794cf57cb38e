/*
 * Labels of entities, and the $filter expressions that select entities by label, name or age.
 */
#ifndef SIM_LABELS_H
#define SIM_LABELS_H

#include "scenario.h"

/* Reads `[{"key":"env","values":["prod"]}]` (NULL: none) into the entity. */
void labels_load(struct loader *l, const cJSON *array, struct entity *e);

/* A $filter value, decoded once from the URL. */
struct filter {
	struct text error;         /* why it is refused */
	struct filter_term *terms; /* all of them have to hold */
	size_t terms_len;
	struct arena arena;
};

/*
 * Reads Name in ('a','b'), startswith(Name,'p'), endswith(Name,'s'),
 * modifiedwithin('60','minutes') and Label['k'] HAS ('v','w') joined by AND. For certificates only
 * the first and the last are allowed, and names are percent-encoded once more. False: refused,
 * `error` says why. Either way filter_release() follows.
 */
bool filter_parse(struct filter *f, const char *expression, enum entity_kind kind);
void filter_release(struct filter *f);
bool filter_holds(const struct filter *f, const struct entity *e);

#endif
