/* The words of enumerations. */
#include "base/words.h"

#include <string.h>

const char *word_of(const struct word_list *list, size_t value)
{
	const char *word = value < list->count ? list->words[value] : NULL;

	return word != NULL ? word : "unknown";
}

enum status word_parse(const struct word_list *list, const char *word, size_t *ret_value)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->words[i] == NULL || strcmp(list->words[i], word) != 0)
			continue;
		*ret_value = i;
		return STATUS_OK;
	}
	return STATUS_SYNTAX;
}
