/* Building contents: names, aliases, positions, limits, states. */
#include "test_cert_help.h"

#include <openssl/evp.h>

#include "cert/alias.h"

static struct store_content *new_content(enum store_format format)
{
	struct store_content *content = NULL;

	assert_int_equal(store_content_new(format, &content), STATUS_OK);
	return content;
}

static void test_names(void **state)
{
	(void)state;
	for (int i = STORE_FORMAT_UNKNOWN; i < STORE_FORMAT_COUNT; i++) {
		enum store_format format = STORE_FORMAT_UNKNOWN;
		assert_int_equal(
			store_format_parse(store_format_name((enum store_format)i), &format),
			STATUS_OK);
		assert_int_equal(format, i);
	}
	for (int i = STORE_OK; i < STORE_STATE_COUNT; i++) {
		enum store_state s = STORE_OK;
		assert_int_equal(store_state_parse(store_state_name((enum store_state)i), &s),
				 STATUS_OK);
		assert_int_equal(s, i);
	}
	for (int i = CERTIFICATE_LEAF; i < CERTIFICATE_ROLE_COUNT; i++) {
		enum certificate_role role = CERTIFICATE_LEAF;
		assert_int_equal(certificate_role_parse(
					 certificate_role_name((enum certificate_role)i), &role),
				 STATUS_OK);
		assert_int_equal(role, i);
	}
	enum store_format format;
	enum store_state s;
	assert_int_equal(store_format_parse("PEM", &format), STATUS_SYNTAX);
	assert_int_equal(store_state_parse("", &s), STATUS_SYNTAX);
	assert_true(store_format_is_keystore(STORE_FORMAT_JCEKS));
	assert_false(store_format_is_keystore(STORE_FORMAT_PKCS7));
}

static void test_aliases(void **state)
{
	static const struct {
		const char *given;
		size_t len;
		const char *shown;
	} cases[] = {
		{ "", 0, "" },
		{ "Shop-01", 7, "shop-01" },
		{ "\xC3\x84\xC3\x96\xC3\x9C\xC3\x9F", 8, "äöüß" },
		{ "\xC4\xB0", 2, "i\xCC\x87" },  /* capital I with dot */
		{ "\xCE\x91\xCE\xA3", 4, "ας" }, /* sigma at the end of a word */
		{ "\xCE\xA3", 2, "σ" },
		{ "\xF0\x90\x90\x80", 4, "\xF0\x90\x90\xA8" }, /* Deseret, beyond 16 bits */
		{ "a\nb\0c", 5, "a\\x0ab\\x00c" },
		{ "\xFFz", 2, "\xEF\xBF\xBDz" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out;
		buf_init(&out, STORE_ALIAS_MAX);
		assert_int_equal(alias_normalise(&out, cases[i].given, cases[i].len), STATUS_OK);
		assert_string_equal(buf_text(&out), cases[i].shown);
		buf_release(&out);
	}
}

static void test_long_alias(void **state)
{
	struct buf text;
	struct buf out;

	(void)state;
	buf_init(&text, 1 << 20);
	buf_init(&out, STORE_ALIAS_MAX);
	buf_putc(&text, 'A');
	for (int i = 0; i < 5000; i++)
		buf_puts(&text, "Ä");
	assert_int_equal(alias_normalise(&out, buf_text(&text), text.len), STATUS_OK);
	assert_int_equal(out.len, STORE_ALIAS_MAX - 1); /* not half of a character */
	buf_release(&out);
	buf_release(&text);
}

static void test_encodings(void **state)
{
	static const struct {
		bool utf16;
		const char *given;
		size_t len;
		const char *text;
	} cases[] = {
		{ true, "\0A\0\xF6", 4, "Aö" },
		{ true, "\xD8\x34\xDD\x1E", 4, "\xF0\x9D\x84\x9E" },
		{ true, "\xD8\x34\0A", 4,
		  "\xEF\xBF\xBD"
		  "A" },
		{ true, "\xDD\x1E", 2, "\xEF\xBF\xBD" },
		{ true, "\xD8\x34", 2, "\xEF\xBF\xBD" },
		{ true, "\0A\0", 3, "A" },
		{ false, "a\xC3\xB6", 3, "aö" },
		{ false, "\xE8\xA9\xA6", 3, "試" },
		{ false, "\xED\xA0\xB4\xED\xB4\x9E", 6, "\xF0\x9D\x84\x9E" },
		{ false, "\xED\xA0\xB4", 3, "\xEF\xBF\xBD" },
		{ false, "\xF0\x9D\x84\x9E", 4, "\xF0\x9D\x84\x9E" }, /* plain UTF-8 */
		{ false, "\xC3", 1, "\xEF\xBF\xBD" },
		{ false, "\xE8\xA9z", 3, "\xEF\xBF\xBD\xEF\xBF\xBDz" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out;
		const uint8_t *given = (const uint8_t *)cases[i].given;
		buf_init(&out, 256);
		if (cases[i].utf16)
			alias_from_utf16(&out, given, cases[i].len);
		else
			alias_from_modified_utf8(&out, given, cases[i].len);
		assert_string_equal(buf_text(&out), cases[i].text);
		buf_release(&out);
	}
	struct buf out;
	buf_init(&out, 256);
	alias_from_modified_utf8(&out, (const uint8_t *)"a\xC0\x80z", 4);
	assert_int_equal(out.len, 3);
	assert_memory_equal(out.data, "a\0z", 3);
	buf_release(&out);
}

/* Adds DER as an answer has it: in base64. */
static enum status add_der(struct store_content *content, const struct buf *der, size_t len)
{
	char *text = calloc(len + 3, 2);

	assert_non_null(text);
	int n = EVP_EncodeBlock((uint8_t *)text, (const uint8_t *)der->data, (int)len);
	enum status status = store_add_pem(content, text, (size_t)n);
	free(text);
	return status;
}

/* As a source does with the answer that lists public keys by alias. */
static void test_building(void **state)
{
	struct store_content *content = new_content(STORE_FORMAT_UNKNOWN);
	struct buf chain;
	struct buf leaf;

	(void)state;
	load("chain.pem", &chain);
	load("leaf.der", &leaf);
	assert_int_equal(store_add_entry(content, "Shop"), STATUS_OK);
	assert_int_equal(store_add_pem(content, buf_text(&chain), chain.len), STATUS_OK);
	assert_int_equal(store_add_entry(content, "broken"), STATUS_OK);
	assert_int_equal(store_add_pem(content, "no PEM", 6), STATUS_SYNTAX);
	assert_int_equal(add_der(content, &leaf, leaf.len), STATUS_OK);
	assert_int_equal(add_der(content, &leaf, leaf.len - 1), STATUS_SYNTAX);
	store_content_finish(content);
	check_sane(content);
	assert_int_equal(content->state, STORE_PARTIAL);
	assert_string_equal(content->detail,
			    "entry 2 (broken), certificate 0: no certificate in PEM");
	assert_int_equal(content->entries[0].count, 3);
	assert_non_null(find_certificate(content, "shop", 2));
	assert_null(find_certificate(content, "broken", 0));
	assert_non_null(find_certificate(content, "broken", 1));
	assert_ptr_equal(store_content_ref(content), content);
	store_content_unref(content);
	store_content_unref(content);
	store_content_unref(NULL);
	buf_release(&chain);
	buf_release(&leaf);
}

static void test_taking(void **state)
{
	struct store_content *content = new_content(STORE_FORMAT_DER);
	struct certificate facts = { .role = CERTIFICATE_ROLE_UNKNOWN };
	struct certificate *c = NULL;

	(void)state;
	assert_int_equal(certificate_copy(&facts, &c), STATUS_OK);
	assert_int_equal(store_add_certificate_take(content, STORE_ENTRIES_MAX, c), STATUS_LIMIT);
	certificate_free(c);
	store_content_unref(content);

	content = new_content(STORE_FORMAT_DER);
	assert_int_equal(certificate_copy(&facts, &c), STATUS_OK);
	assert_int_equal(store_add_certificate_take(content, 7, c), STATUS_OK);
	store_content_finish(content);
	check_sane(content);
	assert_int_equal(content->state, STORE_OK);
	assert_ptr_equal(find_certificate(content, "", 7), c);
	store_content_unref(content);
}

static void test_states(void **state)
{
	struct store_content *content = new_content(STORE_FORMAT_PEM);

	(void)state;
	store_content_finish(content);
	assert_int_equal(content->state, STORE_EMPTY);
	store_content_unref(content);

	content = new_content(STORE_FORMAT_PEM);
	assert_int_equal(store_add_pem(content, "", 0), STATUS_SYNTAX);
	store_content_finish(content);
	assert_int_equal(content->state, STORE_UNPARSABLE);
	store_content_unref(content);

	content = new_content(STORE_FORMAT_UNKNOWN);
	store_set_state(content, STORE_FORBIDDEN, "403\n");
	store_content_finish(content);
	assert_int_equal(content->state, STORE_FORBIDDEN);
	assert_string_equal(content->detail, "403\\x0a");
	store_content_unref(content);
}

static void test_limits(void **state)
{
	struct store_content *content = new_content(STORE_FORMAT_JKS);
	struct buf leaf;

	(void)state;
	load("leaf.der", &leaf);
	for (int i = 0; i < STORE_CHAIN_MAX; i++)
		assert_int_equal(add_der(content, &leaf, leaf.len), STATUS_OK);
	assert_int_equal(add_der(content, &leaf, leaf.len), STATUS_LIMIT);
	for (int i = 1; i < STORE_ENTRIES_MAX; i++)
		assert_int_equal(store_add_entry(content, "e"), STATUS_OK);
	assert_int_equal(store_add_entry(content, "e"), STATUS_LIMIT);
	store_content_finish(content);
	check_sane(content);
	assert_int_equal(content->state, STORE_TOO_LARGE);
	assert_string_equal(content->detail,
			    "entry 1 (), certificate 64: more than 64 certificates");
	assert_int_equal(content->certificate_count, STORE_CHAIN_MAX);
	store_content_unref(content);
	buf_release(&leaf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),      cmocka_unit_test(test_aliases),
		cmocka_unit_test(test_long_alias), cmocka_unit_test(test_encodings),
		cmocka_unit_test(test_building),   cmocka_unit_test(test_taking),
		cmocka_unit_test(test_states),     cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
