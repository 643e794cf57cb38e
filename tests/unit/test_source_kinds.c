/* The words of all kinds of sources: what the state file, the API and the metrics know from the
 * tables of the classes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "source/connector/connector.h"
#include "source/connector/levels.h"
#include "source/destination/levels.h"
#include "source/destination/service.h"
#include "source/destination/settings.h"
#include "source/directory/directory.h"
#include "source/directory/levels.h"
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

/* The bits of a kind are its own, and each has a name. */
static void test_parts(void **state)
{
	unsigned part;

	(void)state;
	for (size_t kind = 0; registered_kinds[kind] != NULL; kind++) {
		const struct source_class *class = registered_kinds[kind]->class;
		unsigned all = 0;
		unsigned listed = 0;
		for (const struct known_part *row = class->parts; row->name != NULL; row++) {
			assert_int_equal(all & row->part, 0);
			all |= row->part;
			assert_true(row->part < 1u << LEVEL_PARTS_MAX);
			assert_int_equal(row->part & (row->part - 1), 0); /* one bit */
			assert_string_equal(source_part_name(registered_kinds[kind], row->part),
					    row->name);
			assert_int_equal(
				source_part_parse(registered_kinds[kind], row->name, &part),
				STATUS_OK);
			assert_int_equal(part, row->part);
		}
		for (const struct known_level *row = class->levels; row->name != NULL; row++)
			listed |= row->parts;
		assert_int_equal(listed, all);
	}
	assert_string_equal(source_part_name(&directory_kind, PART_CERTIFICATES), "certificates");
	assert_string_equal(source_part_name(&directory_kind, PART_DESTINATIONS), "");
	assert_string_equal(source_part_name(&cloud_connector_kind, 0), "");
	assert_string_equal(source_part_name(&cloud_connector_kind, PART_UI | PART_CA), "");
	assert_int_equal(source_part_parse(&cloud_connector_kind, "", &part), STATUS_SYNTAX);
	assert_int_equal(source_part_parse(&cloud_connector_kind, "certificates", &part),
			 STATUS_SYNTAX);
}

/* Version 1 of the state file wrote the bits: they keep their names. */
static void test_old_bits(void **state)
{
	static const struct {
		const struct source_kind *kind;
		const char *name;
	} bits[] = {
		{ &destination_service_kind, "certificates" },
		{ &destination_service_kind, "saml_trust" },
		{ &destination_service_kind, "destinations" },
		{ &destination_service_kind, "fragments" },
		{ &cloud_connector_kind, "ui" },
		{ &cloud_connector_kind, "system" },
		{ &cloud_connector_kind, "ca" },
		{ &cloud_connector_kind, "subaccounts" },
		{ &cloud_connector_kind, "backend_trust" },
		{ &cloud_connector_kind, "email_trust" },
		{ &cloud_connector_kind, "idp" },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(bits) / sizeof(bits[0]); i++)
		assert_string_equal(source_part_name(bits[i].kind, 1u << i), bits[i].name);
}

static void test_rows(void **state)
{
	(void)state;
	assert_true(source_known_level(&destination_service_kind, LEVEL_BINDING)->own);
	assert_false(source_known_level(&destination_service_kind, LEVEL_INSTANCE)->own);
	assert_null(source_known_level(&directory_kind, LEVEL_INSTANCE));
	assert_true(source_known_type(&cloud_connector_kind, "email_trust")->trusted);
	assert_false(source_known_type(&cloud_connector_kind, "ui")->trusted);
	assert_null(source_known_type(&directory_kind, "email_trust"));
	assert_true(source_type_is_of_content("certificate"));
	assert_false(source_type_is_of_content(""));
	assert_string_equal(source_endpoints(&destination_service_kind)->words[0], "token");
	assert_string_equal(source_endpoints(&cloud_connector_kind)->words[0], "scc_version");
	assert_null(source_endpoints(&directory_kind));
}

static void test_wanted(void **state)
{
	static char name[] = "a.p12";
	static char all[] = "*";
	static char *included[] = { all };
	static char *excluded[] = { name };
	struct destination_settings settings = { .levels = 0 };
	struct source_config config = { .kind = &destination_service_kind,
					.own = &settings,
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
	settings.levels = DS_READ_SUBACCOUNT;
	assert_true(source_wants_level(&config, LEVEL_SUBACCOUNT));
	assert_false(source_wants_level(&config, LEVEL_INSTANCE));

	assert_false(source_wants_store(&config, &saml));
	settings.saml_trust = true;
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
		cmocka_unit_test(test_parts),  cmocka_unit_test(test_old_bits),
		cmocka_unit_test(test_rows),   cmocka_unit_test(test_wanted),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
