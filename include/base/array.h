#ifndef BASE_ARRAY_H
#define BASE_ARRAY_H

#include <stddef.h>

/* The number of elements of an array, not of a pointer. */
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/*
 * Room for one more element behind the `count` elements of `size` bytes in `items`, which is NULL
 * while there are none. Returns the array, which may have moved; NULL when memory is missing: then
 * `items` is as it was, and still the caller's. The caller frees the array with free(). Thread-safe
 * for separate arrays.
 *
 * The room follows from the count: it is a power of two, four at least, so that nobody has to keep
 * it. That holds only for an array that this function alone has allocated.
 *
 *	struct item *items = array_room(list->items, list->count, sizeof(*items));
 *	if (items == NULL)
 *		return STATUS_MEMORY;
 *	list->items = items;
 *	items[list->count++] = item;
 */
void *array_room(void *items, size_t count, size_t size) __attribute__((warn_unused_result));

#endif
