/*
 * docs/metrics.md and the table of families say the same, in both directions: each family has one
 * section whose heading is its name, followed by a paragraph "*Type.* Labels: `a`, `b`." or
 * "*Type.* No labels.", an example and a query.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "metrics/families.h"
#include "source/connector/facts.h"

#define DOC      PROJECT_DIR "/docs/metrics.md"
#define DOC_MAX  ((size_t)1024 * 1024)
#define HEADING  "\n### `"
#define TEXT_MAX 512

static const char *read_doc(struct buf *buf)
{
	struct error error = { "" };

	buf_init(buf, DOC_MAX);
	if (file_read(DOC, buf, NULL, &error) != STATUS_OK)
		fail_msg("%s", error.text);
	return buf_text(buf);
}

/* The section of a family, NULL if there is none; *ret_len up to the next heading. */
static const char *find_section(const char *doc, const char *name, size_t *ret_len)
{
	char heading[TEXT_MAX];

	(void)snprintf(heading, sizeof(heading), HEADING "%s`\n", name);
	const char *section = strstr(doc, heading);
	if (section == NULL)
		return NULL;
	const char *body = section + strlen(heading);
	const char *end = strstr(body, "\n##");
	*ret_len = end != NULL ? (size_t)(end - body) : strlen(body);
	if (strstr(body, heading) != NULL)
		fail_msg("%s has two sections", name);
	return body;
}

/* What the paragraph on type and labels should be, with line breaks as blanks. */
static void expected_signature(const struct family *family, char ret_text[TEXT_MAX])
{
	const char *type = family_type_name(family->type);
	int len =
		snprintf(ret_text, TEXT_MAX, "*%c%s.* ", toupper((unsigned char)type[0]), type + 1);

	for (size_t i = 0; family->labels[i] != NULL; i++)
		len += snprintf(ret_text + len, TEXT_MAX - (size_t)len, "%s`%s`",
				i == 0 ? "Labels: " : ", ", family->labels[i]);
	(void)snprintf(ret_text + len, TEXT_MAX - (size_t)len, "%s",
		       family->labels[0] == NULL ? "No labels." : ".");
}

static void found_signature(const char *body, char ret_text[TEXT_MAX])
{
	const char *end = NULL;

	while (*body == '\n')
		body++;
	end = strstr(body, "\n\n");
	assert_non_null(end);
	assert_true((size_t)(end - body) < TEXT_MAX);
	for (size_t i = 0; body + i < end; i++)
		ret_text[i] = body[i];
	ret_text[end - body] = '\0';
	for (char *p = ret_text; *p != '\0'; p++) {
		if (*p == '\n')
			*p = ' ';
	}
}

static void test_families_are_documented(void **state)
{
	struct buf buf;
	const char *doc = read_doc(&buf);
	char expected[TEXT_MAX] = "";
	char found[TEXT_MAX] = "";
	struct family family;

	(void)state;
	for (size_t id = 0; family_at(id, &family); id++) {
		size_t len = 0;
		const char *body = find_section(doc, family.name, &len);
		if (body == NULL) {
			fail_msg("%s has no section", family.name);
			return;
		}
		expected_signature(&family, expected);
		found_signature(body, found);
		assert_string_equal(found, expected);
		const char *example = strstr(body, "```text\n");
		const char *query = strstr(body, "```promql\n");
		if (example == NULL || example > body + len || query == NULL ||
		    query > body + len) {
			fail_msg("%s has no example or no query", family.name);
			return;
		}
		assert_true(strncmp(example + 8, family.name, strlen(family.name)) == 0);
	}
	buf_release(&buf);
}

static void test_sections_are_families(void **state)
{
	struct buf buf;
	const char *doc = read_doc(&buf);
	size_t sections = 0;
	struct family family;

	(void)state;
	for (const char *p = doc; (p = strstr(p, HEADING)) != NULL; sections++) {
		p += strlen(HEADING);
		bool known = false;
		for (size_t id = 0; family_at(id, &family); id++) {
			size_t len = strlen(family.name);
			known = known || (strncmp(p, family.name, len) == 0 && p[len] == '`');
		}
		if (!known)
			fail_msg("no such family: %.80s", p);
	}
	assert_int_equal(sections, families_count());
	buf_release(&buf);
}

/* The rules that names and texts of the table must follow. */
static void check_labels(const struct family *family)
{
	for (size_t i = 0; family->labels[i] != NULL; i++) {
		assert_true(i < FAMILY_LABELS_MAX);
		assert_string_not_equal(family->labels[i], "le");
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(family->labels[i], family->labels[k]);
	}
}

static void test_table(void **state)
{
	struct family family;
	struct family other;

	(void)state;
	for (size_t id = 0; family_at(id, &family); id++) {
		size_t len = strlen(family.name);
		bool total = len > 6 && strcmp(family.name + len - 6, "_total") == 0;
		assert_int_equal(total, family.type == FAMILY_COUNTER);
		assert_true(family.help[strlen(family.help) - 1] == '.');
		assert_null(strchr(family.help, '\n'));
		for (const char *p = family.name; *p != '\0'; p++)
			assert_true(islower((unsigned char)*p) || *p == '_');
		check_labels(&family);
		for (size_t i = 0; i < id && family_at(i, &other); i++)
			assert_string_not_equal(family.name, other.name);
	}
}

/* The facts of the kinds stand between the families of all sources and those of the exporter. */
static void test_order(void **state)
{
	struct family family;

	(void)state;
	assert_true(family_at(FAM_BUILD_INFO - 1, &family));
	assert_string_equal(family.name, family_get(FAM_CACHE_MISSES)->name);
	assert_true(family_at(FAM_BUILD_INFO, &family));
	assert_string_equal(family.name, scc_facts[FACT_SAPCC_INFO].name);
	assert_string_equal(family.labels[0], "source");
	assert_true(family_at(families_count() - 1, &family));
	assert_string_equal(family.name, family_get(FAM_PROCESS_THREADS)->name);
	assert_int_equal(families_count(), FAM_COUNT + FACT_SAPCC_COUNT);
	assert_false(family_at(families_count(), &family));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_families_are_documented),
		cmocka_unit_test(test_sections_are_families),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
