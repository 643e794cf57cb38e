/* Arrays that grow by one element at a time. */
#include "base/array.h"

#include <stdint.h>
#include <stdlib.h>

#define ROOM_FIRST 4

void *array_room(void *items, size_t count, size_t size)
{
	size_t room = ROOM_FIRST;

	if (count > ROOM_FIRST && (count & (count - 1)) != 0)
		return items; /* the room ends at the next power of two */
	if (count >= ROOM_FIRST)
		room = count > SIZE_MAX / 2 ? SIZE_MAX : count * 2;
	else if (count > 0)
		return items;
	if (size == 0 || room > SIZE_MAX / size)
		return NULL;
	return realloc(items, room * size);
}
