/*
 * Answers of a Destination service about one store, its labels, SAML trust and destinations that
 * are cut, huge or nonsense. Each costs what it is about, with a reason; nothing else is lost.
 */
#include "destination_fixture.h"

#include <stdio.h>
#include <stdlib.h>

static struct buf good; /* public keys of three certificates */

static int load(void **state)
{
	(void)state;
	recorded_file("destination/public-keys-pem.json", &good);
	return 0;
}

static int unload(void **state)
{
	(void)state;
	buf_release(&good);
	return 0;
}

/* -- texts that are too long to write down ----------------------------------------------------- */

static char *filled(const char *before, char c, size_t count, const char *after)
{
	size_t len = strlen(before);
	char *text = malloc(len + count + strlen(after) + 1);

	assert_non_null(text);
	memcpy(text, before, len);
	memset(text + len, c, count);
	memcpy(text + len + count, after, strlen(after) + 1);
	return text;
}

/* -- one store --------------------------------------------------------------------------------- */

/* The neighbour of a broken store is read, and its level is up. */
static void check_store(const struct recorded *row, enum store_state wanted, enum stage stage,
			enum status reason)
{
	const struct recorded rows[] = {
		NO_USERS,
		NO_PARTS,
		{ .path = NAMES_PATH,
		  .code = 200,
		  .body = "[{\"Name\":\"bad\"},{\"Name\":\"good\"}]" },
		*row,
		{ .path = STORE_PATH "bad/publicKeys", .code = 400 },
		{ .path = STORE_PATH "good/publicKeys", .code = 200, .body = buf_text(&good) },
	};
	struct destination_fixture f;

	destination_begin(&f, "    saml_trust: false\n");
	destination_refresh_from(&f, rows, COUNT_OF(rows));
	(void)destination_store_in(&f, "bad", wanted);
	(void)destination_store_in(&f, "good", STORE_OK);
	assert_true(destination_level(&f)->up);
	assert_int_equal(f.result->issue_count, reason != STATUS_OK);
	if (reason != STATUS_OK)
		assert_int_equal(destination_issues(&f, stage, reason), 1);
	destination_end(&f);
}

static void test_public_keys(void **state)
{
	static const struct {
		const char *body;
		enum store_state state;
		enum stage stage;
		enum status reason;
	} table[] = {
		{ "", STORE_UNAVAILABLE, STAGE_FETCH, STATUS_SYNTAX },
		{ "{}", STORE_UNAVAILABLE, STAGE_FETCH, STATUS_SYNTAX },
		{ "[{\"Content\":\"", STORE_UNAVAILABLE, STAGE_FETCH, STATUS_SYNTAX },
		{ "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", STORE_UNAVAILABLE, STAGE_FETCH,
		  STATUS_LIMIT },
		{ "[]", STORE_EMPTY, STAGE_DECODE, STATUS_OK },
		{ "[17]", STORE_UNPARSABLE, STAGE_DECODE, STATUS_SYNTAX },
		{ "[{\"Alias\":17,\"Content\":[]}]", STORE_UNPARSABLE, STAGE_DECODE,
		  STATUS_SYNTAX },
		{ "[{\"Content\":\"nothing of that kind\"}]", STORE_UNPARSABLE, STAGE_DECODE,
		  STATUS_SYNTAX },
		{ "[{\"Content\":\"-----BEGIN CERTIFICATE-----\\nMIIC\\n\"}]", STORE_UNPARSABLE,
		  STAGE_DECODE, STATUS_SYNTAX },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		const struct recorded row = { .path = STORE_PATH "bad/publicKeys",
					      .code = 200,
					      .body = table[i].body };
		print_message("%s\n", table[i].body);
		check_store(&row, table[i].state, table[i].stage, table[i].reason);
	}
}

static void test_entities(void **state)
{
	static const struct {
		const char *body;
		enum store_state state;
		enum stage stage;
		enum status reason;
	} table[] = {
		{ "", STORE_UNAVAILABLE, STAGE_FETCH, STATUS_SYNTAX },
		{ "[]", STORE_UNAVAILABLE, STAGE_FETCH, STATUS_SYNTAX },
		{ "{\"Name\":\"bad\"}", STORE_UNAVAILABLE, STAGE_FETCH, STATUS_SYNTAX },
		{ "{\"Content\":17}", STORE_UNAVAILABLE, STAGE_FETCH, STATUS_SYNTAX },
		{ "{\"Content\":\"\"}", STORE_EMPTY, STAGE_DECODE, STATUS_OK },
		{ "{\"Content\":\"no base64!\"}", STORE_UNPARSABLE, STAGE_DECODE, STATUS_SYNTAX },
		{ "{\"Content\":\"AAAA\"}", STORE_UNPARSABLE, STAGE_DECODE, STATUS_SYNTAX },
		{ "{\"Content\":\"/u3+7QAAAAL/////\"}", STORE_UNPARSABLE, STAGE_DECODE,
		  STATUS_SYNTAX }, /* a JKS with 2^32 - 1 entries */
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		const struct recorded row = { .path = STORE_PATH "bad",
					      .code = 200,
					      .body = table[i].body };
		print_message("%s\n", table[i].body);
		check_store(&row, table[i].state, table[i].stage, table[i].reason);
	}
	/* more than 4 MiB of it, and more than is taken over the wire */
	char *large = filled("{\"Content\":\"", 'A', (size_t)5600000, "\"}");
	struct recorded row = { .path = STORE_PATH "bad", .code = 200, .body = large };
	check_store(&row, STORE_TOO_LARGE, STAGE_DECODE, STATUS_TOO_LARGE);
	free(large);
	large = filled("{\"Content\":\"", 'A', (size_t)7 << 20, "\"}");
	row.body = large;
	check_store(&row, STORE_TOO_LARGE, STAGE_FETCH, STATUS_TOO_LARGE);
	free(large);
}

/* A name that does not fit into a request is not asked for. */
static void test_names(void **state)
{
	char *name = filled("", 'x', 1025, "");
	char *names = filled("[{\"Name\":\"good\"},{\"Name\":\"", 'x', 1025, "\"}]");
	const struct recorded rows[] = {
		NO_USERS,
		NO_PARTS,
		{ .path = NAMES_PATH, .code = 200, .body = names },
		{ .path = STORE_PATH "*", .code = 200, .body = buf_text(&good) },
	};
	struct destination_fixture f;

	(void)state;
	destination_begin(&f, "    labels: true\n");
	destination_refresh_from(&f, rows, COUNT_OF(rows));
	const struct source_store *store = destination_store_in(&f, name, STORE_UNAVAILABLE);
	assert_non_null(strstr(store->detail, "1025 bytes"));
	assert_true(store->labels_unknown);
	(void)destination_store_in(&f, "good", STORE_OK);
	assert_int_equal(recorded_asked(STORE_PATH "x*"), 0);
	assert_int_equal(destination_issues(&f, STAGE_FETCH, STATUS_LIMIT), 1);
	assert_int_equal(destination_issues(&f, STAGE_LABELS, STATUS_LIMIT), 1);
	destination_end(&f);
	free(name);
	free(names);
}

/* -- destinations, labels, SAML trust ---------------------------------------------------------- */

static void test_destinations(void **state)
{
	char *key = filled("[{\"Name\":\"long\",\"", 'k', 5000,
			   ".KeyStoreLocation\":\"a.p12\"},{\"Name\":\"odd\","
			   "\"KeyStoreLocation\":17,\"TrustStoreLocation\":\"\","
			   "\"x.TrustStoreLocation\":{\"a\":1},\"KeyStoreLocationX\":\"no\","
			   "\"XKeyStoreLocation\":\"no\",\".KeyStoreLocation\":\"b.p12\"}]");
	const struct recorded rows[] = {
		{ .path = USERS_PATH "*", .code = 200, .body = key },
		NO_PARTS,
		{ .path = NAMES_PATH, .code = 200, .body = "[]" },
	};
	struct destination_fixture f;

	(void)state;
	destination_begin(&f, "    use_destination_passwords: true\n");
	destination_refresh_from(&f, rows, COUNT_OF(rows));
	const struct source_level *level = destination_level(&f);
	assert_true(level->up);
	assert_int_equal(level->destinations, 2);
	assert_int_equal(level->reference_count, 2);
	assert_string_equal(level->references[0].name, "a.p12");
	assert_string_equal(level->references[1].property, ".KeyStoreLocation");
	destination_end(&f);
	free(key);
}

static void test_labels(void **state)
{
	static const struct {
		const char *body;
		enum status reason;
	} table[] = {
		{ "", STATUS_SYNTAX },
		{ "{}", STATUS_SYNTAX },
		{ "[17]", STATUS_SYNTAX },
		{ "[{\"key\":17,\"values\":[]}]", STATUS_SYNTAX },
		{ "[{\"key\":\"a\",\"values\":[17]}]", STATUS_SYNTAX },
		{ "[{\"key\":\"a\",\"values\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\","
		  "\"9\",\"10\",\"11\"]}]",
		  STATUS_LIMIT },
		{ "[{\"key\":\"a\",\"values\":\"1\"}]", STATUS_OK },
		{ "[{\"key\":\"a\"}]", STATUS_OK },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		const struct recorded rows[] = {
			NO_USERS,
			NO_PARTS,
			{ .path = NAMES_PATH, .code = 200, .body = "[{\"Name\":\"a.pem\"}]" },
			{ .path = STORE_PATH "a.pem/labels", .code = 200, .body = table[i].body },
			{ .path = STORE_PATH "*", .code = 200, .body = buf_text(&good) },
		};
		struct destination_fixture f;
		print_message("%s\n", table[i].body);
		destination_begin(&f, "    labels: true\n");
		destination_refresh_from(&f, rows, COUNT_OF(rows));
		const struct source_store *store = destination_store_in(&f, "a.pem", STORE_OK);
		assert_int_equal(store->labels_unknown, table[i].reason != STATUS_OK);
		assert_true(destination_level(&f)->up);
		if (table[i].reason != STATUS_OK)
			assert_int_equal(destination_issues(&f, STAGE_LABELS, table[i].reason), 1);
		else
			assert_int_equal(f.result->issue_count, 0);
		destination_end(&f);
	}
}

static void test_saml_trust(void **state)
{
	char *large = filled("{\"certificate\":\"", 'x', 300000, "\"}");
	const struct {
		const char *body;
		long code;
		enum store_state state;
		enum stage stage;
		enum status reason;
	} table[] = {
		{ "", 200, STORE_UNAVAILABLE, STAGE_SAML_TRUST, STATUS_SYNTAX },
		{ "[]", 200, STORE_UNAVAILABLE, STAGE_SAML_TRUST, STATUS_SYNTAX },
		{ "{\"certificate\":null}", 200, STORE_UNAVAILABLE, STAGE_SAML_TRUST,
		  STATUS_SYNTAX },
		{ "{\"certificate\":\"no PEM\"}", 200, STORE_UNPARSABLE, STAGE_DECODE,
		  STATUS_SYNTAX },
		{ "{\"certificate\":\"\"}", 200, STORE_EMPTY, STAGE_DECODE, STATUS_OK },
		{ large, 200, STORE_UNAVAILABLE, STAGE_SAML_TRUST, STATUS_TOO_LARGE },
		{ "", 403, STORE_FORBIDDEN, STAGE_SAML_TRUST, STATUS_HTTP_403 },
		{ "", 500, STORE_UNAVAILABLE, STAGE_SAML_TRUST, STATUS_HTTP_5XX },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		const struct recorded rows[] = {
			NO_USERS,
			NO_PARTS,
			{ .path = NAMES_PATH, .code = 200, .body = "[]" },
			{ .path = SAML_PATH, .code = table[i].code, .body = table[i].body },
		};
		struct destination_fixture f;
		print_message("%.40s\n", table[i].body);
		destination_begin(&f, "    saml_trust: true\n");
		destination_refresh_from(&f, rows, COUNT_OF(rows));
		(void)destination_store_in(&f, "saml-trust/active", table[i].state);
		assert_true(destination_level(&f)->up); /* it never takes the level down */
		assert_false(f.result->wait_interval);
		assert_int_equal(f.result->issue_count, table[i].reason != STATUS_OK);
		assert_int_equal(destination_issues(&f, table[i].stage, table[i].reason),
				 table[i].reason != STATUS_OK);
		destination_end(&f);
	}
	free(large);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_public_keys), cmocka_unit_test(test_entities),
		cmocka_unit_test(test_names),       cmocka_unit_test(test_destinations),
		cmocka_unit_test(test_labels),      cmocka_unit_test(test_saml_trust),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
