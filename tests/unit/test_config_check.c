/* What the configuration names is read: by --config.check all of it, at start the service keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config_text.h"

static void test_check_files(void **state)
{
	const struct fixture *f = *state;
	struct config *config = NULL;
	struct problems problems;

	(void)fixture_write(
		f, "c.yaml",
		"sources:\n"
		"  - { id: d, kind: destination-service, binding_file: none.json, ca_file: "
		"empty }\n"
		"  - { id: e, kind: cloud-connector, url: \"https://s\", username: u, "
		"password_file: empty, enabled: false }\n"
		"  - { id: f, kind: cloud-connector, url: \"https://s\", certificate_file: "
		"c.pem, private_key_file: other.pem, ca_file: c.pem }\n"
		"  - { id: g, kind: cloud-connector, url: \"https://s\", certificate_file: "
		"c.pem, private_key_file: k.pem, ca_file: none.pem }\n"
		"  - id: h\n    kind: directory\n    paths: [a]\n"
		"    keystore_passwords:\n"
		"      - { name: a, password_file: gone }\n"
		"      - { name: a, password_file: empty }\n");
	(void)fixture_write(f, "empty", "\n");
	(void)fixture_write(f, "c.pem", f->certificate);
	(void)fixture_write(f, "k.pem", f->key);
	(void)fixture_write(f, "other.pem", f->other_key);
	problems_init(&problems);
	assert_int_equal(config_load(fixture_path(f, "c.yaml"), NULL, &config, &problems),
			 STATUS_OK);
	config_check_files(config, &problems);
	const char *text = buf_text(&problems.text);
	assert_int_equal(problems.count, 6);
	assert_contains(text, "c.yaml:2:41: source \"d\": binding_file: ");
	assert_contains(text, "/none.json: No such file");
	assert_contains(text, "source \"d\": ca_file: ");
	assert_contains(text, "/empty: no certificate in it");
	assert_contains(text, "c.yaml:3:68: source \"e\": password_file: ");
	assert_contains(text, "/empty is empty");
	assert_contains(text, "/other.pem: does not belong to the first certificate of ");
	assert_contains(text, "c.yaml:4:80: source \"f\": private_key_file: ");
	assert_contains(text, "c.yaml:5:105: source \"g\": ca_file: ");
	assert_contains(text, "c.yaml:10:20: source \"h\": keystore_passwords: password_file: ");
	assert_contains(text, "/gone: No such file");
	config_free(config);
	problems_release(&problems);
}

/* One mistake in the file hides none of the files that it names, in the same source or another. */
static void test_check_all_at_once(void **state)
{
	const struct fixture *f = *state;
	struct config *config = NULL;
	struct problems problems;

	(void)fixture_write(f, "c.yaml",
			    "sources:\n"
			    "  - id: typo\n"
			    "    kind: destination-service\n"
			    "    poll_intervall: 1h\n"
			    "    binding_file: none1.json\n"
			    "    client_secret_file: none2\n"
			    "    ca_file: none3\n"
			    "  - id: sound\n"
			    "    kind: destination-service\n"
			    "    binding_file: bad.json\n"
			    "  - id: unset\n"
			    "    kind: destination-service\n"
			    "    binding_file: \"${BTP_TEST_UNSET}\"\n"
			    "  - id: scc\n"
			    "    kind: cloud-connector\n"
			    "    url: http://s\n"
			    "    username: u\n"
			    "    password_file: none4\n"
			    "  - id: fields\n"
			    "    kind: destination-service\n"
			    "    binding_file: none5.json\n"
			    "    certificate_file: none6\n"
			    "    private_key_file: none7\n");
	(void)fixture_write(f, "bad.json", "{\n\"uri\": \"https://d.example\",\n\"url\": x\n}\n");
	problems_init(&problems);
	assert_int_equal(config_load_for_check(fixture_path(f, "c.yaml"), NULL, &config, &problems),
			 STATUS_SYNTAX);
	assert_non_null(config);
	config_check_files(config, &problems);
	const char *text = buf_text(&problems.text);
	assert_contains(text, "c.yaml:4:5: source \"typo\": poll_intervall: unknown key");
	assert_contains(text, "c.yaml:5:5: source \"typo\": binding_file: ");
	assert_contains(text, "c.yaml:6:5: source \"typo\": client_secret_file: ");
	assert_contains(text, "c.yaml:7:5: source \"typo\": ca_file: ");
	assert_contains(text, "c.yaml:10:5: source \"sound\": binding_file: ");
	assert_contains(text, "/bad.json:3:8: JSON: not valid at byte ");
	assert_contains(text, "c.yaml:13:19: source \"unset\": binding_file: the environment");
	assert_contains(text, "c.yaml:16:10: source \"scc\": url: plain http");
	assert_contains(text, "c.yaml:18:5: source \"scc\": password_file: ");
	assert_contains(text, "c.yaml:21:5: source \"fields\": binding_file: ");
	assert_contains(text, "c.yaml:22:5: source \"fields\": certificate_file: ");
	assert_contains(text, "c.yaml:23:5: source \"fields\": private_key_file: ");
	assert_int_equal(problems.count, 11);
	config_free(config);
	problems_release(&problems);
	/* what is no YAML gives nothing; what is good gives the same as config_load() */
	config = NULL;
	problems_init(&problems);
	(void)fixture_write(f, "c.yaml", "a: [\n");
	assert_int_equal(config_load_for_check(fixture_path(f, "c.yaml"), NULL, &config, &problems),
			 STATUS_SYNTAX);
	assert_null(config);
	(void)fixture_write(f, "c.yaml", DS);
	assert_int_equal(config_load_for_check(fixture_path(f, "c.yaml"), NULL, &config, &problems),
			 STATUS_OK);
	assert_false(config->sources[0]->partial);
	config_free(config);
	problems_release(&problems);
}

#define SERVICE_KEY                                                                                \
	"{\"uri\":\"https://d.example\",\"url\":\"https://z.authentication.example\","             \
	"\"clientid\":\"c\""

/* At start and reload: broken service keys are refused, missing files are not. */
static void test_check_start(void **state)
{
	const struct fixture *f = *state;
	const struct {
		const char *key;  /* NULL: no file */
		const char *more; /* lines of the source */
		const char *part; /* NULL: may start */
	} rows[] = {
		{ SERVICE_KEY ",\"clientsecret\":\"s\"}", "", NULL },
		{ NULL, "", NULL },
		{ "{\n\n\"uri\": ,\n}\n", "", "/key.json:3:8: JSON: not valid at byte " },
		{ "{\n\"uri\":\"x\",\n\n", "", "/key.json:2:11: JSON: not valid at byte " },
		{ "{}\n\n{}", "", "/key.json:3:1: JSON: more text after the value at byte 4;" },
		{ "{\n\"uri\":\n\"\xFF\"}", "", "/key.json:3:2: JSON: not UTF-8;" },
		{ "", "", "/key.json:1:" },
		{ "{}", "", "/key.json: no service key of a Destination instance" },
		{ SERVICE_KEY "}", "", "/key.json: clientsecret: is missing; " },
		{ "{\"clientid\":\"c\"}", "", "/key.json: uri: is missing: " },
		{ SERVICE_KEY "}", "    client_secret_file: gone\n", NULL },
		{ SERVICE_KEY "}", "    certificate_file: gone\n    private_key_file: gone\n",
		  "/key.json: certurl: is missing" },
		{ "{", "    client_secret_file: gone\n", "/key.json:1:" },
		{ "{", "    enabled: false\n", NULL },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct config *config = NULL;
		struct problems problems;
		char text[512];
		(void)snprintf(text, sizeof(text), DS "%s", rows[i].more);
		(void)fixture_write(f, "c.yaml", text);
		(void)unlink(fixture_path(f, "key.json"));
		if (rows[i].key != NULL)
			(void)fixture_write(f, "key.json", rows[i].key);
		problems_init(&problems);
		assert_int_equal(config_load(fixture_path(f, "c.yaml"), NULL, &config, &problems),
				 STATUS_OK);
		enum status status = config_check_start(config, &problems);
		if (status == STATUS_OK && rows[i].part != NULL)
			fail_msg("row %zu may start", i);
		assert_int_equal(problems.count, rows[i].part == NULL ? 0 : 1);
		if (rows[i].part != NULL) {
			assert_int_equal(status, STATUS_SYNTAX);
			assert_contains(buf_text(&problems.text),
					"c.yaml:4:5: source \"a\": binding_file: ");
			assert_contains(buf_text(&problems.text), rows[i].part);
		}
		config_free(config);
		problems_release(&problems);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_check_files, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_check_all_at_once, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(test_check_start, fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
