#ifndef TEST_TEMP_TREE_H
#define TEST_TEMP_TREE_H

#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * A folder for one test, with files in it. Paths are relative to it and given without a leading
 * slash. Every failure ends the test (cmocka.h is included before this file).
 */
#define TREE_NOBODY 65534 /* an identity without rights, when the tests run as root */

static char tree_root[64];

static inline const char *tree_path(const char *name)
{
	static char paths[8][8192]; /* a few may be in use at once */
	static unsigned next;
	char *path = paths[next++ % 8];

	assert_true(snprintf(path, sizeof(paths[0]), "%s/%s", tree_root, name) <
		    (int)sizeof(paths[0]));
	return path;
}

static inline int tree_setup(void **state)
{
	(void)state;
	(void)snprintf(tree_root, sizeof(tree_root), "/tmp/btp-test-XXXXXX");
	return mkdtemp(tree_root) == NULL || chmod(tree_root, 0755) != 0 ? -1 : 0;
}

static inline int tree_remove_one(const char *path, const struct stat *st, int type,
				  struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline int tree_teardown(void **state)
{
	(void)state;
	return nftw(tree_root, tree_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static inline void tree_folder(const char *name)
{
	assert_int_equal(mkdir(tree_path(name), 0755), 0);
}

static inline void tree_write(const char *name, const void *data, size_t len)
{
	FILE *file = fopen(tree_path(name), "w");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static inline void tree_file(const char *name, const char *text)
{
	tree_write(name, text, strlen(text));
}

/* `target` is written into the link as it is. */
static inline void tree_link(const char *target, const char *name)
{
	assert_int_equal(symlink(target, tree_path(name)), 0);
}

static inline void tree_remove(const char *name)
{
	assert_int_equal(remove(tree_path(name)), 0);
}

static inline void tree_mode(const char *name, mode_t mode)
{
	assert_int_equal(chmod(tree_path(name), mode), 0);
}

/* Between these two the process has no right to ignore file modes. */
static inline void tree_drop_root(void)
{
	if (getuid() == 0)
		assert_int_equal(seteuid(TREE_NOBODY), 0);
}

static inline void tree_regain_root(void)
{
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
}

#endif
