/* Arrays that grow by one element, and the words of enumerations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/words.h"

static bool memory_is_gone;

void *__real_realloc(void *items, size_t size);
void *__wrap_realloc(void *items, size_t size);

void *__wrap_realloc(void *items, size_t size)
{
	return memory_is_gone ? NULL : __real_realloc(items, size);
}

static void test_growth(void **state)
{
	uint32_t *items = NULL;

	(void)state;
	for (uint32_t i = 0; i < 1000; i++) {
		items = array_room(items, i, sizeof(*items));
		assert_non_null(items);
		items[i] = i; /* the sanitizer knows where the room ends */
	}
	for (uint32_t i = 0; i < 1000; i++)
		assert_int_equal(items[i], i);
	items = array_room(items, 4, sizeof(*items)); /* after most have been taken out again */
	assert_non_null(items);
	items[4] = 77;
	assert_int_equal(items[3], 3);
	free(items);
}

static void test_growth_without_memory(void **state)
{
	uint64_t *items = array_room(NULL, 0, sizeof(*items));

	(void)state;
	assert_non_null(items);
	items[0] = 5;
	memory_is_gone = true;
	assert_ptr_equal(array_room(items, 1, sizeof(*items)), items); /* there is room */
	assert_null(array_room(items, 4, sizeof(*items)));
	assert_null(array_room(NULL, 0, sizeof(*items)));
	memory_is_gone = false;
	assert_int_equal(items[0], 5);
	assert_null(array_room(items, (SIZE_MAX >> 1) + 1, sizeof(*items)));
	assert_null(array_room(items, (SIZE_MAX >> 3) + 1, 16));
	free(items);
}

static void test_words(void **state)
{
	static const char *const words[] = { "round", "flat", NULL, "long" };
	static const struct word_list list = { words, COUNT_OF(words) };
	size_t value = 9;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		if (words[i] == NULL)
			continue;
		assert_string_equal(word_of(&list, i), words[i]);
		assert_int_equal(word_parse(&list, words[i], &value), STATUS_OK);
		assert_int_equal(value, i);
	}
	value = 9;
	assert_int_equal(word_parse(&list, "Round", &value), STATUS_SYNTAX);
	assert_int_equal(word_parse(&list, "", &value), STATUS_SYNTAX);
	assert_int_equal(word_parse(&list, "unknown", &value), STATUS_SYNTAX);
	assert_int_equal(value, 9);
	assert_string_equal(word_of(&list, 2), "unknown");
	assert_string_equal(word_of(&list, COUNT_OF(words)), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_growth),
		cmocka_unit_test(test_growth_without_memory),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
