/* A lack of memory while one store is decoded (store_decode(), by the linker's --wrap) is the state
 * of that store: the others are read, it keeps what is known of it, and is tried again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/json.h"
#include "directory_fixture.h"
#include "source/destination/decode.h"
#include "source/destination/levels.h"

#define HEAVY "poison" /* bytes for which memory is missing */

static bool scarce; /* memory is missing */

enum status __real_store_decode(const uint8_t *data, size_t len,
				const struct store_passwords *passwords,
				struct store_content **ret_content);
enum status __wrap_store_decode(const uint8_t *data, size_t len,
				const struct store_passwords *passwords,
				struct store_content **ret_content);

enum status __wrap_store_decode(const uint8_t *data, size_t len,
				const struct store_passwords *passwords,
				struct store_content **ret_content)
{
	if (scarce && memmem(data, len, HEAVY, strlen(HEAVY)) != NULL)
		return STATUS_MEMORY;
	return __real_store_decode(data, len, passwords, ret_content);
}

static void write_heavy(const char *file)
{
	BIO *bio = pem_of("heavy");

	assert_int_equal(BIO_puts(bio, HEAVY), strlen(HEAVY));
	write_bio(file, bio);
}

static int setup_scarce(void **state)
{
	scarce = true;
	return setup(state);
}

static void test_directory(void **state)
{
	(void)state;
	write_pem("a.pem", "a");
	write_heavy("b.pem");
	write_pem("c.pem", "c");
	add_item(&f.settings.paths, tree_path("*.pem"));
	(void)refresh();
	assert_up(true, true);
	assert_state("a.pem", STORE_OK);
	assert_state("b.pem", STORE_UNAVAILABLE);
	assert_string_equal(store_of("b.pem")->detail, "out of memory");
	assert_state("c.pem", STORE_OK);
	assert_int_equal(f.result->issue_count, 1);
	assert_int_equal(issues_of(STAGE_DECODE, STATUS_MEMORY), 1);

	scarce = false; /* not remembered */
	(void)refresh();
	assert_state("b.pem", STORE_OK);
	assert_string_equal(subject_of("b.pem"), "CN=heavy");
	assert_int_equal(f.result->issue_count, 0);
}

/* -- the Destination service: its answers about one store ----------------------------- */

struct service {
	struct destination_service service;
	struct ds_run run;
	struct ds_items items;
};

static void begin(struct service *s)
{
	memset(s, 0, sizeof(*s));
	s->service.source.context.telemetry = f.counters;
	s->run.service = &s->service;
	s->run.config = &f.config;
	s->run.result = source_result_new();
	s->run.deadline_ms = UINT64_MAX;
	assert_non_null(s->run.result);
	s->items.run = &s->run;
	s->items.level = source_result_add_level(s->run.result, LEVEL_SUBACCOUNT);
	assert_non_null(s->items.level);
}

/* `content`: base64 of the store. */
static void decode_entity(struct service *s, struct ds_item *item, const char *content)
{
	struct error error;
	struct cJSON *entity = NULL;
	struct buf text;

	buf_init(&text, 65536);
	buf_printf(&text, "{\"Name\":\"%s\",\"Content\":\"%s\"}", item->name, content);
	assert_int_equal(json_parse(buf_text(&text), text.len, &entity, &error), STATUS_OK);
	ds_decode_entity(&s->items, item, entity);
	json_free(entity);
	buf_release(&text);
}

static void test_entity(void **state)
{
	static char name[] = "b.p12";
	static char neighbour_name[] = "c.p12";
	struct ds_item item = { .name = name };
	struct ds_item neighbour = { .name = neighbour_name };
	struct service s;

	(void)state;
	begin(&s);
	decode_entity(&s, &item, "cG9pc29u");          /* poison */
	decode_entity(&s, &neighbour, "aGFybWxlc3M="); /* harmless */
	assert_int_equal(item.outcome, DS_FAILED);
	assert_int_equal(item.state, STORE_UNAVAILABLE);
	assert_string_equal(item.detail, "out of memory");
	assert_null(item.fresh.content);
	assert_int_equal(neighbour.outcome, DS_READ);
	assert_int_equal(source_result_status(s.run.result), STATUS_OK); /* the refresh goes on */
	assert_int_equal(s.run.result->issue_count, 2);
	assert_int_equal(s.run.result->issues[0].reason, STATUS_MEMORY);
	assert_string_equal(s.run.result->issues[0].item, "b.p12");
	assert_int_equal(s.run.result->issues[1].reason, STATUS_SYNTAX); /* no known format */
	store_content_unref(neighbour.fresh.content);
	source_result_free(s.run.result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_directory, setup_scarce, teardown),
		cmocka_unit_test_setup_teardown(test_entity, setup_scarce, teardown),
	};

	return cmocka_run_group_tests(tests, make_key, free_key);
}
