#ifndef CONFIG_YAML_OUTLINE_H
#define CONFIG_YAML_OUTLINE_H

#include <stdbool.h>
#include <stddef.h>

#include "config/text_mark.h"

/*
 * A look at the text of a YAML file that libyaml has refused: its lines, and which quotes and
 * brackets are open where. It is a guess about a broken text, for messages, and decides nothing.
 * The text is untrusted UTF-8. Thread-safe.
 */
#define OUTLINE_DEPTH_MAX 32 /* brackets inside each other that are followed */

struct outline_line {
	const char *begin;
	size_t len; /* without its line end */
	uint32_t number;
};

/* The line of that number, from 1; one of no length behind the last one. */
struct outline_line outline_line(const char *text, size_t len, uint32_t number);
/* The last line before `number` that has more than blanks and a comment; number 0: none. */
struct outline_line outline_line_before(const char *text, size_t len, uint32_t number);
/* The last line before `number` that begins a list entry with its dash in that column; number 0:
 * none. */
struct outline_line outline_entry_before(const char *text, size_t len, uint32_t number,
					 uint32_t column);
/* The first line that has more than blanks, a comment or `---`; number 0: none. */
struct outline_line outline_first(const char *text, size_t len);
/* Blanks and tabs at the beginning. */
size_t outline_indent(struct outline_line line);
/* The bytes of a line in front of a column. */
size_t outline_offset(struct outline_line line, uint32_t column);
/* The place of a byte. */
struct text_mark outline_mark(const char *text, size_t len, size_t offset);

struct outline {
	/* brackets that are never closed, the innermost last */
	struct text_mark open[OUTLINE_DEPTH_MAX];
	char bracket[OUTLINE_DEPTH_MAX]; /* `[` or `{` */
	size_t depth;
	/* the first quoted text that began on an earlier line than `line` and ends on it; line 0:
	 * there is none */
	struct text_mark quote;
	char quote_char;
};

struct outline outline_scan(const char *text, size_t len, uint32_t line);

#endif
