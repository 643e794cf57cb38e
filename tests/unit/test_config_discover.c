/* Sources without a configuration file: discovered bindings and service key files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config/check.h"
#include "config/discover.h"
#include "config/open.h"
#include "config/same_client.h"
#include "config_fixture.h"

#define KEY(client)                                                                                \
	"{\"uri\":\"https://d.example\",\"url\":\"https://z.authentication.example\","             \
	"\"clientid\":\"" client "\",\"clientsecret\":\"CANARY\"}"

static struct config *discover(const struct binding_places *places, struct problems *problems)
{
	struct config *config = NULL;

	problems_init(problems);
	enum status status = config_discover(places, "ca.pem", &config, problems);
	if (status == STATUS_OK) {
		config_warn_same_client(config, problems);
	} else {
		config_free(config);
		config = NULL;
	}
	assert_lacks(buf_text(&problems->text), "CANARY");
	assert_lacks(buf_text(&problems->warnings), "CANARY");
	return config;
}

static void test_vcap_ids(void **state)
{
	const struct binding_places places = {
		.vcap = "{\"destination\":["
			"{\"name\":\"n1\",\"binding_name\":\"b 1\",\"instance_name\":\"i1\","
			"\"credentials\":" KEY(
				"1") "},"
				     "{\"name\":\"n2\",\"binding_name\":null,\"instance_name\":\"b-"
				     "1\","
				     "\"credentials\":" KEY(
					     "2") "},"
						  "{\"name\":\"n3\",\"credentials\":" KEY(
							  "3") "},"
							       "{\"name\":\"n3\","
							       "\"credentials\":" KEY(
								       "4") "},"
									    "{\"name\":\"n3\","
									    "\"credentials\":" KEY(
										    "4") "}],"
											 "\"xsuaa\""
											 ":[{"
											 "\"name\":"
											 "\"x\","
											 "\"credent"
											 "ials\":{}"
											 "}],"
											 "\"user-"
											 "provided"
											 "\":[{"
											 "\"name\":"
											 "\"u\","
											 "\"tags\":"
											 "[\"a\","
											 "\"destina"
											 "tion\"],"
											 "\"credent"
											 "ials\""
											 ":" KEY("5") "},{\"name\":\"v\",\"credentials\":" KEY(
												 "6") "}]}",
	};
	static const char *const ids[] = { "b-1", "b-1-2", "n3", "n3-2", "n3-3", "u" };
	struct problems problems;
	struct config *config = discover(&places, &problems);

	(void)state;
	assert_non_null(config);
	assert_int_equal(config->source_count, ROWS(ids));
	for (size_t i = 0; i < ROWS(ids); i++) {
		assert_string_equal(config->sources[i]->id, ids[i]);
		assert_string_equal(config->sources[i]->name, ids[i]);
		assert_string_equal(config->sources[i]->ca_file, "ca.pem");
		assert_non_null(config->sources[i]->binding_json);
		assert_int_equal(strlen(config->sources[i]->digest), 64);
	}
	assert_int_equal(problems.warning_count, 1);
	assert_contains(buf_text(&problems.warnings), "same client and tenant");
	config_free(config);
	problems_release(&problems);
}

static void test_long_id(void **state)
{
	char name[2 * SOURCE_ID_MAX];
	char vcap[3 * sizeof(name)];
	const struct binding_places places = { .vcap = vcap };
	struct problems problems;

	(void)state;
	memset(name, 'a', sizeof(name));
	memcpy(name + SOURCE_ID_MAX - 1, "\xC3\xA4", 2); /* where it is cut */
	name[sizeof(name) - 1] = '\0';
	(void)snprintf(vcap, sizeof(vcap),
		       "{\"destination\":[{\"name\":\"%s\",\"credentials\":" KEY(
			       "1") "},{\"name\":\"%sb\",\"credentials\":" KEY("2") "}]}",
		       name, name);
	struct config *config = discover(&places, &problems);
	assert_non_null(config);
	assert_int_equal(config->source_count, 2);
	assert_int_equal(strlen(config->sources[0]->id), SOURCE_ID_MAX - 1);
	assert_int_equal(strlen(config->sources[1]->id), SOURCE_ID_MAX + 1);
	assert_string_equal(config->sources[1]->id + SOURCE_ID_MAX - 1, "-2");
	config_free(config);
	problems_release(&problems);
}

static void test_roots(void **state)
{
	const struct fixture *f = *state;
	struct problems problems;

	(void)fixture_write(f, "sb/my-dest/type", "destination");
	(void)fixture_write(f, "sb/my-dest/key.json", KEY("1"));
	(void)fixture_write(f, "sb/my-xsuaa/type", "xsuaa");
	(void)fixture_write(f, "sb/my-xsuaa/key.json", KEY("2"));
	(void)fixture_write(f, "sb/untyped/key.json", KEY("3"));
	(void)fixture_write(f, "sb/a-file", "x");
	(void)fixture_write(f, "cp/destination/inst1/key.json", KEY("4"));
	(void)fixture_write(f, "cp/destination/my-dest/clientid", "5");
	(void)fixture_write(f, "cp/xsuaa/inst2/key.json", KEY("6"));
	(void)fixture_write(f, "cp/other/inst3/label", "destination");
	assert_int_equal(symlink("sb", fixture_path(f, "again")), 0);
	const struct binding_places places = {
		.vcap = "",
		.roots = { fixture_path(f, "sb"), fixture_path(f, "again"), fixture_path(f, "cp") },
	};
	static const char *const ids[] = { "my-dest", "inst1", "my-dest-2", "inst3" };
	struct config *config = discover(&places, &problems);
	assert_non_null(config);
	assert_int_equal(config->source_count, ROWS(ids));
	for (size_t i = 0; i < ROWS(ids); i++)
		assert_string_equal(config->sources[i]->id, ids[i]);
	assert_string_equal(config->sources[0]->binding_dir, fixture_path(f, "sb/my-dest"));
	config_free(config);
	problems_release(&problems);
}

/* Bindings of ours that cannot be read are told, whatever is broken; others are not ours to judge.
 */
static void test_broken_folders(void **state)
{
	const struct fixture *f = *state;
	struct problems problems;
	struct config *config = NULL;

	(void)fixture_write(f, "sb/good/type", "destination");
	(void)fixture_write(f, "sb/good/key.json", KEY("1"));
	(void)fixture_write(f, "sb/json/type", "destination\n");
	(void)fixture_write(f, "sb/json/.metadata", "{\n\"metaDataProperties\": CANARY\n}");
	(void)fixture_write(f, "sb/label/label", "destination");
	(void)fixture_write(f, "sb/label/.metadata", "");
	(void)fixture_write(f, "sb/silent/type", "destination");
	(void)fixture_write(f, "sb/silent/.metadata", "{}");
	(void)fixture_write(f, "sb/two/a.json", KEY("1"));
	(void)fixture_write(f, "sb/two/b.json", KEY("2"));
	(void)fixture_write(f, "sb/two/type", "destination");
	(void)fixture_write(f, "sb/xsuaa/type", "xsuaa");
	(void)fixture_write(f, "sb/xsuaa/.metadata", "{");
	(void)fixture_write(f, "sb/unknown/.metadata", "{");
	(void)fixture_write(f, "cp/destination/inst/.metadata", "{");
	const struct binding_places places = {
		.roots = { fixture_path(f, "sb"), fixture_path(f, "cp") },
	};
	assert_null(discover(&places, &problems));
	const char *text = buf_text(&problems.text);
	assert_int_equal(problems.count, 4);
	assert_contains(text, "/sb/json: a Destination binding that cannot be read: ");
	assert_contains(text, "/sb/json/.metadata:2:23: JSON: not valid at byte ");
	assert_contains(text, "/sb/label/.metadata:1:1: JSON");
	assert_contains(text, "/sb/two: 2 service keys in it");
	assert_contains(text, "/cp/destination/inst/.metadata:1:1: JSON");
	assert_lacks(text, "xsuaa");
	assert_lacks(text, "nothing to watch");
	assert_int_equal(problems.warning_count, 1);
	assert_contains(buf_text(&problems.warnings),
			"/sb/unknown: warning: not watched, its type is");
	problems_release(&problems);
	/* the others are handed over to be checked: `silent` is one, though it has no fields */
	problems_init(&problems);
	assert_int_equal(config_discover(&places, NULL, &config, &problems), STATUS_SYNTAX);
	assert_int_equal(config->source_count, 2);
	config_check_files(config, &problems);
	assert_int_equal(problems.count, 5);
	assert_contains(buf_text(&problems.text), "/sb/silent: source \"silent\": ");
	config_free(config);
	problems_release(&problems);
}

/* The label decides first; what lacks credentials then is told. */
static void test_broken_entries(void **state)
{
	static const struct {
		const char *vcap;
		const char *problem; /* NULL: nothing but the good one */
		const char *warning;
	} rows[] = {
		{ "{\"destination\":[{\"name\":\"n\",\"credentials\":null}]}",
		  "VCAP_SERVICES: entry 1 of \"destination\" (\"n\"): credentials: is null", NULL },
		{ "{\"destination\":[{\"name\":\"g\",\"credentials\":" KEY(
			  "1") "},{\"name\":\"n\"}]}",
		  "entry 2 of \"destination\" (\"n\"): credentials: is missing; bind", NULL },
		{ "{\"destination\":[{\"credentials\":\"CANARY\"}]}",
		  "(\"destination\"): credentials: is not an object", NULL },
		{ "{\"destination\":[null]}", "the entry is not an object", NULL },
		{ "{\"destination\":{\"credentials\":{}}}", "must be a list of bindings", NULL },
		{ "{\"other\":[{\"label\":\"destination\",\"credentials\":null}]}",
		  "entry 1 of \"other\"", NULL },
		{ "{\"destination\":[{\"credentials\":" KEY(
			  "1") "}],\"xsuaa\":[{\"credentials\":null}],\"user-provided\":[{\"name\":"
			       "\"destination\",\"credentials\":null}]}",
		  NULL, "(\"destination\"): credentials: is null; it is not watched" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct binding_places places = { .vcap = rows[i].vcap };
		struct problems problems;
		struct config *config = discover(&places, &problems);
		assert_int_equal(config == NULL, rows[i].problem != NULL);
		assert_int_equal(problems.count, rows[i].problem != NULL);
		assert_int_equal(problems.warning_count, rows[i].warning != NULL);
		if (rows[i].problem != NULL)
			assert_contains(buf_text(&problems.text), rows[i].problem);
		if (rows[i].warning != NULL)
			assert_contains(buf_text(&problems.warnings), rows[i].warning);
		config_free(config);
		problems_release(&problems);
	}
}

static void test_environment(void **state)
{
	const struct fixture *f = *state;
	const struct options options = { 0 };
	struct config *config = NULL;
	struct problems problems;

	(void)fixture_write(f, "sb/my-dest/type", "destination");
	(void)fixture_write(f, "sb/my-dest/key.json", KEY("1"));
	assert_int_equal(unsetenv("VCAP_SERVICES_FILE_PATH"), 0);
	assert_int_equal(setenv("VCAP_SERVICES", "{\"destination\":[{\"credentials\":{}}]}", 1), 0);
	assert_int_equal(setenv("SERVICE_BINDING_ROOT", fixture_path(f, "sb"), 1), 0);
	problems_init(&problems);
	assert_int_equal(config_open(&options, &config, &problems), STATUS_OK);
	assert_true(config->source_count >= 2); /* the machine may have bindings of its own */
	assert_string_equal(config->sources[0]->id, "destination");
	assert_string_equal(config->sources[1]->id, "my-dest");
	config_free(config);
	problems_release(&problems);
	assert_int_equal(unsetenv("VCAP_SERVICES"), 0);
	assert_int_equal(unsetenv("SERVICE_BINDING_ROOT"), 0);
}

static void test_nothing(void **state)
{
	const struct binding_places none = { .roots = { "/nonexistent/a" } };
	const struct binding_places broken = { .vcap = "{\"CANARY" };
	const struct binding_places gone = { .vcap_file = "/nonexistent/v", .vcap = "{}" };
	const struct binding_places list = { .vcap = "[]" };
	const struct {
		const struct binding_places *places;
		const char *part;
	} rows[] = {
		{ &none, "nothing to watch: neither --config.file nor --binding.file is given" },
		{ &none, "SERVICE_BINDING_ROOT, /nonexistent/a" },
		{ &broken, "VCAP_SERVICES: JSON" },
		{ &gone, "VCAP_SERVICES_FILE_PATH: /nonexistent/v" },
		{ &list, "not an object of services" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct problems problems;
		assert_null(discover(rows[i].places, &problems));
		assert_int_equal(problems.count, 1);
		assert_contains(buf_text(&problems.text), rows[i].part);
		problems_release(&problems);
	}
}

static void test_binding_files(void **state)
{
	const struct fixture *f = *state;
	struct string_list paths = { 0 };
	struct config *config = NULL;
	struct problems problems;
	static const char *const ids[] = { "prod", "prod-2", "a-b", "missing" };

	problems_init(&problems);
	assert_true(string_list_add(&paths, fixture_write(f, "prod.json", KEY("1"))));
	assert_true(string_list_add(&paths, fixture_write(f, "x/prod.key.json", KEY("1"))));
	assert_true(string_list_add(&paths, fixture_write(f, "a b.json", KEY("2"))));
	assert_true(string_list_add(&paths, fixture_path(f, "missing")));
	free(paths.items[1]);
	paths.items[1] = strdup(fixture_write(f, "x/prod.json", KEY("1")));
	assert_int_equal(config_from_binding_files(&paths, NULL, &config, &problems), STATUS_OK);
	assert_int_equal(config->source_count, ROWS(ids));
	for (size_t i = 0; i < ROWS(ids); i++) {
		assert_string_equal(config->sources[i]->id, ids[i]);
		assert_string_equal(config->sources[i]->binding_file, paths.items[i]);
		assert_null(config->sources[i]->binding_dir);
	}
	config_warn_same_client(config, &problems);
	assert_int_equal(problems.count, 0);
	assert_int_equal(problems.warning_count, 1);
	assert_contains(buf_text(&problems.warnings), "source \"prod-2\": has the same client and "
						      "tenant as source \"prod\"");
	config_check_files(config, &problems);
	assert_int_equal(problems.count, 1);
	/* named on the command line, so it must be there at start */
	assert_int_equal(config_check_start(config, &problems), STATUS_SYNTAX);
	assert_int_equal(problems.count, 2);
	(void)fixture_write(f, "missing", "{\n\"uri\"\n");
	assert_int_equal(config_check_start(config, &problems), STATUS_SYNTAX);
	assert_contains(buf_text(&problems.text), "/missing:2:6: JSON: not valid at byte ");
	(void)fixture_write(f, "missing", KEY("7"));
	assert_int_equal(config_check_start(config, &problems), STATUS_OK);
	assert_contains(buf_text(&problems.text), "--binding.file: source \"missing\": ");
	config_free(config);
	string_list_release(&paths);
	problems_release(&problems);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_long_id),
		cmocka_unit_test(test_vcap_ids),
		cmocka_unit_test_setup_teardown(test_roots, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_environment, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_broken_folders, fixture_setup,
						fixture_teardown),
		cmocka_unit_test(test_broken_entries),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test_setup_teardown(test_binding_files, fixture_setup,
						fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
