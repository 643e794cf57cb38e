/* The configuration file: every mistake and every warning, with its text and its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config/keys.h"
#include "config_text.h"

struct problem_row {
	const char *text;
	const char *problem;
};

static const struct problem_row problem_rows[] = {
	/* the file as a whole */
	{ "", "f.yaml:1:1: must be a mapping with the key `sources`, but holds nothing\n" },
	{ "workers: 4\n", "f.yaml:1:1: sources: is missing: the list of what is to be watched\n" },
	{ "sources: []\n",
	  "f.yaml:1:10: sources: must be a list with at least one source (`- id: ...`), "
	  "not an empty list\n" },
	{ "sources:\n",
	  "f.yaml:1:9: sources: must be a list with at least one source (`- id: ...`), "
	  "not nothing\n" },
	{ "sources: [a]\n",
	  "f.yaml:1:11: source number 1: must be a mapping of keys, not a single value\n" },
	{ "a: [\n", "f.yaml:1:4: the [ that opens here is never closed\n" },
	{ DS "---\n" DS, "f.yaml:5:1: a second document (---); one file holds one document\n" },
	{ "x: 1\n" DS, "f.yaml:1:1: x: unknown key\n" },
	{ "worker: 1\n" DS, "f.yaml:1:1: worker: unknown key, did you mean \"workers\"?\n" },
	{ "workers: 1\nworkers: 2\n" DS, "f.yaml:2:1: workers: given twice, first on line 1\n" },
	{ "workers: &w 1\n" DS, "f.yaml:1:10: anchors (&name) are not supported; write the value "
				"out, or put a text that begins with & in quotes\n" },
	{ "workers: !!int 1\n" DS, "f.yaml:1:10: tags such as !!str are not supported; remove it, "
				   "or put a text that begins with ! in quotes\n" },
	{ "defaults: &d !!map {}\n" DS,
	  "f.yaml:1:11: anchors (&name) are not supported; write the value out, or put a text that "
	  "begins with & in quotes\n"
	  "f.yaml:1:11: tags such as !!map are not supported; remove it\n" },
	{ "defaults: *d\nworkers: *w\nsources: *s\n",
	  "f.yaml:1:11: aliases (*name) are not supported; write the value out, or put a text that "
	  "begins with * in quotes\n"
	  "f.yaml:2:10: aliases (*name) are not supported; write the value out, or put a text that "
	  "begins with * in quotes\n"
	  "f.yaml:3:10: aliases (*name) are not supported; write the value out, or put a text that "
	  "begins with * in quotes\n" },
	{ "sources: [{ id: a, kind: destination-service, binding_file: \"\" }]\n",
	  "f.yaml:1:61: source \"a\": binding_file: must not be empty\n" },
	{ "sources: [{ id: a, kind: cloud-connector, url: \"\", username: u, password: \"\" }]\n",
	  "f.yaml:1:48: source \"a\": url: must not be empty\n"
	  "f.yaml:1:75: source \"a\": password: must not be empty\n" },
	{ "sources: [{ id: a, kind: destination-service, host: h, client_id: i, uaa_domain: d, "
	  "client_secret_file: s }]\n",
	  "f.yaml:1:11: source \"a\": identity_zone: is missing: it belongs to uaa_domain\n" },
	{ "? [a]\n: b\n" DS, "f.yaml:1:3: a key must be a single word, not a list; a text that "
			     "begins with [ or { needs quotes\n" },
	{ "defaults: [a]\n" DS, "f.yaml:1:11: defaults: must be a mapping of keys, not a list\n" },
	/* defaults */
	{ "defaults:\n  id: a\n" DS,
	  "f.yaml:2:3: defaults: id: belongs to a single source and cannot be a default\n" },
	{ "defaults:\n  host: a\n  pagesize: 1\n  timeout: 0s\n" DS,
	  "f.yaml:2:3: defaults: host: belongs to a single source and cannot be a default\n"
	  "f.yaml:3:3: defaults: pagesize: unknown key, did you mean \"page_size\"?\n"
	  "f.yaml:4:12: defaults: timeout: must be a duration from 1s to 10m, with a unit (90s, "
	  "15m, "
	  "1h, "
	  "1d), not \"0s\"\n" },
	/* identity */
	{ "sources:\n  - kind: directory\n    paths: [a]\n",
	  "f.yaml:2:5: source number 1: id: is missing: a short unique name, the label "
	  "`source`\n" },
	{ "sources:\n  - id: a b\n    kind: directory\n    paths: [a]\n",
	  "f.yaml:2:9: source number 1: id: must not have white space or control characters\n" },
	{ "sources:\n  - id: \"a\\Nb\"\n    kind: directory\n    paths: [a]\n",
	  "f.yaml:2:9: source \"a\\x85b\": id: must not have white space or control characters\n" },
	{ "sources:\n  - id: \"\"\n    kind: directory\n    paths: [a]\n",
	  "f.yaml:2:9: source number 1: id: must not be empty\n" },
	{ "sources:\n  - { id: a, kind: directory, paths: [a] }\n  - { id: a, kind: directory, "
	  "paths: "
	  "[b] }\n",
	  "f.yaml:3:11: source \"a\": id: was used before, on line 2; ids are unique\n" },
	{ "sources:\n  - id: a\n",
	  "f.yaml:2:5: source \"a\": kind: is missing: destination-service, cloud-connector or "
	  "directory\n" },
	{ "sources:\n  - id: a\n    kind: dir\n",
	  "f.yaml:3:11: source \"a\": kind: must be destination-service, cloud-connector or "
	  "directory, not \"dir\"; did you mean \"directory\"?\n" },
	{ DIR "    kind: directory\n",
	  "f.yaml:5:5: source \"a\": kind: given twice, first on line 3\n" },
	/* keys of another kind */
	{ DIR "    username: x\n", "f.yaml:5:5: source \"a\": username: is only valid for kind "
				   "cloud-connector\n" },
	{ SCC "    include: [a]\n", "f.yaml:7:5: source \"a\": include: is only valid for "
				    "kind destination-service and directory\n" },
	{ DS "    paths: [a]\n",
	  "f.yaml:5:5: source \"a\": paths: is only valid for kind directory\n" },
	/* types */
	{ DS "    labels: yes\n", "f.yaml:5:13: source \"a\": labels: must be true or false, not "
				  "\"yes\"; did you mean \"true\"?\n" },
	{ DS "    labels: [true]\n",
	  "f.yaml:5:13: source \"a\": labels: must be a single value, not a list\n" },
	{ DS "    labels:\n",
	  "f.yaml:5:12: source \"a\": labels: has no value; give one or remove the key\n" },
	{ DS "    page_size: ten\n", "f.yaml:5:16: source \"a\": page_size: must be a whole number "
				     "from 1 to 1000, not \"ten\"\n" },
	{ DS "    timeout: 5\n",
	  "f.yaml:5:14: source \"a\": timeout: must be a duration from 1s to "
	  "10m, with a unit (90s, 15m, "
	  "1h, 1d), not \"5\"\n" },
	{ DS "    collection: all\n",
	  "f.yaml:5:17: source \"a\": collection: must be public-keys or full, not \"all\"\n" },
	{ DS "    protected_keystores: x\n",
	  "f.yaml:5:26: source \"a\": protected_keystores: must be fetch or report, not \"x\"\n" },
	{ DS "    levels: []\n",
	  "f.yaml:5:13: source \"a\": levels: is an empty list, nothing would be found\n" },
	{ DS "    levels: [global]\n",
	  "f.yaml:5:14: source \"a\": levels: must be subaccount or instance, not \"global\"\n" },
	{ DS "    levels: [instance, instance]\n",
	  "f.yaml:5:24: source \"a\": levels: names instance twice\n" },
	{ DS "    include: \"*\"\n",
	  "f.yaml:5:14: source \"a\": include: must be a list, such as [\"a\", "
	  "\"b\"], not a single value\n" },
	{ DS "    exclude: [\"\"]\n",
	  "f.yaml:5:15: source \"a\": exclude: has an empty pattern; `*` matches everything\n" },
	{ DS "    subscriber: a.b\n",
	  "f.yaml:5:17: source \"a\": subscriber: must be a subdomain: 1 to 63 "
	  "letters, digits and `-`\n" },
	{ DS "    name: \"a\\nb\"\n",
	  "f.yaml:5:11: source \"a\": name: has a line feed or control character\n" },
	{ DS "    name: \"a\\0b\"\n", "f.yaml:5:11: a text with a NUL character\n" },
	{ DS "    proxy: \"ftp://x\"\n",
	  "f.yaml:5:12: source \"a\": proxy: must be [http://][user:password@]host[:port], also "
	  "with "
	  "https, socks4, socks4a, socks5 or socks5h; in user and password percent-encode `@` "
	  "(%40), `#` (%23), `/` (%2F), `?` (%3F), `%` (%25) and blanks (%20)\n" },
	{ DIR "    paths: [a/]\n    exclude: []\n",
	  "f.yaml:5:5: source \"a\": paths: given twice, first on line 4\n" },
	{ "sources: [{ id: a, kind: directory, paths: [\"a/\", \"b**c\"] }]\n",
	  "f.yaml:1:45: source \"a\": paths: ends with `/`, so it names no file; add `*` or `**`\n"
	  "f.yaml:1:51: source \"a\": paths: has `**` next to other characters; it stands alone "
	  "between "
	  "slashes\n" },
	/* passwords of keystores */
	{ DS "    keystore_passwords: x\n", "f.yaml:5:25: source \"a\": keystore_passwords: must "
					    "be a list of at most 1000 items, not a "
					    "single value\n" },
	{ DS "    keystore_passwords: [x]\n",
	  "f.yaml:5:26: source \"a\": keystore_passwords: each item must be a mapping such as { "
	  "name: "
	  "\"*.p12\", password_file: p12.txt }, not a single value\n" },
	{ DS "    keystore_passwords:\n      - password_file: x\n",
	  "f.yaml:6:9: source \"a\": keystore_passwords: name is missing: the pattern of the "
	  "stores\n" },
	{ DS "    keystore_passwords:\n      - name: x\n",
	  "f.yaml:6:9: source \"a\": keystore_passwords: password_file (or password) is "
	  "missing\n" },
	{ DS "    keystore_passwords:\n      - { name: x, password: y, password_file: z }\n",
	  "f.yaml:6:9: source \"a\": keystore_passwords: password and password_file are two ways "
	  "to "
	  "give "
	  "the same thing; keep one\n" },
	{ DS "    keystore_passwords:\n      - { name: x, passwort: y }\n",
	  "f.yaml:6:20: source \"a\": keystore_passwords: passwort: unknown key, did you mean "
	  "\"password\"?\n" },
	{ DS "    keystore_passwords:\n      - { name: x, name: y, password_file: z }\n",
	  "f.yaml:6:20: source \"a\": keystore_passwords: name: given twice, first on line 6\n" },
	/* two ways, and what is missing */
	{ DS "    binding_dir: b\n",
	  "f.yaml:4:5: source \"a\": binding_file: binding_file and binding_dir "
	  "are two ways to give the same thing; keep one\n" },
	{ DS "    vcap_service: b\n", "f.yaml:4:5: source \"a\": binding_file: binding_file and "
				      "vcap_service are two ways to give the "
				      "same thing; keep one\n" },
	{ DS "    client_secret_file: a\n    certificate_file: b\n",
	  "f.yaml:5:5: source \"a\": client_secret: a client secret and a certificate are two ways "
	  "to "
	  "prove the same; keep one\n" },
	{ DS "    token_url: https://x\n    identity_zone: b\n",
	  "f.yaml:5:5: source \"a\": token_url: token_url and identity_zone are two ways to give "
	  "the "
	  "same "
	  "thing; keep one\n" },
	{ "sources: [{ id: a, kind: destination-service }]\n",
	  "f.yaml:1:11: source \"a\": binding_file: is missing: credentials come from "
	  "binding_file, "
	  "vcap_service or binding_dir, or from host, token_url, client_id and "
	  "client_secret_file\n" },
	{ "sources: [{ id: a, kind: destination-service, host: h }]\n",
	  "f.yaml:1:11: source \"a\": token_url: is missing (or identity_zone and uaa_domain): "
	  "there "
	  "is no "
	  "binding that has it\n"
	  "f.yaml:1:11: source \"a\": client_id: is missing: there is no binding that has it\n"
	  "f.yaml:1:11: source \"a\": client_secret_file: is missing (or certificate_file and "
	  "private_key_file): there is no binding that has it\n" },
	{ "sources: [{ id: a, kind: destination-service, client_id: i, identity_zone: z, "
	  "certificate_file: c }]\n",
	  "f.yaml:1:11: source \"a\": host: is missing: there is no binding that has it\n"
	  "f.yaml:1:11: source \"a\": uaa_domain: is missing: it belongs to identity_zone\n"
	  "f.yaml:1:11: source \"a\": private_key_file: is missing: the key that belongs to the "
	  "certificate\n" },
	{ "sources: [{ id: a, kind: cloud-connector }]\n",
	  "f.yaml:1:11: source \"a\": url: is missing: https://host:port of the connector\n"
	  "f.yaml:1:11: source \"a\": username: is missing: log on with username and "
	  "password_file, "
	  "or with "
	  "certificate_file and private_key_file\n" },
	{ "sources: [{ id: a, kind: cloud-connector, url: \"https://s\", username: u }]\n",
	  "f.yaml:1:11: source \"a\": password_file: is missing: it belongs to username\n" },
	{ "sources: [{ id: a, kind: cloud-connector, url: \"https://s\", password_file: u }]\n",
	  "f.yaml:1:11: source \"a\": username: is missing: it belongs to the password\n" },
	{ SCC "    certificate_file: c\n",
	  "f.yaml:2:5: source \"a\": private_key_file: is missing: the key that belongs to the "
	  "certificate\n"
	  "f.yaml:5:5: source \"a\": username: a user and a client certificate are two ways to log "
	  "on; keep one\n" },
	{ SCC "    password: p\n",
	  "f.yaml:7:5: source \"a\": password: password and password_file are two "
	  "ways to give the same thing; keep one\n" },
	{ SCC "    insecure_skip_verify: true\n    tls_fingerprint_sha256: "
	      "aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899\n",
	  "f.yaml:7:5: source \"a\": insecure_skip_verify: cannot be combined with "
	  "tls_fingerprint_sha256; the fingerprint is the safe one of the two\n" },
	{ SCC "    tls_fingerprint_sha256: aa:bb\n",
	  "f.yaml:7:29: source \"a\": tls_fingerprint_sha256: must be the SHA-256 fingerprint of "
	  "the "
	  "certificate: 64 hexadecimal digits, with or without colons\n" },
	{ "sources: [{ id: a, kind: cloud-connector, url: \"https://s\", username: \"u:v\", "
	  "password_file: p }]\n",
	  "f.yaml:1:71: source \"a\": username: must not have `:` or control characters (HTTP "
	  "basic "
	  "authentication)\n" },
	{ "sources: [{ id: a, kind: directory }]\n",
	  "f.yaml:1:11: source \"a\": paths: is missing: a list of patterns, such as "
	  "[\"/etc/ssl/certs/*.pem\"]\n" },
	/* plain http */
	{ "sources: [{ id: a, kind: cloud-connector, url: \"http://s\", username: u, "
	  "password_file: p "
	  "}]\n",
	  "f.yaml:1:48: source \"a\": url: plain http is refused, it would show the credentials to "
	  "everyone on the way; use https://\n" },
	{ DS "    host: http://x\n    token_url: http://y\n",
	  "f.yaml:5:11: source \"a\": host: plain http is refused, it would show the credentials "
	  "to "
	  "everyone on the way; use https://\n"
	  "f.yaml:6:16: source \"a\": token_url: plain http is refused, it would show the "
	  "credentials "
	  "to "
	  "everyone on the way; use https://\n" },
	/* variables */
	{ DS "    name: ${BTP_TEST_UNSET}\n",
	  "f.yaml:5:11: source \"a\": name: the environment variable BTP_TEST_UNSET is not set\n" },
	{ DS "    exclude: [\"${BTP_TEST_UNSET}\"]\n",
	  "f.yaml:5:15: source \"a\": exclude: the environment variable BTP_TEST_UNSET is not "
	  "set\n" },
	{ DS "    name: ${BTP TEST}\n",
	  "f.yaml:5:11: source \"a\": name: `${` without a variable name and "
	  "`}`; `$${` is a literal `${`\n" },
	{ DS "    name: ${BTP_TEST_LATIN1}\n",
	  "f.yaml:5:11: source \"a\": name: not UTF-8 once its variables are put in\n" },
	{ "workers: ${BTP_TEST_UNSET}\n" DS,
	  "f.yaml:1:10: workers: the environment variable BTP_TEST_UNSET is not set\n" },
	{ "defaults:\n  proxy: ${BTP_TEST_UNSET}\n" DS,
	  "f.yaml:2:10: defaults: proxy: the environment variable BTP_TEST_UNSET is not set\n" },
};

static void test_problems(void **state)
{
	(void)state;
	assert_int_equal(unsetenv("BTP_TEST_UNSET"), 0);
	assert_int_equal(setenv("BTP_TEST_LATIN1", "\xE4", 1), 0);
	for (size_t i = 0; i < ROWS(problem_rows); i++)
		assert_problems(problem_rows[i].text, problem_rows[i].problem);
}

/* Label values are cut: two ids that differ only behind the cut would be one. */
static void test_long_ids(void **state)
{
	static const char rest[] = "    kind: directory\n    paths: [a]\n";
	char text[1200];
	char id[SOURCE_ID_MAX + 2];
	struct problems problems;

	(void)state;
	memset(id, 'a', sizeof(id));
	id[SOURCE_ID_MAX] = '\0';
	(void)snprintf(text, sizeof(text), "sources:\n  - id: %s\n%s", id, rest);
	struct config *config = parse(text, &problems);
	assert_non_null(config);
	config_free(config);
	problems_release(&problems);
	id[SOURCE_ID_MAX] = 'a';
	id[SOURCE_ID_MAX + 1] = '\0';
	(void)snprintf(text, sizeof(text), "sources:\n  - id: %s\n%s", id, rest);
	config = parse(text, &problems);
	assert_null(config);
	assert_int_equal(problems.count, 1);
	assert_contains(buf_text(&problems.text), "\": id: must have 1000 bytes at most\n");
	problems_release(&problems);
}

static bool is_a_key(const char *name)
{
	for (size_t k = 0; registered_kinds[k] != NULL; k++) {
		if (source_key_index(registered_kinds[k], name) != SOURCE_KEYS_MAX)
			return true;
	}
	return false;
}

/* One letter missing: none of it may pass silently. */
static void check_typos(const char *name)
{
	size_t len = strlen(name);

	for (size_t at = 0; at < len; at++) {
		struct problems problems;
		char typo[64];
		char text[512];
		(void)snprintf(typo, sizeof(typo), "%.*s%s", (int)at, name, name + at + 1);
		if (is_a_key(typo) || len == 2)
			continue;
		(void)snprintf(text, sizeof(text), "%s    %s: x\n", DIR, typo);
		assert_null(parse(text, &problems));
		assert_contains(buf_text(&problems.text), typo);
		assert_contains(buf_text(&problems.text), "unknown key, did you mean \"");
		problems_release(&problems);
	}
}

static void test_typo_in_each_key(void **state)
{
	const struct key *key;

	(void)state;
	for (size_t k = 0; registered_kinds[k] != NULL; k++) {
		for (size_t i = 0; (key = source_key(registered_kinds[k], i)) != NULL; i++)
			check_typos(key->name);
	}
}

static void check_place(const char *source, const struct source_kind *kind, const char *key)
{
	struct problems problems;
	char text[512];

	(void)snprintf(text, sizeof(text), "%s    %s: {}\n", source, key);
	assert_null(parse(text, &problems));
	if (kind_key(kind, key) == NULL)
		assert_contains(buf_text(&problems.text), "is only valid for kind");
	else
		assert_lacks(buf_text(&problems.text), "is only valid for kind");
	problems_release(&problems);
}

/* Every key has a place: under its kinds, and nowhere else. */
static void test_kinds_of_each_key(void **state)
{
	static const char *const sources[] = { DS, SCC, DIR };
	const struct key *key;

	(void)state;
	assert_null(registered_kinds[ROWS(sources)]);
	for (size_t k = 0; k < ROWS(sources); k++) {
		for (size_t i = 0; (key = source_key(registered_kinds[k], i)) != NULL; i++) {
			for (size_t s = 0; s < ROWS(sources); s++)
				check_place(sources[s], registered_kinds[s], key->name);
		}
		assert_true(source_key_index(registered_kinds[k], "") == SOURCE_KEYS_MAX);
		assert_null(source_key(registered_kinds[k], SOURCE_KEYS_MAX)); /* a set of bits */
	}
}

static void test_warnings(void **state)
{
	static const struct problem_row rows[] = {
		{ "sources: [{ id: a, kind: cloud-connector, url: \"https://s\", username: u, "
		  "password: "
		  "p }]\n",
		  "f.yaml:1:84: warning: source \"a\": password: the secret is written in the file "
		  "itself; "
		  "password_file would keep it out\n" },
		{ "sources: [{ id: a, kind: cloud-connector, url: \"https://s\", username: u, "
		  "password: "
		  "\"${BTP_TEST_NAME}\" }]\n",
		  "" },
		{ DS "    client_secret: p\n",
		  "f.yaml:5:20: warning: source \"a\": client_secret: the secret "
		  "is written in the file itself; "
		  "client_secret_file would keep it out\n" },
		{ DS "    certificate: p\n", "" },
		{ DS "    proxy: http://u:p@x\n", "f.yaml:5:12: warning: source \"a\": proxy: a "
						  "password is written in the file itself; a "
						  "variable ${NAME} would keep it out\n" },
		{ DS "    proxy: \"http://u:${BTP_TEST_NAME}@x\"\n", "" },
		{ DS "    private_key: p\n", "f.yaml:5:18: warning: source \"a\": private_key: the "
					     "secret is written in the file itself; "
					     "private_key_file would keep it out\n" },
		{ DS "    keystore_passwords: [{ name: a, password: p }]\n",
		  "f.yaml:5:47: warning: source \"a\": keystore_passwords: the secret is written "
		  "in the file "
		  "itself; "
		  "password_file would keep it out\n" },
		/* a default is told once, not for each source */
		{ "defaults: { keystore_passwords: [{ name: a, password: p }] }\n" DS
		  "  - { id: b, kind: directory, paths: [a] }\n",
		  "f.yaml:1:55: warning: defaults: keystore_passwords: the secret is written in "
		  "the file "
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

/* A warning stands where its key is, also when that is a default. */
static void test_warning_lines(void **state)
{
	struct problems problems;
	struct config *config = parse(SCC "    insecure_skip_verify: true\n", &problems);

	(void)state;
	assert_contains(buf_text(&problems.warnings),
			"f.yaml:7:5: warning: source \"a\": insecure_skip_verify: the certificate");
	config_free(config);
	problems_release(&problems);
	config = parse("defaults:\n  insecure_skip_verify: true\n" SCC, &problems);
	assert_contains(buf_text(&problems.warnings),
			"f.yaml:2:3: warning: source \"a\": insecure_skip_verify: the certificate");
	config_free(config);
	problems_release(&problems);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_problems),          cmocka_unit_test(test_typo_in_each_key),
		cmocka_unit_test(test_kinds_of_each_key), cmocka_unit_test(test_warnings),
		cmocka_unit_test(test_warning_lines),     cmocka_unit_test(test_long_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
