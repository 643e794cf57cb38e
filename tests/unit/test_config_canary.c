/*
 * No text shows a secret, however broken the file is: a word that stands for every secret is put
 * into a good file, the file is damaged in many ways, and the word must not come out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/proxy.h"
#include "config/binding.h"
#include "config/check.h"
#include "config/file/load.h"
#include "config/key/key.h"
#include "config/web_config.h"
#include "config_fixture.h"

#define CANARY   "S3cr3t-Canary"
#define TEXT_MAX 8192

static const char config_text[] =
	"workers: 4\n"
	"defaults:\n"
	"  keystore_passwords:\n"
	"    - { name: \"*\", password: " CANARY " }\n"
	"sources:\n"
	"  - id: one\n"
	"    kind: destination-service\n"
	"    host: https://host.example\n"
	"    token_url: https://token.example\n"
	"    client_id: client\n"
	"    labels: true\n"
	"    client_secret: " CANARY "\n"
	"    page_size: 100\n"
	"    keystore_passwords:\n"
	"      - name: \"*.p12\"\n"
	"        password: \"" CANARY "\"\n"
	"  - id: two\n"
	"    kind: cloud-connector\n"
	"    url: https://scc.example:8443\n"
	"    username: monitor\n"
	"    password: '" CANARY "'\n"
	"    proxy: http://user:" CANARY "@proxy:3128\n"
	"  - id: three\n"
	"    kind: cloud-connector\n"
	"    url: https://scc.example:8443\n"
	"    timeout: 5s\n"
	"    private_key: |\n"
	"      " CANARY "\n"
	"      " CANARY "\n"
	"    certificate: x\n"
	"  - { id: four, kind: destination-service, host: h, token_url: t, client_id: i, "
	"client_secret: " CANARY " }\n";

static const char web_text[] = "tls_server_config:\n"
			       "  cert: |\n"
			       "    " CANARY "\n"
			       "  key: |\n"
			       "    " CANARY "\n"
			       "  min_version: TLS12\n"
			       "basic_auth_users:\n"
			       "  alice: $2y$10$" CANARY "\n"
			       "  bob: " CANARY "\n"
			       "rate_limit:\n"
			       "  interval: 1s\n"
			       "  burst: 20\n";

static const char key_text[] =
	"{\"credentials\":{\"uri\":\"https://u:" CANARY "@x\",\"url\":\"https://u:" CANARY "@y\","
	"\"clientid\":\"c\",\"clientsecret\":\"" CANARY "\",\"certificate\":\"" CANARY "\","
	"\"key\":\"" CANARY "\",\"credential-type\":\"x509\",\"certurl\":\"" CANARY "\"}}";

/* The same as `cf` prints it, in a Secret as text and in base64, and of other services. */
#define CANARY_BASE64 "UzNjcjN0LUNhbmFyeQ=="
static const char cf_text[] = "Getting key k for service instance i as u...\n\n{\"credentials\":"
			      "{\"uri\":\"https://u:" CANARY "@x\",\"clientid\":\"" CANARY "\","
			      "\"clientsecret\":\"" CANARY "\"}}\n";
static const char yaml_text[] = "apiVersion: v1\nkind: Secret\ndata:\n  clientid: " CANARY_BASE64
				"\n  clientsecret: '" CANARY_BASE64 "'\nstringData:\n"
				"  uri: https://u:" CANARY "@x\n  key: |\n    " CANARY "\n";
static const char secret_text[] =
	"{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"data\":{"
	"\"clientsecret\":\"" CANARY_BASE64 "\",\"uri\":\"" CANARY_BASE64
	"\"},\"stringData\":{\"k\":\"{\\\"clientid\\\":\\\"" CANARY "\\\"}\"}}";
static const char other_text[] = "\"{\\\"oauth\\\":{\\\"clientsecret\\\":\\\"" CANARY
				 "\\\",\\\"url\\\":\\\"" CANARY "\\\"}}\"";
static const char proxy_text[] = "socks5h://" CANARY ":" CANARY "%40@proxy.example:3128/";

static void assert_silent(const struct problems *problems, const char *text)
{
	if (strstr(buf_text(&problems->text), CANARY) != NULL ||
	    strstr(buf_text(&problems->warnings), CANARY) != NULL)
		fail_msg("%s\nshows a secret:\n%s%s", text, buf_text(&problems->text),
			 buf_text(&problems->warnings));
}

static void try_config(const char *text)
{
	struct problems problems;
	struct config *config = NULL;

	problems_init(&problems);
	if (config_parse(text, strlen(text), "f", "/nonexistent", NULL, &config, &problems) ==
	    STATUS_OK)
		config_check_files(config, &problems);
	assert_silent(&problems, text);
	config_free(config);
	problems_release(&problems);
}

static void try_web(const char *text)
{
	struct problems problems;
	struct web_config *config = NULL;

	problems_init(&problems);
	(void)!web_config_parse(text, strlen(text), "f", "/nonexistent", &config, &problems);
	assert_silent(&problems, text);
	web_config_free(config);
	problems_release(&problems);
}

static void try_key(const char *text)
{
	struct binding binding = { 0 };
	struct error error = { "" };

	(void)!binding_from_json(text, strlen(text), "f", &binding, &error);
	assert_lacks(error.text, CANARY);
	assert_lacks(error.text, CANARY_BASE64);
	binding_release(&binding);
}

static void try_proxy(const char *text)
{
	struct proxy proxy = { .address = NULL };
	struct error error = { "" };

	/* what may be in another place than that of a user is no secret */
	if (proxy_parse(text, &proxy, &error) == STATUS_OK && strrchr(text, '@') != NULL)
		assert_lacks(proxy.address, CANARY);
	assert_lacks(error.text, CANARY);
	proxy_release(&proxy);
}

/* Every byte left out, doubled, and replaced by what has a meaning in YAML and JSON. */
static void damage_bytes(const char *good, void (*try)(const char *text))
{
	static const char with[] = ":-#&{[,\"' \n\\\xFF";
	size_t len = strlen(good);
	char text[TEXT_MAX];

	assert_true(len + 2 < sizeof(text));
	for (size_t at = 0; at < len; at++) {
		(void)snprintf(text, sizeof(text), "%.*s%s", (int)at, good, good + at + 1);
		try(text);
		(void)snprintf(text, sizeof(text), "%.*s", (int)at, good);
		try(text);
		for (size_t i = 0; i + 1 < sizeof(with); i++) {
			(void)snprintf(text, sizeof(text), "%s", good);
			text[at] = with[i];
			try(text);
			(void)snprintf(text, sizeof(text), "%.*s%c%s", (int)at, good, with[i],
				       good + at);
			try(text);
		}
	}
}

/* Every word of a line left out (so a value loses its key), and every line indented otherwise. */
static void damage_words(const char *good, void (*try)(const char *text))
{
	size_t len = strlen(good);
	char text[TEXT_MAX];

	for (size_t at = 0; at < len; at++) {
		size_t word = strcspn(good + at, " \n");
		size_t line = strcspn(good + at, "\n");
		bool begins_word =
			word > 0 && (at == 0 || good[at - 1] == ' ' || good[at - 1] == '\n');
		if (begins_word) {
			(void)snprintf(text, sizeof(text), "%.*s%s", (int)at, good,
				       good + at + word);
			try(text);
			(void)snprintf(text, sizeof(text), "%.*s%s:%s", (int)(at + word), good, "",
				       good + at + word);
			try(text);
		}
		if (at == 0 || good[at - 1] == '\n') {
			for (int indent = 0; indent < 12; indent++) {
				const char *words = good + at + strspn(good + at, " ");
				const char *value = words + strcspn(words, " \n");
				(void)snprintf(text, sizeof(text), "%.*s%*s%s", (int)at, good,
					       indent, "", words);
				try(text);
				/* the same without its key */
				(void)snprintf(text, sizeof(text), "%.*s%*s%s", (int)at, good,
					       indent, "", value + strspn(value, " "));
				try(text);
			}
			(void)snprintf(text, sizeof(text), "%.*s%.*s\n%s", (int)at, good, (int)line,
				       good + at, good + at);
			try(text);
		}
	}
}

static void test_config(void **state)
{
	(void)state;
	try_config(config_text);
	damage_bytes(config_text, try_config);
	damage_words(config_text, try_config);
}

static void test_web(void **state)
{
	(void)state;
	try_web(web_text);
	damage_bytes(web_text, try_web);
	damage_words(web_text, try_web);
}

static void test_service_key(void **state)
{
	static const char *const texts[] = { key_text, cf_text, yaml_text, secret_text,
					     other_text };

	(void)state;
	for (size_t i = 0; i < ROWS(texts); i++) {
		try_key(texts[i]);
		damage_bytes(texts[i], try_key);
	}
}

static void test_proxy(void **state)
{
	(void)state;
	try_proxy(proxy_text);
	damage_bytes(proxy_text, try_proxy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_config),
		cmocka_unit_test(test_web),
		cmocka_unit_test(test_service_key),
		cmocka_unit_test(test_proxy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
