/* Lists of texts. */
#include "config/string_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

bool string_list_add(struct string_list *list, const char *text)
{
	char *copy = strdup(text);
	char **items = realloc(list->items, (list->count + 1) * sizeof(*items));

	if (items != NULL)
		list->items = items;
	if (copy == NULL || items == NULL) {
		free(copy);
		return false;
	}
	items[list->count++] = copy;
	return true;
}

void string_list_release(struct string_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i]);
	free(list->items);
	*list = (struct string_list){ 0 };
}

bool string_list_equal(const struct string_list *a, const struct string_list *b)
{
	bool equal = a->count == b->count;

	for (size_t i = 0; equal && i < a->count; i++)
		equal = strcmp(a->items[i], b->items[i]) == 0;
	return equal;
}

bool string_list_matches(const struct string_list *patterns, const char *name)
{
	for (size_t i = 0; i < patterns->count; i++) {
		if (pattern_match(patterns->items[i], name))
			return true;
	}
	return false;
}
