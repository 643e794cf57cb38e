/* The settings of `kind: directory`. */
#include "source/directory/settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "config/file_check.h"

#define LINE_MAX_BYTES 8192

const struct key directory_keys[] = {
	{ .name = "paths",
	  .type = KEY_PATHS,
	  .offset = offsetof(struct directory_settings, paths) },
	{ .name = NULL },
};

void directory_rules(const struct rules *rules)
{
	if (!rules_given(rules, "paths"))
		rules_missing(rules, "paths",
			      "is missing: a list of patterns, such as "
			      "[\"/etc/ssl/certs/*.pem\"]");
}

static void check_path(const struct source_config *source, const char *pattern,
		       struct problems *problems)
{
	char *path = strdup(pattern);
	char reason[128];
	struct stat st;
	struct buf text;

	if (path == NULL)
		return; /* out of memory: only the warning is lost */
	pattern_unescape(path);
	if (source_config_wants(source, path) && stat(path, &st) != 0) {
		const char *why = strerror_r(errno, reason, sizeof(reason));
		buf_init(&text, LINE_MAX_BYTES);
		buf_printf(&text, "%s: %s", path, why);
		file_check_warn(problems, source, "paths", buf_text(&text));
		buf_release(&text);
	}
	free(path);
}

/* Warns of each file that is named without a wildcard and missing: the source will show it as a
 * store that is unavailable. */
void directory_check_files(const struct source_config *source, struct problems *problems)
{
	const struct directory_settings *settings = source->own;

	for (size_t i = 0; i < settings->paths.count; i++) {
		if (!pattern_has_wildcard(settings->paths.items[i]))
			check_path(source, settings->paths.items[i], problems);
	}
}

bool directory_same_service(const struct source_config *a, const struct source_config *b)
{
	const struct directory_settings *one = a->own;
	const struct directory_settings *other = b->own;

	return string_list_equal(&one->paths, &other->paths);
}
