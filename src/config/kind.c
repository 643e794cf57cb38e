/* What can be said of the registered kinds without knowing any of them. */
#include "config/kind.h"

#include <string.h>

const struct source_kind *source_kind_named(const char *name)
{
	for (size_t i = 0; registered_kinds[i] != NULL; i++) {
		if (strcmp(registered_kinds[i]->name, name) == 0)
			return registered_kinds[i];
	}
	return NULL;
}

const struct source_kind *source_kind_of_bindings(void)
{
	for (size_t i = 0; registered_kinds[i] != NULL; i++) {
		if (registered_kinds[i]->of_bindings)
			return registered_kinds[i];
	}
	return NULL;
}
