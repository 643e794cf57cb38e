/* The base room: numbers, UTF-8, base64, buffers, files, names. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/array.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/reader.h"
#include "base/secret.h"
#include "base/text.h"

static void numbers(void **state)
{
	static const struct {
		const char *text;
		enum status status;
		uint64_t value;
	} table[] = {
		{ "0", STATUS_OK, 0 },
		{ "18446744073709551615", STATUS_OK, UINT64_MAX },
		{ "18446744073709551616", STATUS_RANGE, 0 }, /* 2^64 */
		{ "99999999999999999999999", STATUS_RANGE, 0 },
		{ "", STATUS_SYNTAX, 0 },
		{ "1 ", STATUS_SYNTAX, 0 }, /* all of it or nothing */
		{ "-1", STATUS_SYNTAX, 0 },
		{ "+1", STATUS_SYNTAX, 0 },
		{ "0x10", STATUS_SYNTAX, 0 },
		{ "1e3", STATUS_SYNTAX, 0 },
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		uint64_t value = 0;
		assert_int_equal(parse_u64(table[i].text, UINT64_MAX, &value), table[i].status);
		assert_true(value == table[i].value);
	}
	uint64_t value = 7;
	assert_int_equal(parse_u64("101", 100, &value), STATUS_RANGE);
	assert_int_equal(value, 7);
}

static void durations(void **state)
{
	static const struct {
		const char *text;
		enum status status;
		uint64_t seconds;
	} table[] = {
		{ "90s", STATUS_OK, 90 },
		{ "15m", STATUS_OK, 900 },
		{ "1h", STATUS_OK, 3600 },
		{ "7d", STATUS_OK, 604800 },
		{ "8d", STATUS_RANGE, 0 },
		{ "60", STATUS_SYNTAX, 0 },
		{ "s", STATUS_SYNTAX, 0 },
		{ "1w", STATUS_SYNTAX, 0 },
		{ "1.5h", STATUS_SYNTAX, 0 },
		{ "-1h", STATUS_SYNTAX, 0 },
		{ "1h30m", STATUS_SYNTAX, 0 },
		{ "", STATUS_SYNTAX, 0 },
		{ "18446744073709551615d", STATUS_RANGE, 0 },
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		uint64_t seconds = 0;
		assert_int_equal(parse_duration(table[i].text, 604800, &seconds), table[i].status);
		assert_true(seconds == table[i].seconds);
	}
}

static void utf8(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		bool valid;
	} table[] = {
		{ "plain", 5, true },
		{ "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x94\x91", 9, true },
		{ "\xF4\x8F\xBF\xBF", 4, true },  /* U+10FFFF */
		{ "\xF4\x90\x80\x80", 4, false }, /* above it */
		{ "\xC0\xAF", 2, false },         /* overlong */
		{ "\xE0\x80\xAF", 3, false },
		{ "\xF0\x80\x80\xAF", 4, false },
		{ "\xED\xA0\x80", 3, false }, /* surrogate */
		{ "\xC3", 1, false },
		{ "\x80", 1, false },
		{ "\xFF", 1, false },
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(table); i++)
		assert_int_equal(utf8_valid(table[i].bytes, table[i].len), table[i].valid);
}

static void printable(void **state)
{
	char text[16];
	(void)state;

	text_printable_into(text, sizeof(text), "a\nb\x7F", 4);
	assert_string_equal(text, "a\\x0ab\\x7f");
	text_printable_into(text, sizeof(text), "\xC3\xA4\xFFz", 4);
	assert_string_equal(text, "\xC3\xA4\xEF\xBF\xBDz");
	text_printable_into(text, sizeof(text), "\xC2\x85", 2); /* C1: next line */
	assert_string_equal(text, "\\x85");
	/* cut at a whole character */
	text_printable_into(text, 4, "ab\xE2\x82\xAC", 5);
	assert_string_equal(text, "ab");
	/* a character that is one byte too long for a nearly full text */
	text_printable_into(text, 3, "a\nb", 3);
	assert_string_equal(text, "a");
}

static void base64(void **state)
{
	static const struct {
		const char *text;
		enum status status;
		const char *bytes;
	} table[] = {
		{ "", STATUS_OK, "" },
		{ "Zg==", STATUS_OK, "f" },
		{ "Zm8=", STATUS_OK, "fo" },
		{ "Zm9v", STATUS_OK, "foo" },
		{ "Zm8", STATUS_OK, "fo" }, /* padding may be missing */
		{ "Z m\r\n8=\n", STATUS_OK, "fo" },
		{ "Zm8=Zm8=", STATUS_SYNTAX, "" },
		{ "Z", STATUS_SYNTAX, "" },
		{ "Zm9v!", STATUS_SYNTAX, "" },
		{ "====", STATUS_SYNTAX, "" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		struct buf buf;
		buf_init(&buf, 100);
		assert_int_equal(text_base64_decode(&buf, table[i].text, strlen(table[i].text)),
				 table[i].status);
		assert_string_equal(buf_text(&buf), table[i].bytes);
		buf_wipe_release(&buf);
	}
	struct buf small;
	buf_init(&small, 2);
	assert_int_equal(text_base64_decode(&small, "Zm9v", 4), STATUS_TOO_LARGE);
	buf_release(&small);
}

static void patterns(void **state)
{
	(void)state;
	assert_true(pattern_match("*.pem", "/etc/ssl/certs/a.pem"));
	assert_true(pattern_match("/etc/*.pem", "/etc/ssl/certs/a.pem"));
	assert_false(pattern_match("*.PEM", "a.pem"));
	assert_true(pattern_match("gen-*", "gen-weekly"));
	assert_false(pattern_match("gen-*", "/gen-/weekly"));
	assert_true(pattern_match("*", ""));
	assert_false(pattern_match("a[", "ab"));
}

static void times(void **state)
{
	char text[RFC3339_SIZE];
	(void)state;

	text_rfc3339(0, text);
	assert_string_equal(text, "1970-01-01T00:00:00Z");
	text_rfc3339(INT64_C(253402300799), text);
	assert_string_equal(text, "9999-12-31T23:59:59Z");
	text_rfc3339(INT64_C(253402300800), text);
	assert_string_equal(text, "");
	text_rfc3339(-1, text);
	assert_string_equal(text, "");
}

static void buffer_ceiling(void **state)
{
	struct buf buf;
	(void)state;

	buf_init(&buf, 10);
	buf_puts(&buf, "0123456789");
	assert_int_equal(buf_status(&buf), STATUS_OK);
	buf_putc(&buf, 'x');
	assert_int_equal(buf_status(&buf), STATUS_TOO_LARGE);
	buf_puts(&buf, ""); /* sticky: nothing makes it good again */
	assert_int_equal(buf_status(&buf), STATUS_TOO_LARGE);
	assert_int_equal(buf.len, 10);
	assert_null(buf_take(&buf));
	buf_release(&buf);
	assert_int_equal(buf_status(&buf), STATUS_OK);
	buf_printf(&buf, "%05d", 42);
	char *text = buf_take(&buf);
	assert_string_equal(text, "00042");
	free(text);
	buf_init(&buf, 1000);
	buf_printf(&buf, "%0500d", 1);
	assert_int_equal(buf.len, 500);
	buf_wipe_release(&buf);
}

static void reading(void **state)
{
	const uint8_t bytes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
	struct reader r;
	(void)state;

	rd_init(&r, bytes, sizeof(bytes));
	assert_int_equal(rd_u8(&r), 1);
	assert_int_equal(rd_u16be(&r), 0x0203);
	assert_int_equal(rd_u32be(&r), 0x04050607);
	assert_int_equal(rd_left(&r), 2);
	assert_true(rd_u64be(&r) == 0);
	assert_true(rd_failed(&r));
	assert_int_equal(rd_u8(&r), 0); /* the failure stays */
	rd_init(&r, bytes, sizeof(bytes));
	assert_int_equal(rd_take(&r, 4, 3).len, 0);
	assert_true(rd_failed(&r));
	rd_init(&r, bytes, sizeof(bytes));
	rd_skip(&r, SIZE_MAX);
	assert_true(rd_failed(&r));
}

static void files(void **state)
{
	char folder[] = "/tmp/test_base.XXXXXX";
	char path[64];
	struct buf buf;
	struct error error;
	struct stat st;
	struct secret secret = { 0 };
	(void)state;

	assert_non_null(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/file", folder);
	assert_int_equal(file_write_atomic(path, " secret \n", 9, 0600, &error), STATUS_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(file_read_secret(path, &secret, &error), STATUS_OK);
	assert_string_equal(secret.data, "secret");
	secret_release(&secret);
	assert_int_equal(file_write_atomic(path, "\xEF\xBB\xBFsecret\r\n", 11, 0600, &error),
			 STATUS_OK);
	assert_int_equal(file_read_secret(path, &secret, &error), STATUS_OK);
	assert_string_equal(secret.data, "secret"); /* an editor on Windows */
	secret_release(&secret);
	mode_t umask_before = umask(0077);
	assert_int_equal(file_write_atomic(path, "public", 6, 0644, &error), STATUS_OK);
	(void)umask(umask_before);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0644);
	buf_init(&buf, 4);
	assert_int_equal(file_read(path, &buf, NULL, &error), STATUS_TOO_LARGE);
	buf_release(&buf);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(file_read(path, &buf, NULL, &error), STATUS_NOT_FOUND);
	assert_non_null(strstr(error.text, path));
	assert_int_equal(mkfifo(path, 0600), 0); /* opening it must not wait */
	assert_int_equal(file_read(path, &buf, NULL, &error), STATUS_UNSUPPORTED);
	assert_int_equal(file_write_atomic(path, "x", 1, 0600, &error), STATUS_UNSUPPORTED);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(file_read(folder, &buf, NULL, &error), STATUS_UNSUPPORTED);
	assert_int_equal(file_write_atomic(folder, "x", 1, 0600, &error), STATUS_UNSUPPORTED);
	(void)snprintf(path, sizeof(path), "%s/none/file", folder);
	assert_int_equal(file_write_atomic(path, "x", 1, 0600, &error), STATUS_IO);
	assert_int_equal(rmdir(folder), 0);
}

static void arenas(void **state)
{
	struct arena *arena = arena_new();
	(void)state;

	char *first = arena_strdup(arena, "first");
	for (int i = 0; i < 1000; i++)
		assert_non_null(arena_array(arena, 1, 1000));
	assert_non_null(arena_array(arena, 3, 1000000));
	assert_string_equal(first, "first");
	assert_null(arena_array(arena, SIZE_MAX / 2, 16));
	assert_null(arena_strdup(arena, NULL));
	arena_free(arena);
	arena_free(NULL);
}

static void cuts(void **state)
{
	static const struct {
		const char *text;
		size_t max;
		size_t len;
	} table[] = {
		{ "", 0, 0 },
		{ "", 5, 0 },
		{ "abc", 3, 3 },
		{ "abc", 2, 2 },
		{ "abc", 0, 0 },
		{ "a\xC3\xA4", 3, 3 },
		{ "a\xC3\xA4", 2, 1 },
		{ "\xE2\x82\xAC", 2, 0 },
		{ "a\xF0\x9F\x98\x80z", 5, 5 },
		{ "a\xF0\x9F\x98\x80z", 4, 1 },
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(table); i++)
		assert_int_equal(text_cut(table[i].text, table[i].max), table[i].len);
}

static void showable_times(void **state)
{
	(void)state;
	assert_false(time_is_showable(INT64_MIN));
	assert_false(time_is_showable(86399));
	assert_true(time_is_showable(86400));
	assert_true(time_is_showable(INT64_C(253402300799)));
	assert_false(time_is_showable(INT64_C(253402300800)));
}

static void identities(void **state)
{
	const struct file_identity none = { 0 };
	struct file_identity here = file_identity_at("/proc/self/exe");
	struct file_identity again = file_identity_at("/proc/self/exe");
	struct file_identity missing = file_identity_at("/proc/self/exe/missing");
	struct file_identity null = file_identity_at(NULL);

	(void)state;
	assert_true(file_identity_equal(&here, &again));
	assert_false(file_identity_equal(&here, &none));
	assert_true(file_identity_equal(&missing, &none));
	assert_true(file_identity_equal(&null, &none));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),        cmocka_unit_test(durations),
		cmocka_unit_test(utf8),           cmocka_unit_test(printable),
		cmocka_unit_test(base64),         cmocka_unit_test(patterns),
		cmocka_unit_test(times),          cmocka_unit_test(buffer_ceiling),
		cmocka_unit_test(reading),        cmocka_unit_test(files),
		cmocka_unit_test(arenas),         cmocka_unit_test(cuts),
		cmocka_unit_test(showable_times), cmocka_unit_test(identities),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
