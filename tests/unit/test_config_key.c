/* Service keys in every form in which people have them, and what is said of what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/evp.h>

#include "config/key/encoding.h"
#include "config/key/key.h"
#include "config_fixture.h"

#define URI  "https://destination-configuration.cfapps.eu10.hana.ondemand.com"
#define FLAT "{\"clientid\":\"sb-ü\",\"clientsecret\":\"S3CR3T$+=\",\"uri\":\"" URI "\"}"
#define KEY                                                                                        \
	"{\n  \"clientid\": \"sb-ü\",\n  \"clientsecret\": \"S3CR3T$+=\",\n  \"uri\": \"" URI      \
	"\"\n}\n"
#define CF(lines, json) lines "\n\n" json
#define GETTING         "Getting key my-key for service instance my-dest as user@example.com..."
#define SECRET_HEAD                                                                                \
	"apiVersion: v1\nkind: Secret\nmetadata:\n  name: my-dest\n  annotations:\n    a: '{}'\n"

/* Text that was put together; released by the test. */
static char *base64(const char *text, size_t len, size_t line)
{
	char *flat = malloc((len + 2) / 3 * 4 + 1);
	char *out = malloc((len + 2) / 3 * 8 + 2);
	size_t n = 0;

	assert_true(flat != NULL && out != NULL);
	size_t count = (size_t)EVP_EncodeBlock((uint8_t *)flat, (const uint8_t *)text, (int)len);
	for (size_t i = 0; i < count; i++) {
		out[n++] = flat[i];
		if (line > 0 && (i + 1) % line == 0)
			out[n++] = '\n';
	}
	out[n] = '\0';
	free(flat);
	return out;
}

/* ASCII and the two-byte characters of UTF-8 as UTF-16. */
static char *utf16(const char *text, bool big_endian, bool mark, size_t *ret_len)
{
	char *out = malloc(strlen(text) * 2 + 2);
	size_t n = 0;

	assert_non_null(out);
	for (bool first = mark; *text != '\0' || first; first = false) {
		unsigned c = 0xFEFF;
		if (!first) {
			c = (uint8_t)*text++;
			if (c >= 0xC0)
				c = (c & 0x1F) << 6 | ((uint8_t)*text++ & 0x3F);
		}
		out[n++] = (char)(big_endian ? c >> 8 : c & 0xFF);
		out[n++] = (char)(big_endian ? c & 0xFF : c >> 8);
	}
	*ret_len = n;
	return out;
}

static char *joined(const char *format, ...)
{
	va_list args;
	char *text = NULL;

	va_start(args, format);
	assert_true(vasprintf(&text, format, args) >= 0);
	va_end(args);
	return text;
}

static void assert_key_of(const char *text, size_t len)
{
	struct binding binding = { 0 };
	struct error error = { "" };

	if (binding_from_json(text, len, "f", &binding, &error) != STATUS_OK)
		fail_msg("%s\n%.*s", error.text, (int)len, text);
	assert_string_equal(binding_get(&binding, BINDING_CLIENTID), "sb-ü");
	assert_string_equal(binding_get(&binding, BINDING_CLIENTSECRET), "S3CR3T$+=");
	assert_string_equal(binding_get(&binding, BINDING_URI), URI);
	binding_release(&binding);
}

static void assert_key(const char *text)
{
	assert_key_of(text, strlen(text));
}

/* Frees the text. */
static void assert_key_take(char *text)
{
	assert_key(text);
	free(text);
}

static void assert_refused_of(const char *text, size_t len, const char *part)
{
	struct binding binding = { 0 };
	struct error error = { "" };

	if (binding_from_json(text, len, "f", &binding, &error) == STATUS_OK)
		fail_msg("taken as a key:\n%s", text);
	assert_contains(error.text, "f:");
	assert_contains(error.text, part);
	assert_lacks(error.text, "S3CR3T");
	binding_release(&binding);
}

static void assert_refused(const char *text, const char *part)
{
	assert_refused_of(text, strlen(text), part);
}

static void test_commands(void **state)
{
	static const char *const texts[] = {
		CF(GETTING, KEY),
		CF(GETTING, "{\n\"credentials\": " KEY "}\n"),
		CF(GETTING, KEY "\nOK\n"),
		CF("Schlüssel my-key für Serviceinstanz my-dest wird abgerufen...\r", KEY),
		"$ cf service-key my-dest my-key\n" GETTING "\n\n" KEY "$ \n",
		"\n\n" GETTING "\n" KEY,
		/* cf env, old and new */
		"Getting env variables for app a...\nOK\n\nSystem-Provided:\n{\n "
		"\"VCAP_SERVICES\": {\n"
		"  \"destination\": [ { \"name\": \"d\", \"credentials\": " KEY
		" } ]\n }\n}\n\n{\n \"VCAP_APPLICATION\": {}\n}\n",
		"System-Provided:\nVCAP_SERVICES: {\n  \"xsuaa\": [ {\"credentials\":{}} ],\n"
		"  \"destination\": [ { \"credentials\": " KEY
		" } ]\n}\n\n\nVCAP_APPLICATION: {\n}\n",
		"VCAP_SERVICES={\"destination\":[{\"credentials\":" FLAT "}]}\n",
		"export VCAP_SERVICES='{\"destination\":[{\"credentials\":" FLAT "}]}'\n",
		"'" FLAT "'\n",
		/* cf curl */
		"{\"metadata\":{\"guid\":\"g\"},\"entity\":{\"name\":\"k\",\"credentials\":" FLAT
		"}}",
		"{\"total_results\":1,\"resources\":[{\"entity\":{\"credentials\":" FLAT "}}]}",
		"{\"credentials\":" FLAT ",\"syslog_drain_url\":null}",
		/* btp, smctl, terraform */
		"{\"id\":\"1\",\"ready\":true,\"name\":\"b\",\"credentials\":" FLAT "}",
		"{\"num_items\":1,\"items\":[{\"credentials\":" FLAT "}]}",
		"{\"k\":{\"sensitive\":true}}",
	};

	(void)state;
	for (size_t i = 0; i + 1 < ROWS(texts); i++)
		assert_key(texts[i]);
	assert_refused(texts[ROWS(texts) - 1], "no service key");
	assert_refused(CF(GETTING, KEY) "\n" KEY, "more than one JSON object");
	assert_refused(CF(GETTING, "FAILED\nService key S3CR3T does not exist"),
		       "is what a command printed that failed");
	assert_refused(CF(GETTING, ""), "no service key");
	/* the line is that of the file */
	assert_refused(CF(GETTING, "{\n  \"clientid\": S3CR3T,\n}"), "f:4:15: JSON: not valid");
	assert_refused(CF(GETTING, "{\n  \"clientsecret\": \"S3CR3T"), "f:4:");
}

static void test_quoted(void **state)
{
	static const char quoted[] = "\"{\\\"clientid\\\":\\\"sb-ü\\\",\\\"clientsecret\\\":"
				     "\\\"S3CR3T$+=\\\",\\\"uri\\\":\\\"" URI "\\\"}\"";

	(void)state;
	assert_key(quoted);
	assert_key_take(joined("\n %s \n", quoted));
	assert_key_take(joined("{\"credentials\": %s}", quoted));
	assert_key_take(joined("{\"out\":1,\"value\": %s}", quoted));
	assert_key_take(joined("[{\"credentials\": %s}]", quoted));
	assert_refused("\"S3CR3T\"", "no service key");
	assert_refused("\"S3CR3T", "JSON: not valid");
	assert_refused("\"\\\"\\\\\\\"S3CR3T\\\\\\\"\\\"\"", "no service key");
}

/* Characters of one to four bytes, the last of them a pair of UTF-16. */
static void test_utf16(void **state)
{
	static const char little[] = "\xFF\xFE"
				     "a\0"
				     "\xE9\0"
				     "\xAC\x20"
				     "\x3D\xD8\x00\xDE";
	struct buf utf8;

	(void)state;
	buf_init(&utf8, 100);
	assert_int_equal(key_from_utf16(little, sizeof(little) - 1, &utf8), STATUS_OK);
	assert_string_equal(buf_text(&utf8), "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
	buf_release(&utf8);
}

static void test_encodings(void **state)
{
	static const char *const texts[] = { KEY, CF(GETTING, KEY),
					     SECRET_HEAD "stringData:\n  key.json: |\n    " FLAT
							 "\n" };

	(void)state;
	for (size_t i = 0; i < ROWS(texts); i++) {
		char *marked = joined("\xEF\xBB\xBF%s", texts[i]);
		for (unsigned how = 0; how < 4; how++) {
			size_t len = 0;
			char *wide = utf16(texts[i], (how & 1) != 0, (how & 2) != 0, &len);
			char *encoded = base64(wide, len, 64);
			assert_key_of(wide, len);
			assert_key(encoded);
			assert_refused_of(wide, len - 1, "half a character");
			free(encoded);
			free(wide);
		}
		assert_key_take(marked);
		for (size_t line = 0; line < 100; line += 19)
			assert_key_take(base64(texts[i], strlen(texts[i]), line));
	}
	char *once = base64(KEY, strlen(KEY), 76);
	assert_key_take(base64(once, strlen(once), 0));
	assert_key_take(joined("\"%s\"", once));
	once[strcspn(once, "=")] = '\0'; /* without padding */
	assert_key(once);
	for (char *c = once; *c != '\0'; c++)
		*c = *c == '+' ? '-' : *c == '/' ? '_' : *c;
	assert_key_take(once);
	/* a lone half of a pair of UTF-16 */
	assert_refused_of("\xFF\xFE{\0\x3D\xD8", 6, "half a character");
	assert_refused("QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB", "no service key");
	assert_refused("S3CR3TAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "no service key");
}

/* `data` with each value in base64, as kubectl shows it. */
static char *secret(bool yaml, const char *const fields[][2], size_t count)
{
	char *text = joined(yaml ? SECRET_HEAD "data:\n"
				 : "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"data\":{");

	for (size_t i = 0; i < count; i++) {
		char *value = base64(fields[i][1], strlen(fields[i][1]), 0);
		char *longer = joined(yaml ? "%s  %s: %s\n" : "%s\"%s\":\"%s\",", text,
				      fields[i][0], value);
		free(value);
		free(text);
		text = longer;
	}
	if (!yaml) {
		char *whole = joined("%s\"x\":\"\"},\"type\":\"Opaque\"}", text);
		free(text);
		text = whole;
	}
	return text;
}

static void test_secrets(void **state)
{
	static const char *const flat[][2] = {
		{ ".metadata", "{\"credentialProperties\":[]}" },
		{ "clientid", "sb-ü" },
		{ "clientsecret", "S3CR3T$+=\n" },
		{ "uri", URI },
		{ "tags", "[\"destination\"]" },
		{ "type", "destination" },
	};
	static const char *const one[][2] = { { "type", "destination" }, { "credentials", FLAT } };
	static const char *const file[][2] = { { "key.json", CF(GETTING, KEY) } };
	static const char *const two[][2] = { { "a.json", FLAT }, { "b.json", FLAT } };
	static const char *const other[][2] = { { "clientid", "S3CR3T" },
						{ "type", "xsuaa" },
						{ "apiurl", "S3CR3T" } };
	static const char *const tls[][2] = { { "tls.crt", "S3CR3T" }, { "tls.key", "S3CR3T" } };

	(void)state;
	for (unsigned yaml = 0; yaml < 2; yaml++) {
		assert_key_take(secret(yaml, flat, ROWS(flat)));
		assert_key_take(secret(yaml, one, ROWS(one)));
		assert_key_take(secret(yaml, file, ROWS(file)));
		char *text = secret(yaml, two, ROWS(two));
		assert_refused(text, "2 service keys in the Secret");
		free(text);
		text = secret(yaml, other, ROWS(other));
		assert_refused(text, "a key of Authorization and Trust Management (xsuaa)");
		free(text);
		text = secret(yaml, tls, ROWS(tls));
		assert_refused(text, "no service key");
		free(text);
	}
	char *good = secret(false, flat, ROWS(flat));
	char *bad = secret(false, tls, ROWS(tls));
	assert_key_take(joined("{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[%s]}", good));
	assert_key_take(
		joined("{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[%s,%s]}", bad, good));
	char *both =
		joined("{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[%s,%s]}", good, good);
	assert_refused(both, "2 Destination bindings");
	free(both);
	const char *data = strstr(good, "\"data\":") + strlen("\"data\":");
	assert_key_take(joined("%.*s", (int)(strchr(data, '}') + 1 - data), data));
	free(good);
	free(bad);
	assert_key(SECRET_HEAD
		   "stringData:\n  clientid: sb-ü\n  clientsecret: S3CR3T$+=\n  uri: " URI "\n");
	assert_key("---\n" SECRET_HEAD "stringData:\n  any: |\n    " FLAT "\n");
	assert_key("apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Secret\n  stringData:\n"
		   "    k: '" FLAT "'\nkind: List\n");
	assert_refused(SECRET_HEAD "data:\n  clientid: 'S3CR3T!'\n", "is no base64");
	assert_refused("apiVersion: v1\nkind: ConfigMap\ndata:\n  a: S3CR3T\n", "ConfigMap");
	assert_refused("apiVersion: services.cloud.sap.com/v1\nkind: ServiceBinding\n"
		       "spec:\n  secretName: S3CR3T\n",
		       "spec.secretName");
	assert_refused("apiVersion: v1\nkind: S3CR3T\n", "holds no service key");
	assert_refused(SECRET_HEAD "data: [S3CR3T\n", "f:");
}

static void test_yaml(void **state)
{
	(void)state;
	assert_key("clientid: sb-ü\nclientsecret: S3CR3T$+=\nuri: " URI "\n");
	assert_key("# a comment\ncredentials:\n  clientid: \"sb-ü\"\n  clientsecret: 'S3CR3T$+='\n"
		   "  uri: " URI "\n  tags: [a, ~]\n");
	assert_refused("clientid: a\n\tS3CR3T: b\n", "f:2:1: ");
	assert_refused("clientid: &S3CR3T a\n", "f:1:");
	assert_refused("clientid: a\n---\nS3CR3T: b\n", "f:");
}

static void test_other_services(void **state)
{
	static const struct {
		const char *text;
		const char *part;
	} rows[] = {
		{ "{\"clientid\":\"a\",\"clientsecret\":\"S3CR3T\",\"url\":\"u\",\"apiurl\":\"u\"}",
		  "(xsuaa)" },
		{ "{\"clientid\":\"a\",\"onpremise_proxy_host\":\"S3CR3T\"}", "(connectivity)" },
		{ "{\"oauth\":{\"clientid\":\"a\",\"clientsecret\":\"S3CR3T\",\"tokenurl\":\"u\"}}",
		  "(it-rt)" },
		{ "{\"driver\":\"d\",\"host\":\"h\",\"port\":\"1\",\"password\":\"S3CR3T\"}",
		  "(hana)" },
		{ "{\"uri\":\"https://html5\",\"uaa\":{\"clientsecret\":\"S3CR3T\"},"
		  "\"html5-apps-repo\":{}}",
		  "(html5-apps-repo)" },
		{ "{\"uri\":\"https://transport\",\"uaa\":{\"clientsecret\":\"S3CR3T\"}}",
		  "another service than Destination" },
		{ "{\"credentials\":{\"clientid\":\"a\",\"sm_url\":\"S3CR3T\"}}",
		  "(service-manager)" },
		{ "{\"label\":\"auditlog\",\"credentials\":{\"uri\":\"u\",\"user\":\"S3CR3T\"}}",
		  "(auditlog)" },
		{ "{\"hana\":[{\"credentials\":{\"password\":\"S3CR3T\"}}]}", "(hana)" },
		{ CF(GETTING, "{\"credentials\":{\"clientid\":\"a\",\"app_tid\":\"S3CR3T\"}}"),
		  "(identity)" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		assert_refused(rows[i].text, rows[i].part);
		assert_refused(rows[i].text, "a key of the Destination service is needed");
		char *encoded = base64(rows[i].text, strlen(rows[i].text), 60);
		assert_refused(encoded, rows[i].part);
		free(encoded);
	}
	/* its address says what it is */
	assert_key("{\"clientid\":\"sb-ü\",\"clientsecret\":\"S3CR3T$+=\",\"uri\":\"" URI
		   "\",\"uaa\":{},\"apiurl\":\"\"}");
}

static void test_other_files(void **state)
{
	const struct fixture *f = *state;
	static const struct {
		const char *text;
		size_t len; /* 0: a text */
		const char *part;
	} rows[] = {
		{ "", 0, "is empty" },
		{ " \r\n\t", 0, "is empty" },
		{ "\xEF\xBB\xBF", 0, "is empty" },
		{ "\xFF\xFE", 0, "is empty" },
		{ "<!DOCTYPE html><title>S3CR3T</title>", 0, "an HTML page" },
		{ "\n<html>S3CR3T", 0, "an HTML page" },
		{ "<?xml version='1.0'?><S3CR3T/>", 0, "XML" },
		{ "-----BEGIN RSA PRIVATE KEY-----\nS3CR3T\n-----END RSA PRIVATE KEY-----\n", 0,
		  "a PEM file (a private key)" },
		{ "Bag Attributes\n    friendlyName: S3CR3T\n-----BEGIN CERTIFICATE-----\n", 0,
		  "a PEM file (a certificate)" },
		{ "-----BEGIN PUBLIC KEY-----\nS3CR3T\n", 0, "a PEM file" },
		{ "0\x82\x01\x02S3CR3T", 0, "a binary certificate" },
		{ "\xFE\xED\xFE\xED\0\0S3CR3T", 12, "a Java keystore" },
		{ "PK\x03\x04S3CR3T", 0, "ZIP" },
		{ "\x1F\x8BS3CR3T", 0, "gzip" },
		{ "S3CR3T", 0, "no service key" },
		{ "S3CR3T\xFF", 0, "a binary file" },
		{ "abcS3CR3T\0abc", 13, "a binary file" },
		{ "clientid=S3CR3T", 0, "no service key" },
	};

	for (size_t i = 0; i < ROWS(rows); i++)
		assert_refused_of(rows[i].text,
				  rows[i].len > 0 ? rows[i].len : strlen(rows[i].text),
				  rows[i].part);
	assert_refused(f->key, "this is a PEM file (a private key), not a service key");
	assert_refused(f->certificate, "this is a PEM file (a certificate), not a service key");
}

/* One text in the other without an end: refused, not followed. */
static void test_limits(void **state)
{
	char *text = strdup(FLAT);

	(void)state;
	for (unsigned i = 0; i < 12; i++) {
		char *inner = text;
		text = base64(inner, strlen(inner), 0);
		free(inner);
	}
	assert_refused(text, "wrapped too many times");
	free(text);
	text = strdup(FLAT);
	for (unsigned i = 0; i < 12; i++) {
		char *inner = text;
		text = joined("{\"value\":%s}", inner);
		free(inner);
	}
	assert_refused(text, "no service key");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_quoted),
		cmocka_unit_test(test_encodings),
		cmocka_unit_test(test_utf16),
		cmocka_unit_test(test_secrets),
		cmocka_unit_test(test_yaml),
		cmocka_unit_test(test_other_services),
		cmocka_unit_test_setup_teardown(test_other_files, fixture_setup, fixture_teardown),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
