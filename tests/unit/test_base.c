/* The base room: numbers, UTF-8, base64, buffers, JSON, files, names. */
#include <errno.h>
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
#include "base/json.h"
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

/* What cJSON lets pass is refused. */
static void json_strictness(void **state)
{
	static const struct {
		const char *text;
		size_t len; /* 0: strlen */
		enum status status;
	} table[] = {
		{ "{\"a\":1}", 0, STATUS_OK },
		{ " [1, 2] \r\n", 0, STATUS_OK },
		{ "\xEF\xBB\xBF[]", 0, STATUS_OK },
		{ "\"\\\\u0000\"", 0, STATUS_OK }, /* an escaped backslash, then text */
		{ "[\"a\\\"b\"]", 0, STATUS_OK },
		{ "", 0, STATUS_SYNTAX },
		{ "[1] x", 0, STATUS_SYNTAX },
		{ "[1][2]", 0, STATUS_SYNTAX },
		{ "[1,", 0, STATUS_SYNTAX },
		{ "\"\xFF\"", 0, STATUS_SYNTAX },
		{ "\"\\u0000\"", 0, STATUS_OK }, /* legal: it becomes U+FFFD */
		{ "\"\\\\\\u0000\"", 0, STATUS_OK },
		{ "\"\\ud83d\"", 0, STATUS_OK },
		{ "\"\\u00\"", 0, STATUS_SYNTAX },
		{ "\"\\", 0, STATUS_SYNTAX },
		{ "[1]\0", 4, STATUS_SYNTAX },
		{ "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", 0,
		  STATUS_LIMIT }, /* 33 deep */
		{ "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", 0,
		  STATUS_OK },
		{ "[\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"]", 0, STATUS_OK },
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		struct cJSON *value = NULL;
		struct error error = { "" };
		size_t len = table[i].len > 0 ? table[i].len : strlen(table[i].text);
		assert_int_equal(json_parse(table[i].text, len, &value, &error), table[i].status);
		assert_true((value != NULL) == (table[i].status == STATUS_OK));
		assert_true((error.text[0] != '\0') == (table[i].status != STATUS_OK));
		json_free(value);
	}
}

static void json_nothing_to_parse(void **state)
{
	static const struct {
		const char *text, *said;
	} table[] = {
		{ "", "JSON: empty" },
		{ " \r\n", "JSON: empty" },
		{ "\xEF\xBB\xBF", "JSON: empty" },
		{ "\x1F\x8B\x08", "JSON: compressed with gzip" },
		{ "\xFF", "JSON: not UTF-8" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		struct cJSON *value = NULL;
		struct error error = { "" };
		size_t len = strlen(table[i].text);
		assert_int_equal(json_parse(table[i].text, len, &value, &error), STATUS_SYNTAX);
		assert_string_equal(error.text, table[i].said);
	}
}

/* The byte of the text itself, its byte order mark included. */
static void json_place_of_error(void **state)
{
	static const struct {
		const char *text;
		size_t at;
	} table[] = {
		{ "{\"a\": ,}", 6 },
		{ "\xEF\xBB\xBF{\"a\": ,}", 9 },
		{ "{\"a\":\"\\u0000\",}", 14 },
		{ "{} {}", 3 },
		{ "[\"\xC3\xA4\", \"\xC3\"]", 8 },
		{ " \r\n", 3 },
		{ "\x1F\x8B\x08", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		struct cJSON *value = NULL;
		size_t at = SIZE_MAX;
		assert_int_equal(
			json_parse_at(table[i].text, strlen(table[i].text), &value, &at, NULL),
			STATUS_SYNTAX);
		assert_int_equal(at, table[i].at);
	}
}

static void json_count_limit(void **state)
{
	struct buf text;
	struct cJSON *value = NULL;
	(void)state;

	buf_init(&text, (size_t)10 * JSON_NODES_MAX);
	buf_putc(&text, '[');
	for (int i = 0; i < JSON_NODES_MAX + 1; i++)
		buf_puts(&text, "1,");
	buf_puts(&text, "1]");
	assert_int_equal(json_parse(buf_text(&text), text.len, &value, NULL), STATUS_LIMIT);
	buf_release(&text);
}

static void json_getters(void **state)
{
	const char text[] = "{\"Name\":\"x\",\"n\":43199,\"s\":\"43199\",\"f\":1.5,\"big\":1e300,"
			    "\"t\":true,\"z\":null,\"neg\":-3,\"deep\":{\"a\":[1,\"b\"]}}";
	struct cJSON *value = NULL;
	uint64_t number = 0;
	int64_t negative = 0;
	bool flag = false;
	(void)state;

	assert_int_equal(json_parse(text, sizeof(text) - 1, &value, NULL), STATUS_OK);
	assert_string_equal(json_member_text(value, "Name"), "x");
	assert_null(json_member_text(value, "name")); /* names are exact */
	assert_null(json_member_text(value, "n"));
	assert_null(json_member_text(json_member(value, "absent"), "n"));
	assert_true(json_u64(json_member(value, "n"), &number) && number == 43199);
	assert_true(json_u64(json_member(value, "s"), &number) && number == 43199);
	assert_false(json_u64(json_member(value, "f"), &number));
	assert_false(json_u64(json_member(value, "big"), &number));
	assert_false(json_u64(json_member(value, "neg"), &number));
	assert_true(json_i64(json_member(value, "neg"), &negative) && negative == -3);
	assert_true(json_bool(json_member(value, "t"), &flag) && flag);
	assert_false(json_bool(json_member(value, "n"), &flag));
	assert_true(json_is_null(json_member(value, "z")) && json_is_null(NULL));
	size_t members = 0;
	json_each (member, value)
		members += json_name(member)[0] != '\0';
	assert_int_equal(members, 9);
	json_free(value);
}

/* One odd escape in one member hides nothing else. */
static void json_escapes(void **state)
{
	const char text[] =
		"[\"a\\u0000b\",\"\\ud83dx\",\"\\uDE00\",\"\\ud83d\\ude00\",\"\\\\u0000\"]";
	static const char *const wanted[] = { ("a\xEF\xBF\xBD"
					       "b"),
					      "\xEF\xBF\xBDx", "\xEF\xBF\xBD", "\xF0\x9F\x98\x80",
					      "\\u0000" };
	struct cJSON *list = NULL;
	size_t i = 0;
	(void)state;

	assert_int_equal(json_parse(text, sizeof(text) - 1, &list, NULL), STATUS_OK);
	json_each (item, list)
		assert_string_equal(json_text(item), wanted[i++]);
	assert_int_equal(i, COUNT_OF(wanted));
	json_free(list);
}

static void json_strings(void **state)
{
	struct buf buf;
	(void)state;

	buf_init(&buf, 100);
	json_put_string(&buf, "a\"b\\c\n\x7F\xC3\xA4\xFF");
	assert_string_equal(buf_text(&buf), "\"a\\\"b\\\\c\\u000a\\u007f\xC3\xA4\xEF\xBF\xBD\"");
	buf_release(&buf);
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
		cmocka_unit_test(numbers),
		cmocka_unit_test(durations),
		cmocka_unit_test(utf8),
		cmocka_unit_test(printable),
		cmocka_unit_test(base64),
		cmocka_unit_test(patterns),
		cmocka_unit_test(times),
		cmocka_unit_test(buffer_ceiling),
		cmocka_unit_test(reading),
		cmocka_unit_test(json_strictness),
		cmocka_unit_test(json_nothing_to_parse),
		cmocka_unit_test(json_place_of_error),
		cmocka_unit_test(json_count_limit),
		cmocka_unit_test(json_getters),
		cmocka_unit_test(json_strings),
		cmocka_unit_test(json_escapes),
		cmocka_unit_test(files),
		cmocka_unit_test(arenas),
		cmocka_unit_test(cuts),
		cmocka_unit_test(showable_times),
		cmocka_unit_test(identities),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
