#ifndef SOURCE_DIRECTORY_GLOB_WALK_H
#define SOURCE_DIRECTORY_GLOB_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/status.h"

/*
 * Finds the regular files whose absolute path matches a glob pattern. Per component of the path the
 * rules of fnmatch(3) hold (`*`, `?`, `[...]`, backslash), and a leading dot has to be matched by a
 * dot (FNM_PERIOD): so the `..data` folders of Kubernetes volumes stay out of sight. A component
 * `**` stands for any number of folders, zero included; at the end it means every file below.
 * Symbolic links to files are followed. Links to folders are followed where a component names or
 * matches them, never by `**`: so there are no loops. Each folder is read once, however many ways
 * lead through the pattern. Nothing is opened but folders; FIFOs, sockets and devices are passed
 * over. `..` works before the first wildcard only; empty and `.` components are dropped. A pattern
 * without wildcards names one file, and is a file of the result even while it is missing.
 */
#define GLOB_DEPTH_MAX   64      /* folders below each other, and components of a pattern */
#define GLOB_FOLDERS_MAX 100000  /* folders read in one walk */
#define GLOB_ENTRIES_MAX 1000000 /* names looked at in one walk: bounds its time */

/* A result other than STATUS_OK of any of these ends the walk with that result. */
struct glob_visitor {
	void *context;
	/* One file that matches. `st` describes it with links followed, NULL when it is listed but
	 * cannot be looked at: `error` is the errno then. Listed are also a link that leads
	 * nowhere, and whatever a pattern without wildcards names, whether it exists or not. */
	enum status (*file)(void *context, const char *path, const struct stat *st, int error);
	/* A folder that could not be read, or a limit: files may be missing below `path`. `reason`
	 * is STATUS_IO or STATUS_LIMIT. */
	enum status (*problem)(void *context, const char *path, enum status reason,
			       const char *text);
	/* True: nothing below this folder is wanted. */
	bool (*skip_folder)(void *context, const char *path);
	/* Asked often: whether there is time left. */
	enum status (*go_on)(void *context);
};

struct glob_found {
	size_t files;   /* that matched, unreadable ones included */
	size_t folders; /* that matched, which is no use: patterns name files */
};

/*
 * Walks once, in no particular order. `pattern` is absolute. STATUS_OK when the walk came to its
 * end or to one of its limits (reported through `problem`); STATUS_MEMORY; or what a function of
 * the visitor returned. *ret_found is set in any case. Thread-safe.
 */
enum status glob_walk(const char *pattern, const struct glob_visitor *visitor,
		      struct glob_found *ret_found) MUST_CHECK;

#endif
