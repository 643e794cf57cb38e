/* The format of the state file over versions: what older and newer programs wrote, and damage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "inventory/state/load.h"
#include "inventory/state/save.h"
#include "sample_state.h"
#include "source/kinds.h"
#include "temp_tree.h"

#define DATA      PROJECT_DIR "/tests/data/state/"
#define BYTES_MAX ((size_t)1 << 20)

static void read_file(const char *path, struct buf *ret_buf)
{
	struct error error = { "" };

	buf_init(ret_buf, BYTES_MAX);
	if (file_read(path, ret_buf, NULL, &error) != STATUS_OK)
		fail_msg("%s", error.text);
}

/* The bytes that this version writes for a state. */
static void written(const struct state *saved, struct buf *ret_buf)
{
	struct error error = { "" };

	assert_int_equal(state_save(tree_path("written.json"), saved, &error), STATUS_OK);
	read_file(tree_path("written.json"), ret_buf);
}

static void load(const char *path, struct state *ret_state, char *ret_unknown, size_t size)
{
	struct state_unknown unknown;
	struct error error = { "" };
	struct buf text;

	if (state_load(path, ret_state, &unknown, &error) != STATUS_OK)
		fail_msg("%s", error.text);
	buf_init(&text, size - 1);
	state_unknown_put(&unknown, &text);
	assert_int_equal(buf_status(&text), STATUS_OK);
	memcpy(ret_unknown, buf_text(&text), text.len + 1);
	buf_release(&text);
}

static enum status load_bytes(const char *bytes, size_t len, struct error *error)
{
	struct state_unknown unknown;
	struct state loaded = { 0 };

	tree_write("bytes.json", bytes, len);
	enum status status = state_load(tree_path("bytes.json"), &loaded, &unknown, error);
	if (status == STATUS_OK)
		state_release(&loaded);
	return status;
}

/* Every word that can be written is read back as itself, from a file of each version. */
static void every_word_is_read_back(void **state)
{
	static const char *const files[] = { DATA "version-1.json", NULL };
	struct state sample = { 0 };
	struct buf wanted;

	(void)state;
	sample_state(&sample);
	written(&sample, &wanted);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		const char *path = files[i] != NULL ? files[i] : tree_path("written.json");
		struct state loaded = { 0 };
		char unknown[1024];
		struct buf again;
		load(path, &loaded, unknown, sizeof(unknown));
		assert_string_equal(unknown, "");
		written(&loaded, &again);
		assert_string_equal(buf_text(&again), buf_text(&wanted));
		buf_release(&again);
		state_release(&loaded);
	}
	buf_release(&wanted);
	state_release(&sample);
}

/* What a newer program wrote is read as far as it is known. */
static void newer_file_is_read_in_part(void **state)
{
	struct state loaded = { 0 };
	char unknown[2048];

	(void)state;
	load(DATA "newer.json", &loaded, unknown, sizeof(unknown));
	assert_string_equal(
		unknown, "member \"written_by\", member of a source \"region\", "
			 "member of a level \"quota\", part \"tokens\" (2 times), "
			 "kind of a reference \"workload\", member of a store \"owner\", "
			 "member of a content \"engine\", member of a certificate \"key_usage\", "
			 "type \"hsm\" (2 times), part \"4096\", state \"revoked\", "
			 "format \"bks\", role \"cross_signed\", member of a label \"source\", "
			 "level \"space\", kind of a source \"vault\"");
	assert_int_equal(loaded.count, 2);
	assert_string_equal(loaded.sources[0].id, "service");
	assert_string_equal(loaded.sources[1].id, "files");
	assert_int_equal(loaded.sources[0].level_count, 1);
	const struct source_level *level = loaded.sources[0].levels[0];
	assert_int_equal(level->store_count, 2);
	assert_string_equal(level->stores[0].name, "kept.pem");
	assert_int_equal(level->stores[0].part, PART_CERTIFICATES);
	assert_int_equal(level->stores[0].content->certificate_count, 1);
	assert_string_equal(level->stores[1].name, "kept-too.pem");
	assert_string_equal(level->stores[1].labels[0].value, "prod");
	assert_int_equal(level->reference_count, 1);
	assert_true(level->has_destinations && level->destinations == 2);
	/* a list of which something was left out is not known as a whole */
	for (size_t i = 0; i < LEVEL_PARTS_MAX; i++)
		assert_true(!(level->listed_s[i] > 0));
	level = loaded.sources[1].levels[0];
	assert_int_equal(level->store_count, 1);
	assert_true(level->listed_s[0] > 0);
	state_release(&loaded);
}

/* Any byte that is another one is noticed, whatever it makes of the text. */
static void every_changed_byte_is_noticed(void **state)
{
	static const char flips[] = { 1, 2, 4, 8, 16, 32, 64 };
	struct error error = { "" };
	struct buf newer;

	(void)state;
	read_file(DATA "newer.json", &newer);
	for (size_t i = 0; i < newer.len; i++) {
		char flip = flips[i % sizeof(flips)];
		newer.data[i] = (char)(newer.data[i] ^ flip);
		if (load_bytes(newer.data, newer.len, &error) != STATUS_SYNTAX)
			fail_msg("byte %zu", i);
		newer.data[i] = (char)(newer.data[i] ^ flip);
	}
	assert_int_equal(load_bytes(newer.data, newer.len, &error), STATUS_OK);
	/* the first version had no checksum: whatever is read must not do harm */
	struct buf first;
	read_file(DATA "version-1.json", &first);
	for (size_t i = 0; i < first.len; i += 37) {
		char flip = flips[i % sizeof(flips)];
		first.data[i] = (char)(first.data[i] ^ flip);
		(void)load_bytes(first.data, first.len, &error);
		first.data[i] = (char)(first.data[i] ^ flip);
	}
	buf_release(&newer);
	buf_release(&first);
}

static void checksum_is_needed(void **state)
{
#define DOCUMENT(version)                                                                          \
	"{\"format\":\"btp_cert_exporter state\",\"version\":" version ",\"sources\":[]"
	static const struct {
		const char *text;
		enum status status;
		const char *reason;
	} table[] = {
		{ DOCUMENT("1") "}\n", STATUS_OK, "" },
		{ DOCUMENT("1") "}", STATUS_OK, "" },
		{ DOCUMENT("2") "}\n", STATUS_SYNTAX, ": it does not end with its checksum" },
		{ DOCUMENT("3") ",\"checksum\":\"crc32:00000000\"}\n", STATUS_SYNTAX,
		  ": it does not end with its checksum" },
		{ DOCUMENT("2") ",\"checksum\":\"sha256:"
				"0000000000000000000000000000000000000000000000000000000000000000\""
				"}\n",
		  STATUS_SYNTAX, ": its content is not that of its checksum" },
		{ DOCUMENT("0") "}\n", STATUS_SYNTAX, ": not a whole state file" },
		{ DOCUMENT("\"x\"") "}\n", STATUS_SYNTAX, ": not a whole state file" },
		{ "{\"format\":\"another\",\"version\":1,\"sources\":[]}", STATUS_SYNTAX,
		  ": not a whole state file" },
		{ "", STATUS_SYNTAX, ": not a whole state file" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct error error = { "" };
		print_message("%s\n", table[i].text);
		assert_int_equal(load_bytes(table[i].text, strlen(table[i].text), &error),
				 table[i].status);
		assert_non_null(strstr(error.text, table[i].reason));
	}
}

static void unknown_words_are_bounded(void **state)
{
	struct state_unknown unknown = { .count = 0 };
	struct buf text;
	char word[200];

	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		(void)snprintf(word, sizeof(word), "%u\n%0150u", i / 2, i);
		state_unknown_note(&unknown, "type", word);
	}
	assert_int_equal(unknown.count, STATE_UNKNOWN_MAX);
	assert_int_equal(unknown.words[0].times, 2);
	buf_init(&text, 4096);
	state_unknown_put(&unknown, &text);
	assert_int_equal(buf_status(&text), STATUS_OK);
	assert_non_null(strstr(buf_text(&text), "type \"0\\x0a000"));
	assert_non_null(strstr(buf_text(&text), " (2 times), and others"));
	buf_release(&text);
}

static void refused_file_is_set_aside(void **state)
{
	struct buf kept;

	(void)state;
	tree_file("state.json", "[1, 2");
	tree_file("state.json.bad", "an older one");
	char *name = state_set_aside(tree_path("state.json"));
	assert_non_null(name);
	assert_string_equal(name, tree_path("state.json.bad"));
	read_file(name, &kept);
	assert_string_equal(buf_text(&kept), "[1, 2");
	buf_release(&kept);
	free(name);
	assert_int_not_equal(access(tree_path("state.json"), F_OK), 0);
	assert_null(state_set_aside(tree_path("state.json")));
	assert_true(state_is_refused(STATUS_SYNTAX) && state_is_refused(STATUS_TOO_LARGE));
	assert_false(state_is_refused(STATUS_IO) || state_is_refused(STATUS_MEMORY));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_word_is_read_back, tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(newer_file_is_read_in_part, tree_setup,
						tree_teardown),
		cmocka_unit_test_setup_teardown(every_changed_byte_is_noticed, tree_setup,
						tree_teardown),
		cmocka_unit_test_setup_teardown(checksum_is_needed, tree_setup, tree_teardown),
		cmocka_unit_test(unknown_words_are_bounded),
		cmocka_unit_test_setup_teardown(refused_file_is_set_aside, tree_setup,
						tree_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
