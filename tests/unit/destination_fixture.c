/* See destination_fixture.h. */
#include "destination_fixture.h"

#include <stdio.h>
#include <stdlib.h>

#include "source/destination/levels.h"
#include "config/file/load.h"

static const char yaml[] = "sources:\n"
			   "  - id: service\n"
			   "    kind: destination-service\n"
			   "    host: https://d.example\n"
			   "    token_url: https://t.example/oauth/token\n"
			   "    client_id: client\n"
			   "    client_secret: secret\n"
			   "    levels: [subaccount]\n";

void destination_begin(struct destination_fixture *f, const char *settings)
{
	struct problems problems;
	char text[4096];

	memset(f, 0, sizeof(*f));
	assert_true((size_t)snprintf(text, sizeof(text), "%s%s", yaml, settings) < sizeof(text));
	problems_init(&problems);
	if (config_parse(text, strlen(text), "test.yml", "/", NULL, &f->config, &problems) !=
	    STATUS_OK)
		fail_msg("the settings are refused:\n%s", text);
	problems_release(&problems);
	f->settings = f->config->sources[0];
	f->telemetry = telemetry_new();
	f->counters =
		telemetry_source(f->telemetry, "service", f->settings->kind->class->endpoints);
	assert_non_null(f->counters);
	struct source_context context = { .config = f->settings, .telemetry = f->counters };
	assert_int_equal(source_open(&context, &f->source), STATUS_OK);
}

void destination_end(struct destination_fixture *f)
{
	source_result_free(f->result);
	source_close(f->source);
	telemetry_free(f->telemetry);
	config_free(f->config);
}

void destination_refresh(struct destination_fixture *f)
{
	source_result_free(f->result);
	f->result = source_refresh(f->source);
}

void destination_refresh_from(struct destination_fixture *f, const struct recorded *rows,
			      size_t count)
{
	recorded_begin(rows, count);
	destination_refresh(f);
	assert_non_null(f->result);
}

const struct source_level *destination_level(const struct destination_fixture *f)
{
	assert_int_equal(f->result->level_count, 1);
	assert_string_equal(f->result->levels[0]->name, LEVEL_SUBACCOUNT);
	return f->result->levels[0];
}

const struct source_store *destination_store(const struct destination_fixture *f, const char *name)
{
	const struct source_level *level = destination_level(f);
	const struct source_store *found = NULL;

	for (size_t i = 0; i < level->store_count; i++) {
		if (strcmp(level->stores[i].name, name) != 0)
			continue;
		assert_null(found); /* each name once */
		found = &level->stores[i];
	}
	return found;
}

const struct source_store *destination_store_in(const struct destination_fixture *f,
						const char *name, enum store_state state)
{
	const struct source_store *store = destination_store(f, name);

	if (store == NULL)
		fail_msg("there is no store %s", name);
	else if (store->state != state)
		fail_msg("%s: %s (%s), not %s", name, store_state_name(store->state), store->detail,
			 store_state_name(state));
	return store;
}

size_t destination_certificates(const struct source_store *store)
{
	return store->content != NULL ? store->content->certificate_count : 0;
}

size_t destination_issues(const struct destination_fixture *f, enum stage stage, enum status reason)
{
	size_t count = 0;

	for (size_t i = 0; i < f->result->issue_count; i++)
		count += f->result->issues[i].stage == stage &&
			 f->result->issues[i].reason == reason;
	return count;
}

size_t destination_references(const struct destination_fixture *f, const char *user,
			      const char *property, const char *store)
{
	const struct source_level *level = destination_level(f);
	size_t count = 0;

	for (size_t i = 0; i < level->reference_count; i++) {
		const struct source_reference *reference = &level->references[i];
		count += strcmp(reference->destination, user) == 0 &&
			 strcmp(reference->property, property) == 0 &&
			 strcmp(reference->name, store) == 0;
	}
	return count;
}
