/*
 * A kind of source that exists in the tests only, with a word of every sort of its own. It is
 * linked with the real program, in which nothing else knows it: test_toy.py finds its words in all
 * outputs.
 */
#include <stdlib.h>

#include "base/file.h"
#include "config/keys.h"
#include "config/rules.h"
#include "source/connector/connector.h"
#include "source/destination/service.h"
#include "source/directory/directory.h"
#include "source/errors.h"
#include "source/source.h"

struct toy_settings {
	char *box; /* a file with certificates */
	uint32_t bricks;
};

static const struct key keys[] = {
	{ .name = "box", .type = KEY_FILE, .offset = offsetof(struct toy_settings, box) },
	{ .name = "bricks",
	  .type = KEY_NUMBER,
	  .flags = KEY_DEFAULTABLE,
	  .offset = offsetof(struct toy_settings, bricks),
	  .min = 1,
	  .max = 99 },
	{ .name = NULL },
};

static void toy_rules(const struct rules *rules)
{
	if (!rules_given(rules, "box"))
		rules_missing(rules, "box", "is missing: the file with the toys");
}

#define PART_TOYS (1U << 5)

static const struct known_level levels[] = { { .name = "nursery", .parts = PART_TOYS },
					     { .name = NULL } };
static const struct known_part parts[] = { { .part = PART_TOYS, .name = "toys" },
					   { .name = NULL } };
static const struct known_type types[] = { { .name = "teddy" }, { .name = NULL } };
static const struct source_fact facts[] = {
	{ .name = "toy_bricks", .help = "Bricks in the box.", .labels = { "colour" } },
	{ .name = NULL },
};
static const char *const endpoints[] = { "toy_box" };
static const struct word_list endpoint_list = { endpoints, 1 };

static enum status toy_open(const struct source_context *context, struct source **ret_source)
{
	(void)context;
	*ret_source = calloc(1, sizeof(**ret_source));
	return *ret_source != NULL ? STATUS_OK : STATUS_MEMORY;
}

static void toy_close(struct source *source)
{
	free(source);
}

/* Adds what is in the box to the level. */
static void add_toys(struct source_level *level, const struct buf *bytes)
{
	struct store_content *content = NULL;
	enum status status =
		store_decode((const uint8_t *)buf_text(bytes), bytes->len, NULL, &content);

	if (status == STATUS_OK) {
		(void)source_level_add_store(level, PART_TOYS, "box", "teddy", content);
		level->whole = PART_TOYS;
		level->up = true;
	}
	store_content_unref(content);
}

static struct source_result *toy_refresh(struct source *source)
{
	const struct toy_settings *settings = source->context.config->own;
	struct source_result *result = source_result_new();
	struct source_level *level =
		result != NULL ? source_result_add_level(result, "nursery") : NULL;
	struct error error = { "" };
	struct buf bytes;

	if (level == NULL)
		return result;
	buf_init(&bytes, (size_t)STORE_BYTES_MAX);
	enum status status = file_read(settings->box, &bytes, NULL, &error);
	telemetry_request(source->context.telemetry, 0, status == STATUS_OK ? 200 : 404, 0.5);
	if (status == STATUS_OK)
		add_toys(level, &bytes);
	else
		source_result_add_issue(result, STAGE_FETCH, STATUS_LOCKED, "nursery", "box",
					error.text);
	source_level_add_sample(level, &facts[0], settings->bricks,
				(const char *const[FACT_LABELS_MAX]){ "red" });
	buf_release(&bytes);
	return result;
}

static const struct source_class class = {
	.open = toy_open,
	.refresh = toy_refresh,
	.close = toy_close,
	.levels = levels,
	.parts = parts,
	.types = types,
	.facts = facts,
	.endpoints = &endpoint_list,
	.possible_errors = { [STAGE_FETCH] = ERROR_BIT(STATUS_LOCKED) },
};

static const struct source_kind toy_kind = {
	.name = "toy",
	.words = (const char *const[]){ "plaything", NULL },
	.groups = KEYS_COMMON,
	.keys = keys,
	.size = sizeof(struct toy_settings),
	.rules = toy_rules,
	.class = &class,
};

const struct source_kind *const registered_kinds[] = { &destination_service_kind,
						       &cloud_connector_kind, &directory_kind,
						       &toy_kind, NULL };
