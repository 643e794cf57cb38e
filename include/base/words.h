#ifndef BASE_WORDS_H
#define BASE_WORDS_H

#include <stddef.h>

#include "base/status.h"

/*
 * The words of an enumeration as they stand in labels, files and settings: one list, from which
 *they are written and read. The values begin with 0, and each has a word of its own. A list is a
 *constant:
 *
 *	static const char *const words[] = { [SHAPE_ROUND] = "round", [SHAPE_FLAT] = "flat" };
 *	_Static_assert(COUNT_OF(words) == SHAPE_COUNT, "each shape has a word");
 *	static const struct word_list shapes = { words, COUNT_OF(words) };
 *
 * Thread-safe.
 */
struct word_list {
	const char *const *words; /* by value */
	size_t count;
};

/* The word of a value, "unknown" for one that is not in the list. */
const char *word_of(const struct word_list *list, size_t value);

/* The value of a word, compared exactly. STATUS_OK sets *ret_value; STATUS_SYNTAX. */
enum status word_parse(const struct word_list *list, const char *word,
		       size_t *ret_value) MUST_CHECK;

#endif
