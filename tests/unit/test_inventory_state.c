/* The state file: as large as the limits allow, refused when it is not as written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/json_apart.h"
#include "inventory/state/load.h"
#include "inventory/state/save.h"
#include "source/directory/directory.h"
#include "source/directory/levels.h"
#include "temp_tree.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* -- taking JSON apart ------------------------------------------------------------------ */

static struct json_span span_of(const char *text)
{
	return (struct json_span){ text, strlen(text) };
}

static void objects_are_taken_apart(void **state)
{
	static const char *const names[] = { "big", "other" };
	static const struct {
		const char *text;
		enum status status;
		const char *big;
		const char *other;
		const char *rest;
	} table[] = {
		{ "{}", STATUS_OK, "", "", "{}" },
		{ " { } ", STATUS_OK, "", "", "{}" },
		{ "{\"big\":[1,2]}", STATUS_OK, "[1,2]", "", "{}" },
		{ "{ \"a\" : 1 , \"big\" : [ \"]\\\"}\" ] , \"b\":{\"big\":2} }", STATUS_OK,
		  "[ \"]\\\"}\" ]", "", "{\"a\":1,\"b\":{\"big\":2}}" },
		{ "{\"other\":-1e5,\"big\":null}", STATUS_OK, "null", "-1e5", "{}" },
		{ "{\"other\":\"x\",\"bi\\u0067\":3}", STATUS_OK, "", "\"x\"", "{\"big\":3}" },
		{ "", STATUS_SYNTAX, "", "", "" },
		{ "[]", STATUS_SYNTAX, "", "", "" },
		{ "{", STATUS_SYNTAX, "", "", "" },
		{ "{}x", STATUS_SYNTAX, "", "", "" },
		{ "{\"a\":1,}", STATUS_SYNTAX, "", "", "" },
		{ "{,\"a\":1}", STATUS_SYNTAX, "", "", "" },
		{ "{\"a\":1 \"b\":2}", STATUS_SYNTAX, "", "", "" },
		{ "{\"a\" 1}", STATUS_SYNTAX, "", "", "" },
		{ "{\"a\":}", STATUS_SYNTAX, "", "", "" },
		{ "{\"a\":wrong}", STATUS_SYNTAX, "", "", "" },
		{ "{\"big\":[1,2}", STATUS_SYNTAX, "", "", "" },
		{ "{\"big\":\"x}", STATUS_SYNTAX, "", "", "" },
		{ "{\"big\":\"x\\", STATUS_SYNTAX, "", "", "" },
		{ "{\"big\":1,\"big\":2}", STATUS_SYNTAX, "", "", "" },
		{ "{big:1}", STATUS_SYNTAX, "", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct json_span spans[2];
		struct cJSON *rest = NULL;
		struct error error = { "" };
		print_message("%s\n", table[i].text);
		assert_int_equal(
			json_parse_apart(span_of(table[i].text), names, 2, spans, &rest, &error),
			table[i].status);
		if (table[i].status != STATUS_OK) {
			assert_string_not_equal(error.text, "");
			continue;
		}
		assert_int_equal(spans[0].len, strlen(table[i].big));
		assert_int_equal(spans[1].len, strlen(table[i].other));
		if (spans[0].len > 0)
			assert_memory_equal(spans[0].text, table[i].big, spans[0].len);
		if (spans[1].len > 0)
			assert_memory_equal(spans[1].text, table[i].other, spans[1].len);
		char *text = json_print(rest);
		assert_string_equal(text, table[i].rest);
		free(text);
		json_free(rest);
	}
}

static void arrays_are_walked(void **state)
{
	static const struct {
		const char *text;
		enum status status; /* at the end */
		const char *elements;
	} table[] = {
		{ "", STATUS_OK, "" },
		{ "[]", STATUS_OK, "" },
		{ " [ ] ", STATUS_OK, "" },
		{ "[1, \"a,b\" ,[2,{\"x\":[]}] , null]", STATUS_OK,
		  "1|\"a,b\"|[2,{\"x\":[]}]|null|" },
		{ "[1,]", STATUS_SYNTAX, "1|" },
		{ "[1,2", STATUS_SYNTAX, "1|2|" },
		{ "[1 2]", STATUS_SYNTAX, "1|" },
		{ "[,]", STATUS_SYNTAX, "" },
		{ "[1]]", STATUS_SYNTAX, "1|" },
		{ "[\"a]", STATUS_SYNTAX, "" },
		{ "{}", STATUS_SYNTAX, "" },
		{ "1", STATUS_SYNTAX, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct json_span element;
		struct error error = { "" };
		enum status status;
		char seen[128] = "";
		size_t at = 0;
		print_message("%s\n", table[i].text);
		for (;;) {
			status = json_next_element(span_of(table[i].text), &at, &element, &error);
			if (status != STATUS_OK || element.len == 0)
				break;
			strncat(seen, element.text, element.len);
			strcat(seen, "|");
		}
		assert_int_equal(status, table[i].status);
		assert_string_equal(seen, table[i].elements);
	}
}

/* -- the file --------------------------------------------------------------------------- */

static struct certificate *certificate(unsigned number)
{
	char subject[32];
	char empty[] = "";
	char issuer[] = "CN=CA";
	struct certificate facts = {
		.role = CERTIFICATE_LEAF,
		.has_not_before = true,
		.has_not_after = true,
		.not_before_s = 1795000000,
		.not_after_s = 1795000000 + number,
		.subject = subject,
		.issuer = issuer,
		.serial_number = empty,
		.public_key = empty,
		.signature_algorithm = empty,
		.san = empty,
	};
	struct certificate *copy = NULL;

	(void)snprintf(subject, sizeof(subject), "CN=\"%u\"", number);
	assert_int_equal(certificate_copy(&facts, &copy), STATUS_OK);
	return copy;
}

static struct store_content *content(unsigned first, unsigned count)
{
	struct store_content *made = NULL;

	assert_int_equal(store_content_new(STORE_FORMAT_JKS, &made), STATUS_OK);
	assert_int_equal(store_add_entry(made, "alias"), STATUS_OK);
	for (unsigned i = 0; i < count; i++)
		assert_int_equal(store_add_certificate_take(made, i, certificate(first + i)),
				 STATUS_OK);
	store_content_finish(made);
	return made;
}

static struct source_level *level(unsigned stores, unsigned certificates, unsigned references)
{
	struct source_level *made = source_level_new(LEVEL_DIRECTORY);
	char name[32];

	assert_non_null(made);
	for (unsigned i = 0; i < stores; i++) {
		struct store_content *store = content(i * certificates, certificates);
		(void)snprintf(name, sizeof(name), "/store-%u.jks", i);
		source_level_add_store(made, PART_CERTIFICATES, name, "", store);
		store_content_unref(store);
	}
	for (unsigned i = 0; i < references; i++)
		source_level_add_reference(made, REFERENCE_FRAGMENT, "fragment", "KeyStoreLocation",
					   "/store-0.jks");
	return made;
}

static struct state_source source_of(struct source_level *of)
{
	static char id[] = "files";
	static char empty[] = "";

	return (struct state_source){ .id = id,
				      .kind = &directory_kind,
				      .identity = empty,
				      .host = empty,
				      .subaccount_id = empty,
				      .tenant_id = empty,
				      .levels = { of },
				      .level_count = 1 };
}

/* More values than one tree of JSON may have. */
static void large_state_is_read_back(void **state)
{
	const unsigned stores = 1200;
	const unsigned certificates = 100;
	struct source_level *made = level(stores, certificates, 300000);
	struct state_source source = source_of(made);
	struct state saved = { &source, 1 };
	struct state loaded = { 0 };
	struct state_unknown unknown;
	struct error error = { "" };
	const char *path = tree_path("state.json");

	(void)state;
	assert_true(stores * certificates * 10 > JSON_NODES_MAX);
	assert_int_equal(state_save(path, &saved, &error), STATUS_OK);
	if (state_load(path, &loaded, &unknown, &error) != STATUS_OK)
		fail_msg("%s", error.text);
	assert_int_equal(loaded.count, 1);
	assert_int_equal(loaded.sources[0].level_count, 1);
	const struct source_level *back = loaded.sources[0].levels[0];
	assert_int_equal(back->store_count, stores);
	assert_int_equal(back->reference_count, 300000);
	for (unsigned i = 0; i < stores; i++) {
		assert_string_equal(back->stores[i].name, made->stores[i].name);
		assert_int_equal(back->stores[i].content->certificate_count, certificates);
	}
	const struct store_content *last = back->stores[stores - 1].content;
	assert_string_equal(last->entries[0].certificates[99].certificate->subject,
			    "CN=\"119999\"");
	assert_int_equal(last->entries[0].certificates[99].certificate->not_after_s,
			 1795000000 + 119999);
	state_release(&loaded);
	source_level_unref(made);
}

static void too_large_state_keeps_the_older_file(void **state)
{
	struct source_level *small = level(1, 1, 0);
	struct source_level *large = level(10, 10, 0);
	struct state_source source = source_of(small);
	struct state saved = { &source, 1 };
	struct state loaded = { 0 };
	struct state_unknown unknown;
	struct error error = { "" };
	const char *path = tree_path("state.json");

	(void)state;
	assert_int_equal(state_save_limited(path, &saved, 2000, &error), STATUS_OK);
	source = source_of(large);
	assert_int_equal(state_save_limited(path, &saved, 2000, &error), STATUS_TOO_LARGE);
	assert_non_null(strstr(error.text, "state.json: the state has more than 2000 bytes"));
	assert_int_equal(state_load(path, &loaded, &unknown, &error), STATUS_OK);
	assert_int_equal(loaded.sources[0].levels[0]->store_count, 1);
	state_release(&loaded);
	source_level_unref(small);
	source_level_unref(large);
}

/* A file that was cut anywhere is refused whole, and so is one with a byte changed. */
static void damaged_state(void **state)
{
	struct source_level *made = level(2, 2, 1);
	struct state_source source = source_of(made);
	struct state saved = { &source, 1 };
	struct error error = { "" };
	const char *path = tree_path("state.json");
	struct buf whole;

	(void)state;
	buf_init(&whole, 65536);
	assert_int_equal(state_save(path, &saved, &error), STATUS_OK);
	assert_int_equal(file_read(path, &whole, NULL, &error), STATUS_OK);
	for (size_t len = 0; len + 1 < whole.len; len++) { /* the last byte is a line's end */
		struct state loaded = { 0 };
		struct state_unknown unknown;
		tree_write("cut.json", whole.data, len);
		if (state_load(tree_path("cut.json"), &loaded, &unknown, &error) != STATUS_SYNTAX)
			fail_msg("cut after %zu of %zu bytes", len, whole.len);
	}
	for (size_t i = 0; i < whole.len; i++) {
		static const char bytes[] = "\"\\]}[{,:x\xFF";
		struct state loaded = { 0 };
		struct state_unknown unknown;
		char before = whole.data[i];
		if (before == bytes[i % sizeof(bytes)])
			continue;
		whole.data[i] = bytes[i % sizeof(bytes)];
		tree_write("changed.json", whole.data, whole.len);
		whole.data[i] = before;
		if (state_load(tree_path("changed.json"), &loaded, &unknown, &error) !=
		    STATUS_SYNTAX)
			fail_msg("byte %zu", i);
	}
	buf_release(&whole);
	source_level_unref(made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_are_taken_apart),
		cmocka_unit_test(arrays_are_walked),
		cmocka_unit_test_setup_teardown(large_state_is_read_back, tree_setup,
						tree_teardown),
		cmocka_unit_test_setup_teardown(too_large_state_keeps_the_older_file, tree_setup,
						tree_teardown),
		cmocka_unit_test_setup_teardown(damaged_state, tree_setup, tree_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
