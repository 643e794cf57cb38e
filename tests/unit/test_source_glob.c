/* Pattern walking: what matches, what is never touched, what bounds it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "source/directory/glob_walk.h"
#include "temp_tree.h"

#define MATCHES_MAX 32

/* What a walk told. */
struct seen {
	char *paths[MATCHES_MAX];
	size_t count;
	size_t unreadable;
	size_t problems;
	enum status last_problem;
	char last_path[4096];
	size_t questions;
	enum status answer; /* of go_on */
	const char *skip;   /* folder to leave out, NULL: none */
	struct glob_found found;
};

static enum status on_file(void *context, const char *path, const struct stat *st, int error)
{
	struct seen *seen = context;

	assert_true(seen->count < MATCHES_MAX);
	assert_int_equal(st == NULL, error != 0);
	seen->unreadable += st == NULL;
	seen->paths[seen->count] = strdup(path);
	assert_non_null(seen->paths[seen->count++]);
	return STATUS_OK;
}

static enum status on_problem(void *context, const char *path, enum status reason, const char *text)
{
	struct seen *seen = context;

	assert_non_null(strstr(text, path));
	seen->problems++;
	seen->last_problem = reason;
	(void)snprintf(seen->last_path, sizeof(seen->last_path), "%s", path);
	return STATUS_OK;
}

static bool on_folder(void *context, const char *path)
{
	const struct seen *seen = context;

	return seen->skip != NULL && strcmp(seen->skip, path) == 0;
}

static enum status on_go_on(void *context)
{
	struct seen *seen = context;

	seen->questions++;
	return seen->answer;
}

static int by_name(const void *a, const void *b)
{
	const char *const *left = a;
	const char *const *right = b;

	return strcmp(*left, *right);
}

static enum status walk(struct seen *seen, const char *pattern)
{
	const struct glob_visitor visitor = { seen, on_file, on_problem, on_folder, on_go_on };
	enum status status = glob_walk(pattern, &visitor, &seen->found);

	qsort(seen->paths, seen->count, sizeof(seen->paths[0]), by_name);
	assert_int_equal(seen->count, seen->found.files);
	return status;
}

static void forget(struct seen *seen)
{
	for (size_t i = 0; i < seen->count; i++)
		free(seen->paths[i]);
	memset(seen, 0, sizeof(*seen));
}

static void make_socket(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", tree_path(name));
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	(void)close(fd);
}

static void make_tree(void)
{
	static const char *const folders[] = { "d1",    "d1/d2", "d1/d2/d3",  "d1/.dot",
					       "empty", "k8s",   "k8s/..2024" };
	static const char *const files[] = {
		"a.pem",
		"b.pem",
		"c.crt",
		".hidden.pem",
		"[x].pem",
		"[u",
		"st*r.pem",
		"back\\slash",
		"new\nline.pem",
		"bad\xff.pem",
		"d1/a.pem",
		"d1/.dot/a.pem",
		"d1/d2/a.pem",
		"d1/d2/d3/deep.jks",
		"k8s/..2024/tls.crt",
	};

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		tree_folder(folders[i]);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		tree_file(files[i], "");
	tree_link("a.pem", "link.pem");
	tree_link("nowhere", "dangling.pem");
	tree_link("loop.pem", "loop.pem");
	tree_link("d1", "ldir");
	tree_link("..", "d1/up");
	tree_link("/dev/null", "null.pem");
	tree_link("..2024", "k8s/..data");
	tree_link("..data/tls.crt", "k8s/tls.crt");
	assert_int_equal(mkfifo(tree_path("fifo.pem"), 0644), 0);
	make_socket("socket.pem");
}

/* The paths below the root, joined by `|`. */
static const struct {
	const char *pattern;
	const char *want;
	bool folders; /* the pattern matches a folder */
} match_table[] = {
	{ "a.pem", "a.pem", false },
	{ "*.pem",
	  "[x].pem|a.pem|b.pem|bad\xff.pem|dangling.pem|link.pem|loop.pem|new\nline.pem|st*r.pem",
	  false },
	{ "?.pem", "a.pem|b.pem", false },
	{ "[ab].pem", "a.pem|b.pem", false },
	{ "[!a].pem", "b.pem", false },
	{ "[a-z].*", "a.pem|b.pem|c.crt", false },
	{ "[x].pem", "", false },
	{ "\\[x\\].pem", "[x].pem", false },
	{ "[[]x].pem", "[x].pem", false },
	{ "[u", "[u", false }, /* not closed: a bracket */
	{ "st\\*r.pem", "st*r.pem", false },
	{ "back\\\\slash", "back\\slash", false },
	{ "back\\slash", "backslash", false },
	{ "new?line.pem", "new\nline.pem", false },
	{ "bad?.pem", "bad\xff.pem", false },
	/* what is named is shown, whether it exists or not */
	{ "A.pem", "A.pem", false },
	{ "missing/a.pem", "missing/a.pem", false },
	{ "a.pem/x", "a.pem/x", false },
	{ "missi\\[n\\]g/../a.pem", "missi[n]g/../a.pem", false },
	{ "missing/*.pem", "", false },
	{ "a.pem/*", "", false },
	/* dots */
	{ ".hidden.pem", ".hidden.pem", false },
	{ ".*.pem", ".hidden.pem", false },
	{ "?hidden.pem", "", false },
	{ "[.]hidden.pem", "", false },
	{ "d1/.dot/*", "d1/.dot/a.pem", false },
	/* any depth */
	{ "**/a.pem", "a.pem|d1/a.pem|d1/d2/a.pem", false },
	{ "**/**/a.pem", "a.pem|d1/a.pem|d1/d2/a.pem", false },
	{ "d1/**/a.pem", "d1/a.pem|d1/d2/a.pem", false },
	{ "d1/**", "d1/a.pem|d1/d2/a.pem|d1/d2/d3/deep.jks", true },
	{ "**/d2/**", "d1/d2/a.pem|d1/d2/d3/deep.jks", true },
	{ "**/*.jks", "d1/d2/d3/deep.jks", false },
	{ "**/d3/*.jks", "d1/d2/d3/deep.jks", false },
	{ "d1/**/*/**/*.jks", "d1/d2/d3/deep.jks|d1/up/d1/d2/d3/deep.jks", false },
	{ "d1/**.pem", "d1/a.pem", false }, /* `**` is special alone only */
	{ "d1/d**s", "", false },
	{ "d1/d2/d3/d**s", "d1/d2/d3/deep.jks", false },
	{ "k8s/**", "k8s/tls.crt", false },
	/* links to folders: as a component, never for `**` */
	{ "*/a.pem", "d1/a.pem|ldir/a.pem", false },
	{ "ldir/**/a.pem", "ldir/a.pem|ldir/d2/a.pem", false },
	{ "d1/up/a.pem", "d1/up/a.pem", false },
	{ "**/up/a.pem", "d1/up/a.pem", false },
	/* Kubernetes volumes */
	{ "k8s/*", "k8s/tls.crt", false },
	{ "k8s/..*/tls.crt", "k8s/..2024/tls.crt|k8s/..data/tls.crt", false },
	{ "k8s/..data/*", "k8s/..data/tls.crt", false },
	/* how paths are written */
	{ "/d1//./a.pem", "d1/a.pem", false },
	{ "d1/../a.pem", "d1/../a.pem", false },
	{ "d1", "", true },
	{ "d*", "dangling.pem", true },
	{ "d1/", "", true },
	{ "a.pem/", "", true },
	{ "empty/*", "", false },
	/* never opened */
	{ "fifo.pem", "", false },
	{ "socket.pem", "", false },
	{ "null.pem", "", false },
	/* links that lead nowhere */
	{ "dangling.pem", "dangling.pem", false },
	{ "d?ngling.pem", "dangling.pem", false },
	{ "dangling.pem/*", "", false },
	{ "loop.pem", "loop.pem", false },
	{ "loop.pem/x", "loop.pem/x", false },
};

static void test_matches(void **state)
{
	(void)state;
	make_tree();
	for (size_t i = 0; i < sizeof(match_table) / sizeof(match_table[0]); i++) {
		struct seen seen = { .count = 0 };
		char got[4096] = "";
		assert_int_equal(walk(&seen, tree_path(match_table[i].pattern)), STATUS_OK);
		for (size_t j = 0; j < seen.count; j++) {
			size_t len = strlen(got);
			assert_memory_equal(seen.paths[j], tree_root, strlen(tree_root));
			(void)snprintf(got + len, sizeof(got) - len, "%s%s", j > 0 ? "|" : "",
				       seen.paths[j] + strlen(tree_root) + 1);
		}
		if (strcmp(got, match_table[i].want) != 0)
			fail_msg("%s: \"%s\" instead of \"%s\"", match_table[i].pattern, got,
				 match_table[i].want);
		if ((seen.found.folders > 0) != match_table[i].folders)
			fail_msg("%s: %zu folders", match_table[i].pattern, seen.found.folders);
		assert_int_equal(seen.problems, 0);
		forget(&seen);
	}
}

static void test_root(void **state)
{
	struct seen seen = { .count = 0 };

	(void)state;
	assert_int_equal(walk(&seen, "/"), STATUS_OK);
	assert_int_equal(walk(&seen, "/."), STATUS_OK);
	assert_int_equal(walk(&seen, "/de[v]"), STATUS_OK);
	assert_int_equal(seen.found.folders, 1);
	assert_int_equal(walk(&seen, "/dev/zero"), STATUS_OK);
	assert_int_equal(seen.count, 0);
	assert_int_equal(seen.problems, 0);
}

/* Makes folders below each other and a file in the last one, all of that name: `name/name/...`. */
static void make_deep(char name, size_t folders)
{
	char path[256] = { name };

	for (size_t i = 0; i < folders; i++) {
		tree_folder(path);
		path[2 * i + 1] = '/';
		path[2 * i + 2] = name;
	}
	tree_file(path, "");
}

/* However many ways lead through the pattern, a folder is read once. */
static void test_no_backtracking(void **state)
{
	struct seen seen = { .count = 0 };

	(void)state;
	make_deep('a', 40);
	assert_int_equal(walk(&seen, tree_path("**/a/**/a/**/a/**/a/**/a/**/a/**/b")), STATUS_OK);
	assert_int_equal(seen.count, 0);
	assert_in_range(seen.questions, 41, 50);
	assert_int_equal(walk(&seen, tree_path("**/a/**/a/**/a/**/a/**/a/**/a/**/a")), STATUS_OK);
	assert_int_equal(seen.count, 1);
	forget(&seen);
}

static void test_depth(void **state)
{
	char pattern[2 * GLOB_DEPTH_MAX + 2];
	struct seen seen = { .count = 0 };

	(void)state;
	make_deep('d', 70);
	tree_file("top", "");
	assert_int_equal(walk(&seen, tree_path("**")), STATUS_OK);
	assert_int_equal(seen.problems, 1);
	assert_int_equal(seen.last_problem, STATUS_LIMIT);
	assert_int_equal(seen.count, 1); /* the rest is shown */
	forget(&seen);

	for (size_t i = 0; i < GLOB_DEPTH_MAX; i++)
		(void)snprintf(&pattern[2 * i], 3, "d/");
	(void)snprintf(&pattern[sizeof(pattern) - 2], 2, "*");
	assert_int_equal(walk(&seen, tree_path(pattern)), STATUS_OK);
	assert_int_equal(seen.problems, 1);
	assert_int_equal(seen.last_problem, STATUS_LIMIT);
}

static void test_unreadable_folder(void **state)
{
	struct seen seen = { .count = 0 };

	(void)state;
	tree_folder("shut");
	tree_folder("open");
	tree_folder("listed");
	tree_file("shut/a.pem", "");
	tree_file("open/a.pem", "");
	tree_file("listed/a.pem", "");
	tree_mode("shut", 0000);
	tree_mode("listed", 0644); /* names can be read, files cannot be reached */
	tree_drop_root();
	enum status status = walk(&seen, tree_path("**/*.pem"));
	tree_regain_root();
	tree_mode("listed", 0755);
	assert_int_equal(status, STATUS_OK);
	assert_int_equal(seen.count, 2);
	assert_int_equal(seen.unreadable, 1);
	assert_int_equal(seen.problems, 1);
	assert_int_equal(seen.last_problem, STATUS_IO);
	assert_string_equal(seen.last_path, tree_path("shut"));
	forget(&seen);

	/* a plain name inside: it is named, and cannot be reached */
	tree_drop_root();
	status = walk(&seen, tree_path("shut/a.pem"));
	tree_regain_root();
	assert_int_equal(status, STATUS_OK);
	assert_int_equal(seen.count, 1);
	assert_int_equal(seen.unreadable, 1);
	assert_int_equal(seen.problems, 0);
	forget(&seen);

	/* a folder that may be passed but not read is enough for plain names */
	tree_mode("shut", 0711);
	tree_drop_root();
	status = walk(&seen, tree_path("shut/a.pem"));
	tree_regain_root();
	assert_int_equal(status, STATUS_OK);
	assert_int_equal(seen.count, 1);
	assert_int_equal(seen.problems, 0);
	forget(&seen);
}

static void test_visitor_decides(void **state)
{
	struct seen seen = { .answer = STATUS_CANCELLED };

	(void)state;
	tree_folder("in");
	tree_folder("out");
	tree_file("in/a.pem", "");
	tree_file("out/a.pem", "");
	assert_int_equal(walk(&seen, tree_path("**")), STATUS_CANCELLED);
	assert_int_equal(seen.questions, 1);
	seen.answer = STATUS_OK;
	seen.skip = tree_path("out");
	assert_int_equal(walk(&seen, tree_path("**")), STATUS_OK);
	assert_int_equal(seen.count, 1);
	assert_string_equal(seen.paths[0], tree_path("in/a.pem"));
	forget(&seen);
}

int main(void)
{
#define TREE_TEST(test) cmocka_unit_test_setup_teardown(test, tree_setup, tree_teardown)
	const struct CMUnitTest tests[] = {
		TREE_TEST(test_matches),           TREE_TEST(test_root),
		TREE_TEST(test_no_backtracking),   TREE_TEST(test_depth),
		TREE_TEST(test_unreadable_folder), TREE_TEST(test_visitor_decides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
