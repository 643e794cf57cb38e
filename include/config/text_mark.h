#ifndef CONFIG_TEXT_MARK_H
#define CONFIG_TEXT_MARK_H

#include <stdint.h>

/* A place in a text, as editors count: from 1, columns in characters. Line 0: no place; column 0:
 * the line as a whole. */
struct text_mark {
	uint32_t line;
	uint32_t column;
};
#define MARK_START ((struct text_mark){ 1, 1 }) /* a text as a whole */

#endif
