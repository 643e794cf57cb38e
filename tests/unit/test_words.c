/*
 * Every word of every list that is a value of a label, a filter or a file: each is a word of its
 * own, parses as itself, comes back from the state file, is a filter of the API where there is one,
 * and is named in the documents. A word that is added is followed without a change here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "base/file.h"
#include "inventory/expiry.h"
#include "inventory/renewal.h"
#include "inventory/snapshot.h"
#include "inventory/state/load.h"
#include "inventory/state/save.h"
#include "report/json.h"
#include "source/kinds.h"
#include "temp_tree.h"
#include "web/query.h"

#define DOCS    PROJECT_DIR "/docs/"
#define BUF_MAX ((size_t)4 << 20)
#define NOW     1795000000

static const char *const level_names[] = { "subaccount", "instance", "binding", "connector",
					   "directory" };

/* -- the lists --------------------------------------------------------------------------------- */

static const char *format_at(size_t i)
{
	return i < STORE_FORMAT_COUNT ? store_format_name((enum store_format)i) : NULL;
}

static const char *state_at(size_t i)
{
	return i < STORE_STATE_COUNT ? store_state_name((enum store_state)i) : NULL;
}

static const char *role_at(size_t i)
{
	return i < CERTIFICATE_ROLE_COUNT ? certificate_role_name((enum certificate_role)i) : NULL;
}

static const char *level_at(size_t i)
{
	return i < COUNT_OF(level_names) ? level_names[i] : NULL;
}

static const char *part_at(size_t i)
{
	return i < LEVEL_PART_COUNT ? level_part_name(1u << i) : NULL;
}

static const char *status_at(size_t i)
{
	return i < CERTIFICATE_STATUS_COUNT ? certificate_status_name((enum certificate_status)i)
					    : NULL;
}

/* The first renewal is none, and has no word. */
static const char *renewal_at(size_t i)
{
	return i < RENEWAL_MANUAL ? renewal_name((enum renewal)(i + 1)) : NULL;
}

static const char *stage_at(size_t i)
{
	return i < STAGE_COUNT ? stage_name((enum stage)i) : NULL;
}

/* The first status is success, and no reason. */
static const char *reason_at(size_t i)
{
	return i + 1 < STATUS_REASON_COUNT ? status_name((enum status)(i + 1)) : NULL;
}

static const char *reference_at(size_t i)
{
	return i <= REFERENCE_FRAGMENT ? reference_kind_name((enum reference_kind)i) : NULL;
}

/* In which documents a word stands between backquotes. */
static const struct list {
	const char *what;
	const char *(*at)(size_t i);
	const char *documents[2];
} lists[] = {
	{ "format", format_at, { "metrics.md", NULL } },
	{ "state", state_at, { "metrics.md", NULL } },
	{ "role", role_at, { "metrics.md", NULL } },
	{ "type", source_type_at, { "metrics.md", NULL } },
	{ "level", level_at, { "metrics.md", NULL } },
	{ "part", part_at, { "state-file.md", NULL } },
	{ "status", status_at, { "metrics.md", "api.md" } },
	{ "renewal", renewal_at, { "api.md", NULL } },
	{ "stage", stage_at, { "metrics.md", NULL } },
	{ "reason", reason_at, { "metrics.md", NULL } },
	{ "kind of a reference", reference_at, { "metrics.md", NULL } },
};

static void test_words_differ(void **state)
{
	(void)state;
	for (size_t l = 0; l < COUNT_OF(lists); l++) {
		size_t count = 0;
		for (const char *word; (word = lists[l].at(count)) != NULL; count++) {
			if (*word == '\0')
				fail_msg("%s %zu has no word", lists[l].what, count);
			for (size_t i = 0; i < count; i++) {
				if (strcmp(word, lists[l].at(i)) == 0)
					fail_msg("two of the list %s are \"%s\"", lists[l].what,
						 word);
			}
		}
		assert_true(count > 1);
	}
}

static void test_words_are_documented(void **state)
{
	(void)state;
	for (size_t l = 0; l < COUNT_OF(lists) * 2; l++) {
		const struct list *list = &lists[l / 2];
		const char *document = list->documents[l % 2];
		struct error error = { "" };
		char text[200];
		struct buf doc;
		if (document == NULL)
			continue;
		buf_init(&doc, BUF_MAX);
		(void)snprintf(text, sizeof(text), DOCS "%s", document);
		if (file_read(text, &doc, NULL, &error) != STATUS_OK)
			fail_msg("%s", error.text);
		for (size_t i = 0; list->at(i) != NULL; i++) {
			(void)snprintf(text, sizeof(text), "`%s`", list->at(i));
			if (strstr(buf_text(&doc), text) == NULL)
				fail_msg("docs/%s does not name the %s %s", document, list->what,
					 text);
		}
		buf_release(&doc);
	}
}

static void test_words_are_parsed(void **state)
{
	enum store_format format;
	enum store_state store_state;
	enum certificate_role role;
	enum level_part part;

	(void)state;
	for (size_t i = 0; format_at(i) != NULL; i++) {
		assert_int_equal(store_format_parse(format_at(i), &format), STATUS_OK);
		assert_int_equal(format, i);
	}
	for (size_t i = 0; state_at(i) != NULL; i++) {
		assert_int_equal(store_state_parse(state_at(i), &store_state), STATUS_OK);
		assert_int_equal(store_state, i);
	}
	for (size_t i = 0; role_at(i) != NULL; i++) {
		assert_int_equal(certificate_role_parse(role_at(i), &role), STATUS_OK);
		assert_int_equal(role, i);
	}
	for (size_t i = 0; part_at(i) != NULL; i++) {
		assert_int_equal(level_part_parse(part_at(i), &part), STATUS_OK);
		assert_int_equal(part, 1u << i);
	}
	for (size_t i = 0; level_at(i) != NULL; i++)
		assert_string_equal(source_level_name(level_at(i)), level_at(i));
	assert_int_equal(store_format_parse("", &format), STATUS_SYNTAX);
	assert_int_equal(store_state_parse("OK", &store_state), STATUS_SYNTAX);
	assert_int_equal(certificate_role_parse("lea", &role), STATUS_SYNTAX);
}

/* -- a source that has all of them ------------------------------------------------------------- */

static void add_certificate(struct store_content *content, uint32_t position, int64_t not_before_s,
			    int64_t not_after_s)
{
	char text[] = "";
	struct certificate facts = {
		.role = (enum certificate_role)(position % CERTIFICATE_ROLE_COUNT),
		.has_not_before = true,
		.not_before_s = not_before_s,
		.has_not_after = not_after_s != 0,
		.not_after_s = not_after_s,
		.subject = text,
		.issuer = text,
		.serial_number = text,
		.fingerprint_sha256 = text,
		.public_key = text,
		.signature_algorithm = text,
		.san = text,
	};
	struct certificate *copy = NULL;

	assert_int_equal(certificate_copy(&facts, &copy), STATUS_OK);
	assert_int_equal(store_add_certificate_take(content, 0, copy), STATUS_OK);
}

/* Certificates of every role and every status. */
static struct store_content *new_content(enum store_format format)
{
	static const int64_t times[][2] = {
		{ 1, NOW + 100 * 86400 },                  /* valid */
		{ 1, NOW + 86400 },                        /* expiring */
		{ 1, NOW - 86400 },                        /* expired */
		{ NOW + 86400, NOW + INT64_C(2) * 86400 }, /* not yet valid */
		{ 1, 0 },                                  /* unknown */
	};
	struct store_content *content = NULL;

	assert_int_equal(store_content_new(format, &content), STATUS_OK);
	assert_int_equal(store_add_entry(content, ""), STATUS_OK);
	for (uint32_t i = 0; i < CERTIFICATE_ROLE_COUNT || i < COUNT_OF(times); i++)
		add_certificate(content, i, times[i % COUNT_OF(times)][0],
				times[i % COUNT_OF(times)][1]);
	store_content_finish(content);
	return content;
}

static struct source_store *add_store(struct source_level *level, const char *what,
				      const char *word, const char *type, enum store_format format)
{
	struct store_content *content = new_content(format);
	char name[100];

	(void)snprintf(name, sizeof(name), "%s/%s", what, word);
	struct source_store *store =
		source_level_add_store(level, PART_CERTIFICATES, name, type, content);
	assert_int_equal(source_level_status(level), STATUS_OK);
	store_content_unref(content);
	return store;
}

/* One level of each name; the first one has everything. */
static void make_levels(struct state_source *source)
{
	for (size_t i = 0; level_at(i) != NULL; i++) {
		source->levels[i] = source_level_new(source_level_name(level_at(i)));
		assert_non_null(source->levels[i]);
		source->level_count++;
	}
	struct source_level *level = source->levels[0];
	for (size_t i = 0; format_at(i) != NULL; i++)
		(void)add_store(level, "format", format_at(i), "", (enum store_format)i);
	for (size_t i = 0; state_at(i) != NULL; i++) {
		struct source_store *store =
			add_store(level, "state", state_at(i), "", STORE_FORMAT_PEM);
		source_store_set_state(store, (enum store_state)i, "");
	}
	for (size_t i = 0; source_type_at(i) != NULL; i++) {
		const char *type = source_type_name(source_type_at(i));
		/* keystore and certificate are what the content makes of "" */
		(void)add_store(level, "type", source_type_at(i), type != NULL ? type : "",
				i == 0 ? STORE_FORMAT_JKS : STORE_FORMAT_PEM);
	}
	for (size_t i = 0; part_at(i) != NULL; i++) {
		struct source_store *store =
			add_store(level, "part", part_at(i), "", STORE_FORMAT_PEM);
		store->part = 1u << i;
		level->listed_s[i] = NOW + (double)i;
	}
	for (size_t i = 0; reference_at(i) != NULL; i++)
		source_level_add_reference(level, (enum reference_kind)i, reference_at(i),
					   "KeyStoreLocation", "format/pem");
	assert_int_equal(source_level_status(level), STATUS_OK);
}

static struct state_source sample; /* before it was saved */
static struct state loaded;        /* and after that */

static int restart(void **state)
{
	struct state saved = { &sample, 1 };
	struct state_unknown unknown = { .count = 0 };
	struct error error = { "" };
	static char empty[] = "";
	static char id[] = "one";

	if (tree_setup(state) != 0)
		return -1;
	sample = (struct state_source){ .id = id,
					.identity = empty,
					.host = empty,
					.subaccount_id = empty,
					.tenant_id = empty };
	make_levels(&sample);
	assert_int_equal(state_save(tree_path("state.json"), &saved, &error), STATUS_OK);
	assert_int_equal(state_load(tree_path("state.json"), &loaded, &unknown, &error), STATUS_OK);
	if (unknown.count > 0)
		fail_msg("%s \"%s\" is unknown", unknown.words[0].what, unknown.words[0].word);
	assert_int_equal(loaded.count, 1);
	return 0;
}

static int end(void **state)
{
	for (size_t i = 0; i < sample.level_count; i++)
		source_level_unref(sample.levels[i]);
	state_release(&loaded);
	return tree_teardown(state);
}

static void check_store(const struct source_store *a, const struct source_store *b)
{
	if (strcmp(a->name, b->name) != 0 || strcmp(a->type, b->type) != 0 || a->part != b->part ||
	    a->state != b->state || a->content->format != b->content->format)
		fail_msg("%s became another store", a->name);
	assert_int_equal(a->content->certificate_count, b->content->certificate_count);
	for (size_t i = 0; i < a->content->certificate_count; i++) {
		const struct store_certificate *before = &a->content->entries[0].certificates[i];
		const struct store_certificate *after = &b->content->entries[0].certificates[i];
		assert_int_equal(before->certificate->role, after->certificate->role);
	}
}

static void test_state_file(void **state)
{
	const struct source_level *before = sample.levels[0];

	(void)state;
	assert_int_equal(loaded.sources[0].level_count, sample.level_count);
	for (size_t i = 0; i < sample.level_count; i++)
		assert_string_equal(loaded.sources[0].levels[i]->name, sample.levels[i]->name);
	const struct source_level *after = loaded.sources[0].levels[0];
	assert_int_equal(after->store_count, before->store_count);
	for (size_t i = 0; i < before->store_count; i++)
		check_store(&before->stores[i], &after->stores[i]);
	for (size_t i = 0; i < LEVEL_PART_COUNT; i++)
		assert_true(!(after->listed_s[i] < before->listed_s[i]) &&
			    !(after->listed_s[i] > before->listed_s[i]));
	assert_int_equal(after->reference_count, before->reference_count);
	for (size_t i = 0; i < before->reference_count; i++)
		assert_int_equal(after->references[i].kind, before->references[i].kind);
}

/* -- the filters of the API -------------------------------------------------------------------- */

static size_t count_of(const char *text, const char *part)
{
	size_t count = 0;

	for (const char *at = text; (at = strstr(at, part)) != NULL; at++)
		count++;
	return count;
}

/* The certificates that `?parameter=word` selects: all of them have the word, and there are some.
 */
static void check_filter(const struct snapshot *snapshot, const char *parameter, const char *word)
{
	struct api_query *query = api_query_new(API_CERTIFICATES);
	struct error error = { "" };
	char member[100];
	struct buf text;

	assert_non_null(query);
	if (api_query_set(query, parameter, word, &error) != STATUS_OK)
		fail_msg("?%s=%s: %s", parameter, word, error.text);
	assert_int_equal(api_query_finish(query), STATUS_OK);
	buf_init(&text, BUF_MAX);
	assert_int_equal(report_certificates_json(snapshot, &query->filter, NOW, &text), STATUS_OK);
	(void)snprintf(member, sizeof(member), "\"%s\":\"%s\"", parameter, word);
	size_t rows = count_of(buf_text(&text), "\"subject\":");
	if (rows == 0 || count_of(buf_text(&text), member) != rows)
		fail_msg("?%s=%s selects %zu certificates, not all of that kind", parameter, word,
			 rows);
	buf_release(&text);
	api_query_free(query);
}

static void test_filters(void **state)
{
	static char text[] = "one";
	struct source_config config = { .id = text, .name = text, .system_id = text };
	const struct source_facts facts = { .config = &config, .has_attempt = true, .up = true };
	struct source_view *view =
		source_view_build(&facts, loaded.sources[0].levels, loaded.sources[0].level_count);
	struct snapshot *snapshot = snapshot_new(&view, 1);

	(void)state;
	assert_true(view != NULL && snapshot != NULL);
	for (size_t i = 0; source_type_at(i) != NULL; i++)
		check_filter(snapshot, "type", source_type_at(i));
	for (size_t i = 0; status_at(i) != NULL; i++)
		check_filter(snapshot, "status", status_at(i));
	snapshot_unref(snapshot);
	source_view_unref(view);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words_differ),
		cmocka_unit_test(test_words_are_documented),
		cmocka_unit_test(test_words_are_parsed),
		cmocka_unit_test_setup_teardown(test_state_file, restart, end),
		cmocka_unit_test_setup_teardown(test_filters, restart, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
