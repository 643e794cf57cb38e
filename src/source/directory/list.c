/* Which files a directory source has: patterns walked, filtered, sorted, each path once. */
#include "source/directory/list.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "source/directory/glob_walk.h"
#include "source/directory/settings.h"
#include "source/directory/levels.h"

#define FOLDER_ISSUES_MAX 20 /* named one by one; more are one issue together */
/* paths in memory; beyond it all but the first ones are dropped */
#define COLLECT_MAX ((size_t)2 * DIRECTORY_STORES_MAX)

/* The state of one refresh. */
struct collector {
	const struct directory_walk *walk;
	struct directory_list list;
	size_t problems;
	bool skipped; /* the pattern at hand met a folder that is excluded */
	bool named;   /* the pattern at hand has no wildcard */
};

enum status directory_time_left(const struct directory_walk *walk)
{
	if (walk->context->stop != NULL && atomic_load(walk->context->stop))
		return STATUS_CANCELLED;
	return clock_mono_ms() < walk->deadline_ms ? STATUS_OK : STATUS_TIMEOUT;
}

bool directory_folder_excluded(const struct source_config *config, const char *path)
{
	char *inside = file_path_join(path, "");
	bool excluded = false;

	/* what matches "folder/" and ends in `*` matches "folder/" with anything after it */
	for (size_t i = 0; inside != NULL && i < config->exclude.count && !excluded; i++) {
		const char *pattern = config->exclude.items[i];
		excluded = strchr(pattern, '/') != NULL && text_ends_with(pattern, "*") &&
			   !text_ends_with(pattern, "\\*") && pattern_match(pattern, inside);
	}
	free(inside);
	return excluded;
}

static int by_path(const void *a, const void *b)
{
	const struct listed_file *left = a;
	const struct listed_file *right = b;

	return strcmp(left->path, right->path);
}

/* Sorts, keeps each path once, and of them no more than may be shown. */
static void settle(struct directory_list *list)
{
	size_t kept = 0;

	if (list->count == 0)
		return;
	qsort(list->files, list->count, sizeof(*list->files), by_path);
	for (size_t i = 0; i < list->count; i++) {
		bool again =
			kept > 0 && strcmp(list->files[kept - 1].path, list->files[i].path) == 0;
		bool room = kept < DIRECTORY_STORES_MAX;
		list->cut = list->cut || (!again && !room);
		if (again) /* some patterns may name it, and it may have changed between them */
			list->files[kept - 1].named |= list->files[i].named;
		if (again || !room)
			free(list->files[i].path);
		else
			list->files[kept++] = list->files[i];
	}
	list->count = kept;
}

static enum status on_file(void *context, const char *path, const struct stat *st, int error)
{
	struct collector *collector = context;
	struct directory_list *list = &collector->list;

	if (!source_config_wants(collector->walk->context->config, path))
		return STATUS_OK;
	if (list->count == COLLECT_MAX)
		settle(list);
	struct listed_file *files = array_room(list->files, list->count, sizeof(*files));
	if (files == NULL)
		return STATUS_MEMORY;
	list->files = files;
	struct listed_file file = { .path = strdup(path),
				    .error = error,
				    .named = collector->named };
	if (file.path == NULL)
		return STATUS_MEMORY;
	if (st != NULL)
		file.identity = file_identity_of(st);
	files[list->count++] = file;
	return STATUS_OK;
}

static void add_issue(const struct collector *collector, enum status reason, const char *item,
		      const char *text)
{
	source_result_add_issue(collector->walk->result, STAGE_LIST, reason, LEVEL_DIRECTORY, item,
				text);
}

static enum status on_problem(void *context, const char *path, enum status reason, const char *text)
{
	struct collector *collector = context;
	struct directory_list *list = &collector->list;

	char **closed = array_room(list->closed, list->closed_count, sizeof(*closed));
	if (closed == NULL)
		return STATUS_MEMORY;
	list->closed = closed;
	closed[list->closed_count] = strdup(path);
	if (closed[list->closed_count] == NULL)
		return STATUS_MEMORY;
	list->closed_count++;
	if (++collector->problems <= FOLDER_ISSUES_MAX)
		add_issue(collector, reason, path, text);
	return STATUS_OK;
}

static bool on_folder(void *context, const char *path)
{
	struct collector *collector = context;
	bool excluded = directory_folder_excluded(collector->walk->context->config, path);

	collector->skipped = collector->skipped || excluded;
	return excluded;
}

static enum status on_go_on(void *context)
{
	const struct collector *collector = context;

	return directory_time_left(collector->walk);
}

/* A pattern without a match is a mistake or a mount that is late: worth a line, once. */
static void note_match(const struct directory_walk *walk, size_t i, const struct glob_found *found)
{
	const struct source_config *config = walk->context->config;
	const struct directory_settings *settings = config->own;
	bool unmatched = found->files == 0;

	if (unmatched && !walk->unmatched[i])
		log_warn(found->folders > 0 ? "pattern names folders, not files: add /* or /**"
					    : "pattern matches no file",
			 LOG_TEXT("source", config->id),
			 LOG_TEXT("pattern", settings->paths.items[i]));
	walk->unmatched[i] = unmatched;
}

/* The pattern with the working directory in front if it is relative. NULL: reported as an issue, or
 * *status is STATUS_MEMORY. */
static char *absolute_pattern(struct collector *collector, const char *pattern, enum status *status)
{
	char *folder = NULL;

	if (pattern[0] != '/') {
		folder = getcwd(NULL, 0);
		if (folder == NULL || folder[0] != '/') { /* it was removed, or is out of reach */
			free(folder);
			collector->list.whole = false;
			add_issue(collector, STATUS_IO, pattern,
				  "the working directory cannot be found");
			*status = STATUS_OK;
			return NULL;
		}
	}
	char *absolute = file_path_join(folder != NULL ? folder : "", pattern);
	free(folder);
	*status = absolute != NULL ? STATUS_OK : STATUS_MEMORY;
	return absolute;
}

static enum status walk_pattern(struct collector *collector, size_t i)
{
	const struct directory_walk *walk = collector->walk;
	const struct directory_settings *settings = walk->context->config->own;
	const struct glob_visitor visitor = { collector, on_file, on_problem, on_folder, on_go_on };
	size_t problems = collector->problems;
	struct glob_found found;
	enum status status;

	char *pattern = absolute_pattern(collector, settings->paths.items[i], &status);
	if (pattern == NULL)
		return status;
	collector->skipped = false;
	collector->named = !pattern_has_wildcard(pattern);
	status = glob_walk(pattern, &visitor, &found);
	free(pattern);
	/* a walk that was cut short says nothing about the pattern */
	if (status == STATUS_OK && problems == collector->problems && !collector->skipped)
		note_match(walk, i, &found);
	return status;
}

/* What concerns the list as a whole. */
static void add_closing_issues(const struct collector *collector, bool timeout)
{
	struct error text;

	if (timeout)
		add_issue(collector, STATUS_TIMEOUT, "",
			  "refresh_timeout ended before all folders were read");
	if (collector->problems > FOLDER_ISSUES_MAX) {
		(void)error_set(&text, STATUS_IO, "%zu more folders could not be read",
				collector->problems - FOLDER_ISSUES_MAX);
		add_issue(collector, STATUS_IO, "", text.text);
	}
	if (collector->list.cut) {
		(void)error_set(&text, STATUS_LIMIT, "more than %d files: the first ones are shown",
				DIRECTORY_STORES_MAX);
		add_issue(collector, STATUS_LIMIT, "", text.text);
	}
}

enum status directory_list_read(const struct directory_walk *walk, struct directory_list *ret_list)
{
	struct collector collector = { .walk = walk, .list = { .whole = true } };
	const struct directory_settings *settings = walk->context->config->own;
	const struct string_list *paths = &settings->paths;
	enum status status = STATUS_OK;

	for (size_t i = 0; i < paths->count && status == STATUS_OK; i++)
		status = walk_pattern(&collector, i);
	settle(&collector.list);
	if (status != STATUS_OK && status != STATUS_TIMEOUT) {
		directory_list_release(&collector.list);
		return status;
	}
	if (status == STATUS_TIMEOUT)
		collector.list.whole = false;
	add_closing_issues(&collector, status == STATUS_TIMEOUT);
	*ret_list = collector.list;
	return STATUS_OK;
}

void directory_list_release(struct directory_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->files[i].path);
	free(list->files);
	for (size_t i = 0; i < list->closed_count; i++)
		free(list->closed[i]);
	free(list->closed);
	*list = (struct directory_list){ 0 };
}

bool directory_list_is_closed(const struct directory_list *list, const char *path)
{
	for (size_t i = 0; i < list->closed_count; i++) {
		size_t len = strlen(list->closed[i]);
		if (strncmp(path, list->closed[i], len) == 0 &&
		    (path[len] == '/' || text_ends_with(list->closed[i], "/")))
			return true;
	}
	return false;
}
