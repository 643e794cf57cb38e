/* JSON by cJSON, with everything refused that cJSON lets pass. */
#include "base/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <openssl/crypto.h>

#include "base/buf.h"
#include "base/secret.h"
#include "base/text.h"

#define EXACT_MAX 9007199254740992.0 /* 2^53: doubles above it are rounded */

/* What a scan over the bytes knows before cJSON sees them: nothing here allocates. */
struct scan {
	size_t depth;
	size_t nodes;
	bool in_string;
	bool has_bad_escapes;
};

#define ESCAPE_LEN 6 /* \uXXXX */

/* The code unit of the escape at `text`, -1 if there is none. */
static int32_t unit_at(const char *text, size_t len)
{
	int32_t unit = 0;

	if (len < ESCAPE_LEN || text[0] != '\\' || text[1] != 'u')
		return -1;
	for (size_t i = 2; i < ESCAPE_LEN; i++) {
		char c = text[i];
		int32_t digit = c >= '0' && c <= '9'   ? c - '0'
				: c >= 'a' && c <= 'f' ? c - 'a' + 10
				: c >= 'A' && c <= 'F' ? c - 'A' + 10
						       : -1;
		if (digit < 0)
			return -1;
		unit = unit * 16 + digit;
	}
	return unit;
}

/*
 * The length of the escape at `text` (2, 6, or 12 for a surrogate pair). *ret_bad: it is U+0000,
 * which would cut a C string, or half of a pair, which is no character: both are legal JSON.
 */
static size_t escape_at(const char *text, size_t len, bool *ret_bad)
{
	int32_t unit = unit_at(text, len);

	*ret_bad = false;
	if (unit < 0)
		return 2;
	if (unit >= 0xD800 && unit <= 0xDBFF) {
		int32_t low = unit_at(text + ESCAPE_LEN, len - ESCAPE_LEN);
		if (low >= 0xDC00 && low <= 0xDFFF)
			return (size_t)2 * ESCAPE_LEN;
	}
	*ret_bad = unit == 0 || (unit >= 0xD800 && unit <= 0xDFFF);
	return ESCAPE_LEN;
}

static enum status scan_byte(struct scan *scan, char c)
{
	switch (c) {
	case '"':
		scan->in_string = true;
		break;
	case '[':
	case '{':
		scan->depth++;
		scan->nodes++;
		break;
	case ']':
	case '}':
		if (scan->depth > 0)
			scan->depth--;
		break;
	case ',':
		scan->nodes++;
		break;
	default:
		break;
	}
	return scan->depth > JSON_DEPTH_MAX || scan->nodes > JSON_NODES_MAX ? STATUS_LIMIT
									    : STATUS_OK;
}

static enum status scan_text(const char *text, size_t len, struct scan *scan, size_t *ret_at,
			     struct error *error)
{
	for (size_t i = 0; i < len; i++) {
		bool bad = false;
		*ret_at = i;
		if (text[i] == '\0')
			return error_set(error, STATUS_SYNTAX, "JSON: NUL at byte %zu", i);
		if (scan->in_string) {
			if (text[i] == '"')
				scan->in_string = false;
			else if (text[i] == '\\')
				i += escape_at(text + i, len - i, &bad) - 1;
			scan->has_bad_escapes = scan->has_bad_escapes || bad;
			continue;
		}
		if (scan_byte(scan, text[i]) != STATUS_OK)
			return error_set(error, STATUS_LIMIT,
					 "JSON: deeper than %d or more than %d values at byte %zu",
					 JSON_DEPTH_MAX, JSON_NODES_MAX, i);
	}
	return STATUS_OK;
}

/* Bad escapes become U+FFFD, in place: it is as long. Backslashes stand in strings only. */
static void repair_escapes(char *text, size_t len)
{
	static const char replacement[ESCAPE_LEN] = { '\\', 'u', 'f', 'f', 'f', 'd' };

	for (size_t i = 0; i < len; i++) {
		bool bad = false;
		if (text[i] != '\\')
			continue;
		size_t escape_len = escape_at(text + i, len - i, &bad);
		if (bad)
			memcpy(text + i, replacement, ESCAPE_LEN);
		i += escape_len - 1;
	}
}

static size_t skip_white(const char *text, size_t len, size_t at)
{
	while (at < len &&
	       (text[at] == ' ' || text[at] == '\t' || text[at] == '\r' || text[at] == '\n'))
		at++;
	return at;
}

/* cJSON says NULL for a lack of memory and for bad text alike, so it allocates through here. State
 * outside of a struct, since it hands no context to its allocator. */
static _Thread_local bool lacked;

static void *allocate(size_t size)
{
	void *data = malloc(size);

	lacked = lacked || data == NULL;
	return data;
}

/* Before main() runs, and so before any thread parses. */
__attribute__((constructor)) static void watch_memory(void)
{
	cJSON_Hooks hooks = { allocate, free };

	cJSON_InitHooks(&hooks);
}

/* Text that was scanned. */
static enum status parse_scanned(const char *text, size_t len, struct cJSON **ret_value,
				 size_t *ret_at, struct error *error)
{
	const char *end = NULL;

	lacked = false;
	cJSON *value = cJSON_ParseWithLengthOpts(text, len, &end, 0);
	size_t at = end != NULL ? (size_t)(end - text) : 0;

	*ret_at = at;
	if (value == NULL && lacked)
		return error_set(error, STATUS_MEMORY, "out of memory");
	if (value == NULL)
		return error_set(error, STATUS_SYNTAX, "JSON: not valid at byte %zu of %zu", at,
				 len);
	at = skip_white(text, len, at);
	*ret_at = at;
	if (at < len) {
		json_free(value);
		return error_set(error, STATUS_SYNTAX,
				 "JSON: more text after the value at byte %zu", at);
	}
	*ret_value = value;
	return STATUS_OK;
}

/* The first byte that is not UTF-8. */
static size_t first_bad_byte(const char *text, size_t len)
{
	size_t at = 0;

	while (at < len) {
		size_t size = 1;
		while (size <= 4 && size <= len - at && !utf8_valid(text + at, size))
			size++;
		if (size > 4 || size > len - at)
			break;
		at += size;
	}
	return at;
}

/* Text without a byte order mark. */
static enum status parse_unmarked(const char *text, size_t len, struct cJSON **ret_value,
				  size_t *ret_at, struct error *error)
{
	struct scan scan = { 0 };
	struct secret copy = { 0 };

	*ret_at = len;
	if (skip_white(text, len, 0) == len)
		return error_set(error, STATUS_SYNTAX, "JSON: empty");
	enum status status = scan_text(text, len, &scan, ret_at, error);
	if (status != STATUS_OK || !scan.has_bad_escapes)
		return status == STATUS_OK ? parse_scanned(text, len, ret_value, ret_at, error)
					   : status;
	status = secret_set(&copy, text, len);
	if (status != STATUS_OK)
		return error_set(error, status, "out of memory");
	repair_escapes(copy.data, copy.len);
	status = parse_scanned(copy.data, copy.len, ret_value, ret_at, error);
	secret_release(&copy);
	return status;
}

enum status json_parse_at(const char *text, size_t len, struct cJSON **ret_value, size_t *ret_at,
			  struct error *error)
{
	size_t mark = len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;

	*ret_at = 0;
	if (len >= 2 && memcmp(text, "\x1F\x8B", 2) == 0)
		return error_set(error, STATUS_SYNTAX, "JSON: compressed with gzip");
	if (!utf8_valid(text, len)) {
		*ret_at = first_bad_byte(text, len);
		return error_set(error, STATUS_SYNTAX, "JSON: not UTF-8");
	}
	enum status status = parse_unmarked(text + mark, len - mark, ret_value, ret_at, error);
	*ret_at += mark;
	return status;
}

enum status json_parse(const char *text, size_t len, struct cJSON **ret_value, struct error *error)
{
	size_t at;

	return json_parse_at(text, len, ret_value, &at, error);
}

static void wipe(cJSON *value)
{
	for (; value != NULL; value = value->next) {
		if (value->valuestring != NULL && (value->type & cJSON_IsReference) == 0)
			OPENSSL_cleanse(value->valuestring, strlen(value->valuestring));
		wipe(value->child);
	}
}

void json_free(struct cJSON *value)
{
	wipe(value);
	cJSON_Delete(value);
}

const struct cJSON *json_member(const struct cJSON *object, const char *name)
{
	return json_is_object(object) ? cJSON_GetObjectItemCaseSensitive(object, name) : NULL;
}

bool json_is_object(const struct cJSON *value)
{
	return value != NULL && cJSON_IsObject(value);
}

bool json_is_array(const struct cJSON *value)
{
	return value != NULL && cJSON_IsArray(value);
}

bool json_is_null(const struct cJSON *value)
{
	return value == NULL || cJSON_IsNull(value);
}

const char *json_text(const struct cJSON *value)
{
	return value != NULL && cJSON_IsString(value) ? value->valuestring : NULL;
}

const char *json_member_text(const struct cJSON *object, const char *name)
{
	return json_text(json_member(object, name));
}

bool json_i64(const struct cJSON *value, int64_t *ret_number)
{
	if (value == NULL || !cJSON_IsNumber(value))
		return false;
	double number = value->valuedouble;
	if (!isfinite(number) || number != floor(number) || fabs(number) > EXACT_MAX)
		return false;
	*ret_number = (int64_t)number;
	return true;
}

bool json_u64(const struct cJSON *value, uint64_t *ret_number)
{
	const char *text = json_text(value);
	int64_t number;

	if (text != NULL)
		return parse_u64(text, (uint64_t)EXACT_MAX, ret_number) == STATUS_OK;
	if (!json_i64(value, &number) || number < 0)
		return false;
	*ret_number = (uint64_t)number;
	return true;
}

bool json_double(const struct cJSON *value, double *ret_number)
{
	if (value == NULL || !cJSON_IsNumber(value) || !isfinite(value->valuedouble))
		return false;
	*ret_number = value->valuedouble;
	return true;
}

bool json_bool(const struct cJSON *value, bool *ret_bool)
{
	if (value == NULL || !cJSON_IsBool(value))
		return false;
	*ret_bool = cJSON_IsTrue(value) != 0;
	return true;
}

const struct cJSON *json_first(const struct cJSON *container)
{
	return json_is_object(container) || json_is_array(container) ? container->child : NULL;
}

const struct cJSON *json_next(const struct cJSON *value)
{
	return value->next;
}

const char *json_name(const struct cJSON *member)
{
	return member->string != NULL ? member->string : "";
}

char *json_print(const struct cJSON *value)
{
	return cJSON_PrintUnformatted(value);
}

void json_put_string(struct buf *buf, const char *text)
{
	const uint8_t *p = (const uint8_t *)text;
	size_t len = strlen(text);

	buf_putc(buf, '"');
	while (len > 0) {
		size_t n = utf8_sequence(p, len);
		if (n == 0)
			buf_puts(buf, "\xEF\xBF\xBD");
		else if (n == 1 && (*p == '"' || *p == '\\'))
			buf_printf(buf, "\\%c", *p);
		else if (n == 1 && (*p < 0x20 || *p == 0x7F))
			buf_printf(buf, "\\u%04x", *p);
		else
			buf_append(buf, p, n);
		p += n == 0 ? 1 : n;
		len -= n == 0 ? 1 : n;
	}
	buf_putc(buf, '"');
}
