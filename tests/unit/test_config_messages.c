/*
 * Every message of the readers of settings, byte for byte: the cases of
 * tests/data/config/mistakes.txt give tests/golden/config-messages.txt.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/text.h"
#include "capture.h"
#include "config/web_config.h"
#include "config_text.h"
#include "config/options.h"
#include "golden.h"

#define WORDS_MAX   4
#define OUTPUT_MAX  (256UL * 1024)
#define CASES_BEGIN "--- "

/* What the command line says of these words, one a line. */
static void read_words(char *text, struct buf *out)
{
	char *argv[WORDS_MAX + 2] = { strdup("btp_cert_exporter") };
	struct captured errors;
	struct captured printed;
	struct options options = { 0 };
	int argc = 1;

	for (char *word = strtok(text, "\n"); word != NULL; word = strtok(NULL, "\n"))
		argv[argc++] = strdup(word);
	assert_true(argc <= WORDS_MAX + 1);
	capture_begin(&errors, stderr);
	capture_begin(&printed, stdout);
	if (options_parse(argc, argv, &options) == OPTIONS_RUN)
		options_release(&options);
	buf_puts(out, capture_end(&printed, stdout));
	buf_puts(out, capture_end(&errors, stderr));
	for (int i = 0; i < argc; i++)
		free(argv[i]);
}

/* What it says of a variable: NAME=value. */
static void read_variable(char *text, struct buf *out)
{
	char *value = strchr(text, '=');
	char none[] = "";

	*value++ = '\0';
	*strchr(value, '\n') = '\0';
	assert_int_equal(setenv(text, value, 1), 0);
	read_words(none, out);
	assert_int_equal(unsetenv(text), 0);
}

static void read_file(const char *text, struct buf *out)
{
	struct config *config = NULL;
	struct problems problems;

	problems_init(&problems);
	(void)!config_parse(text, strlen(text), "f.yaml", FOLDER, NULL, &config, &problems);
	buf_printf(out, "%s%s", buf_text(&problems.text), buf_text(&problems.warnings));
	config_free(config);
	problems_release(&problems);
}

static void read_web(const char *text, struct buf *out)
{
	struct web_config *config = NULL;
	struct problems problems;

	problems_init(&problems);
	(void)!web_config_parse(text, strlen(text), "w.yml", "/nowhere", &config, &problems);
	buf_printf(out, "%s%s", buf_text(&problems.text), buf_text(&problems.warnings));
	web_config_free(config);
	problems_release(&problems);
}

static void read_case(char *one, struct buf *out)
{
	char *body = strchr(one, '\n') + 1;

	buf_printf(out, CASES_BEGIN "%s", one);
	buf_puts(out, "...\n");
	if (text_starts_with(one, "file"))
		read_file(body, out);
	else if (text_starts_with(one, "web"))
		read_web(body, out);
	else if (text_starts_with(one, "variables"))
		read_variable(body, out);
	else
		read_words(body, out);
}

static void test_messages(void **state)
{
	struct buf cases;
	struct buf out;
	struct error error = { "" };
	size_t count = 0;

	(void)state;
	buf_init(&cases, OUTPUT_MAX);
	buf_init(&out, OUTPUT_MAX);
	if (file_read(PROJECT_DIR "/tests/data/config/mistakes.txt", &cases, NULL, &error) !=
	    STATUS_OK)
		fail_msg("%s", error.text);
	for (char *at = strstr(cases.data, "\n" CASES_BEGIN); at != NULL; count++) {
		char *begin = at + strlen("\n" CASES_BEGIN);
		at = strstr(begin, "\n" CASES_BEGIN);
		char *one = at != NULL ? strndup(begin, (size_t)(at + 1 - begin)) : strdup(begin);
		assert_non_null(one);
		read_case(one, &out);
		free(one);
	}
	assert_true(count > 200);
	assert_int_equal(buf_status(&out), STATUS_OK);
	assert_lacks(strstr(buf_text(&out), "...\n"), "out of memory");
	golden_check("config-messages.txt", buf_text(&out));
	buf_release(&cases);
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_messages) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
