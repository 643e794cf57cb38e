/* `kind: directory`: when a file is read again, the states of stores, what goes wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "directory_fixture.h"

#define PASSWORD_A   "first-passw0rd"
#define PASSWORD_B   "other-passw0rd"
#define PASSWORD_BAD "wrong-passw0rd"
#define CHURN_TURNS  300

/* -- what is read again ---------------------------------------------------------------- */

static void test_changes(void **state)
{
	struct timespec times[2] = { { 1000, 0 }, { 1000, 0 } };

	(void)state;
	write_pem("a.pem", "a");
	write_pem("b.pem", "b");
	write_pem("c.pem", "c");
	add_item(&f.settings.paths, tree_path("*.pem"));
	(void)refresh();
	assert_read(0, 3);
	(void)refresh();
	assert_read(3, 3);
	assert_string_equal(subject_of("b.pem"), "CN=b");

	/* replaced, with the time of the old one */
	write_pem("new", "x");
	assert_int_equal(utimensat(AT_FDCWD, tree_path("b.pem"), times, 0), 0);
	assert_int_equal(utimensat(AT_FDCWD, tree_path("new"), times, 0), 0);
	assert_int_equal(rename(tree_path("new"), tree_path("b.pem")), 0);
	(void)refresh();
	assert_read(5, 4);
	assert_string_equal(subject_of("b.pem"), "CN=x");

	/* emptied, then removed */
	assert_int_equal(truncate(tree_path("c.pem"), 0), 0);
	(void)refresh();
	assert_state("c.pem", STORE_EMPTY);
	assert_int_equal(f.result->issue_count, 0);
	tree_remove("c.pem");
	assert_int_equal(refresh()->store_count, 2);
	assert_up(true, true);
	assert_read(9, 5);
}

/* By its identity, older knowledge of other paths is recognised. */
static void test_identity(void **state)
{
	char *first;

	(void)state;
	write_pem("a.pem", "a");
	add_item(&f.settings.paths, tree_path("*.pem"));
	(void)refresh();
	first = strdup(f.result->identity);
	assert_int_equal(strlen(first), 64);
	(void)refresh();
	assert_string_equal(f.result->identity, first);
	add_item(&f.settings.paths, tree_path("*.cer"));
	(void)refresh();
	assert_string_not_equal(f.result->identity, first);
	free(first);
}

static void test_states(void **state)
{
	static const struct {
		const char *file;
		enum store_state state;
		enum status reason; /* STATUS_OK: no issue */
	} table[] = {
		{ "good.pem", STORE_OK, STATUS_OK },
		{ "empty.pem", STORE_EMPTY, STATUS_OK },
		{ "junk.pem", STORE_UNPARSABLE, STATUS_SYNTAX },
		{ "locked.p12", STORE_LOCKED, STATUS_LOCKED },
		{ "large.pem", STORE_TOO_LARGE, STATUS_TOO_LARGE },
		{ "part.pem", STORE_PARTIAL, STATUS_SYNTAX },
		{ "utf16.pem", STORE_UNSUPPORTED, STATUS_UNSUPPORTED },
	};
	static const char broken[] = "-----BEGIN CERTIFICATE-----\nMAAB\n"
				     "-----END CERTIFICATE-----\n";
	static const char utf16[] = "\xff\xfe-\0-\0-\0B\0";
	BIO *part = pem_of("part");

	(void)state;
	write_pem("good.pem", "good");
	tree_file("empty.pem", "");
	tree_file("junk.pem", "nothing of interest\n");
	write_pkcs12("locked.p12", "locked", "secret");
	tree_file("large.pem", "");
	assert_int_equal(truncate(tree_path("large.pem"), (off_t)STORE_BYTES_MAX + 1), 0);
	assert_int_equal(BIO_puts(part, broken), (int)strlen(broken));
	write_bio("part.pem", part);
	tree_write("utf16.pem", utf16, sizeof(utf16));
	add_item(&f.settings.paths, tree_path("*"));
	(void)refresh();
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		assert_state(table[i].file, table[i].state);
	for (enum status reason = STATUS_OK + 1; reason < STATUS_REASON_COUNT; reason++) {
		size_t want = 0;
		for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
			want += table[i].reason == reason;
		assert_int_equal(issues_of(STAGE_DECODE, reason), want);
	}
	assert_int_equal(f.result->issue_count, 5);
	assert_up(true, true);

	/* the states stay, they are told once, and nothing is read again */
	(void)refresh();
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		assert_state(table[i].file, table[i].state);
	assert_int_equal(f.result->issue_count, 0);
	assert_read(7, 7);

	/* the largest file that is read */
	assert_int_equal(truncate(tree_path("large.pem"), (off_t)STORE_BYTES_MAX), 0);
	(void)refresh();
	assert_state("large.pem", STORE_UNPARSABLE);
}

static void test_passwords(void **state)
{
	(void)state;
	write_pem("plain.pem", "plain");
	write_pkcs12("a.p12", "a", PASSWORD_A);
	write_pkcs12("b.p12", "b", PASSWORD_B);
	write_pkcs12("none.p12", "none", "");
	tree_file("pw-a", PASSWORD_A "\n");
	tree_file("pw-b", PASSWORD_BAD "\n");
	add_password("a.*", "pw-a");
	add_password("a.*", "pw-missing");
	add_password(tree_path("[b]*"), "pw-b");
	add_item(&f.settings.paths, tree_path("*.*"));
	(void)refresh();
	assert_state("a.p12", STORE_OK);
	assert_state("b.p12", STORE_LOCKED);
	assert_state("none.p12", STORE_OK);
	assert_int_equal(issues_of(STAGE_CONFIG, STATUS_IO), 1);
	assert_int_equal(issues_of(STAGE_DECODE, STATUS_LOCKED), 1);
	assert_up(true, true);
	for (size_t i = 0; i < f.result->issue_count; i++) {
		assert_null(strstr(f.result->issues[i].text, PASSWORD_BAD));
		assert_null(strstr(f.result->issues[i].text, PASSWORD_A));
	}
	(void)refresh();
	assert_read(4, 4);
	assert_int_equal(issues_of(STAGE_DECODE, STATUS_LOCKED), 0);

	/* the password rotates: the locked store is tried again, nothing else is */
	tree_file("pw-b", PASSWORD_B);
	tree_file("pw-missing", "three");
	(void)refresh();
	assert_state("b.p12", STORE_OK);
	assert_string_equal(subject_of("b.p12"), "CN=b");
	assert_read(7, 5);
	assert_int_equal(f.result->issue_count, 0);

	/* what was read with a password that is gone since is still true */
	tree_remove("pw-a");
	tree_remove("pw-b");
	(void)refresh();
	assert_state("a.p12", STORE_OK);
	assert_state("b.p12", STORE_OK);
	assert_int_equal(issues_of(STAGE_CONFIG, STATUS_IO), 2);
	assert_read(11, 5);
}

/* -- what goes wrong ------------------------------------------------------------------- */

static void refresh_as_nobody(void)
{
	tree_drop_root();
	(void)refresh();
	tree_regain_root();
}

static void test_forbidden(void **state)
{
	(void)state;
	tree_folder("unreachable");
	write_pem("a.pem", "a");
	write_pem("b.pem", "b");
	write_pem("unreachable/c.pem", "c");
	tree_link("unreachable/c.pem", "link.pem");
	add_item(&f.settings.paths, tree_path("*.pem"));
	refresh_as_nobody();
	assert_state("a.pem", STORE_OK);
	tree_mode("a.pem", 0000);
	tree_mode("unreachable", 0000);
	refresh_as_nobody();
	assert_state("a.pem", STORE_FORBIDDEN);
	assert_state("link.pem", STORE_FORBIDDEN);
	assert_state("b.pem", STORE_OK);
	assert_int_equal(issues_of(STAGE_FETCH, STATUS_IO), 2);
	assert_int_equal(f.result->issue_count, 2);
	assert_up(true, true);
	tree_remove("b.pem");
	refresh_as_nobody();
	assert_up(true, false); /* every store failed */
	tree_mode("a.pem", 0644);
	tree_mode("unreachable", 0755);
	refresh_as_nobody();
	assert_string_equal(subject_of("a.pem"), "CN=a");
	assert_string_equal(subject_of("link.pem"), "CN=c");
	assert_up(true, true);
}

static void test_unreadable_folders(void **state)
{
	(void)state;
	write_pem("a.pem", "a");
	tree_folder("shut");
	tree_mode("shut", 0000);
	add_item(&f.settings.paths, tree_path("**/*.pem"));
	refresh_as_nobody();
	assert_state("a.pem", STORE_OK);
	assert_up(true, false); /* elsewhere gone is gone */
	assert_int_equal(f.result->issue_count, 1);
	assert_int_equal(issues_of(STAGE_LIST, STATUS_IO), 1);
	assert_string_equal(f.result->issues[0].item, tree_path("shut"));

	/* many of them do not fill the log */
	for (size_t i = 0; i < 50; i++) {
		char name[16];
		(void)snprintf(name, sizeof(name), "shut%zu", i);
		tree_folder(name);
		tree_mode(name, 0000);
	}
	refresh_as_nobody();
	assert_int_equal(issues_of(STAGE_LIST, STATUS_IO), 21);
	assert_int_equal(f.result->issue_count, 21);
}

static void test_stop_and_timeout(void **state)
{
	(void)state;
	write_pem("a.pem", "a");
	add_item(&f.settings.paths, tree_path("*.pem"));
	f.config.refresh_timeout_s = 0;
	(void)refresh();
	assert_up(false, false);
	assert_int_equal(f.result->issue_count, 1);
	assert_int_equal(issues_of(STAGE_LIST, STATUS_TIMEOUT), 1);
	f.config.refresh_timeout_s = 10;
	atomic_store(&f.stop, true);
	(void)refresh();
	assert_up(false, false);
	assert_int_equal(f.result->levels[0]->store_count, 0);
	assert_int_equal(f.result->issue_count, 0);
	atomic_store(&f.stop, false);
	(void)refresh();
	assert_up(true, true);
	assert_state("a.pem", STORE_OK);
}

/* Files come, are replaced and go while they are listed and read: no refresh minds. */
static void churn(void)
{
	char name[16];

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (size_t i = 0;; i++) {
		(void)snprintf(name, sizeof(name), "%zu.pem", i % 7);
		int linked = link(tree_path("keep"), tree_path(name));
		(void)linked; /* it may be there already */
		(void)snprintf(name, sizeof(name), "%zu.pem", (i + 3) % 7);
		(void)unlink(tree_path(name));
	}
}

static void test_churn(void **state)
{
	(void)state;
	write_pem("keep", "keep");
	write_pem("stays.pem", "stays");
	add_item(&f.settings.paths, tree_path("*.pem"));
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0)
		churn();
	for (size_t i = 0; i < CHURN_TURNS; i++) {
		(void)refresh();
		assert_up(true, true);
		assert_string_equal(subject_of("stays.pem"), "CN=stays");
		assert_int_equal(f.result->issue_count, 0);
	}
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SOURCE_TEST(test_changes),          SOURCE_TEST(test_identity),
		SOURCE_TEST(test_states),           SOURCE_TEST(test_passwords),
		SOURCE_TEST(test_forbidden),        SOURCE_TEST(test_unreadable_folders),
		SOURCE_TEST(test_stop_and_timeout), SOURCE_TEST(test_churn),
	};

	return cmocka_run_group_tests(tests, make_key, free_key);
}
