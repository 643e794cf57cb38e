/* SHA-256 of data and of parts, with and without memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/digest.h"

/* The step of OpenSSL that fails: 1 is the first one; 0: none. */
static unsigned failing_step;

static bool fails(void)
{
	return failing_step > 0 && --failing_step == 0;
}

EVP_MD_CTX *__real_EVP_MD_CTX_new(void);
EVP_MD_CTX *__wrap_EVP_MD_CTX_new(void);
int __real_EVP_DigestInit_ex(EVP_MD_CTX *context, const EVP_MD *type, ENGINE *engine);
int __wrap_EVP_DigestInit_ex(EVP_MD_CTX *context, const EVP_MD *type, ENGINE *engine);
int __real_EVP_DigestUpdate(EVP_MD_CTX *context, const void *data, size_t len);
int __wrap_EVP_DigestUpdate(EVP_MD_CTX *context, const void *data, size_t len);

EVP_MD_CTX *__wrap_EVP_MD_CTX_new(void)
{
	return fails() ? NULL : __real_EVP_MD_CTX_new();
}

int __wrap_EVP_DigestInit_ex(EVP_MD_CTX *context, const EVP_MD *type, ENGINE *engine)
{
	return fails() ? 0 : __real_EVP_DigestInit_ex(context, type, engine);
}

int __wrap_EVP_DigestUpdate(EVP_MD_CTX *context, const void *data, size_t len)
{
	return fails() ? 0 : __real_EVP_DigestUpdate(context, data, len);
}

static void of_parts(const char *first, const char *second, char ret_text[DIGEST_TEXT_SIZE])
{
	uint8_t bytes[DIGEST_SIZE];
	struct digest digest;

	digest_begin(&digest);
	digest_add_text(&digest, first);
	digest_add_text(&digest, second);
	assert_int_equal(digest_end(&digest, bytes), STATUS_OK);
	digest_text(bytes, ret_text);
}

static void test_known_values(void **state)
{
	uint8_t bytes[DIGEST_SIZE];
	char text[DIGEST_TEXT_SIZE];
	struct digest digest;

	(void)state;
	assert_int_equal(digest_of("abc", 3, bytes), STATUS_OK); /* FIPS 180-4's example */
	digest_text(bytes, text);
	assert_string_equal(text,
			    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	digest_begin(&digest);
	assert_int_equal(digest_end(&digest, bytes), STATUS_OK);
	digest_text(bytes, text);
	assert_string_equal(text,
			    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	/* printf '\0\0\0\0\0\0\0\3abc' | sha256sum */
	digest_begin(&digest);
	digest_add(&digest, "abc", 3);
	assert_int_equal(digest_end(&digest, bytes), STATUS_OK);
	digest_text(bytes, text);
	assert_string_equal(text,
			    "c3494ca1a2cf8eeb8a11ded316fb55b83c3bbbedb6313cd50415251e5d09e12f");
}

static void test_parts_are_told_apart(void **state)
{
	static const char *const pairs[][2] = {
		{ "ab", "c" },   { "a", "bc" },   { "abc", "" }, { "", "abc" },
		{ "abc", NULL }, { NULL, "abc" }, { "", "" },    { NULL, NULL },
	};
	char texts[sizeof(pairs) / sizeof(pairs[0])][DIGEST_TEXT_SIZE];
	char again[DIGEST_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		of_parts(pairs[i][0], pairs[i][1], texts[i]);
		of_parts(pairs[i][0], pairs[i][1], again);
		assert_string_equal(texts[i], again);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(texts[i], texts[k]);
	}
}

static void test_fingerprints(void **state)
{
	static const char plain[] =
		"BA7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
	static const char *const bad[] = {
		"",
		":",
		"ba",
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a",
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015adb",
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ag",
		" a7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
	};
	uint8_t wanted[DIGEST_SIZE];
	uint8_t bytes[DIGEST_SIZE];
	char colons[3 * DIGEST_SIZE] = "";

	(void)state;
	assert_int_equal(digest_of("abc", 3, wanted), STATUS_OK);
	assert_int_equal(digest_parse(plain, bytes), STATUS_OK);
	assert_memory_equal(bytes, wanted, DIGEST_SIZE);
	for (size_t i = 0; i < DIGEST_SIZE; i++) {
		memcpy(colons + 3 * i, plain + 2 * i, 2);
		colons[3 * i + 2] = i + 1 < DIGEST_SIZE ? ':' : '\0';
	}
	memset(bytes, 0, sizeof(bytes));
	assert_int_equal(digest_parse(colons, bytes), STATUS_OK);
	assert_memory_equal(bytes, wanted, DIGEST_SIZE);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(digest_parse(bad[i], bytes), STATUS_SYNTAX);
}

static void test_without_memory(void **state)
{
	uint8_t bytes[DIGEST_SIZE];
	struct digest digest;

	(void)state;
	for (unsigned step = 1; step <= 5; step++) {
		failing_step = step; /* new, init, length, "a", length */
		digest_begin(&digest);
		digest_add_text(&digest, "a");
		digest_add_text(&digest, NULL);
		assert_int_equal(digest_end(&digest, bytes), STATUS_MEMORY);
		assert_int_equal(failing_step, 0);
		assert_null(digest.context);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_values),
		cmocka_unit_test(test_parts_are_told_apart),
		cmocka_unit_test(test_fingerprints),
		cmocka_unit_test(test_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
