#ifndef CONFIG_STRING_LIST_H
#define CONFIG_STRING_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

/* A growing list of texts, which it owns. An empty one is all zero. */
struct string_list {
	char **items;
	size_t count;
};

/* Appends a copy. False when memory is missing (the list is unchanged). */
bool string_list_add(struct string_list *list, const char *text) MUST_CHECK;
void string_list_release(struct string_list *list);
/* The same texts in the same order. */
bool string_list_equal(const struct string_list *a, const struct string_list *b);
/* Whether any of the patterns matches (pattern_match()). */
bool string_list_matches(const struct string_list *patterns, const char *name);

#endif
