/* Reading JSON: what is refused, where, and what the getters answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/json.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_strictness),     cmocka_unit_test(json_nothing_to_parse),
		cmocka_unit_test(json_place_of_error), cmocka_unit_test(json_count_limit),
		cmocka_unit_test(json_getters),        cmocka_unit_test(json_escapes),
		cmocka_unit_test(json_strings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
