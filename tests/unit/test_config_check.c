/* What the configuration names is read: by --config.check all of it, at start the service keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "config/check.h"
#include "config/open.h"
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
			    "    private_key_file: none7\n"
			    "  - id: files\n"
			    "    kind: directory\n"
			    "    pathss: [x]\n"
			    "    paths: [none8.pem]\n");
	(void)fixture_write(f, "bad.json", "{\n\"uri\": \"https://d.example\",\n\"url\": x\n}\n");
	problems_init(&problems);
	assert_int_equal(config_load(fixture_path(f, "c.yaml"), NULL, &config, &problems),
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
	assert_contains(text, "c.yaml:26:5: source \"files\": pathss: unknown key");
	assert_int_equal(problems.count, 12);
	assert_contains(buf_text(&problems.warnings), "source \"files\": paths: ");
	assert_contains(buf_text(&problems.warnings), "/none8.pem: No such file");
	config_free(config);
	problems_release(&problems);
	/* what is no YAML gives nothing; what is good can be run */
	config = NULL;
	problems_init(&problems);
	(void)fixture_write(f, "c.yaml", "a: [\n");
	assert_int_equal(config_load(fixture_path(f, "c.yaml"), NULL, &config, &problems),
			 STATUS_SYNTAX);
	assert_null(config);
	(void)fixture_write(f, "c.yaml", DS);
	assert_int_equal(config_load(fixture_path(f, "c.yaml"), NULL, &config, &problems),
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
		{ "\xEF\xBB\xBF{\"uri\": ,}", "", "/key.json:1:9: JSON: not valid at byte 8 " },
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

/* The problems and warnings of a file, as --config.check finds them. */
static void check_text(const struct fixture *f, const char *text, struct problems *problems)
{
	struct options options = { .config_file = strdup(fixture_write(f, "c.yaml", text)),
				   .config_check = CHECK_OFFLINE };
	struct config *config = NULL;

	problems_init(problems);
	enum status status = config_open(&options, &config, problems);
	assert_int_equal(status == STATUS_OK, problems->count == 0);
	config_free(config);
	free(options.config_file);
}

#define DS_BEGIN "sources:\n  - id: a\n    kind: destination-service\n"
#define FIELDS   "    host: https://d.example\n    client_id: c\n"

/* What cannot be read is reported at the key that names it, in the column where that begins. */
static void test_key_of_credentials(void **state)
{
	const struct fixture *f = *state;
	static const struct {
		const char *text;
		const char *part;
	} rows[] = {
		{ DS_BEGIN "    enabled: true\n    vcap_service: gone\n",
		  "c.yaml:5:5: source \"a\": vcap_service: VCAP_SERVICES: 0 bindings" },
		{ DS_BEGIN "    enabled: true\n    binding_dir: gone\n",
		  "c.yaml:5:5: source \"a\": binding_dir: " },
		{ DS_BEGIN "    enabled: true\n    binding_dir: half\n",
		  "c.yaml:5:5: source \"a\": binding_dir: " },
		{ DS_BEGIN "    enabled: true\n    binding_file: gone\n",
		  "c.yaml:5:5: source \"a\": binding_file: " },
		/* also where something else is wrong with the source */
		{ DS_BEGIN "    typo_here: true\n    vcap_service: gone\n",
		  "c.yaml:5:5: source \"a\": vcap_service: VCAP_SERVICES: 0 bindings" },
		{ DS_BEGIN "    typo_here: true\n    binding_dir: gone\n",
		  "c.yaml:5:5: source \"a\": binding_dir: " },
		{ DS_BEGIN FIELDS
		  "    token_url: https://z.example\n    client_secret_file: gone\n",
		  "c.yaml:7:5: source \"a\": client_secret_file: " },
		{ DS_BEGIN FIELDS "    token_url: https://z.example\n    certificate_file: c.pem\n"
				  "    private_key_file: gone\n",
		  "c.yaml:8:5: source \"a\": private_key_file: " },
		{ DS_BEGIN FIELDS "    token_url: https://z.example\n    certificate_file: c.pem\n"
				  "    private_key_file: other.pem\n",
		  "c.yaml:8:5: source \"a\": private_key_file: private key: "
		  "does" },
		{ DS_BEGIN FIELDS
		  "    token_url: https://z.example\n    certificate_file: other.pem\n"
		  "    private_key_file: k.pem\n",
		  "c.yaml:7:5: source \"a\": certificate_file: no certificate " },
		{ DS_BEGIN FIELDS "    identity_zone: z\n    uaa_domain: sap.example\n"
				  "    certificate_file: c.pem\n    private_key_file: k.pem\n",
		  "c.yaml:7:5: source \"a\": uaa_domain: uaadomain: does not" },
		{ DS_BEGIN FIELDS "    token_url: https://localhost\n    client_secret: s\n"
				  "    subscriber: s\n",
		  "c.yaml:8:5: source \"a\": subscriber: the token address " },
		{ SCC "    keystore_passwords: []\n", "c.yaml:6:5: source \"a\": password_file: " },
		{ DIR "    keystore_passwords:\n      - name: a\n        password_file: gone\n",
		  "c.yaml:7:9: source \"a\": keystore_passwords: password_file: " },
		{ "defaults:\n  keystore_passwords:\n    - { name: a, password_file: gone }\n" DIR,
		  "c.yaml:3:18: source \"a\": keystore_passwords: password_file: " },
		{ "defaults:\n  ca_file: gone\n" SCC, "c.yaml:2:3: source \"a\": ca_file: " },
	};

	assert_int_equal(setenv("VCAP_SERVICES", "{}", 1), 0);
	(void)fixture_write(f, "c.pem", f->certificate);
	(void)fixture_write(f, "k.pem", f->key);
	(void)fixture_write(f, "other.pem", f->other_key);
	(void)fixture_write(f, "half/clientid", "c");
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct problems problems;
		check_text(f, rows[i].text, &problems);
		assert_contains(buf_text(&problems.text), rows[i].part);
		problems_release(&problems);
	}
	assert_int_equal(unsetenv("VCAP_SERVICES"), 0);
}

static void set_clock(int64_t now_s)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%lld", (long long)now_s);
	assert_int_equal(setenv("BTP_CERT_EXPORTER_NOW", text, 1), 0);
}

/* A client certificate that has expired, or will soon, is a warning, wherever it comes from. */
static void test_expired_certificates(void **state)
{
	const struct fixture *f = *state;
	static const struct {
		const char *text;
		const char *place;
	} rows[] = {
		{ DS_BEGIN "    binding_file: x509.json\n", "c.yaml:4:5: warning: source \"a\": "
							    "binding_file: " },
		{ DS_BEGIN "    binding_dir: mounted\n", "c.yaml:4:5: warning: source \"a\": "
							 "binding_dir: " },
		{ DS_BEGIN FIELDS "    token_url: https://z.example\n    certificate_file: c.pem\n"
				  "    private_key_file: k.pem\n",
		  "c.yaml:7:5: warning: source \"a\": certificate_file: " },
		{ "sources:\n  - id: a\n    kind: cloud-connector\n    url: https://s\n"
		  "    certificate_file: c.pem\n    private_key_file: k.pem\n",
		  "c.yaml:5:5: warning: source \"a\": certificate_file: " },
		/* also where something else is wrong with the source */
		{ "sources:\n  - id: a\n    kind: cloud-connector\n    url: https://s\n"
		  "    certificate_file: c.pem\n    private_key_file: k.pem\n    typo_here: 1\n",
		  "c.yaml:5:5: warning: source \"a\": certificate_file: " },
	};
	static const struct {
		int64_t after_s; /* of the 86400 s that it is valid */
		const char *part;
	} times[] = {
		{ 3600, NULL },
		{ 86400 - 3600, "the client certificate expires soon, on " },
		{ 2 * 86400, "the client certificate expired on " },
		{ -86400, "the client certificate is not valid before " },
	};
	char *certificate = fixture_escape(f->certificate);
	char *key = fixture_escape(f->key);
	time_t made_s = time(NULL); /* the fixture's certificate begins about now */
	char json[16384];

	(void)snprintf(
		json, sizeof(json),
		"{\"uri\":\"https://d.example\",\"certurl\":\"https://z.example\",\"clientid\":"
		"\"c\",\"credential-type\":\"x509\",\"certificate\":\"%s\",\"key\":\"%s\"}",
		certificate, key);
	(void)fixture_write(f, "x509.json", json);
	(void)fixture_write(f, "mounted/key.json", json);
	(void)fixture_write(f, "c.pem", f->certificate);
	(void)fixture_write(f, "k.pem", f->key);
	for (size_t i = 0; i < ROWS(rows); i++) {
		for (size_t k = 0; k < ROWS(times); k++) {
			struct problems problems;
			set_clock((int64_t)made_s + times[k].after_s);
			check_text(f, rows[i].text, &problems);
			assert_int_equal(problems.warning_count, times[k].part != NULL ? 1 : 0);
			if (times[k].part != NULL) {
				assert_contains(buf_text(&problems.warnings), rows[i].place);
				assert_contains(buf_text(&problems.warnings), times[k].part);
			}
			problems_release(&problems);
		}
	}
	assert_int_equal(unsetenv("BTP_CERT_EXPORTER_NOW"), 0);
	free(certificate);
	free(key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_check_files, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_check_all_at_once, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(test_check_start, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_key_of_credentials, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(test_expired_certificates, fixture_setup,
						fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
