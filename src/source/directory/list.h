#ifndef SOURCE_DIRECTORY_LIST_H
#define SOURCE_DIRECTORY_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/file.h"
#include "base/status.h"
#include "source/source.h"

/*
 * The first half of a refresh of `kind: directory`: which files exist. All patterns are walked,
 * names that are not wanted (include, exclude) are left out, a path that several patterns match
 * counts once, and the list is sorted by path. No file is opened.
 */

/* docs/operations.md; the first ones in sorted order are kept */
#define DIRECTORY_STORES_MAX 10000

struct listed_file {
	char *path; /* absolute, as matched; links are not resolved */
	struct file_identity identity;
	int error;  /* not 0: listed, but could not be looked at (errno); no identity then */
	bool named; /* by a path without wildcards: it does not go away when it is missing */
};

struct directory_list {
	struct listed_file *files;
	size_t count;
	bool whole;    /* nothing is missing but what `cut` and `closed` say */
	bool cut;      /* by DIRECTORY_STORES_MAX */
	char **closed; /* folders that could not be read: what was known below them stays */
	size_t closed_count;
};

struct directory_walk {
	const struct source_context *context;
	uint64_t deadline_ms; /* on clock_mono_ms() */
	bool *unmatched;      /* per pattern, kept by the source: it has been warned about */
	struct source_result *result; /* gets the issues of stage `list` */
};

/*
 * STATUS_OK: *ret_list is the caller's, released with directory_list_release(), also when folders
 * could not be read or time ran out (`whole` is false then). After STATUS_MEMORY and
 * STATUS_CANCELLED it is not touched. A pattern that matches nothing is not an error: it is logged,
 * once until it matches again.
 */
enum status directory_list_read(const struct directory_walk *walk,
				struct directory_list *ret_list) MUST_CHECK;
void directory_list_release(struct directory_list *list);

/* STATUS_OK, STATUS_TIMEOUT after the deadline, STATUS_CANCELLED when the program is stopping. */
enum status directory_time_left(const struct directory_walk *walk) MUST_CHECK;

/* Whether a path lies below a folder that could not be read. */
bool directory_list_is_closed(const struct directory_list *list, const char *path);

/* Whether a folder can hold nothing that is wanted, because an `exclude` pattern that ends in `*`
 * matches all of it: it is not entered, so that it needs no permission. */
bool directory_folder_excluded(const struct source_config *config, const char *path);

#endif
