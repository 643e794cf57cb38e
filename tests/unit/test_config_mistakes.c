/*
 * What people get wrong in YAML: each mistake is named in words of our own, at the place where it
 * begins, with the line and column that an editor shows.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config_text.h"

struct mistake_row {
	const char *name;
	const char *text;
	const char *place; /* line:column */
	const char *part;  /* of the only problem */
};

#define TAB       "the line is indented with a tab; YAML allows only blanks there"
#define NO_BLANK  "a blank is missing behind the colon"
#define NO_COLON  "this is no `key: value`"
#define OPEN      "the quote that opens here is never closed"
#define CLOSED    "the quote that opens here is closed only on line 4: a closing "
#define QUOTES    "a value that begins with "
#define AFTER     "more text behind a closing quote"
#define BOM       "\xEF\xBB\xBF"
#define BAD_DEPTH "wrong indentation: "

static const struct mistake_row rows[] = {
	/* tabs */
	{ "tab for a key", "sources:\n  - id: a\n\tkind: directory\n", "3:1", TAB },
	{ "tab for a list", "sources:\n\t- id: a\n\t  kind: directory\n", "2:1", TAB },
	{ "tab behind blanks", "sources:\n  - id: a\n  \tkind: directory\n", "3:3", TAB },
	{ "tab alone", "sources:\n\t\n  - id: a\n", "2:1", TAB },
	{ "tab and a comment", "sources:\n\t# x\n  - id: a\n", "2:1", TAB },
	/* colons */
	{ "no blank", "sources:\n  - id: a\n    kind:directory\n    paths: [a]\n", "3:9",
	  NO_BLANK },
	{ "no blank, first line", "workers:4\n" DIR, "1:8", NO_BLANK },
	{ "no blank, last line", DIR "    enabled:true\n", "5:12", NO_BLANK },
	{ "no colon", "sources:\n  - id: a\n    kind directory\n    paths: [a]\n", "3:5",
	  NO_COLON },
	{ "no colon, first line", "workers 4\n" DIR, "1:1", NO_COLON },
	{ "colon in a value", DIR "    name: a: b\n", "5:12", "with a colon and a blank in it" },
	{ "colon behind quotes", DIR "    name: \"a\": b\n", "5:14", "needs quotes" },
	{ "no key", DIR "    : b\n", "5:5", "a key is missing before the colon" },
	{ "no blank behind the dash", "sources:\n  -id: a\n    kind: directory\n", "2:3",
	  "a blank is missing behind the -" },
	/* indentation */
	{ "key less deep", "sources:\n  - id: a\n   kind: directory\n", "3:4",
	  BAD_DEPTH "the keys of the list entry on line 2 begin in column 5" },
	{ "key below the dash", "sources:\n  - id: a\n  kind: directory\n", "3:3",
	  BAD_DEPTH "the keys of the list entry on line 2 begin in column 5" },
	{ "key deeper", "sources:\n  - id: a\n     kind: directory\n", "3:6",
	  BAD_DEPTH "the line is indented deeper than line 2" },
	{ "key deeper behind a list", DIR "      enabled: true\n", "5:7",
	  BAD_DEPTH "the keys around it begin in column 5 (line 2)" },
	{ "entry less deep", DIR " - id: b\n", "5:2",
	  BAD_DEPTH "no list has its - in this column" },
	{ "entry deeper", DIR "   - id: b\n", "5:4",
	  BAD_DEPTH "the entries of the list on line 2 have their - in column 3" },
	{ "entry much deeper", DIR "      - id: b\n", "5:7",
	  BAD_DEPTH "no list has its - in this column" },
	{ "first line deeper", " workers: 4\n" DIR, "2:1",
	  BAD_DEPTH "the keys of the file begin in column 2 (line 1)" },
	{ "text of a |", DIR "    name: |\n  x\n", "6:3",
	  "the text that belongs to the | on line 5 must be indented deeper than its key" },
	{ "list behind a key", DIR "    name: - x\n", "5:11",
	  "a list begins on a line of its own" },
	{ "list at the top", "workers: 4\n- id: a\n", "2:1", BAD_DEPTH },
	/* quotes */
	{ "open double quote", "sources:\n  - id: \"a\n    kind: directory\n", "2:9", OPEN },
	{ "open single quote", DIR "    name: 'x\n    enabled: true\n", "5:11", OPEN },
	{ "open quote of a key", "\"sources:\n  - id: a\n", "1:1", OPEN },
	{ "closed by the next quote",
	  "sources:\n  - id: \"a\n    kind: directory\n    paths: [\"*.pem\"]\n", "2:9",
	  CLOSED "\"" },
	{ "single, closed by the next",
	  "sources:\n  - id: a\n    name: 'x\n    kind: 'directory'\n", "3:11", CLOSED "'" },
	{ "quote in a comment before", "# don't \"\nsources:\n  - id: 'a\n", "3:9", OPEN },
	{ "apostrophe in a value before", "workers: it's\nsources:\n  - id: \"a\n", "3:9", OPEN },
	{ "apostrophe in quotes", DIR "    name: 'it's mine'\n", "5:15", AFTER },
	{ "text behind quotes", DIR "    name: \"a\" b\n", "5:15", AFTER },
	{ "backslash", DIR "    name: \"C:\\certs\"\n", "5:14", "a \\ begins an escape" },
	/* brackets */
	{ "open [ at the end", "sources:\n  - id: a\n    paths: [a\n", "3:12",
	  "the [ that opens here is never closed" },
	{ "open [ before a key", "sources:\n  - id: a\n    paths: [\"a\"\n    include: [c]\n",
	  "3:12", "the [ that opens here is never closed" },
	{ "open {", "sources:\n  - { id: a, paths: [a]\n  - { id: b, paths: [b] }\n", "2:5",
	  "the { that opens here is never closed" },
	{ "nothing behind [", "a: [\n", "1:4", "the [ that opens here is never closed" },
	{ "closed by another", "sources:\n  - { id: a, paths: [a}\n", "2:21",
	  "the [ that opens here is closed by }" },
	{ "no comma", DIR "    include: [\"a\" \"b\"]\n", "5:19",
	  "a comma or the closing ] is missing" },
	{ "one ] too many", "sources:\n  - id: a\n    paths: [a]]\n", "3:15",
	  "a closing ] that nothing opened" },
	/* characters that mean something */
	{ "*", DIR "    include: [*.pem]\n", "5:15", QUOTES "* needs quotes" },
	{ "*name", DIR "    include: [*pem]\n", "5:15", "put a text that begins with * in quotes" },
	{ "&", DIR "    name: & co\n", "5:11", QUOTES "& needs quotes" },
	{ "&name", DIR "    name: &co\n", "5:11", "put a text that begins with & in quotes" },
	{ "!", DIR "    name: !x\n", "5:11", "put a text that begins with ! in quotes" },
	{ "@", DIR "    name: @x\n", "5:11", QUOTES "@ needs quotes" },
	{ "`", DIR "    name: `x`\n", "5:11", QUOTES "` needs quotes" },
	{ "%", DIR "    name: %x\n", "5:11", QUOTES "% needs quotes" },
	{ ">", DIR "    name: >= 5\n", "5:11", QUOTES "> needs quotes" },
	{ "|", DIR "    name: |x\n", "5:11", QUOTES "| needs quotes" },
	{ "%line", "%foo\n" DIR, "1:1", "is a directive of YAML" },
	/* words */
	{ "yes", DIR "    enabled: yes\n", "5:14",
	  "must be true or false, not \"yes\"; did you mean" },
	{ "Off", DIR "    enabled: Off\n", "5:14", "did you mean \"false\"?" },
	{ "tru", DIR "    enabled: tru\n", "5:14", "did you mean \"true\"?" },
	{ "twice", DIR "    kind: directory\n", "5:5", "given twice, first on line 3" },
	{ "merge", DIR "    <<: {}\n", "5:5",
	  "<<: unknown key: YAML's merge key is not supported" },
	{ "a list for a map", "defaults:\n  - timeout: 5s\n" DIR, "2:3", "must be a mapping" },
	{ "a map for a list", "sources:\n  id: a\n", "2:3",
	  "must be a list with at least one source" },
	{ "-item", DIR "    exclude:\n      -a\n      -b\n", "6:7",
	  "a blank is missing behind the -" },
	{ "-id alone", "sources:\n  -id: a\n", "2:3", "a blank is missing behind the -" },
	{ "key:value alone", "workers:4\n", "1:1", "a blank is missing behind a colon" },
	{ "source as key:value", "sources:\n  - id:a\n", "2:5",
	  "a blank is missing behind a colon" },
	{ "key:value in {}", "sources:\n  - { id: a, kind: directory, paths: [a], enabled:true }\n",
	  "2:43", "unknown key: a blank is missing behind the colon" },
	/* unknown keys have a name wherever they are */
	{ "at the top", "x-common: 1\n" DIR, "1:1", "x-common: unknown key" },
	{ "<< at the top", "<<: {}\n" DIR, "1:1", "<<: unknown key" },
	{ "<< in defaults", "defaults:\n  <<: {}\n" DIR, "2:3", "defaults: <<: unknown key" },
	{ "in defaults", "defaults:\n  fooBar: 1\n" DIR, "2:3", "defaults: fooBar: unknown key" },
	{ "in a source", DIR "    foo-bar: 1\n", "5:5", "source \"a\": foo-bar: unknown key" },
	{ "in keystore_passwords",
	  DIR "    keystore_passwords:\n      - { name: a, password_file: b, foo: c }\n", "6:38",
	  "source \"a\": keystore_passwords: foo: unknown key" },
	{ "<< in keystore_passwords",
	  DIR "    keystore_passwords:\n      - { name: a, password_file: b, <<: c }\n", "6:38",
	  "source \"a\": keystore_passwords: <<: unknown key" },
	{ "no name", DIR "    \"\": 1\n", "5:5", "unknown key \"\"" },
	{ "perhaps a secret", DIR "    S3cr3t-Word: 1\n", "5:5",
	  "source \"a\": unknown key; its name is not shown" },
	/* kinds */
	{ "kind: destination", "sources:\n  - id: a\n    kind: destination\n", "3:11",
	  "did you mean \"destination-service\"?" },
	{ "kind: cloud_conector", "sources:\n  - id: a\n    kind: cloud_conector\n", "3:11",
	  "did you mean \"cloud-connector\"?" },
	{ "kind: SCC", "sources:\n  - id: a\n    kind: SCC\n", "3:11",
	  "not \"SCC\"; did you mean \"cloud-connector\"?" },
	{ "kind: files", "sources:\n  - id: a\n    kind: files\n", "3:11",
	  "did you mean \"directory\"?" },
	{ "kind: nonsense", "sources:\n  - id: a\n    kind: nonsense\n", "3:11",
	  "not \"nonsense\"\n" },
	{ "collection", DS "    collection: publickeys\n", "5:17",
	  "did you mean \"public-keys\"?" },
	{ "levels", DS "    levels: [sub-account]\n", "5:14", "did you mean \"subaccount\"?" },
	/* the file */
	{ "two documents", DIR "---\n" DIR, "5:1", "a second document (---)" },
	{ "end of document", DIR "...\nworkers: 4\n", "5:1", "`...` ends the document" },
	{ "merge conflict", "<<<<<<< HEAD\n" DIR "=======\n>>>>>>> b\n", "1:1", "merge conflict" },
	{ "control character", DIR "    name: a\x07\n", "5:12", "the control character U+0007" },
	{ "ISO 8859-1", DIR "    name: M\xFCller\n", "5:12", "not UTF-8; save the file as UTF-8" },
	{ "wide characters before", DIR "    name: \"Zürich\" ö: x\n", "5:20", AFTER },
	/* the same with what editors of Windows write */
	{ "CR LF", "sources:\r\n  - id: \"a\r\n    kind: directory\r\n", "2:9", OPEN },
	{ "CR LF, tab", "sources:\r\n  - id: a\r\n\tkind: directory\r\n", "3:1", TAB },
	{ "byte order mark", BOM "workers:4\n" DIR, "1:8", NO_BLANK },
	{ "empty", "", "1:1", "must be a mapping with the key `sources`, but holds nothing" },
	{ "comments only", "# nothing\n", "1:1", "but holds nothing" },
};

static void test_mistakes(void **state)
{
	size_t failed = 0;

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct problems problems;
		char place[64];
		struct config *config = parse(rows[i].text, &problems);
		const char *text = buf_text(&problems.text);
		(void)snprintf(place, sizeof(place), "f.yaml:%s: ", rows[i].place);
		bool good = config == NULL && problems.count == 1 &&
			    strncmp(text, place, strlen(place)) == 0 &&
			    strstr(text, rows[i].part) != NULL;
		if (!good)
			print_error("%s: wanted %s%s, got %s\n", rows[i].name, place, rows[i].part,
				    text);
		failed += !good;
		config_free(config);
		problems_release(&problems);
	}
	assert_int_equal(failed, 0);
}

/* What these files hold is good. */
static void test_no_mistakes(void **state)
{
	static const char *const good[] = {
		BOM DIR,
		"sources:\r\n  - id: a\r\n    kind: directory\r\n    paths: [a]\r\n",
		"sources:\n  - id:\ta\n    kind: directory\n    paths: [a]\n",
		"--- # one document\n" DIR "...\n",
		"sources: [{ id: a,\n\tkind: directory, paths: [a] }]\n",
	};

	(void)state;
	for (size_t i = 0; i < ROWS(good); i++)
		config_free(parse_good(good[i]));
}

/* Text in UTF-16: fine with its mark, named as such without. */
static void test_utf16(void **state)
{
	static const char text[] = DIR;
	char wide[2 * sizeof(text) + 2] = "\xFF\xFE";
	struct problems problems;
	struct config *config = NULL;
	size_t len = 2 * strlen(text);

	(void)state;
	for (size_t i = 0; text[i] != '\0'; i++)
		wide[2 + 2 * i] = text[i];
	problems_init(&problems);
	assert_int_equal(config_parse(wide, len + 2, "f", FOLDER, NULL, &config, &problems),
			 STATUS_OK);
	config_free(config);
	config = NULL;
	assert_int_equal(config_parse(wide + 2, len, "f", FOLDER, NULL, &config, &problems),
			 STATUS_SYNTAX);
	assert_contains(buf_text(&problems.text),
			"f:1:1: this is UTF-16 without a byte order mark");
	problems_release(&problems);
	problems_init(&problems); /* a mistake in it keeps its place */
	wide[2 + 2 * 11] = '"';
	assert_int_equal(config_parse(wide, len + 2, "f", FOLDER, NULL, &config, &problems),
			 STATUS_SYNTAX);
	assert_contains(buf_text(&problems.text), "f:");
	config_free(config);
	problems_release(&problems);
}

/* Whatever is cut, doubled or put into a file: a problem or none, never a crash; it has a place. */
static void test_any_damage(void **state)
{
	static const char good[] = "workers: 4\ndefaults: { timeout: 5s }\n" DIR
				   "    name: \"it's\"\n    exclude: ['a', \"b\"] # c\n";
	static const char with[] = ":-#&*{}[],\"'|>%@`\t\n\\\xFF ";
	char text[512];

	(void)state;
	for (size_t at = 0; at <= strlen(good); at++) {
		for (size_t i = 0; with[i] != '\0'; i++) {
			struct problems problems;
			(void)snprintf(text, sizeof(text), "%.*s%c%s", (int)at, good, with[i],
				       good + at);
			struct config *config = parse(text, &problems);
			if (config == NULL)
				assert_int_equal(strncmp(buf_text(&problems.text), "f.yaml:", 7),
						 0);
			assert_lacks(buf_text(&problems.text), "f.yaml:0");
			config_free(config);
			problems_release(&problems);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_no_mistakes),
		cmocka_unit_test(test_utf16),
		cmocka_unit_test(test_any_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
