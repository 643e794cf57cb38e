/* The configuration file: values, defaults, ranges, and every mistake with its text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config/keys.h"
#include "config/parse.h"
#include "config_fixture.h"

#define FOLDER "/etc/btp"

/* Lines that make a good source of each kind, to which one more line is added. */
#define DS "sources:\n  - id: a\n    kind: destination-service\n    binding_file: key.json\n"
#define SCC                                                                                        \
	"sources:\n  - id: a\n    kind: cloud-connector\n    url: https://scc:8443\n"              \
	"    username: u\n    password_file: p\n"
#define DIR "sources:\n  - id: a\n    kind: directory\n    paths: [\"*.pem\"]\n"

static struct config *parse(const char *text, struct problems *problems)
{
	struct config *config = NULL;

	problems_init(problems);
	enum status status =
		config_parse(text, strlen(text), "f.yaml", FOLDER, NULL, &config, problems);
	assert_int_equal(status == STATUS_OK, config != NULL);
	assert_int_equal(status == STATUS_OK, problems->count == 0);
	return config;
}

static struct config *parse_good(const char *text)
{
	struct problems problems;
	struct config *config = parse(text, &problems);

	if (config == NULL)
		fail_msg("%s\nis refused:\n%s", text, buf_text(&problems.text));
	problems_release(&problems);
	return config;
}

/* Exactly these lines. */
static void assert_problems(const char *text, const char *wanted)
{
	struct problems problems;
	struct config *config = parse(text, &problems);

	if (strcmp(buf_text(&problems.text), wanted) != 0)
		fail_msg("%s\ngives:\n%swanted:\n%s", text, buf_text(&problems.text), wanted);
	config_free(config);
	problems_release(&problems);
}

static void test_defaults(void **state)
{
	(void)state;
	struct config *config = parse_good(DS);
	const struct source_config *s = config->sources[0];

	assert_int_equal(config->workers, 4);
	assert_int_equal(config->source_count, 1);
	assert_string_equal(s->name, "a");
	assert_string_equal(s->system_id, "");
	assert_true(s->enabled);
	assert_int_equal(s->poll_interval_s, 3600);
	assert_int_equal(s->timeout_s, 30);
	assert_int_equal(s->connect_timeout_s, 5);
	assert_int_equal(s->refresh_timeout_s, 300);
	assert_string_equal(s->binding_file, FOLDER "/key.json");
	assert_string_equal(s->subscriber, "");
	assert_true(s->level_subaccount && s->level_instance);
	assert_int_equal(s->collection, COLLECTION_PUBLIC_KEYS);
	assert_int_equal(s->page_size, 100);
	assert_int_equal(s->protected_keystores, PROTECTED_FETCH);
	assert_false(s->use_destination_passwords);
	assert_false(s->labels);
	assert_true(s->saml_trust);
	assert_int_equal(s->include.count, 1);
	assert_string_equal(s->include.items[0], "*");
	assert_int_equal(s->exclude.count, 0);
	assert_null(s->ca_file);
	assert_string_equal(s->proxy, "");
	assert_string_equal(s->origin, "f.yaml:2");
	assert_int_equal(strlen(s->digest), 64);
	config_free(config);
}

static void test_values(void **state)
{
	(void)state;
	struct config *config =
		parse_good("workers: 64\n"
			   "defaults:\n"
			   "  poll_interval: 2h\n"
			   "  page_size: 7\n"
			   "  exclude: [old]\n"
			   "  keystore_passwords: [{ name: \"*\", password_file: all }]\n"
			   "  insecure_skip_verify: true\n"
			   "  ca_file: ca.pem\n"
			   "sources:\n"
			   "  - id: one\n"
			   "    name: Number One\n"
			   "    system_id: PRD\n"
			   "    kind: destination-service\n"
			   "    enabled: false\n"
			   "    host: Destination.Example\n"
			   "    token_url: https://z.authentication.example\n"
			   "    client_id: sb-clone!b1|destination\n"
			   "    client_secret_file: ../secret\n"
			   "    poll_interval: 7d\n"
			   "    subscriber: tenant-1\n"
			   "    levels: [instance]\n"
			   "    collection: full\n"
			   "    protected_keystores: report\n"
			   "    use_destination_passwords: true\n"
			   "    labels: true\n"
			   "    saml_trust: false\n"
			   "    include: [\"*.p12\", \"*.jks\"]\n"
			   "    exclude: []\n"
			   "    auto_renewed: [\"gen-*\"]\n"
			   "    ca_file: \"\"\n"
			   "    proxy: http://proxy:3128\n"
			   "  - id: two\n"
			   "    kind: cloud-connector\n"
			   "    url: https://SCC.example:8443/\n"
			   "    certificate_file: /abs/c.pem\n"
			   "    private_key_file: k.pem\n"
			   "    tls_fingerprint_sha256: "
			   "\"AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:"
			   "11:22:33:44:55:"
			   "66:77:88:99\"\n"
			   "  - id: three\n"
			   "    kind: directory\n"
			   "    paths: [\"/x/**/*.jks\", \"rel/*.pem\"]\n");
	const struct source_config *one = config->sources[0];
	const struct source_config *two = config->sources[1];
	const struct source_config *three = config->sources[2];

	assert_int_equal(config->workers, 64);
	assert_string_equal(one->name, "Number One");
	assert_string_equal(one->system_id, "PRD");
	assert_false(one->enabled);
	assert_string_equal(one->host, "https://destination.example");
	assert_string_equal(one->token_url, "https://z.authentication.example/oauth/token");
	assert_string_equal(one->client_secret.file, FOLDER "/../secret");
	assert_int_equal(one->poll_interval_s, 7 * 86400);
	assert_int_equal(one->page_size, 7);
	assert_true(one->level_instance && !one->level_subaccount);
	assert_int_equal(one->collection, COLLECTION_FULL);
	assert_int_equal(one->protected_keystores, PROTECTED_REPORT);
	assert_true(one->use_destination_passwords && one->labels && !one->saml_trust);
	assert_int_equal(one->include.count, 2);
	assert_int_equal(one->exclude.count, 0);
	assert_int_equal(one->keystore_password_count, 1);
	assert_string_equal(one->keystore_passwords[0].password.file, FOLDER "/all");
	assert_null(one->ca_file);
	assert_string_equal(one->proxy, "http://proxy:3128");
	assert_int_equal(two->poll_interval_s, 7200);
	assert_string_equal(two->url, "https://scc.example:8443");
	assert_string_equal(two->certificate.file, "/abs/c.pem");
	assert_string_equal(two->ca_file, FOLDER "/ca.pem");
	assert_string_equal(two->tls_fingerprint_sha256,
			    "aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899");
	assert_false(two->insecure_skip_verify); /* the pin wins over the default */
	assert_string_equal(three->paths.items[0], "/x/**/*.jks");
	assert_string_equal(three->paths.items[1], FOLDER "/rel/*.pem");
	assert_int_equal(three->exclude.count, 1);
	assert_null(three->ca_file);
	config_free(config);
}

struct problem_row {
	const char *text;
	const char *problem;
};

static const struct problem_row problem_rows[] = {
	/* the file as a whole */
	{ "", "f.yaml:1: must be a mapping with the key `sources`, but holds nothing\n" },
	{ "workers: 4\n", "f.yaml:1: sources: is missing: the list of what is to be watched\n" },
	{ "sources: []\n",
	  "f.yaml:1: sources: must be a list with at least one source (`- id: ...`), "
	  "not an empty list\n" },
	{ "sources:\n", "f.yaml:1: sources: must be a list with at least one source (`- id: ...`), "
			"not nothing\n" },
	{ "sources: [a]\n",
	  "f.yaml:1: source number 1: must be a mapping of keys, not a single value\n" },
	{ "a: [\n",
	  "f.yaml:2: not valid YAML: did not find expected node content while parsing a flow "
	  "node\n" },
	{ DS "---\n" DS, "f.yaml:5: a second document (---); one file holds one document\n" },
	{ "x: 1\n" DS, "f.yaml:1: x: unknown key\n" },
	{ "worker: 1\n" DS, "f.yaml:1: worker: unknown key, did you mean \"workers\"?\n" },
	{ "workers: 1\nworkers: 2\n" DS, "f.yaml:2: workers: given twice, first on line 1\n" },
	{ "workers: &w 1\n" DS,
	  "f.yaml:1: anchors (&name) are not supported; write the value out\n" },
	{ "workers: !!int 1\n" DS, "f.yaml:1: tags such as !!str are not supported; remove it\n" },
	{ "defaults: &d !!map {}\n" DS,
	  "f.yaml:1: anchors (&name) are not supported; write the value out\n"
	  "f.yaml:1: tags such as !!map are not supported; remove it\n" },
	{ "defaults: *d\nworkers: *w\nsources: *s\n",
	  "f.yaml:1: aliases (*name) are not supported; write the value out\n"
	  "f.yaml:2: aliases (*name) are not supported; write the value out\n"
	  "f.yaml:3: aliases (*name) are not supported; write the value out\n" },
	{ "sources: [{ id: a, kind: destination-service, binding_file: \"\" }]\n",
	  "f.yaml:1: source \"a\": binding_file: must not be empty\n" },
	{ "sources: [{ id: a, kind: cloud-connector, url: \"\", username: u, password: \"\" }]\n",
	  "f.yaml:1: source \"a\": url: must not be empty\n"
	  "f.yaml:1: source \"a\": password: must not be empty\n" },
	{ "sources: [{ id: a, kind: destination-service, host: h, client_id: i, uaa_domain: d, "
	  "client_secret_file: s }]\n",
	  "f.yaml:1: source \"a\": identity_zone: is missing: it belongs to uaa_domain\n" },
	{ "? [a]\n: b\n" DS, "f.yaml:1: a key must be a single word, not a list\n" },
	{ "defaults: [a]\n" DS, "f.yaml:1: defaults: must be a mapping of keys, not a list\n" },
	/* defaults */
	{ "defaults:\n  id: a\n" DS,
	  "f.yaml:2: defaults: id: belongs to a single source and cannot be a default\n" },
	{ "defaults:\n  host: a\n  pagesize: 1\n  timeout: 0s\n" DS,
	  "f.yaml:2: defaults: host: belongs to a single source and cannot be a default\n"
	  "f.yaml:3: defaults: pagesize: unknown key, did you mean \"page_size\"?\n"
	  "f.yaml:4: defaults: timeout: must be a duration from 1s to 10m, with a unit (90s, 15m, "
	  "1h, "
	  "1d), not \"0s\"\n" },
	/* identity */
	{ "sources:\n  - kind: directory\n    paths: [a]\n",
	  "f.yaml:2: source number 1: id: is missing: a short unique name, the label `source`\n" },
	{ "sources:\n  - id: a b\n    kind: directory\n    paths: [a]\n",
	  "f.yaml:2: source number 1: id: must not have white space or control characters\n" },
	{ "sources:\n  - id: \"\"\n    kind: directory\n    paths: [a]\n",
	  "f.yaml:2: source number 1: id: must not be empty\n" },
	{ "sources:\n  - { id: a, kind: directory, paths: [a] }\n  - { id: a, kind: directory, "
	  "paths: "
	  "[b] }\n",
	  "f.yaml:3: source \"a\": id: was used before, on line 2; ids are unique\n" },
	{ "sources:\n  - id: a\n",
	  "f.yaml:2: source \"a\": kind: is missing: destination-service, cloud-connector or "
	  "directory\n" },
	{ "sources:\n  - id: a\n    kind: dir\n",
	  "f.yaml:3: source \"a\": kind: must be destination-service, cloud-connector or "
	  "directory\n" },
	{ DIR "    kind: directory\n",
	  "f.yaml:5: source \"a\": kind: given twice, first on line 3\n" },
	/* keys of another kind */
	{ DIR "    username: x\n",
	  "f.yaml:5: source \"a\": username: is a key of kind cloud-connector "
	  "only\n" },
	{ SCC "    include: [a]\n", "f.yaml:7: source \"a\": include: is a key of kind "
				    "destination-service and directory only\n" },
	{ DS "    paths: [a]\n",
	  "f.yaml:5: source \"a\": paths: is a key of kind directory only\n" },
	/* types */
	{ DS "    labels: yes\n",
	  "f.yaml:5: source \"a\": labels: must be true or false, not \"yes\"\n" },
	{ DS "    labels: [true]\n",
	  "f.yaml:5: source \"a\": labels: must be a single value, not a list\n" },
	{ DS "    labels:\n",
	  "f.yaml:5: source \"a\": labels: has no value; give one or remove the key\n" },
	{ DS "    page_size: ten\n", "f.yaml:5: source \"a\": page_size: must be a whole number "
				     "from 1 to 1000, not \"ten\"\n" },
	{ DS "    timeout: 5\n", "f.yaml:5: source \"a\": timeout: must be a duration from 1s to "
				 "10m, with a unit (90s, 15m, "
				 "1h, 1d), not \"5\"\n" },
	{ DS "    collection: all\n",
	  "f.yaml:5: source \"a\": collection: must be public-keys or full, not \"all\"\n" },
	{ DS "    protected_keystores: x\n",
	  "f.yaml:5: source \"a\": protected_keystores: must be fetch or report, not \"x\"\n" },
	{ DS "    levels: []\n",
	  "f.yaml:5: source \"a\": levels: is an empty list, nothing would be found\n" },
	{ DS "    levels: [global]\n",
	  "f.yaml:5: source \"a\": levels: each level must be subaccount or instance\n" },
	{ DS "    levels: [instance, instance]\n",
	  "f.yaml:5: source \"a\": levels: names instance twice\n" },
	{ DS "    include: \"*\"\n",
	  "f.yaml:5: source \"a\": include: must be a list, such as [\"a\", "
	  "\"b\"], not a single value\n" },
	{ DS "    exclude: [\"\"]\n",
	  "f.yaml:5: source \"a\": exclude: has an empty pattern; `*` matches everything\n" },
	{ DS "    subscriber: a.b\n",
	  "f.yaml:5: source \"a\": subscriber: must be a subdomain: 1 to 63 "
	  "letters, digits and `-`\n" },
	{ DS "    name: \"a\\nb\"\n",
	  "f.yaml:5: source \"a\": name: has a line feed or control character\n" },
	{ DS "    name: \"a\\0b\"\n", "f.yaml:5: a text with a NUL character\n" },
	{ DS "    proxy: \"ftp://x\"\n",
	  "f.yaml:5: source \"a\": proxy: must be [http://]host[:port], also with https, socks4, "
	  "socks4a, socks5 or socks5h\n" },
	{ DIR "    paths: [a/]\n    exclude: []\n",
	  "f.yaml:5: source \"a\": paths: given twice, first on line 4\n" },
	{ "sources: [{ id: a, kind: directory, paths: [\"a/\", \"b**c\"] }]\n",
	  "f.yaml:1: source \"a\": paths: ends with `/`, so it names no file; add `*` or `**`\n"
	  "f.yaml:1: source \"a\": paths: has `**` next to other characters; it stands alone "
	  "between "
	  "slashes\n" },
	/* passwords of keystores */
	{ DS "    keystore_passwords: x\n",
	  "f.yaml:5: source \"a\": keystore_passwords: must be a list of at most 1000 items, not a "
	  "single value\n" },
	{ DS "    keystore_passwords: [x]\n",
	  "f.yaml:5: source \"a\": keystore_passwords: each item must be a mapping such as { name: "
	  "\"*.p12\", password_file: p12.txt }, not a single value\n" },
	{ DS "    keystore_passwords:\n      - password_file: x\n",
	  "f.yaml:6: source \"a\": keystore_passwords: name is missing: the pattern of the "
	  "stores\n" },
	{ DS "    keystore_passwords:\n      - name: x\n",
	  "f.yaml:6: source \"a\": keystore_passwords: password_file (or password) is missing\n" },
	{ DS "    keystore_passwords:\n      - { name: x, password: y, password_file: z }\n",
	  "f.yaml:6: source \"a\": keystore_passwords: password and password_file are two ways to "
	  "give "
	  "the same thing; keep one\n" },
	{ DS "    keystore_passwords:\n      - { name: x, passwort: y }\n",
	  "f.yaml:6: source \"a\": keystore_passwords: unknown key; each item has name and "
	  "password_file, or name and password\n"
	  "f.yaml:6: source \"a\": keystore_passwords: password_file (or password) is missing\n" },
	{ DS "    keystore_passwords:\n      - { name: x, name: y, password_file: z }\n",
	  "f.yaml:6: source \"a\": keystore_passwords: name: given twice, first on line 6\n" },
	/* two ways, and what is missing */
	{ DS "    binding_dir: b\n",
	  "f.yaml:4: source \"a\": binding_file: binding_file and binding_dir "
	  "are two ways to give the same thing; keep one\n" },
	{ DS "    vcap_service: b\n", "f.yaml:4: source \"a\": binding_file: binding_file and "
				      "vcap_service are two ways to give the "
				      "same thing; keep one\n" },
	{ DS "    client_secret_file: a\n    certificate_file: b\n",
	  "f.yaml:5: source \"a\": client_secret: a client secret and a certificate are two ways "
	  "to "
	  "prove the same; keep one\n" },
	{ DS "    token_url: https://x\n    identity_zone: b\n",
	  "f.yaml:5: source \"a\": token_url: token_url and identity_zone are two ways to give the "
	  "same "
	  "thing; keep one\n" },
	{ "sources: [{ id: a, kind: destination-service }]\n",
	  "f.yaml:1: source \"a\": binding_file: is missing: credentials come from binding_file, "
	  "vcap_service or binding_dir, or from host, token_url, client_id and "
	  "client_secret_file\n" },
	{ "sources: [{ id: a, kind: destination-service, host: h }]\n",
	  "f.yaml:1: source \"a\": token_url: is missing (or identity_zone and uaa_domain): there "
	  "is no "
	  "binding that tells it\n"
	  "f.yaml:1: source \"a\": client_id: is missing: there is no binding that tells it\n"
	  "f.yaml:1: source \"a\": client_secret_file: is missing (or certificate_file and "
	  "private_key_file): there is no binding that tells it\n" },
	{ "sources: [{ id: a, kind: destination-service, client_id: i, identity_zone: z, "
	  "certificate_file: c }]\n",
	  "f.yaml:1: source \"a\": host: is missing: there is no binding that tells it\n"
	  "f.yaml:1: source \"a\": uaa_domain: is missing: it belongs to identity_zone\n"
	  "f.yaml:1: source \"a\": private_key_file: is missing: the key that belongs to the "
	  "certificate\n" },
	{ "sources: [{ id: a, kind: cloud-connector }]\n",
	  "f.yaml:1: source \"a\": url: is missing: https://host:port of the connector\n"
	  "f.yaml:1: source \"a\": username: is missing: log on with username and password_file, "
	  "or with "
	  "certificate_file and private_key_file\n" },
	{ "sources: [{ id: a, kind: cloud-connector, url: \"https://s\", username: u }]\n",
	  "f.yaml:1: source \"a\": password_file: is missing: it belongs to username\n" },
	{ "sources: [{ id: a, kind: cloud-connector, url: \"https://s\", password_file: u }]\n",
	  "f.yaml:1: source \"a\": username: is missing: it belongs to the password\n" },
	{ SCC "    certificate_file: c\n",
	  "f.yaml:2: source \"a\": private_key_file: is missing: the key that belongs to the "
	  "certificate\n"
	  "f.yaml:5: source \"a\": username: a user and a client certificate are two ways to log "
	  "on; keep one\n" },
	{ SCC "    password: p\n",
	  "f.yaml:7: source \"a\": password: password and password_file are two "
	  "ways to give the same thing; keep one\n" },
	{ SCC "    insecure_skip_verify: true\n    tls_fingerprint_sha256: "
	      "aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899\n",
	  "f.yaml:7: source \"a\": insecure_skip_verify: goes not together with "
	  "tls_fingerprint_sha256; the fingerprint is the safe one of the two\n" },
	{ SCC "    tls_fingerprint_sha256: aa:bb\n",
	  "f.yaml:7: source \"a\": tls_fingerprint_sha256: must be the SHA-256 fingerprint of the "
	  "certificate: 64 hexadecimal digits, with or without colons\n" },
	{ "sources: [{ id: a, kind: cloud-connector, url: \"https://s\", username: \"u:v\", "
	  "password_file: p }]\n",
	  "f.yaml:1: source \"a\": username: must not have `:` or control characters (HTTP basic "
	  "authentication)\n" },
	{ "sources: [{ id: a, kind: directory }]\n",
	  "f.yaml:1: source \"a\": paths: is missing: a list of patterns, such as "
	  "[\"/etc/ssl/certs/*.pem\"]\n" },
	/* plain http */
	{ "sources: [{ id: a, kind: cloud-connector, url: \"http://s\", username: u, "
	  "password_file: p "
	  "}]\n",
	  "f.yaml:1: source \"a\": url: plain http is refused, it would show the credentials to "
	  "everyone on the way; use https://\n" },
	{ DS "    host: http://x\n    token_url: http://y\n",
	  "f.yaml:5: source \"a\": host: plain http is refused, it would show the credentials to "
	  "everyone on the way; use https://\n"
	  "f.yaml:6: source \"a\": token_url: plain http is refused, it would show the credentials "
	  "to "
	  "everyone on the way; use https://\n" },
	/* variables */
	{ DS "    name: ${BTP_TEST_UNSET}\n",
	  "f.yaml:5: source \"a\": name: the environment variable BTP_TEST_UNSET is not set\n" },
	{ DS "    exclude: [\"${BTP_TEST_UNSET}\"]\n",
	  "f.yaml:5: source \"a\": exclude: the environment variable BTP_TEST_UNSET is not set\n" },
	{ DS "    name: ${BTP TEST}\n",
	  "f.yaml:5: source \"a\": name: `${` without a variable name and "
	  "`}`; `$${` is a literal `${`\n" },
	{ DS "    name: ${BTP_TEST_LATIN1}\n",
	  "f.yaml:5: source \"a\": name: not UTF-8 once its variables are put in\n" },
	{ "workers: ${BTP_TEST_UNSET}\n" DS,
	  "f.yaml:1: workers: the environment variable BTP_TEST_UNSET is not set\n" },
	{ "defaults:\n  proxy: ${BTP_TEST_UNSET}\n" DS,
	  "f.yaml:2: defaults: proxy: the environment variable BTP_TEST_UNSET is not set\n" },
};

static void test_problems(void **state)
{
	(void)state;
	assert_int_equal(unsetenv("BTP_TEST_UNSET"), 0);
	assert_int_equal(setenv("BTP_TEST_LATIN1", "\xE4", 1), 0);
	for (size_t i = 0; i < ROWS(problem_rows); i++)
		assert_problems(problem_rows[i].text, problem_rows[i].problem);
}

static void test_variables(void **state)
{
	(void)state;
	assert_int_equal(setenv("BTP_TEST_NAME", "value: with ${BTP_TEST_UNSET}", 1), 0);
	assert_int_equal(setenv("BTP_TEST_NUMBER", "17", 1), 0);
	assert_int_equal(setenv("BTP_TEST_EMPTY", "", 1), 0);
	struct config *config = parse_good("workers: ${BTP_TEST_NUMBER}\n"
					   "sources:\n"
					   "  - id: a${BTP_TEST_NUMBER}\n"
					   "    kind: directory\n"
					   "    name: \"<${BTP_TEST_NAME}> $${HOME} $HOME $$\"\n"
					   "    system_id: \"${BTP_TEST_EMPTY}\"\n"
					   "    paths: [\"/${BTP_TEST_NUMBER}/*\"]\n");
	const struct source_config *s = config->sources[0];

	assert_int_equal(config->workers, 17);
	assert_string_equal(s->id, "a17");
	/* what comes out of a variable is not looked at again */
	assert_string_equal(s->name, "<value: with ${BTP_TEST_UNSET}> ${HOME} $HOME $$");
	assert_string_equal(s->system_id, "");
	assert_string_equal(s->paths.items[0], "/17/*");
	config_free(config);
}

struct range_row {
	const char *key;
	const char *low, *high; /* allowed */
	const char *too_low, *too_high;
};

static void assert_value(const char *key, const char *value, bool good)
{
	struct problems problems;
	char text[512];
	bool top = strcmp(key, "workers") == 0;

	if (top)
		(void)snprintf(text, sizeof(text), "%s: %s\n%s", key, value, DS);
	else
		(void)snprintf(text, sizeof(text), "%s    %s: %s\n", DS, key, value);
	struct config *config = parse(text, &problems);
	if ((config != NULL) != good)
		fail_msg("%s: %s is %s", key, value, good ? "refused" : "accepted");
	if (!good)
		assert_contains(buf_text(&problems.text), key);
	config_free(config);
	problems_release(&problems);
}

static void test_ranges(void **state)
{
	static const struct range_row rows[] = {
		{ "workers", "1", "64", "0", "65" },
		{ "poll_interval", "60s", "7d", "59s", "169h" },
		{ "timeout", "1s", "10m", "0s", "601s" },
		{ "connect_timeout", "1s", "2m", "0m", "121s" },
		{ "refresh_timeout", "10s", "1h", "9s", "3601s" },
		{ "page_size", "1", "1000", "0", "1001" },
	};
	static const char *const never[] = { "-1",     "1.5", "0x10", "1e1", "99999999999999999999",
					     "\" 1\"", "1 s", "1ms",  "s",   "\"\"",
					     "[]",     "{}",  "~" };

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		assert_value(rows[i].key, rows[i].low, true);
		assert_value(rows[i].key, rows[i].high, true);
		assert_value(rows[i].key, rows[i].too_low, false);
		assert_value(rows[i].key, rows[i].too_high, false);
		for (size_t k = 0; k < ROWS(never); k++)
			assert_value(rows[i].key, never[k], false);
	}
}

/* One letter missing, one too many, two swapped: none of it may pass silently. */
static void test_typo_in_each_key(void **state)
{
	(void)state;
	for (size_t i = 0; config_key(i) != NULL; i++) {
		const char *name = config_key(i)->name;
		size_t len = strlen(name);
		for (size_t at = 0; at < len; at++) {
			struct problems problems;
			char typo[64];
			char text[512];
			(void)snprintf(typo, sizeof(typo), "%.*s%s", (int)at, name, name + at + 1);
			if (config_key_index(typo) != KEYS_MAX || len == 2)
				continue;
			(void)snprintf(text, sizeof(text), "%s    %s: x\n", DIR, typo);
			assert_null(parse(text, &problems));
			assert_contains(buf_text(&problems.text), typo);
			assert_contains(buf_text(&problems.text), "unknown key, did you mean \"");
			problems_release(&problems);
		}
	}
}

/* Every key has a place: under its kinds, and nowhere else. */
static void test_kinds_of_each_key(void **state)
{
	static const char *const sources[] = { DS, SCC, DIR };

	(void)state;
	for (size_t i = 0; config_key(i) != NULL; i++) {
		const struct key *key = config_key(i);
		for (size_t kind = 0; kind < ROWS(sources); kind++) {
			struct problems problems;
			char text[512];
			(void)snprintf(text, sizeof(text), "%s    %s: {}\n", sources[kind],
				       key->name);
			assert_null(parse(text, &problems));
			if ((key->kinds & KIND_BIT(kind)) == 0)
				assert_contains(buf_text(&problems.text), "is a key of kind");
			else
				assert_lacks(buf_text(&problems.text), "is a key of kind");
			problems_release(&problems);
		}
	}
}

static const char *digest_of(struct config **config, const char *text)
{
	*config = parse_good(text);
	return (*config)->sources[0]->digest;
}

static void test_digest(void **state)
{
	static const char *const texts[] = {
		SCC,
		SCC "    enabled: false\n",
		SCC "    timeout: 31s\n",
		SCC "    name: x\n",
		SCC "    ca_file: x\n",
		SCC "    proxy: x\n",
		SCC "    insecure_skip_verify: true\n",
		DIR,
		DIR "    exclude: [a]\n",
		DIR "    exclude: [a, b]\n",
		DIR "    exclude: [ab]\n",
		DIR "    keystore_passwords: [{ name: a, password: b }]\n",
		DIR "    keystore_passwords: [{ name: a, password: c }]\n",
		DIR "    keystore_passwords: [{ name: a, password_file: b }]\n",
		DS,
		DS "    levels: [instance]\n",
		DS "    levels: [subaccount]\n",
		DS "    client_secret: a\n",
		DS "    client_secret: b\n",
		DS "    certificate: a\n",
		DS "    private_key: a\n",
	};
	struct config *configs[ROWS(texts)];

	(void)state;
	for (size_t i = 0; i < ROWS(texts); i++) {
		struct config *again;
		const char *digest = digest_of(&configs[i], texts[i]);
		assert_string_equal(digest, digest_of(&again, texts[i]));
		config_free(again);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(digest, configs[k]->sources[0]->digest);
	}
	for (size_t i = 0; i < ROWS(texts); i++)
		config_free(configs[i]);
}

static void test_warnings(void **state)
{
	static const struct problem_row rows[] = {
		{ "sources: [{ id: a, kind: cloud-connector, url: \"https://s\", username: u, "
		  "password: "
		  "p }]\n",
		  "f.yaml:1: source \"a\": password: the secret is written in the file itself; "
		  "password_file would keep it out\n" },
		{ "sources: [{ id: a, kind: cloud-connector, url: \"https://s\", username: u, "
		  "password: "
		  "\"${BTP_TEST_NAME}\" }]\n",
		  "" },
		{ DS "    client_secret: p\n", "f.yaml:5: source \"a\": client_secret: the secret "
					       "is written in the file itself; "
					       "client_secret_file would keep it out\n" },
		{ DS "    certificate: p\n", "" },
		{ DS "    proxy: http://u:p@x\n",
		  "f.yaml:5: source \"a\": proxy: a password is written in the file itself; a "
		  "variable ${NAME} would keep it out\n" },
		{ DS "    proxy: \"http://u:${BTP_TEST_NAME}@x\"\n", "" },
		{ DS "    private_key: p\n",
		  "f.yaml:5: source \"a\": private_key: the secret is written in the file itself; "
		  "private_key_file would keep it out\n" },
		{ DS "    keystore_passwords: [{ name: a, password: p }]\n",
		  "f.yaml:5: source \"a\": keystore_passwords: the secret is written in the file "
		  "itself; "
		  "password_file would keep it out\n" },
		/* a default is told once, not for each source */
		{ "defaults: { keystore_passwords: [{ name: a, password: p }] }\n" DS
		  "  - { id: b, kind: directory, paths: [a] }\n",
		  "f.yaml:1: defaults: keystore_passwords: the secret is written in the file "
		  "itself; "
		  "password_file would keep it out\n" },
	};

	(void)state;
	assert_int_equal(setenv("BTP_TEST_NAME", "p", 1), 0);
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct problems problems;
		struct config *config = parse(rows[i].text, &problems);
		assert_non_null(config);
		assert_string_equal(buf_text(&problems.warnings), rows[i].problem);
		config_free(config);
		problems_release(&problems);
	}
}

static void test_wants(void **state)
{
	(void)state;
	struct config *config = parse_good(DIR "    include: [\"*.p12\", \"/opt/*\"]\n"
					       "    exclude: [\"old*\"]\n");
	const struct source_config *s = config->sources[0];

	assert_true(source_config_wants(s, "/x/a.p12"));
	assert_true(source_config_wants(s, "/opt/deep/a.pem"));
	assert_false(source_config_wants(s, "/x/a.pem"));
	assert_false(source_config_wants(s, "/x/old.p12"));
	config_free(config);
}

static void test_load(void **state)
{
	const struct fixture *f = *state;
	struct config *config = NULL;
	struct problems problems;
	char wanted[FIXTURE_PATH_MAX];

	problems_init(&problems);
	assert_int_equal(config_load(fixture_path(f, "none.yaml"), NULL, &config, &problems),
			 STATUS_NOT_FOUND);
	assert_contains(buf_text(&problems.text), "none.yaml: No such file");
	/* relative to the folder of the file, even if that is given relatively; --ca.file as
	 * default */
	(void)fixture_write(f, "sub/f[1]/c.yaml",
			    DS "  - { id: b, kind: directory, paths: [x.pem] }\n");
	assert_int_equal(chdir(fixture_path(f, "sub")), 0);
	assert_int_equal(config_load("f[1]/c.yaml", "ca.pem", &config, &problems), STATUS_OK);
	(void)snprintf(wanted, sizeof(wanted), "%s/sub/f[1]/key.json", f->folder);
	assert_string_equal(config->sources[0]->binding_file, wanted);
	assert_string_equal(config->sources[0]->ca_file, "ca.pem");
	(void)snprintf(wanted, sizeof(wanted), "%s/sub/f\\[1\\]/x.pem", f->folder);
	assert_string_equal(config->sources[1]->paths.items[0], wanted);
	assert_null(config->sources[1]->ca_file);
	assert_int_equal(chdir("/"), 0);
	struct source_config *taken = config_take_source(config, 0);
	assert_null(config->sources[0]);
	source_config_free(taken);
	config_free(config);
	problems_release(&problems);
}

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
	assert_contains(text, "c.yaml:2: source \"d\": binding_file: ");
	assert_contains(text, "/none.json: No such file");
	assert_contains(text, "source \"d\": ca_file: ");
	assert_contains(text, "/empty: no certificate in it");
	assert_contains(text, "c.yaml:3: source \"e\": password: ");
	assert_contains(text, "/empty is empty");
	assert_contains(text,
			"c.yaml:4: source \"f\": certificate: private_key: does not belong to the "
			"first certificate");
	assert_contains(text, "c.yaml:5: source \"g\": ca_file: ");
	assert_contains(text, "c.yaml:9: source \"h\": keystore_passwords: ");
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
			    "    password_file: none4\n");
	(void)fixture_write(f, "bad.json", "{\n\"uri\": \"https://d.example\",\n\"url\": x\n}\n");
	problems_init(&problems);
	assert_int_equal(config_load_for_check(fixture_path(f, "c.yaml"), NULL, &config, &problems),
			 STATUS_SYNTAX);
	assert_non_null(config);
	config_check_files(config, &problems);
	const char *text = buf_text(&problems.text);
	assert_contains(text, "c.yaml:4: source \"typo\": poll_intervall: unknown key");
	assert_contains(text, "c.yaml:5: source \"typo\": binding_file: ");
	assert_contains(text, "c.yaml:6: source \"typo\": client_secret: ");
	assert_contains(text, "c.yaml:7: source \"typo\": ca_file: ");
	assert_contains(text, "c.yaml:10: source \"sound\": binding_file: ");
	assert_contains(text, "/bad.json:3: JSON: not valid at byte ");
	assert_contains(text, "c.yaml:13: source \"unset\": binding_file: the environment");
	assert_contains(text, "c.yaml:16: source \"scc\": url: plain http");
	assert_contains(text, "c.yaml:18: source \"scc\": password: ");
	assert_int_equal(problems.count, 8);
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
		{ "{\n\n\"uri\": ,\n}\n", "", "/key.json:3: JSON: not valid at byte " },
		{ "{\n\"uri\":\"x\",\n\n", "", "/key.json:2: JSON: not valid at byte " },
		{ "{}\n\n{}", "", "/key.json:3: JSON: more text after the value at byte 4;" },
		{ "{\n\"uri\":\n\"\xFF\"}", "", "/key.json:3: JSON: not UTF-8;" },
		{ "", "", "/key.json:1: JSON: " },
		{ "{}", "", "/key.json: no service key of a Destination instance" },
		{ SERVICE_KEY "}", "", "/key.json: clientsecret: is missing; " },
		{ "{\"clientid\":\"c\"}", "", "/key.json: uri: is missing: " },
		{ SERVICE_KEY "}", "    client_secret_file: gone\n", NULL },
		{ SERVICE_KEY "}", "    certificate_file: gone\n    private_key_file: gone\n",
		  "/key.json: certurl: is missing" },
		{ "{", "    client_secret_file: gone\n", "/key.json:1: JSON: " },
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
					"c.yaml:4: source \"a\": binding_file: ");
			assert_contains(buf_text(&problems.text), rows[i].part);
		}
		config_free(config);
		problems_release(&problems);
	}
}

/* A warning stands where its key is, also when that is a default. */
static void test_warning_lines(void **state)
{
	struct problems problems;
	struct config *config = parse(SCC "    insecure_skip_verify: true\n", &problems);

	(void)state;
	assert_contains(buf_text(&problems.warnings),
			"f.yaml:7: source \"a\": insecure_skip_verify: the certificate");
	config_free(config);
	problems_release(&problems);
	config = parse("defaults:\n  insecure_skip_verify: true\n" SCC, &problems);
	assert_contains(buf_text(&problems.warnings),
			"f.yaml:2: source \"a\": insecure_skip_verify: the certificate");
	config_free(config);
	problems_release(&problems);
}

/* Many keys in one map, and many values, end in a text and not in memory or time. */
static void test_limits(void **state)
{
	struct problems problems;
	struct buf text;

	(void)state;
	buf_init(&text, 4 * 1024 * 1024);
	for (int i = 0; i < 3000; i++)
		buf_printf(&text, "k%d: 1\n", i);
	assert_null(parse(buf_text(&text), &problems));
	assert_contains(buf_text(&problems.text), "more keys in one mapping");
	problems_release(&problems);
	buf_release(&text);
	buf_puts(&text, "a: [");
	for (int i = 0; i < 120000; i++)
		buf_puts(&text, "1,");
	buf_puts(&text, "]\n");
	assert_null(parse(buf_text(&text), &problems));
	assert_contains(buf_text(&problems.text), "more values");
	problems_release(&problems);
	buf_release(&text);
	for (int i = 0; i < 20; i++)
		buf_puts(&text, "[");
	for (int i = 0; i < 20; i++)
		buf_puts(&text, "]");
	assert_null(parse(buf_text(&text), &problems));
	assert_contains(buf_text(&problems.text), "nested deeper");
	problems_release(&problems);
	buf_release(&text);
	while (text.len <= 1024 * 1024)
		buf_puts(&text, "# a comment that is rather long but says nothing\n");
	assert_null(parse(buf_text(&text), &problems));
	assert_contains(buf_text(&problems.text), "larger than 1 MiB");
	problems_release(&problems);
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_problems),
		cmocka_unit_test(test_variables),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_typo_in_each_key),
		cmocka_unit_test(test_kinds_of_each_key),
		cmocka_unit_test(test_digest),
		cmocka_unit_test(test_warnings),
		cmocka_unit_test(test_wants),
		cmocka_unit_test_setup_teardown(test_load, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_check_files, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_check_all_at_once, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(test_check_start, fixture_setup, fixture_teardown),
		cmocka_unit_test(test_warning_lines),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
