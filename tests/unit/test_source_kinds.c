/* The words of all kinds of sources: what the state file, the API and the metrics know from the
 * tables of the classes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "source/connector/connector.h"
#include "source/destination/service.h"
#include "source/directory/directory.h"
#include "source/kinds.h"

static void test_levels(void **state)
{
	static const char *const names[] = { LEVEL_SUBACCOUNT, LEVEL_INSTANCE, LEVEL_BINDING,
					     LEVEL_CONNECTOR, LEVEL_DIRECTORY };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_string_equal(source_level_name(names[i]), names[i]);
	assert_null(source_level_name(""));
	assert_null(source_level_name("Subaccount"));
}

/* In the order in which the API lists them. */
static void test_types(void **state)
{
	static const char *const types[] = {
		"keystore", "certificate", "saml_trust",    "binding",     "subaccount", "ui",
		"system",   "ca",          "backend_trust", "email_trust", "idp",
	};
	const size_t count = sizeof(types) / sizeof(types[0]);

	(void)state;
	for (size_t i = 0; i < count; i++)
		assert_string_equal(source_type_at(i), types[i]);
	assert_null(source_type_at(count));
	assert_null(source_type_at(count + 1));
	assert_string_equal(source_type_name(""), "");
	for (size_t i = 2; i < count; i++)
		assert_string_equal(source_type_name(types[i]), types[i]);
	/* the content decides: no store is given them */
	assert_null(source_type_name("keystore"));
	assert_null(source_type_name("certificate"));
	assert_null(source_type_name("other"));
}

static void test_parts(void **state)
{
	enum level_part part;

	(void)state;
	for (unsigned i = 0; i < LEVEL_PART_COUNT; i++) {
		const char *name = level_part_name(1u << i);
		assert_string_not_equal(name, ""); /* a part that no kind has */
		assert_int_equal(level_part_parse(name, &part), STATUS_OK);
		assert_int_equal(part, 1u << i);
	}
	assert_string_equal(level_part_name(PART_CERTIFICATES), "certificates");
	assert_string_equal(level_part_name(0), "");
	assert_string_equal(level_part_name(PART_UI | PART_CA), "");
	assert_string_equal(level_part_name(1u << LEVEL_PART_COUNT), "");
	assert_int_equal(level_part_parse("", &part), STATUS_SYNTAX);
	assert_int_equal(level_part_parse("other", &part), STATUS_SYNTAX);
}

static void test_wanted(void **state)
{
	static char name[] = "a.p12";
	static char all[] = "*";
	static char *included[] = { all };
	static char *excluded[] = { name };
	struct source_config config = { .kind = &destination_service_kind,
					.include = { included, 1 } };
	struct source_store saml = { .name = name, .type = "saml_trust", .part = PART_SAML_TRUST };
	struct source_store file = { .name = name, .type = "", .part = PART_CERTIFICATES };
	struct source_store binding = { .name = name,
					.type = "binding",
					.part = PART_CERTIFICATES };

	(void)state;
	assert_false(source_wants_level(&config, LEVEL_SUBACCOUNT));
	assert_false(source_wants_level(&config, LEVEL_INSTANCE));
	assert_true(source_wants_level(&config, LEVEL_BINDING));
	config.level_subaccount = true;
	assert_true(source_wants_level(&config, LEVEL_SUBACCOUNT));
	assert_false(source_wants_level(&config, LEVEL_INSTANCE));

	assert_false(source_wants_store(&config, &saml));
	config.saml_trust = true;
	assert_true(source_wants_store(&config, &saml));
	assert_true(source_wants_store(&config, &file));
	config.exclude.items = excluded;
	config.exclude.count = 1;
	assert_false(source_wants_store(&config, &file));
	assert_true(source_wants_store(&config, &binding));
	assert_true(source_wants_store(&config, &saml));
}

static void test_errors(void **state)
{
	static const struct {
		const struct source_kind *kind;
		enum stage stage;
		enum status reason;
		bool possible;
	} rows[] = {
		{ &destination_service_kind, STAGE_TOKEN, STATUS_HTTP_401, true },
		{ &destination_service_kind, STAGE_DECODE, STATUS_LOCKED, true },
		{ &destination_service_kind, STAGE_DECODE, STATUS_DNS, false },
		{ &cloud_connector_kind, STAGE_FETCH, STATUS_LOGIN_PAGE, true },
		{ &cloud_connector_kind, STAGE_FETCH, STATUS_HTTP_404, false },
		{ &cloud_connector_kind, STAGE_LIST, STATUS_UNSUPPORTED, true },
		{ &cloud_connector_kind, STAGE_TOKEN, STATUS_HTTP_401, false },
		{ &directory_kind, STAGE_LIST, STATUS_LIMIT, true },
		{ &directory_kind, STAGE_FETCH, STATUS_IO, true },
		{ &directory_kind, STAGE_FETCH, STATUS_TLS, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(
			source_error_is_possible(rows[i].kind, rows[i].stage, rows[i].reason),
			rows[i].possible);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_levels), cmocka_unit_test(test_types),
		cmocka_unit_test(test_parts),  cmocka_unit_test(test_wanted),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
