/* JSON text: structure, escapes, numbers, and the ceiling of its buffer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "base/json.h"
#include "base/json_writer.h"

static void write_all(struct json_writer *w)
{
	json_open_object(w, NULL);
	json_write_text(w, "text", "a\"\\\n\x01\xC3\xA4\xFF");
	json_write_null(w, "nothing");
	json_write_bool(w, "yes", true);
	json_open_array(w, "list");
	json_write_u64(w, NULL, UINT64_MAX);
	json_write_i64(w, NULL, INT64_MIN);
	json_write_decimal(w, NULL, 1234.5678, 3);
	json_write_decimal(w, NULL, NAN, 3);
	json_write_decimal(w, NULL, -INFINITY, 0);
	json_close_array(w);
	json_open_object(w, "empty");
	json_close_object(w);
	json_open_array(w, "rows");
	for (int i = 0; i < 2; i++) {
		json_break_line(w);
		json_open_object(w, NULL);
		json_write_bool(w, "last", i == 1);
		json_close_object(w);
	}
	json_break_line(w);
	json_close_array(w);
	json_write_text(w, "end", "");
	json_close_object(w);
}

static void test_document(void **state)
{
	static const char wanted[] =
		"{\"text\":\"a\\\"\\\\\\u000a\\u0001\xC3\xA4\xEF\xBF\xBD\",\"nothing\":null,"
		"\"yes\":true,"
		"\"list\":[18446744073709551615,-9223372036854775808,1234.568,null,null],"
		"\"empty\":{},\"rows\":[\n{\"last\":false},\n{\"last\":true}\n],\"end\":\"\"}";
	struct cJSON *value = NULL;
	struct json_writer w;
	struct buf buf;

	(void)state;
	buf_init(&buf, 4096);
	json_writer_init(&w, &buf);
	write_all(&w);
	assert_int_equal(buf_status(&buf), STATUS_OK);
	assert_string_equal(buf_text(&buf), wanted);
	assert_int_equal(json_parse(buf_text(&buf), buf.len, &value, NULL), STATUS_OK);
	json_free(value);
	buf_release(&buf);
}

static void test_ceiling(void **state)
{
	struct json_writer w;
	struct buf buf;

	(void)state;
	for (size_t max = 0; max < 100; max++) {
		buf_init(&buf, max);
		json_writer_init(&w, &buf);
		write_all(&w);
		assert_int_equal(buf_status(&buf), STATUS_TOO_LARGE);
		assert_true(buf.len <= max);
		buf_release(&buf);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_document),
		cmocka_unit_test(test_ceiling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
