#ifndef CONFIG_PROBLEMS_H
#define CONFIG_PROBLEMS_H

#include <stddef.h>

#include "base/buf.h"

/*
 * Every problem of a configuration, one line each, in the order of the file:
 * `file:line:column: source "id": key: what is wrong and what would be right`; a warning has
 * `warning: ` behind the place. Control characters are escaped, so that a value cannot forge a
 * line. Not thread-safe.
 */
struct problems {
	struct buf text;
	size_t count;
	struct buf warnings; /* lines for the log: inline secrets, same client twice, ... */
	size_t warning_count;
};
void problems_init(struct problems *problems);
void problems_release(struct problems *problems);
void problem_add(struct problems *problems, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void problem_warn(struct problems *problems, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
