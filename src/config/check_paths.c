/* Files that a directory source names, without a wildcard, and that are missing: worth a warning
 * before the start, since the source shows each as a store that is unavailable. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "config/config.h"
#include "config/keys.h"

static void check_path(const struct source_config *source, const char *pattern,
		       struct problems *problems)
{
	char *path = strdup(pattern);
	struct text_mark mark = source->key_marks[config_key_index("paths")];
	char reason[128];
	struct stat st;

	if (path == NULL)
		return; /* a warning less */
	pattern_unescape(path);
	if (source_config_wants(source, path) && stat(path, &st) != 0)
		problem_warn(problems, "%s:%u:%u: warning: source \"%s\": paths: %s: %s",
			     source->file, mark.line, mark.column, source->id, path,
			     strerror_r(errno, reason, sizeof(reason)));
	free(path);
}

void config_warn_missing_paths(const struct config *config, struct problems *problems)
{
	for (size_t i = 0; i < config->source_count; i++) {
		const struct source_config *source = config->sources[i];
		if (source == NULL || source->partial || source->kind != SOURCE_DIRECTORY)
			continue;
		for (size_t p = 0; p < source->paths.count; p++) {
			if (!pattern_has_wildcard(source->paths.items[p]))
				check_path(source, source->paths.items[p], problems);
		}
	}
}
