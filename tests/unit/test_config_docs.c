/* docs/configuration.md: its examples are good, and it names every key and flag. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "config/options/flags.h"
#include "config/keys.h"
#include "config/file/load.h"
#include "config/web_config.h"
#include "config_fixture.h"

#define DOCUMENT PROJECT_DIR "/docs/configuration.md"
#define TEXT_MAX (1024UL * 1024)

static void read_document(struct buf *text)
{
	struct error error = { "" };

	buf_init(text, TEXT_MAX);
	if (file_read(DOCUMENT, text, NULL, &error) != STATUS_OK)
		fail_msg("%s", error.text);
}

static void check_config(const char *text, size_t len)
{
	struct config *config = NULL;
	struct problems problems;

	problems_init(&problems);
	if (config_parse(text, len, DOCUMENT, "/", NULL, &config, &problems) != STATUS_OK)
		fail_msg("%.*s\n%s", (int)len, text, buf_text(&problems.text));
	config_free(config);
	problems_release(&problems);
}

static void check_web_config(const struct fixture *f, const char *text, size_t len)
{
	struct web_config *config = NULL;
	struct problems problems;

	problems_init(&problems);
	if (web_config_parse(text, len, DOCUMENT, f->folder, &config, &problems) != STATUS_OK)
		fail_msg("%.*s\n%s", (int)len, text, buf_text(&problems.text));
	web_config_free(config);
	problems_release(&problems);
}

static void test_examples(void **state)
{
	static const char fence[] = "```yaml\n";
	const struct fixture *f = *state;
	struct buf text;
	size_t configs = 0;
	size_t web_configs = 0;

	(void)fixture_write(f, "server.pem", f->certificate);
	(void)fixture_write(f, "server.key", f->key);
	(void)fixture_write(f, "clients.pem", f->certificate);
	assert_int_equal(setenv("DEST_SECRET", "x", 1), 0);
	read_document(&text);
	for (const char *at = strstr(buf_text(&text), fence); at != NULL; at = strstr(at, fence)) {
		at += strlen(fence);
		const char *end = strstr(at, "```\n");
		const char *sources = strstr(at, "sources:\n");
		assert_non_null(end);
		if (sources != NULL && sources < end) {
			check_config(at, (size_t)(end - at));
			configs++;
		} else {
			check_web_config(f, at, (size_t)(end - at));
			web_configs++;
		}
		at = end;
	}
	assert_int_equal(configs, 3);
	assert_int_equal(web_configs, 1);
	buf_release(&text);
}

static void test_complete(void **state)
{
	struct buf text;
	char wanted[80];

	(void)state;
	read_document(&text);
	for (size_t k = 0; registered_kinds[k] != NULL; k++) {
		const struct key *key;
		(void)snprintf(wanted, sizeof(wanted), "`%s`", registered_kinds[k]->name);
		assert_contains(buf_text(&text), wanted);
		for (size_t i = 0; (key = source_key(registered_kinds[k], i)) != NULL; i++) {
			(void)snprintf(wanted, sizeof(wanted), "`%s`", key->name);
			assert_contains(buf_text(&text), wanted);
		}
	}
	for (size_t i = 0; option_flag(i) != NULL; i++) {
		const struct flag *flag = option_flag(i);
		(void)snprintf(wanted, sizeof(wanted), "`--%s", flag->key.name);
		assert_contains(buf_text(&text), wanted);
		if (flag->initial == NULL)
			continue;
		(void)snprintf(wanted, sizeof(wanted), "| `%s` |", flag->initial);
		assert_contains(buf_text(&text), wanted);
	}
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_examples, fixture_setup, fixture_teardown),
		cmocka_unit_test(test_complete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
