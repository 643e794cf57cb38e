/* Missing memory in base/: each allocation fails once (memory.h). Either the result is what it is
 * with all the memory, or STATUS_MEMORY and nothing is handed over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/array.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/json_apart.h"
#include "base/json_writer.h"
#include "base/proxy.h"
#include "base/text.h"
#include "memory.h"
#include "temp_tree.h"

#define BUF_MAX ((size_t)1 << 20)

static void torture(const char *name, enum status (*walk)(void *user),
		    void (*check)(void *user, enum status status, bool lacked), void *user)
{
	const struct memory_way way = { .name = name, .walk = walk, .check = check, .user = user };

	assert_true(memory_torture(&way) > 0);
}

/* -- JSON -------------------------------------------------------------------------------------- */

static const char document[] = "{\"a\": [1, \"two\", {\"b\": null}], \"\\u0000c\": \"\\ud800\","
			       " \"apart\": [{\"n\": 1}, {\"n\": 2}], \"last\": true}";

struct parsed {
	struct cJSON *value;
	char *text;
};

static enum status walk_json(void *user)
{
	struct parsed *parsed = user;
	struct error error;

	*parsed = (struct parsed){ NULL, NULL };
	enum status status = json_parse(document, strlen(document), &parsed->value, &error);
	if (status != STATUS_OK)
		return status;
	parsed->text = json_print(parsed->value);
	return parsed->text != NULL ? STATUS_OK : STATUS_MEMORY;
}

static void check_json(void *user, enum status status, bool lacked)
{
	struct parsed *parsed = user;

	(void)lacked;
	if (status == STATUS_OK)
		assert_string_equal(parsed->text,
				    "{\"a\":[1,\"two\",{\"b\":null}],\"\xEF\xBF\xBD"
				    "c\":\"\xEF\xBF\xBD\",\"apart\":[{\"n\":1},{\"n\":2}],"
				    "\"last\":true}");
	else
		assert_null(parsed->text);
	json_free(parsed->value);
	free(parsed->text);
}

static enum status walk_apart(void *user)
{
	static const char *const names[] = { "apart" };
	const struct json_span whole = { document, strlen(document) };
	uint64_t *sum = user;
	struct cJSON *rest = NULL;
	struct json_span list;
	struct json_span element = { NULL, 0 };
	struct error error;
	size_t at = 0;

	*sum = 0;
	enum status status = json_parse_apart(whole, names, 1, &list, &rest, &error);
	json_free(rest);
	while (status == STATUS_OK) {
		struct cJSON *value = NULL;
		uint64_t n = 0;
		status = json_next_element(list, &at, &element, &error);
		if (status != STATUS_OK || element.len == 0)
			break;
		status = json_parse_span(element, &value, &error);
		if (status == STATUS_OK && json_u64(json_member(value, "n"), &n))
			*sum += n;
		json_free(value);
	}
	return status;
}

static void check_apart(void *user, enum status status, bool lacked)
{
	(void)lacked;
	if (status == STATUS_OK)
		assert_int_equal(*(uint64_t *)user, 3);
}

static enum status walk_writer(void *user)
{
	struct buf *buf = user;
	struct json_writer w;

	buf_init(buf, BUF_MAX);
	json_writer_init(&w, buf);
	json_open_object(&w, NULL);
	json_open_array(&w, "list");
	for (uint64_t i = 0; i < 200; i++)
		json_write_u64(&w, NULL, i);
	json_close_array(&w);
	json_write_text(&w, "text", "\"\xFF\"");
	json_close_object(&w);
	return buf_status(buf);
}

/* What failed once stays failed: no text with a gap is handed over. */
static void check_buf(void *user, enum status status, bool lacked)
{
	struct buf *buf = user;

	(void)lacked;
	char *text = buf_take(buf);
	assert_true((text != NULL) == (status == STATUS_OK));
	free(text);
	buf_release(buf);
}

static void test_json(void **state)
{
	struct parsed parsed;
	uint64_t sum;
	struct buf buf;

	(void)state;
	torture("JSON is parsed and printed", walk_json, check_json, &parsed);
	torture("JSON is taken apart", walk_apart, check_apart, &sum);
	torture("JSON is written", walk_writer, check_buf, &buf);
}

/* -- texts and bytes --------------------------------------------------------------------------- */

static enum status walk_base64(void *user)
{
	static const char encoded[] = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=";
	struct buf *buf = user;

	buf_init(buf, BUF_MAX);
	enum status status = text_base64_decode(buf, encoded, strlen(encoded));
	if (status != STATUS_OK)
		return status;
	text_percent_encode(buf, "a b/\xC3\xA4");
	return buf_status(buf);
}

static void check_base64(void *user, enum status status, bool lacked)
{
	struct buf *buf = user;

	(void)lacked;
	if (status == STATUS_OK)
		assert_string_equal(buf_text(buf), "ABCDEFGHIJKLMNOPQRSTUVWXYZa%20b%2F%C3%A4");
	buf_wipe_release(buf);
}

static enum status walk_proxy(void *user)
{
	struct proxy *proxy = user;

	*proxy = (struct proxy){ .address = NULL };
	return proxy_parse("http://u%40:p%23@h:1", proxy, NULL);
}

static void check_proxy(void *user, enum status status, bool lacked)
{
	struct proxy *proxy = user;

	(void)lacked;
	if (status == STATUS_OK)
		assert_string_equal(proxy->login.data, "u%40:p%23");
	else
		assert_true(proxy->address == NULL && proxy->login.data == NULL);
	proxy_release(proxy);
}

static enum status walk_digest(void *user)
{
	struct digest digest;

	digest_begin(&digest);
	digest_add_text(&digest, "a");
	digest_add_text(&digest, NULL);
	enum status status = digest_end(&digest, user);
	return status == STATUS_OK ? digest_of("abc", 3, user) : status;
}

static void check_digest(void *user, enum status status, bool lacked)
{
	static const uint8_t begins[] = { 0xba, 0x78, 0x16, 0xbf };

	(void)lacked;
	if (status == STATUS_OK)
		assert_memory_equal(user, begins, sizeof(begins));
}

static enum status walk_arena(void *user)
{
	static const char text[] = "what an arena holds";
	struct arena *arena = arena_new();

	*(struct arena **)user = arena;
	for (int i = 0; i < 300 && arena != NULL; i++) {
		char *copy = arena_strdup(arena, text);
		const uint64_t *numbers = arena_array(arena, 100, sizeof(*numbers));
		if (copy == NULL || numbers == NULL)
			return STATUS_MEMORY;
		assert_string_equal(copy, text);
		assert_int_equal(numbers[99], 0);
	}
	return arena != NULL ? STATUS_OK : STATUS_MEMORY;
}

static void check_arena(void *user, enum status status, bool lacked)
{
	(void)status;
	(void)lacked;
	arena_free(*(struct arena **)user);
}

/* An array that cannot grow stays what it was. */
static enum status walk_array(void *user)
{
	long **items = user;
	enum status status = STATUS_OK;

	*items = NULL;
	for (long i = 0; i < 100 && status == STATUS_OK; i++) {
		long *grown = array_room(*items, (size_t)i, sizeof(**items));
		status = grown != NULL ? STATUS_OK : STATUS_MEMORY;
		if (grown == NULL)
			break;
		*items = grown;
		grown[i] = i;
		assert_int_equal(grown[i / 2], i / 2);
	}
	return status;
}

static void check_array(void *user, enum status status, bool lacked)
{
	long **items = user;

	(void)lacked;
	if (status == STATUS_OK)
		assert_int_equal((*items)[99], 99);
	free(*items);
}

static void test_bytes(void **state)
{
	uint8_t digest[DIGEST_SIZE];
	struct proxy proxy;
	struct arena *arena;
	long *items;
	struct buf buf;
	(void)state;

	torture("base64 and percent signs", walk_base64, check_base64, &buf);
	torture("a proxy", walk_proxy, check_proxy, &proxy);
	const struct memory_way digests = { .name = "digests",
					    .walk = walk_digest,
					    .check = check_digest,
					    .user = digest,
					    .recovers = true }; /* OpenSSL may do without */
	assert_true(memory_torture(&digests) > 0);
	torture("an arena", walk_arena, check_arena, &arena);
	torture("an array", walk_array, check_array, &items);
}

/* -- files ------------------------------------------------------------------------------------- */

struct files {
	char path[256];
	struct secret secret;
};

static enum status walk_files(void *user)
{
	struct files *files = user;
	struct error error = { "" };

	files->secret = (struct secret){ NULL, 0 };
	enum status status = file_write_atomic(files->path, " s3cret\n", 8, 0600, &error);
	return status == STATUS_OK ? file_read_secret(files->path, &files->secret, &error) : status;
}

static void check_files(void *user, enum status status, bool lacked)
{
	struct files *files = user;

	(void)lacked;
	if (status == STATUS_OK)
		assert_string_equal(files->secret.data, "s3cret");
	else
		assert_null(files->secret.data);
	secret_release(&files->secret);
}

static enum status walk_join(void *user)
{
	*(char **)user = file_path_join("/folder", "name");
	return *(char **)user != NULL ? STATUS_OK : STATUS_MEMORY;
}

static void check_join(void *user, enum status status, bool lacked)
{
	char *path = *(char **)user;

	(void)lacked;
	if (status == STATUS_OK)
		assert_string_equal(path, "/folder/name");
	free(path);
}

static void test_files(void **state)
{
	struct files files;
	char *path;

	(void)state;
	(void)snprintf(files.path, sizeof(files.path), "%s", tree_path("secret"));
	torture("a file", walk_files, check_files, &files);
	torture("a path", walk_join, check_join, &path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test_setup_teardown(test_files, tree_setup, tree_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
