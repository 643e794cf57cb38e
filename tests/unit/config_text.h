/*
 * For the tests of the configuration file: texts that are parsed, and what comes of them. cmocka.h
 * is included before this file.
 */
#ifndef TEST_CONFIG_TEXT_H
#define TEST_CONFIG_TEXT_H

#include "config/file/load.h"
#include "config_fixture.h"

#define FOLDER "/etc/btp"

/* Lines that make a good source of each kind, to which one more line is added. */
#define DS "sources:\n  - id: a\n    kind: destination-service\n    binding_file: key.json\n"
#define SCC                                                                                        \
	"sources:\n  - id: a\n    kind: cloud-connector\n    url: https://scc:8443\n"              \
	"    username: u\n    password_file: p\n"
#define DIR "sources:\n  - id: a\n    kind: directory\n    paths: [\"*.pem\"]\n"

/* NULL: there are problems. */
static inline struct config *parse(const char *text, struct problems *problems)
{
	struct config *config = NULL;

	problems_init(problems);
	enum status status =
		config_parse(text, strlen(text), "f.yaml", FOLDER, NULL, &config, problems);
	assert_int_equal(status == STATUS_OK, problems->count == 0);
	if (status == STATUS_OK) {
		assert_non_null(config);
		return config;
	}
	config_free(config);
	return NULL;
}

static inline struct config *parse_good(const char *text)
{
	struct problems problems;
	struct config *config = parse(text, &problems);

	if (config == NULL)
		fail_msg("%s\nis refused:\n%s", text, buf_text(&problems.text));
	problems_release(&problems);
	return config;
}

/* Exactly these lines. */
static inline void assert_problems(const char *text, const char *wanted)
{
	struct problems problems;
	struct config *config = parse(text, &problems);

	if (strcmp(buf_text(&problems.text), wanted) != 0)
		fail_msg("%s\ngives:\n%swanted:\n%s", text, buf_text(&problems.text), wanted);
	config_free(config);
	problems_release(&problems);
}

#endif
