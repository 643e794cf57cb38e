/* `kind: directory`: which files are stores of the source, and which are never touched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>

#include "base/clock.h"
#include "directory_fixture.h"
#include "source/directory/list.h"

#define MANY DIRECTORY_STORES_MAX

static void test_list(void **state)
{
	(void)state;
	tree_folder("sub");
	write_pem("b.pem", "b");
	write_pem("sub/a.pem", "a");
	tree_link("../b.pem", "sub/link.pem");
	add_item(&f.settings.paths, tree_path("*.pem"));
	add_item(&f.settings.paths, tree_path("**/*"));
	add_item(&f.settings.paths, tree_path("sub/../b.pem"));
	assert_int_equal(refresh()->store_count, 4);
	assert_string_equal(subject_of("b.pem"), "CN=b");
	assert_string_equal(subject_of("sub/a.pem"), "CN=a");
	assert_string_equal(subject_of("sub/link.pem"), "CN=b");
	assert_string_equal(subject_of("sub/../b.pem"), "CN=b"); /* another path, as matched */
	assert_up(true, true);
	assert_int_equal(f.result->issue_count, 0);
}

static void test_relative_pattern(void **state)
{
	char folder[4096];

	(void)state;
	write_pem("a.pem", "a");
	add_item(&f.settings.paths, "./*.pem");
	assert_non_null(getcwd(folder, sizeof(folder)));
	assert_int_equal(chdir(tree_root), 0);
	(void)refresh();
	assert_int_equal(chdir(folder), 0);
	assert_string_equal(subject_of("a.pem"), "CN=a");
}

static void test_filters(void **state)
{
	(void)state;
	tree_folder("private");
	write_pem("a.pem", "a");
	write_pem("gen-b.pem", "b");
	write_pem("c.old.pem", "c");
	write_pem("d.crt", "d");
	write_pem("private/e.pem", "e");
	tree_mode("private", 0000); /* excluded as a whole: needs no permission */
	free_list(&f.config.include);
	add_item(&f.config.include, "*.pem");
	add_item(&f.config.exclude, "*.old.*");
	add_item(&f.config.exclude, tree_path("private/*"));
	add_item(&f.config.auto_renewed, "gen-*");
	add_item(&f.settings.paths, tree_path("**"));
	tree_drop_root();
	const struct source_level *level = refresh();
	tree_regain_root();
	assert_int_equal(level->store_count, 2);
	assert_false(store_of("a.pem")->auto_renewed);
	assert_true(store_of("gen-b.pem")->auto_renewed);
	assert_up(true, true);
	assert_int_equal(f.result->issue_count, 0);
	tree_mode("private", 0755);
}

static void test_folder_excluded(void **state)
{
	static const struct {
		const char *pattern;
		const char *folder;
		bool want;
	} table[] = {
		{ "/a/*", "/a", true },      { "/a/*", "/a/b/c", true },
		{ "/a*", "/ab", true },      { "*/old/*", "/x/old", true },
		{ "/a/*", "/", false },      { "/a/*", "/ab", false },
		{ "/a/*.pem", "/a", false }, { "/a", "/a", false },
		{ "*", "/a", false }, /* without a slash: about names of files */
		{ "/a/\\*", "/a", false },   { "/a/[*]", "/a", false },
		{ "/a/b*", "/a", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		add_item(&f.config.exclude, table[i].pattern);
		if (directory_folder_excluded(&f.config, table[i].folder) != table[i].want)
			fail_msg("%s %s", table[i].pattern, table[i].folder);
		free_list(&f.config.exclude);
	}
}

static void test_odd_names(void **state)
{
	static const char *const names[] = {
		"new\nline.pem", "bad\xff\xc3.pem", "sp ace\t.pem",
		"quo\"te\\.pem", "*?[.pem",         "\xe2\x82\xac.pem"
	};
	size_t count = sizeof(names) / sizeof(names[0]);

	(void)state;
	for (size_t i = 0; i < count; i++)
		write_pem(names[i], "odd");
	tree_file("ba\xffrk\n.pem", "no certificate");
	add_item(&f.settings.paths, tree_path("*.pem"));
	assert_int_equal(refresh()->store_count, count + 1);
	for (size_t i = 0; i < count; i++)
		assert_state(names[i], STORE_OK);
	/* names stay as they are; what is logged is clean */
	assert_int_equal(f.result->issue_count, 1);
	assert_null(strchr(f.result->issues[0].item, '\n'));
	assert_null(strchr(f.result->issues[0].item, '\xff'));
	(void)refresh();
	assert_read(count + 1, count + 1);
}

/* Opening or reading any of these would wait, or never end. */
static void test_special_files(void **state)
{
	(void)state;
	write_pem("a.pem", "a");
	assert_int_equal(mkfifo(tree_path("fifo.pem"), 0644), 0);
	tree_link("fifo.pem", "fifo-link.pem");
	tree_link("/dev/zero", "zero.pem");
	tree_link("/dev/null", "null.pem");
	tree_link("/dev/tty", "tty.pem");
	tree_folder("folder.pem");
	add_item(&f.settings.paths, tree_path("*.pem"));
	add_item(&f.settings.paths, "/dev/zero");
	add_item(&f.settings.paths, tree_path("fifo.pem"));
	assert_int_equal(refresh()->store_count, 1);
	assert_state("a.pem", STORE_OK);
	assert_up(true, true);
	assert_int_equal(f.result->issue_count, 0);
}

static void test_kubernetes_volume(void **state)
{
	(void)state;
	tree_folder("..2026_11_21");
	write_pem("..2026_11_21/tls.crt", "first");
	tree_link("..2026_11_21", "..data");
	tree_link("..data/tls.crt", "tls.crt");
	add_item(&f.settings.paths, tree_path("**"));
	assert_int_equal(refresh()->store_count, 1);
	assert_string_equal(subject_of("tls.crt"), "CN=first");

	/* the kubelet's swap: a new folder, a new link renamed over the old one */
	tree_folder("..2026_11_22");
	write_pem("..2026_11_22/tls.crt", "second");
	tree_link("..2026_11_22", "..data_tmp");
	assert_int_equal(rename(tree_path("..data_tmp"), tree_path("..data")), 0);
	assert_int_equal(refresh()->store_count, 1);
	assert_string_equal(subject_of("tls.crt"), "CN=second");
	assert_read(0, 2);
	(void)refresh();
	assert_read(1, 2);
	assert_int_equal(f.result->issue_count, 0);
}

/* Lines on stderr with this text, of what `run` logs. */
static size_t count_logged(const char *text)
{
	char log[4096] = "";
	size_t count = 0;
	int saved = dup(STDERR_FILENO);
	int file = open(tree_path("log"), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(saved >= 0 && file >= 0 && dup2(file, STDERR_FILENO) >= 0);
	(void)refresh();
	assert_true(dup2(saved, STDERR_FILENO) >= 0);
	assert_true(pread(file, log, sizeof(log) - 1, 0) >= 0);
	(void)close(saved);
	(void)close(file);
	for (const char *at = log; (at = strstr(at, text)) != NULL; at++)
		count++;
	return count;
}

static void test_pattern_without_match(void **state)
{
	(void)state;
	tree_folder("folder");
	add_item(&f.settings.paths, tree_path("*.pem"));
	add_item(&f.settings.paths, tree_path("folder/"));
	assert_int_equal(count_logged("msg=\"pattern "), 2);
	assert_int_equal(f.result->levels[0]->store_count, 0);
	assert_int_equal(f.result->issue_count, 0);
	assert_up(true, true);
	assert_int_equal(count_logged("msg=\"pattern "), 0); /* once */
	write_pem("a.pem", "a");
	assert_int_equal(count_logged("msg=\"pattern "), 0);
	tree_remove("a.pem");
	assert_int_equal(count_logged("pattern matches no file"), 1); /* once again */
	add_item(&f.config.exclude, "*");
	write_pem("a.pem", "a");
	assert_int_equal(count_logged("msg=\"pattern "), 0); /* matched, but not wanted */
	assert_int_equal(f.result->levels[0]->store_count, 0);
}

static void test_many_files(void **state)
{
	BIO *bio = pem_of("many");
	char name[32];
	char *pem;
	size_t len = (size_t)BIO_get_mem_data(bio, &pem);

	(void)state;
	tree_folder("many");
	for (size_t i = 0; i < MANY; i++) {
		(void)snprintf(name, sizeof(name), "many/%06zu.pem", i);
		tree_write(name, pem, len);
	}
	add_item(&f.settings.paths, tree_path("many/*.pem"));
	add_item(&f.settings.paths, tree_path("**/*.pem")); /* every file once more */
	uint64_t start = clock_mono_ms();
	assert_int_equal(refresh()->store_count, MANY);
	uint64_t first = clock_mono_ms();
	assert_up(true, true);
	assert_int_equal(refresh()->store_count, MANY);
	uint64_t second = clock_mono_ms();
	assert_read(MANY, MANY);
	print_message("%d files: %u ms, unchanged %u ms\n", MANY, (unsigned)(first - start),
		      (unsigned)(second - first));

	/* one more than is shown: the first ones are */
	tree_write("many/000000-.pem", pem, len);
	assert_int_equal(refresh()->store_count, MANY);
	assert_int_equal(f.result->issue_count, 1);
	assert_int_equal(issues_of(STAGE_LIST, STATUS_LIMIT), 1);
	assert_up(true, false);
	assert_state("many/000000-.pem", STORE_OK);
	(void)snprintf(name, sizeof(name), "many/%06d.pem", MANY - 2);
	assert_state(name, STORE_OK);
	(void)BIO_free(bio);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SOURCE_TEST(test_list),
		SOURCE_TEST(test_relative_pattern),
		SOURCE_TEST(test_filters),
		SOURCE_TEST(test_folder_excluded),
		SOURCE_TEST(test_odd_names),
		SOURCE_TEST(test_special_files),
		SOURCE_TEST(test_kubernetes_volume),
		SOURCE_TEST(test_pattern_without_match),
		SOURCE_TEST(test_many_files),
	};

	return cmocka_run_group_tests(tests, make_key, free_key);
}
