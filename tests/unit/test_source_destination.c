/* Refreshes of a Destination service that answers as recorded (tests/data/destination): what comes
 * of good answers, and what is not asked or decoded again. */
#include "source/destination/levels.h"
#include "destination_fixture.h"

#include <stdio.h>

#define ETAG "0af3d5c2"

static struct buf names, public_keys, keystore, entity, page_1, page_2, destinations, fragments;
static struct buf saml, labels;

static int load(void **state)
{
	static const struct {
		const char *file;
		struct buf *buf;
	} files[] = {
		{ "names", &names },
		{ "public-keys-pem", &public_keys },
		{ "public-keys-keystore", &keystore },
		{ "entity-pkcs12", &entity },
		{ "certificates-page-1", &page_1 },
		{ "certificates-page-2", &page_2 },
		{ "destinations", &destinations },
		{ "fragments", &fragments },
		{ "saml-trust", &saml },
		{ "labels", &labels },
	};
	char name[64];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(files); i++) {
		(void)snprintf(name, sizeof(name), "destination/%s.json", files[i].file);
		recorded_file(name, files[i].buf);
	}
	return 0;
}

static int unload(void **state)
{
	struct buf *const bufs[] = { &names,  &public_keys,  &keystore,  &entity, &page_1,
				     &page_2, &destinations, &fragments, &saml,   &labels };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bufs); i++)
		buf_release(bufs[i]);
	return 0;
}

#define USERS                                                                                      \
	{                                                                                          \
		.path = USERS_PATH "1*", .code = 200, .body = buf_text(&destinations)              \
	}
#define PARTS                                                                                      \
	{                                                                                          \
		.path = PARTS_PATH, .code = 200, .body = buf_text(&fragments)                      \
	}

/* -- public keys ------------------------------------------------------------------------------- */

static void test_whole_refresh(void **state)
{
	const struct recorded rows[] = {
		USERS,
		PARTS,
		{ .path = NAMES_PATH, .code = 200, .body = buf_text(&names) },
		{ .path = STORE_PATH "erp.pem/publicKeys",
		  .code = 200,
		  .body = buf_text(&public_keys) },
		{ .path = STORE_PATH "keys.p12/publicKeys", .code = 400, .body = "protected" },
		{ .path = STORE_PATH "keys.p12", .code = 200, .body = buf_text(&entity) },
		{ .path = STORE_PATH "trust.jks/publicKeys",
		  .code = 200,
		  .body = buf_text(&keystore) },
		{ .path = STORE_PATH "erp.pem/labels", .code = 200, .body = buf_text(&labels) },
		{ .path = STORE_PATH "*", .code = 200, .body = "[]" }, /* other labels */
		{ .path = SAML_PATH, .code = 200, .body = buf_text(&saml) },
	};
	struct destination_fixture f;

	(void)state;
	destination_begin(&f, "    labels: true\n    saml_trust: true\n"
			      "    use_destination_passwords: true\n");
	destination_refresh_from(&f, rows, COUNT_OF(rows));
	const struct source_level *level = destination_level(&f);
	assert_true(level->up);
	assert_int_equal(level->whole,
			 PART_CERTIFICATES | PART_DESTINATIONS | PART_FRAGMENTS | PART_SAML_TRUST);
	assert_int_equal(f.result->issue_count, 0);
	assert_int_equal(level->store_count, 4);

	const struct source_store *store = destination_store_in(&f, "erp.pem", STORE_OK);
	assert_int_equal(destination_certificates(store), 3); /* lines end in CR LF */
	assert_int_equal(store->content->format, STORE_FORMAT_PEM);
	assert_int_equal(store->label_count, 2);
	assert_string_equal(store->labels[1].value, "eu");

	store = destination_store_in(&f, "trust.jks", STORE_OK);
	assert_int_equal(store->content->format, STORE_FORMAT_JKS); /* what its name says */
	assert_int_equal(store->content->entry_count, 2);
	assert_string_equal(store->content->entries[1].alias, "second");
	assert_int_equal(destination_certificates(store), 2); /* the second one in base64 */

	store = destination_store_in(&f, "keys.p12", STORE_OK); /* by a destination's password */
	assert_int_equal(store->content->format, STORE_FORMAT_PKCS12);
	assert_true(destination_certificates(store) > 0);

	store = destination_store_in(&f, "saml-trust/active", STORE_OK);
	assert_string_equal(store->type, "saml_trust");
	assert_null(destination_store(&f, "saml-trust/passive")); /* 404: there is none */
	destination_end(&f);
}

static void test_references(void **state)
{
	const struct recorded rows[] = {
		USERS,
		PARTS,
		{ .path = NAMES_PATH, .code = 200, .body = "[]" },
	};
	struct destination_fixture f;

	(void)state;
	destination_begin(&f, "    saml_trust: true\n");
	destination_refresh_from(&f, rows, COUNT_OF(rows));
	const struct source_level *level = destination_level(&f);
	assert_true(level->has_destinations && level->has_fragments);
	assert_int_equal(level->destinations, 5);
	assert_int_equal(level->fragments, 1);
	assert_int_equal(destination_references(&f, "ERP", "KeyStoreLocation", "keys.p12"), 1);
	assert_int_equal(destination_references(&f, "ERP", "TrustStoreLocation", "trust.jks"), 1);
	assert_int_equal(
		destination_references(&f, "SAML", "tokenService.KeyStoreLocation", "erp.pem"), 1);
	assert_int_equal(destination_references(&f, "SAML", "Authentication", "saml-trust/active"),
			 1);
	assert_int_equal(
		destination_references(&f, "override", "TrustStoreLocation", "missing.jks"), 1);
	assert_int_equal(level->reference_count, 5); /* TrustAll, ClientProvided, $metadata: none */
	destination_end(&f);
}

/* The second time nothing is decoded: by 304, and by the digest where there is no ETag. */
static void test_unchanged(void **state)
{
	const struct recorded first[] = {
		NO_USERS,
		NO_PARTS,
		{ .path = NAMES_PATH, .code = 200, .body = buf_text(&names) },
		{ .path = STORE_PATH "erp.pem/publicKeys",
		  .code = 200,
		  .body = buf_text(&public_keys),
		  .etag = ETAG },
		{ .path = STORE_PATH "keys.p12/publicKeys", .code = 400 },
		{ .path = STORE_PATH "keys.p12",
		  .code = 200,
		  .body = buf_text(&entity),
		  .etag = ETAG "1" },
		{ .path = STORE_PATH "trust.jks/publicKeys",
		  .code = 200,
		  .body = buf_text(&keystore) },
	};
	struct recorded second[COUNT_OF(first)];
	static struct telemetry_source_values values;
	const struct store_content *contents[3];
	struct destination_fixture f;

	(void)state;
	destination_begin(&f, "    keystore_passwords: [{ name: \"*\", password: changeit }]\n");
	destination_refresh_from(&f, first, COUNT_OF(first));
	const struct source_level *level = destination_level(&f);
	assert_int_equal(level->store_count, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(level->stores[i].state, STORE_OK);
		contents[i] = level->stores[i].content;
	}
	memcpy(second, first, sizeof(first));
	second[3].code = second[5].code = 304;
	destination_refresh_from(&f, second, COUNT_OF(second));
	level = destination_level(&f);
	assert_int_equal(level->store_count, 3);
	for (size_t i = 0; i < 3; i++)
		assert_ptr_equal(level->stores[i].content, contents[i]);
	assert_int_equal(recorded_conditional(STORE_PATH "erp.pem/publicKeys", ETAG), 1);
	/* what is known to be protected is asked for as a whole at once */
	assert_int_equal(recorded_asked(STORE_PATH "keys.p12/publicKeys"), 0);
	assert_int_equal(recorded_conditional(STORE_PATH "keys.p12", ETAG "1"), 1);
	assert_int_equal(telemetry_source_read(f.counters, &values), STATUS_OK);
	assert_int_equal(values.cache_misses, 3);
	assert_int_equal(values.cache_hits, 3);
	telemetry_source_values_release(&values);
	assert_int_equal(recorded_asked(RECORDED_TOKEN_PATH), 0); /* the token of before is used */
	destination_end(&f);
}

/* What goes on while the service says less than before. */
static void test_failures_of_stores(void **state)
{
	static const struct {
		long code;
		enum store_state state;
		enum status reason; /* of an issue of stage fetch; STATUS_OK: none */
	} table[] = {
		{ 403, STORE_FORBIDDEN, STATUS_HTTP_403 },
		{ 500, STORE_UNAVAILABLE, STATUS_HTTP_5XX },
		{ 0, STORE_UNAVAILABLE, STATUS_TIMEOUT },
		{ 418, STORE_UNAVAILABLE, STATUS_HTTP_4XX },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		const struct recorded rows[] = {
			NO_USERS,
			NO_PARTS,
			{ .path = NAMES_PATH,
			  .code = 200,
			  .body = "[{\"Name\":\"a.pem\"},{\"Name\":\"b.pem\"},{\"Name\":\"c.pem\"}"
				  "]" },
			{ .path = STORE_PATH "a.pem/publicKeys",
			  .code = table[i].code,
			  .retry_after_s = 77 },
			{ .path = STORE_PATH "b.pem/publicKeys",
			  .code = 200,
			  .body = buf_text(&public_keys) },
			/* c.pem: 404, it is gone since the list was made */
		};
		struct destination_fixture f;
		destination_begin(&f, "");
		destination_refresh_from(&f, rows, COUNT_OF(rows));
		(void)destination_store_in(&f, "a.pem", table[i].state);
		(void)destination_store_in(&f, "b.pem", STORE_OK);
		assert_null(destination_store(&f, "c.pem"));
		assert_true(destination_level(&f)->up); /* one store does not take it down */
		assert_int_equal(destination_issues(&f, STAGE_FETCH, table[i].reason), 1);
		assert_int_equal(f.result->issue_count, 1);
		assert_int_equal(f.result->retry_after_s, 77);
		assert_false(f.result->wait_interval);
		destination_end(&f);
	}
}

static void test_all_gone(void **state)
{
	const struct recorded rows[] = {
		NO_USERS,
		NO_PARTS,
		{ .path = NAMES_PATH, .code = 200, .body = buf_text(&names) },
	};
	struct destination_fixture f;

	(void)state;
	destination_begin(&f, "");
	destination_refresh_from(&f, rows, COUNT_OF(rows));
	assert_int_equal(destination_level(&f)->whole & PART_CERTIFICATES, 0);
	assert_false(destination_level(&f)->up);
	assert_int_equal(destination_issues(&f, STAGE_FETCH, STATUS_HTTP_404), 1);
	destination_end(&f);
}

/* -- content, by pages ------------------------------------------------------------------------- */

static void test_full_collection(void **state)
{
	const struct recorded rows[] = {
		NO_USERS,
		NO_PARTS,
		{ .path = PAGE_PATH "1&*",
		  .code = 200,
		  .body = buf_text(&page_1),
		  .has_count = true,
		  .pages = 2,
		  .entities = 3 },
		{ .path = PAGE_PATH "2&*",
		  .code = 200,
		  .body = buf_text(&page_2),
		  .has_count = true,
		  .pages = 2,
		  .entities = 3 },
	};
	struct destination_fixture f;

	(void)state;
	destination_begin(&f, "    collection: full\n    page_size: 2\n"
			      "    keystore_passwords: [{ name: keys.p12, password: changeit }]\n");
	destination_refresh_from(&f, rows, COUNT_OF(rows));
	assert_true(destination_level(&f)->up);
	assert_int_equal(destination_level(&f)->store_count, 3);
	(void)destination_store_in(&f, "erp.pem", STORE_OK);
	(void)destination_store_in(&f, "keys.p12", STORE_OK);
	const struct source_store *store = destination_store_in(&f, "trust.jks", STORE_OK);
	assert_int_equal(store->content->format, STORE_FORMAT_JKS);
	assert_int_equal(recorded_asked(PAGE_PATH "*"), 2);
	assert_int_equal(recorded_asked(STORE_PATH "*"), 0);
	destination_end(&f);
}

/* -- who is asked ------------------------------------------------------------------------------ */

static void test_tokens(void **state)
{
	const struct recorded refused[] = { { .path = API "*", .code = 401 } };
	const struct recorded expired[] = {
		{ .path = USERS_PATH "*", .code = 401, .once = true },
		NO_USERS,
		NO_PARTS,
		{ .path = NAMES_PATH, .code = 200, .body = "[]" },
	};
	const struct recorded no_token[] = {
		{ .path = RECORDED_TOKEN_PATH, .code = 403, .retry_after_s = 12 },
	};
	struct destination_fixture f;

	(void)state;
	destination_begin(&f, "    saml_trust: false\n");
	destination_refresh_from(&f, refused, COUNT_OF(refused));
	assert_int_equal(recorded_asked(RECORDED_TOKEN_PATH), 2); /* a new one, once in a refresh */
	assert_int_equal(recorded_asked(API "*"), 4);             /* the first list twice */
	assert_true(f.result->wait_interval);
	assert_false(destination_level(&f)->up);

	destination_refresh_from(&f, expired, COUNT_OF(expired));
	assert_true(destination_level(&f)->up);
	assert_int_equal(f.result->issue_count, 0);
	assert_int_equal(recorded_asked(RECORDED_TOKEN_PATH), 1);
	destination_end(&f);

	destination_begin(&f, "");
	destination_refresh_from(&f, no_token, COUNT_OF(no_token));
	assert_int_equal(f.result->issue_count, 1); /* once, not for each list */
	assert_int_equal(destination_issues(&f, STAGE_TOKEN, STATUS_HTTP_403), 1);
	assert_int_equal(recorded_asked(API "*"), 0);
	assert_int_equal(f.result->retry_after_s, 12);
	assert_true(f.result->wait_interval);
	destination_end(&f);
}

/* A service that offers no labels is left alone for a day, one that fails once is not. */
static void test_labels_pause(void **state)
{
	const struct recorded rows[] = {
		NO_USERS,
		NO_PARTS,
		{ .path = NAMES_PATH, .code = 200, .body = "[{\"Name\":\"erp.pem\"}]" },
		{ .path = STORE_PATH "erp.pem/publicKeys",
		  .code = 200,
		  .body = buf_text(&public_keys) },
		{ .path = STORE_PATH "erp.pem/labels", .code = 500, .once = true },
	};
	struct destination_fixture f;
	unsigned asked = 0;

	(void)state;
	destination_begin(&f, "    labels: true\n");
	destination_refresh_from(&f, rows, COUNT_OF(rows)); /* 500 */
	assert_int_equal(destination_issues(&f, STAGE_LABELS, STATUS_HTTP_5XX), 1);
	assert_true(destination_store(&f, "erp.pem")->labels_unknown);
	for (int i = 0; i < 26; i++) { /* 404 */
		destination_refresh(&f);
		assert_int_equal(f.result->issue_count, 0);
		assert_false(destination_store(&f, "erp.pem")->labels_unknown);
	}
	asked = recorded_asked(STORE_PATH "erp.pem/labels");
	assert_int_equal(asked, 1 + 1 + 1); /* then 24 without, then again */
	destination_end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_refresh), cmocka_unit_test(test_references),
		cmocka_unit_test(test_unchanged),     cmocka_unit_test(test_failures_of_stores),
		cmocka_unit_test(test_all_gone),      cmocka_unit_test(test_full_collection),
		cmocka_unit_test(test_tokens),        cmocka_unit_test(test_labels_pause),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
