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
	for (size_t k = 0; registered_kinds[k] != NULL; k++) {
		const struct known_level *row = registered_kinds[k]->class->levels;
		for (; row != NULL && row->name != NULL; row++) {
			if (i-- == 0)
				return row->name;
		}
	}
	return NULL;
}

/* Whether a kind before this one has a part of this name: they may share names. */
static bool is_older(size_t kind, const char *name)
{
	enum level_part part;

	for (size_t k = 0; k < kind; k++) {
		if (source_part_parse(registered_kinds[k], name, &part) == STATUS_OK)
			return true;
	}
	return false;
}

static const char *part_at(size_t i)
{
	for (size_t k = 0; registered_kinds[k] != NULL; k++) {
		for (size_t bit = 0; bit < LEVEL_PARTS_MAX; bit++) {
			const char *name = source_part_name(registered_kinds[k], 1u << bit);
			if (name[0] != '\0' && !is_older(k, name) && i-- == 0)
				return name;
		}
	}
	return NULL;
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
	for (size_t k = 0; registered_kinds[k] != NULL; k++) {
		for (size_t bit = 0; bit < LEVEL_PARTS_MAX; bit++) {
			const char *name = source_part_name(registered_kinds[k], 1u << bit);
			if (name[0] == '\0')
				continue;
			assert_int_equal(source_part_parse(registered_kinds[k], name, &part),
					 STATUS_OK);
			assert_int_equal(part, 1u << bit);
		}
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

/* The first part that the kind has. */
static unsigned first_part(const struct source_kind *kind)
{
	unsigned part = 1;

	while (source_part_name(kind, part)[0] == '\0')
		part <<= 1;
	return part;
}

/* The levels of its kind; the first one has everything. */
static void make_levels(struct state_source *source)
{
	const struct known_level *row = source->kind->class->levels;

	for (; row->name != NULL; row++) {
		source->levels[source->level_count] = source_level_new(row->name);
		assert_non_null(source->levels[source->level_count]);
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
	for (size_t i = 0; i < level->store_count; i++)
		level->stores[i].part = first_part(source->kind);
	for (size_t bit = 0; bit < LEVEL_PARTS_MAX; bit++) {
		const char *name = source_part_name(source->kind, 1u << bit);
		if (name[0] == '\0')
			continue;
		add_store(level, "part", name, "", STORE_FORMAT_PEM)->part = 1u << bit;
		level->listed_s[bit] = NOW + (double)bit;
	}
	for (size_t i = 0; reference_at(i) != NULL; i++)
		source_level_add_reference(level, (enum reference_kind)i, reference_at(i),
					   "KeyStoreLocation", "format/pem");
	assert_int_equal(source_level_status(level), STATUS_OK);
}

#define KINDS_MAX 8
static struct state_source samples[KINDS_MAX]; /* one of each kind, before they were saved */
static size_t sample_count;
static struct state loaded; /* and after that */

static int restart(void **state)
{
	struct state_unknown unknown = { .count = 0 };
	struct error error = { "" };
	static char empty[] = "";

	if (tree_setup(state) != 0)
		return -1;
	for (sample_count = 0; registered_kinds[sample_count] != NULL; sample_count++) {
		assert_true(sample_count < KINDS_MAX);
		const struct source_kind *kind = registered_kinds[sample_count];
		samples[sample_count] = (struct state_source){ .kind = kind,
							       .id = strdup(kind->name),
							       .identity = empty,
							       .host = empty,
							       .subaccount_id = empty,
							       .tenant_id = empty };
		make_levels(&samples[sample_count]);
	}
	struct state saved = { samples, sample_count };
	assert_int_equal(state_save(tree_path("state.json"), &saved, &error), STATUS_OK);
	assert_int_equal(state_load(tree_path("state.json"), &loaded, &unknown, &error), STATUS_OK);
	if (unknown.count > 0)
		fail_msg("%s \"%s\" is unknown", unknown.words[0].what, unknown.words[0].word);
	assert_int_equal(loaded.count, sample_count);
	return 0;
}

static int end(void **state)
{
	for (size_t k = 0; k < sample_count; k++) {
		for (size_t i = 0; i < samples[k].level_count; i++)
			source_level_unref(samples[k].levels[i]);
		free(samples[k].id);
	}
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

static void check_source(const struct state_source *sample, const struct state_source *back)
{
	const struct source_level *before = sample->levels[0];
	const struct source_level *after = back->levels[0];

	assert_ptr_equal(back->kind, sample->kind);
	assert_int_equal(back->level_count, sample->level_count);
	for (size_t i = 0; i < sample->level_count; i++)
		assert_string_equal(back->levels[i]->name, sample->levels[i]->name);
	assert_int_equal(after->store_count, before->store_count);
	for (size_t i = 0; i < before->store_count; i++)
		check_store(&before->stores[i], &after->stores[i]);
	for (size_t i = 0; i < LEVEL_PARTS_MAX; i++)
		assert_true(!(after->listed_s[i] < before->listed_s[i]) &&
			    !(after->listed_s[i] > before->listed_s[i]));
	assert_int_equal(after->reference_count, before->reference_count);
	for (size_t i = 0; i < before->reference_count; i++)
		assert_int_equal(after->references[i].kind, before->references[i].kind);
}

static void test_state_file(void **state)
{
	(void)state;
	for (size_t k = 0; k < sample_count; k++)
		check_source(&samples[k], &loaded.sources[k]);
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
	struct source_config config = {
		.kind = registered_kinds[0], .id = text, .name = text, .system_id = text
	};
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
