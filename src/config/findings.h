#ifndef CONFIG_FINDINGS_H
#define CONFIG_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "config/problems.h"
#include "config/text_mark.h"

/*
 * Problems and warnings of one file while it is read. They are found in the order of the checks and
 * handed over in the order of the file. Not thread-safe.
 */
#define FINDINGS_MAX 500 /* a file with more is not repaired line by line; the rest is counted */

struct finding {
	struct text_mark mark;
	bool warning;
	char *text;
};

struct findings {
	const char *file; /* as shown; the caller's, it outlives the findings */
	struct finding *items;
	size_t count;
	size_t left_out; /* problems beyond FINDINGS_MAX, or without memory */
	size_t problem_count;
};

/* Where a finding belongs, apart from its mark. Any of the texts may be NULL. */
struct place {
	struct findings *findings; /* NULL: findings are discarded */
	const char *where;         /* for example `source "prod"` */
	const char *key;           /* for example `poll_interval` */
};

void findings_init(struct findings *findings, const char *file);
/* Moves everything to `problems`, sorted by place, and releases. */
void findings_finish(struct findings *findings, struct problems *problems);

/* `format` is the text after `file:line:column: where: key: `; warnings have `warning: ` before it.
 * It never shows the value of a secret. */
void finding_add(const struct place *place, struct text_mark mark, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void finding_warn(const struct place *place, struct text_mark mark, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
