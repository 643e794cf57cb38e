/*
 * Pattern walking for `kind: directory`. The pattern is a small automaton: its states are the
 * components that may come next, kept as a bit set per folder. So a folder is read once even with
 * several `**`, and the walk needs neither recursion nor backtracking: folders that are still to be
 * read wait on a stack.
 */
#include "source/directory/glob_walk.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/text.h"

#define GO_ON_EVERY    1024 /* names between two questions whether there is time left */
#define PATH_BYTES_MAX 65536

struct component {
	const char *text;
	bool any_depth; /* `**` */
	bool literal;   /* no wildcard; `text` is without backslashes then */
};

/* A folder that is still to be read. */
struct folder {
	char *path;
	uint64_t states; /* bit i: component i may match what is in it */
	unsigned depth;
	bool link;
};

struct walk {
	const struct glob_visitor *visitor;
	char *pattern; /* a copy, cut into components */
	struct component components[GLOB_DEPTH_MAX];
	size_t count;
	bool names_folders; /* the pattern ends with a slash */
	struct folder *stack;
	size_t stack_count;
	size_t folders;
	size_t entries;
	bool ended; /* a limit was hit */
	struct glob_found found;
};

_Static_assert(GLOB_DEPTH_MAX <= 64, "the states of a folder are bits of one number");

/* -- the pattern ----------------------------------------------------------------------- */

/* False when there are too many components. */
static bool add_component(struct walk *walk, char *text)
{
	bool any_depth = strcmp(text, "**") == 0;

	if (*text == '\0' || strcmp(text, ".") == 0)
		return true;
	if (any_depth && walk->count > 0 && walk->components[walk->count - 1].any_depth)
		return true; /* twice any depth is any depth */
	if (walk->count == GLOB_DEPTH_MAX)
		return false;
	struct component *component = &walk->components[walk->count++];
	component->text = text;
	component->any_depth = any_depth;
	component->literal = !pattern_has_wildcard(text);
	if (component->literal)
		pattern_unescape(text);
	return true;
}

/* False when there are too many components. */
static bool split_pattern(struct walk *walk)
{
	char *rest = walk->pattern;
	char *text;

	walk->names_folders = rest[strlen(rest) - 1] == '/';
	while ((text = strsep(&rest, "/")) != NULL) {
		if (!add_component(walk, text))
			return false;
	}
	walk->names_folders = walk->names_folders || walk->count == 0;
	if (walk->count == 0 || !walk->components[walk->count - 1].any_depth)
		return true;
	if (walk->count == GLOB_DEPTH_MAX)
		return false;
	walk->components[walk->count++] = (struct component){ "*", false, false };
	return true;
}

static uint64_t bit(size_t i)
{
	return UINT64_C(1) << i;
}

/* `**` may stand for no folder at all: where it may come next, so may what follows it. */
static uint64_t with_zero_folders(const struct walk *walk, uint64_t states)
{
	for (size_t i = 0; i + 1 < walk->count; i++) {
		if ((states & bit(i)) != 0 && walk->components[i].any_depth)
			states |= bit(i + 1);
	}
	return states;
}

static bool component_matches(const struct component *component, const char *name)
{
	if (component->literal)
		return strcmp(component->text, name) == 0;
	return fnmatch(component->text, name, FNM_PERIOD) == 0;
}

/* What a name in a folder is good for. */
struct use {
	bool file;           /* it matches the whole pattern */
	uint64_t below;      /* the states inside, should it be a link to a folder */
	uint64_t below_real; /* the same for a folder itself */
};

static struct use use_of(const struct walk *walk, uint64_t states, const char *name)
{
	struct use use = { false, 0, 0 };

	for (size_t i = 0; i < walk->count; i++) {
		if ((states & bit(i)) == 0)
			continue;
		if (walk->components[i].any_depth)
			use.below_real |= name[0] != '.' ? bit(i) : 0;
		else if (!component_matches(&walk->components[i], name))
			continue;
		else if (i + 1 == walk->count)
			use.file = true;
		else
			use.below |= bit(i + 1);
	}
	use.below = with_zero_folders(walk, use.below);
	use.below_real = with_zero_folders(walk, use.below_real) | use.below;
	return use;
}

/* The only component that may come next, if there is only one and it is a plain name: then the
 * folder need not be readable, only passable. */
static const struct component *plain_next(const struct walk *walk, uint64_t states)
{
	for (size_t i = 0; i < walk->count; i++) {
		if (states == bit(i))
			return walk->components[i].literal ? &walk->components[i] : NULL;
	}
	return NULL;
}

/* -- folders --------------------------------------------------------------------------- */

/* What a name stands for. */
struct target {
	bool exists;
	bool folder;
	bool link;
	bool looked; /* `st` is set */
	struct stat st;
	int error; /* errno when it could not be looked at */
};

static bool is_gone(int error)
{
	return error == ENOENT || error == ENOTDIR || error == ELOOP;
}

/* A link that leads nowhere is still listed; anything else that is gone is gone. */
static bool is_listed(const struct target *target, const struct use *use)
{
	return target->exists && use->file && (target->link || !is_gone(target->error));
}

static enum status report_problem(struct walk *walk, const char *path, int error)
{
	struct error text;
	char reason[128];

	(void)error_set(&text, STATUS_IO, "%s: %s", path,
			strerror_r(error, reason, sizeof(reason)));
	return walk->visitor->problem(walk->visitor->context, path, STATUS_IO, text.text);
}

static enum status report_limit(struct walk *walk, const char *path, const char *what, size_t limit)
{
	struct error text;

	(void)error_set(&text, STATUS_LIMIT, "%s: more than %zu %s", path, limit, what);
	return walk->visitor->problem(walk->visitor->context, path, STATUS_LIMIT, text.text);
}

/* Puts a folder on the stack; `path` is taken over in any case. */
static enum status push_take(struct walk *walk, char *path, uint64_t states, unsigned depth,
			     bool link)
{
	struct folder *stack;
	enum status status = STATUS_OK;

	if (walk->visitor->skip_folder(walk->visitor->context, path))
		goto out;
	if (depth > GLOB_DEPTH_MAX) {
		status = report_limit(walk, path, "folders below each other", GLOB_DEPTH_MAX);
		goto out;
	}
	if (walk->folders == GLOB_FOLDERS_MAX) {
		walk->ended = true;
		status = report_limit(walk, path, "folders for one pattern", GLOB_FOLDERS_MAX);
		goto out;
	}
	stack = array_room(walk->stack, walk->stack_count, sizeof(*stack));
	if (stack == NULL) {
		status = STATUS_MEMORY;
		goto out;
	}
	walk->stack = stack;
	stack[walk->stack_count++] = (struct folder){ path, states, depth, link };
	walk->folders++;
	path = NULL; /* handed over */
out:
	free(path);
	return status;
}

/* `listed`: a folder showed the name, so it exists. */
static struct target look_at(const char *path, unsigned char type, bool listed)
{
	struct target target = {
		.exists = listed,
		.folder = type == DT_DIR,
		.link = type == DT_LNK,
	};

	if (target.folder)
		return target;
	if (type == DT_UNKNOWN) {
		if (lstat(path, &target.st) != 0) {
			target.error = errno;
			return target;
		}
		target.exists = true;
		target.link = S_ISLNK(target.st.st_mode);
	}
	if (stat(path, &target.st) != 0) {
		target.error = errno;
		return target;
	}
	target.looked = true;
	target.folder = S_ISDIR(target.st.st_mode);
	return target;
}

/* Handles one name that is of use. */
static enum status visit(struct walk *walk, const struct folder *folder, const struct use *use,
			 const char *name, unsigned char type, bool listed)
{
	const struct glob_visitor *visitor = walk->visitor;
	enum status status = STATUS_OK;
	char *path = file_path_join(folder->path, name);

	if (path == NULL)
		return STATUS_MEMORY;
	struct target target = look_at(path, type, listed);
	if (target.error != 0 && is_gone(target.error) && !is_listed(&target, use))
		goto out;
	if (target.error != 0 && !is_listed(&target, use)) {
		status = report_problem(walk, target.exists ? path : folder->path, target.error);
		goto out;
	}
	if (target.folder) {
		uint64_t states = target.link ? use->below : use->below_real;
		walk->found.folders += use->file;
		if (states != 0) {
			status = push_take(walk, path, states, folder->depth + 1, target.link);
			path = NULL;
		}
		goto out;
	}
	if (!use->file || (target.looked && !S_ISREG(target.st.st_mode)))
		goto out;
	walk->found.files++;
	status = visitor->file(visitor->context, path, target.looked ? &target.st : NULL,
			       target.error);
out:
	free(path);
	return status;
}

static enum status visit_entry(struct walk *walk, const struct folder *folder,
			       const struct dirent *entry)
{
	const char *name = entry->d_name;
	bool openable = entry->d_type == DT_REG || entry->d_type == DT_DIR ||
			entry->d_type == DT_LNK || entry->d_type == DT_UNKNOWN;

	if (!openable || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return STATUS_OK;
	struct use use = use_of(walk, folder->states, name);
	if (!use.file && use.below_real == 0)
		return STATUS_OK;
	if (entry->d_type == DT_REG && !use.file)
		return STATUS_OK;
	return visit(walk, folder, &use, name, entry->d_type, true);
}

static enum status read_folder(struct walk *walk, const struct folder *folder, DIR *dir)
{
	enum status status = STATUS_OK;

	while (status == STATUS_OK && !walk->ended) {
		errno = 0;
		const struct dirent *entry = readdir(dir);
		if (entry == NULL && errno != 0)
			return report_problem(walk, folder->path, errno);
		if (entry == NULL)
			break;
		if (++walk->entries > GLOB_ENTRIES_MAX) {
			walk->ended = true;
			return report_limit(walk, folder->path, "names for one pattern",
					    GLOB_ENTRIES_MAX);
		}
		if (walk->entries % GO_ON_EVERY == 0)
			status = walk->visitor->go_on(walk->visitor->context);
		if (status == STATUS_OK)
			status = visit_entry(walk, folder, entry);
	}
	return status;
}

static enum status open_folder(struct walk *walk, const struct folder *folder)
{
	int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK;
	/* a folder that became a link in the meantime is not followed either */
	int fd = open(folder->path, flags | (folder->link ? 0 : O_NOFOLLOW));

	if (fd < 0)
		return is_gone(errno) ? STATUS_OK : report_problem(walk, folder->path, errno);
	DIR *dir = fdopendir(fd);
	if (dir == NULL) {
		int error = errno;
		(void)close(fd);
		return error == ENOMEM ? STATUS_MEMORY : report_problem(walk, folder->path, error);
	}
	enum status status = read_folder(walk, folder, dir);
	(void)closedir(dir);
	return status;
}

static enum status walk_folder(struct walk *walk, const struct folder *folder)
{
	const struct component *next = plain_next(walk, folder->states);
	enum status status = walk->visitor->go_on(walk->visitor->context);

	if (status != STATUS_OK)
		return status;
	if (next == NULL)
		return open_folder(walk, folder);
	struct use use = use_of(walk, folder->states, next->text);
	return visit(walk, folder, &use, next->text, DT_UNKNOWN, false);
}

/* The one path of a pattern without wildcards; NULL when there are any, or (*status) no memory. */
static char *named_path(const struct walk *walk, enum status *status)
{
	struct buf path;

	for (size_t i = 0; i < walk->count; i++) {
		if (!walk->components[i].literal)
			return NULL;
	}
	buf_init(&path, PATH_BYTES_MAX);
	for (size_t i = 0; i < walk->count; i++)
		buf_printf(&path, "/%s", walk->components[i].text);
	char *text = buf_take(&path);
	buf_release(&path);
	if (text == NULL)
		*status = STATUS_MEMORY;
	return text;
}

/* A file that is named exists as far as the configuration is concerned: what stands in its way,
 * in whichever folder, is an error of that file. */
static enum status visit_named(struct walk *walk, const char *path)
{
	const struct glob_visitor *visitor = walk->visitor;
	enum status status = visitor->go_on(visitor->context);
	struct stat st;

	if (status != STATUS_OK)
		return status;
	int error = stat(path, &st) == 0 ? 0 : errno;
	if (error == 0 && S_ISDIR(st.st_mode))
		walk->found.folders++;
	if (error == 0 && !S_ISREG(st.st_mode))
		return STATUS_OK;
	walk->found.files++;
	return visitor->file(visitor->context, path, error == 0 ? &st : NULL, error);
}

static enum status walk_folders(struct walk *walk)
{
	char *root = strdup("/");

	if (root == NULL)
		return STATUS_MEMORY;
	enum status status = push_take(walk, root, with_zero_folders(walk, 1), 0, false);
	while (status == STATUS_OK && walk->stack_count > 0 && !walk->ended) {
		struct folder folder = walk->stack[--walk->stack_count];
		status = walk_folder(walk, &folder);
		free(folder.path);
	}
	while (walk->stack_count > 0)
		free(walk->stack[--walk->stack_count].path);
	free(walk->stack);
	return status;
}

enum status glob_walk(const char *pattern, const struct glob_visitor *visitor,
		      struct glob_found *ret_found)
{
	struct walk walk = { .visitor = visitor };
	enum status status = STATUS_MEMORY;
	char *named = NULL;

	assert(pattern[0] == '/');
	walk.pattern = strdup(pattern);
	if (walk.pattern == NULL)
		goto out;
	status = STATUS_OK;
	if (!split_pattern(&walk)) {
		status = report_limit(&walk, pattern, "components", GLOB_DEPTH_MAX);
		goto out;
	}
	if (walk.names_folders) {
		walk.found.folders = 1;
		goto out;
	}
	named = named_path(&walk, &status);
	if (named != NULL)
		status = visit_named(&walk, named);
	else if (status == STATUS_OK)
		status = walk_folders(&walk);
out:
	free(named);
	free(walk.pattern);
	*ret_found = walk.found;
	return status;
}
